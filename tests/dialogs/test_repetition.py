"""No help and no complaint is said twice running, whatever else comes again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from backend.contract.message import Message
from dialogs.outputs import Ask, Expect, Output, Say
from dialogs.repetition import without_repetition
from tests.dialogs.conftest import Town

PROMPT = Message("q")


def asked(problem: str, help_: str = "") -> Ask:
    return Ask("f", PROMPT, Expect.TEXT, problem=Message(problem), help=Message(help_) if help_ else None, attempt=1)


def test_a_complaint_said_again_is_another_sentence_each_time_and_the_question_stays() -> None:
    before: list[Output] = []
    problems = []
    for _ in range(6):
        before = without_repetition([asked("bad", "how")], before)
        [ask] = before
        assert isinstance(ask, Ask)
        assert ask.prompt == PROMPT
        problems.append(ask.problem)
    assert problems[0] == Message("bad")
    assert all(one != after for one, after in pairwise(problems))


def test_help_said_again_is_left_out_of_a_question() -> None:
    [first] = without_repetition([asked("bad", "how")], [])
    [second] = without_repetition([asked("worse", "how")], [first])
    assert isinstance(second, Ask)
    assert (second.problem, second.help) == (Message("worse"), None)


def test_what_is_said_of_the_matter_may_come_again() -> None:
    kept = Say(Message("engine.file_kept", {"count": 1}))
    assert without_repetition([kept], [kept]) == [kept]


async def test_the_same_nonsense_at_a_question_is_never_answered_by_the_same_sentences(town: Town) -> None:
    chat = await town.enterprise().starts("power-cut")
    texts = []
    for _ in range(8):
        await chat.says("天上的云")
        texts.append(chat.text.splitlines()[0])
    assert all(one != after for one, after in pairwise(texts)), texts


@pytest.mark.parametrize("words", ["power-cut", ""])
async def test_help_asked_for_twice_says_something_else(town: Town, words: str) -> None:
    chat = await town.enterprise().starts(words)
    if not words:
        await chat.says("路灯坏了没人修")
    await chat.says("帮助")
    first = chat.text
    await chat.says("帮助")
    assert chat.fresh[0].plain not in first
