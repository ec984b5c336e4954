"""Every text the phone may say in words of its own, and so must have audio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from backend.contract.message import Localized
from dialogs.templates.scenario import Question, Scenario, Scenarios
from locales import LANGUAGES, VOICE, catalogue

from . import reading
from .prompts import key
from .speech import normalised


@dataclass(frozen=True)
class Wanted:
    """A text that must have audio."""

    language: str
    text: str
    """Normalised."""
    source: str
    """What says it: for whoever hears a mistake, and wants to mend the words."""
    topic: str = "other"
    """What it is about: the scenario, the city, numbers, or the first word of its key."""

    @property
    def subject(self) -> str:
        """Of the archive it is kept in."""
        return f"{self.topic}.{self.language}"

    @property
    def key(self) -> str:
        return key(self.text, self.language)


def wanted(
    scenarios: Scenarios, names: Mapping[str, Iterable[str]], languages: Iterable[str] = LANGUAGES
) -> tuple[Wanted, ...]:
    """Each text once, what is said most first. `names`: by language, what the city calls its districts and others."""
    found: dict[str, Wanted] = {}
    for language in languages:
        for text, source, topic in _texts(language, scenarios, names.get(language, ())):
            one = Wanted(language, normalised(text), source, topic)
            if one.text:
                found.setdefault(one.key, one)
    return tuple(found.values())


def _texts(language: str, scenarios: Scenarios, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Each with what says it, and its topic."""
    yield from _catalogue(language)
    for scenario in scenarios.values():
        yield from ((text, source, scenario.id) for text, source in _scenario(scenario, language))
    yield from ((name, "names of the city", "city") for name in names)
    yield from ((piece, "pieces of numbers", "numbers") for piece in reading.pieces(language))


def _catalogue(language: str) -> Iterator[tuple[str, str, str]]:
    for name, text in catalogue(language, VOICE).items():
        for stretch in reading.stretches(text):
            yield stretch, f"{VOICE}.po {name}", name.partition(".")[0]


def _scenario(scenario: Scenario, language: str) -> Iterator[tuple[str, str]]:
    template = scenario.template
    heads = [("title", template.localized_title)]
    if template.opening is not None:
        heads.append(("opening", template.opening.said_as(template.voice.opening)))
    for name, words in heads:
        yield words.spoken(language), f"{scenario.id} {name}"
    for question in scenario.questions:
        for words in _question(question):
            yield words.spoken(language), f"{scenario.id} {question.id}"


def _question(question: Question) -> Iterator[Localized]:
    spec = question.spec
    if spec.voice.defer in ("link", "seat"):
        yield spec.localized_label  # put off without being asked, and then told
        return
    yield spec.localized_ask
    for option in question.options:
        yield spec.label_of(option)
    yield spec.localized_label
    yield from (note for _, note in question.notes)
    if spec.voice.help is not None:
        yield spec.voice.help.localized
    else:
        yield from (words.localized for words in spec.help)
        yield from (words.localized for words in (spec.example,) if words is not None)
