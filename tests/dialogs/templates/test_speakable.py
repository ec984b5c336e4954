"""Every option of every shipped question can be heard by the real speech model, as it is said and by its synonyms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialogs.speech.delivery import fetch
from dialogs.speech.model import load
from dialogs.templates.loader import BUILT_IN, load_scenarios
from dialogs.templates.scenario import Question
from dialogs.wording import Wording
from ivr.speech.phrases import Phrase, PhraseFaults, PhraseSet
from ivr.speech.vocabulary import Vocabulary
from settings import default_models_dir
from tests.built_in import built_in_scenarios


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(load(fetch(default_models_dir())).knows)


def test_every_option_can_be_heard(vocabulary: Vocabulary) -> None:
    faults = {fault for question in _questions() for fault in _faults(question, vocabulary)}
    assert sorted(faults) == []


def test_what_no_recogniser_could_hear_is_told_with_its_line(vocabulary: Vocabulary, tmp_path: Path) -> None:
    for name in ("_blocks.yaml", "power-cut.yaml"):
        text = (BUILT_IN / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("老跳闸", "老trip闸"), encoding="utf-8")
    [question] = [one for one in load_scenarios(tmp_path)["power-cut"].questions if one.id == "problem"]
    [fault] = _faults(question, vocabulary)
    lines = (tmp_path / "power-cut.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "老trip闸" in text)
    assert fault == f"power-cut.yaml:{line}: 老trip闸: the speech model has no word for trip闸; say it otherwise"


def _questions() -> Iterator[Question]:
    for scenario in built_in_scenarios().values():
        yield from (question for question in scenario.questions if question.options)


def _faults(question: Question, vocabulary: Vocabulary) -> list[str]:
    try:
        PhraseSet(_phrases(question), vocabulary)
    except PhraseFaults as error:
        return Wording("en").faults(error)
    return []


def _phrases(question: Question) -> Iterator[Phrase]:
    for option in question.options:
        for text in (question.label_of(option).spoken("zh_CN"), *option.synonyms.zh):
            yield Phrase(option.id, text, _source(question, text))


def _source(question: Question, text: str) -> str:
    """`file:line` of the words, which stand below the field's own line."""
    path, _, first = question.place.rpartition(":")
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    line = next((n for n in range(int(first), len(lines) + 1) if text in lines[n - 1]), first)
    return f"{Path(path).name}:{line}"
