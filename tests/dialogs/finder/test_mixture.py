"""Own words find their scenario, in sentences that the scenarios' own examples do not hold."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from dialogs.finder import GENERAL, SURE, Match, MixtureFinder, corpus, open_embedder, specific
from dialogs.finder.kept import Vectors
from dialogs.finder.meaning import Embedder
from tests.built_in import built_in_scenarios

SCENARIOS = built_in_scenarios()
HELD_OUT = YAML(typ="safe").load(Path(__file__).with_name("sayings.yaml"))
SAYINGS = [
    (text, scenario)
    for group in ("said", "heard", "english")
    for scenario, texts in HELD_OUT[group].items()
    for text in texts
]
NOWHERE = HELD_OUT["nowhere"]


def without_model() -> Embedder | None:
    return None


@pytest.fixture(scope="module")
def mixture() -> MixtureFinder:
    if open_embedder() is None:
        pytest.skip("the sentence model does not run here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus, "_SPREAD", 40)  # the model takes a minute for as many phrases as are compared otherwise
        finder = MixtureFinder(SCENARIOS)
        finder.warm_up()
    return finder


@pytest.fixture(scope="module")
def words() -> MixtureFinder:
    return MixtureFinder(SCENARIOS, without_model)


async def test_the_mixture_finds_what_is_meant(mixture: MixtureFinder) -> None:
    first, third = await _shares(mixture)
    assert first >= 0.92, first
    assert third >= 0.97, third


async def test_wording_alone_still_helps(words: MixtureFinder) -> None:
    first, third = await _shares(words)
    assert first >= 0.88, first
    assert third >= 0.95, third


async def test_who_is_sure_is_right(mixture: MixtureFinder, words: MixtureFinder) -> None:
    for finder, enough in ((mixture, 0.7), (words, 0.55)):
        best = [(await _best(finder, text), scenario) for text, scenario in SAYINGS]
        sure = [match.scenario == scenario for match, scenario in best if match is not None and match.score >= SURE]
        assert len(sure) >= enough * len(SAYINGS), len(sure)
        assert sum(sure) >= 0.93 * len(sure), sum(sure)


async def test_what_belongs_nowhere_is_mostly_not_found_and_never_surely(
    mixture: MixtureFinder, words: MixtureFinder
) -> None:
    for finder in (mixture, words):
        best = [await _best(finder, text) for text in NOWHERE]
        assert sum(match is None or match.scenario == GENERAL for match in best) >= 0.5 * len(NOWHERE)
        assert all(match is None or match.scenario == GENERAL or match.score < SURE for match in best)


@pytest.mark.parametrize("text", ["", "？？", "你好", "ok", "谢谢您", "嗯", "喂"])
async def test_what_says_nothing_finds_nothing_surely(mixture: MixtureFinder, words: MixtureFinder, text: str) -> None:
    for finder in (mixture, words):
        assert all(match.score < SURE for match in specific(await finder.find(text)))


async def test_matches_come_best_first_and_no_more_than_asked_for(words: MixtureFinder) -> None:
    found = {text: await words.find(text) for text, _ in SAYINGS[:30]}
    for text, matches in found.items():
        assert [one.score for one in matches] == sorted((one.score for one in matches), reverse=True)
        assert len(matches) <= 3
        assert await words.find(text, limit=1) == matches[:1]
    assert max(len(matches) for matches in found.values()) == 3


@pytest.mark.parametrize("text", ["公司公章丢了怎么补", "my engineer needs a work visa"])
async def test_what_belongs_to_none_of_the_others_is_general(words: MixtureFinder, text: str) -> None:
    found = await words.find(text)
    assert not found or found[0].scenario == GENERAL
    assert GENERAL not in [match.scenario for match in specific(found)]


async def test_a_model_that_cannot_be_loaded_leaves_the_wording(words: MixtureFinder) -> None:
    assert await words.find("老是停电跳闸") == await MixtureFinder(SCENARIOS, lambda: None).find("老是停电跳闸")


async def test_wording_answers_while_the_model_is_loading_and_nothing_is_loaded_twice() -> None:
    opened: list[_Slow] = []
    loading = threading.Event()

    def embedder() -> Embedder:
        loading.wait(5)
        opened.append(_Slow())
        return opened[0]

    finder = MixtureFinder(SCENARIOS, embedder)
    warming = asyncio.create_task(asyncio.to_thread(finder.warm_up))
    found = await finder.find("银行不给贷款")
    assert found[0].scenario == "loan"
    assert not opened
    loading.set()
    await warming
    await asyncio.gather(*(finder.find("银行不给贷款") for _ in range(4)))
    assert len(opened) == 1


async def test_nobody_waits_long_for_what_is_still_loading() -> None:
    assert await MixtureFinder(SCENARIOS, patience=0.0).find("老是停电跳闸") == ()


async def test_the_loop_goes_on_meanwhile_and_many_may_ask_at_once() -> None:
    finder = MixtureFinder(SCENARIOS, _Slow)
    finder.warm_up()
    _Slow.done.clear()
    asking = asyncio.create_task(finder.find("老是停电跳闸"))
    await asyncio.to_thread(_Slow.begun.wait, 5)
    assert not asking.done()  # and this line is reached
    _Slow.done.set()
    await asking
    found = await asyncio.gather(*(finder.find("银行不给贷款") for _ in range(20)))
    assert len(set(found)) == 1


class _Slow:
    """An embedder that takes its time in the thread it is called from, which must not be the loop's."""

    begun, done = threading.Event(), threading.Event()
    done.set()

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self.done.is_set():
            assert threading.current_thread() is not threading.main_thread()
            self.begun.set()
            self.done.wait(5)
        return np.array([[len(text), text.count("电"), 1.0] for text in texts], dtype=np.float32)

    def __hash__(self) -> int:
        return hash(_Slow)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Slow)


async def _best(finder: MixtureFinder, text: str) -> Match | None:
    found = await finder.find(text)
    return found[0] if found else None


async def _shares(finder: MixtureFinder) -> tuple[float, float]:
    """How often the right scenario is the first, and among the three that are offered."""
    found = [([match.scenario for match in await finder.find(text)], scenario) for text, scenario in SAYINGS]
    first = sum(ids[:1] == [scenario] for ids, scenario in found) / len(found)
    return first, sum(scenario in ids for ids, scenario in found) / len(found)
