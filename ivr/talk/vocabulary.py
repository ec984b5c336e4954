"""Holds every phrase that callers are expected to say against the speech model, before the first call comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from backend.contract.faults import Problem
from dialogs.templates.scenario import Question, Scenarios
from ivr.speech.phrases import Phrase, PhraseFaults, PhraseSet
from ivr.speech.vocabulary import Vocabulary
from ivr.talk.options import is_chinese, said_plainly
from ivr.talk.phrasebook import written_phrases


def check_phrases(knows: Callable[[str], bool], scenarios: Scenarios) -> None:
    """Raises PhraseFaults naming file and line of each phrase that the model can never hear, or that means two things.

    `knows` tells whether the model has a word. Names of the city are not checked: what cannot be said there is keyed.
    """
    vocabulary = Vocabulary(knows)
    groups = (*written_phrases(), *_of_scenarios(scenarios))
    faults = [fault for group in groups for fault in _faults(group, vocabulary)]
    if faults:
        raise PhraseFaults(*faults)


def _faults(group: Iterable[Phrase], vocabulary: Vocabulary) -> Sequence[Problem]:
    try:
        PhraseSet(group, vocabulary)
    except PhraseFaults as found:
        return found.faults
    return ()


def _of_scenarios(scenarios: Scenarios) -> Iterator[list[Phrase]]:
    for scenario in scenarios.values():
        title = scenario.template.localized_title
        said = (title.spoken("zh_CN"), *scenario.template.examples.zh)
        yield [Phrase(scenario.id, text, scenario.place) for text in _heard(said)]
        for question in scenario.questions:
            yield list(_of_question(question))


def _of_question(question: Question) -> Iterator[Phrase]:
    """One phrase may mean two options where a chat asks back; on the phone the first on offer has it."""
    known: dict[str, str] = {}
    for option in question.options:
        label = question.label_of(option)
        for text in _heard((label.spoken("zh_CN"), *option.synonyms.zh)):
            if known.setdefault(text, option.id) == option.id:
                yield Phrase(option.id, text, question.place)


def _heard(texts: Iterable[str]) -> list[str]:
    return [said_plainly(text) for text in texts if is_chinese(text)]
