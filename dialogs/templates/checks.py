"""What a template of the right form can still get wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from backend.contract.faults import Place, suggestion
from backend.contract.message import Message
from backend.contract.yaml_source import Checker
from dialogs.fields.typed import fold
from dialogs.phrases import read_phrases
from dialogs.templates import template
from dialogs.templates.conditions import RESERVED
from dialogs.templates.cues import CueError, compile_cue
from dialogs.templates.template import ChoiceField, MultiChoiceField, Option, Phrases, Template, TemplateField
from locales import LANGUAGES, catalogue

COMMAND_BYTES: Final = 64
"""Telegram's limit of callback data, the narrowest of our channels."""
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_FACT_TYPES: Final = {
    "enterprise.uscc": "uscc",
    "enterprise.name": "text",
    "contact.name": "text",
    "contact.phone": "phone",
    "contact.district": "district",
}
"""The type of field that each fact answers."""


@dataclass(frozen=True)
class Entry:
    """A field with the file and place it was written at."""

    spec: TemplateField
    checker: Checker
    place: Place

    def where(self) -> str:
        return f"{self.checker.source.path}:{self.checker.source.line(self.place)}"

    def say(self, place: Place, reason: Message, hint: Message | None = None) -> None:
        """`place` is within the field."""
        self.checker.say((*self.place, *place), reason, hint)


@cache
def categories() -> frozenset[str]:
    """Those that have a name in the menu."""
    start = "category."
    return frozenset(key.removeprefix(start) for key in catalogue(LANGUAGES[0]) if key.startswith(start))


def check_head(head: Template, unsure: frozenset[str], checker: Checker) -> None:
    """The keys above `fields`."""
    top = head.category.split("/")[0]
    if "category" not in unsure and top not in categories():
        checker.say(
            ("category",), Message("template.unknown_category", {"category": top}), suggestion(top, categories())
        )
    for name, values in (("kinds", head.kinds),):
        for value in _twice(values):
            checker.say((name,), Message("fault.value_twice", {"key": name, "value": value}))
    for language in ("zh", "en"):
        if "examples" not in unsure and not getattr(head.examples, language):
            checker.say(("examples",), Message("template.no_language", {"key": "examples", "language": language}))


def check_words(data: Any, checker: Checker, place: Place = (), top: str = "") -> None:
    """Every wording of a file: braces where nothing is filled in, Chinese in the place of English."""
    if isinstance(data, str):
        if top != "subject" and place[-2:-1] != ("examples",) and _PLACEHOLDER.search(data) and _is_words(place):
            checker.say(place, Message("template.braces"))
        if "en" in place[-2:] and _HAN.search(data) and _is_words(place):
            checker.say(place, Message("template.not_english"))
        return
    steps = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, tuple) else ()
    for step, inner in steps:
        check_words(inner, checker, (*place, step), top or str(step))


def _is_words(place: Place) -> bool:
    """Whether it is said to people: a text of a language, not an id or a condition."""
    return any(step in ("zh", "en") for step in place[-2:])


def check_field(entry: Entry) -> None:
    spec = entry.spec
    if spec.id in RESERVED:
        entry.say((), Message("template.reserved", {"field": spec.id}))
    options = spec.options if isinstance(spec, ChoiceField | MultiChoiceField) else ()
    ids = [option.id for option in options]
    for unknown in spec.voice.options.keys() - set(ids):
        told = Message("template.unknown_option", {"field": spec.id, "option": unknown})
        entry.say(("voice", "options", unknown), told, suggestion(unknown, ids))
    wanted = _FACT_TYPES.get(spec.prefill or "", spec.type)
    if wanted != spec.type:
        told = Message("template.fact_type", {"fact": str(spec.prefill), "type": wanted})
        entry.say(("prefill",), told)
    for place, reason in _range_faults(spec):
        entry.say(place, reason)
    if options:
        _check_options(entry, options)
    for place, cue in _cues(spec):
        try:
            compile_cue(cue, spec.type)
        except CueError as error:
            entry.say(place, Message(error.args[0], {"cue": cue}))


def _cues(spec: TemplateField) -> Iterator[tuple[Place, str]]:
    """Every cue of a field with its place."""
    match spec:
        case ChoiceField() | MultiChoiceField():
            for index, option in enumerate(spec.options):
                yield from _phrases(("options", index, "cues"), option.cues)
        case template.BooleanField():
            yield from _phrases(("cues", "yes"), spec.cues.yes)
            yield from _phrases(("cues", "no"), spec.cues.no)
        case template.CuedField():
            yield from _phrases(("cues",), spec.cues)
            yield from ((("cues", "never", index), cue) for index, cue in enumerate(spec.cues.never))


def _phrases(place: Place, phrases: Phrases) -> Iterator[tuple[Place, str]]:
    for language in ("zh", "en"):
        yield from (((*place, language, index), cue) for index, cue in enumerate(getattr(phrases, language)))


def _range_faults(spec: TemplateField) -> Iterator[tuple[Place, Message]]:
    """Limits that no answer can keep."""
    match spec:
        case template.NumberField() | template.MoneyField():
            least, most = "min", "max"
        case template.TextField():
            least, most = "min_length", "max_length"
        case template.DateField():
            if spec.past and spec.future:
                yield ("future",), Message("template.past_and_future")
            return
        case template.AttachmentField():
            for value in _twice(spec.accept):
                yield ("accept",), Message("fault.value_twice", {"key": "accept", "value": value})
            return
        case _:
            return
    low, high = getattr(spec, least), getattr(spec, most)
    if low is not None and high is not None and low > high:
        args = {"least": least, "low": str(low), "most": most, "high": str(high)}
        yield (least,), Message("template.limits", args)


def _twice(values: tuple[str, ...]) -> list[str]:
    return sorted({one for one in values if values.count(one) > 1})


def _check_options(entry: Entry, options: tuple[Option, ...]) -> None:
    phrases = read_phrases()
    ids: set[str] = set()
    said: dict[str, str] = {}
    for index, option in enumerate(options):
        at: Place = ("options", index)
        if option.id in ids:
            entry.say(at, Message("template.option_twice", {"option": option.id}))
        ids.add(option.id)
        for other in sorted(set(option.over) - {one.id for one in options if one is not option}):
            told = Message("template.unknown_option", {"field": entry.spec.id, "option": other})
            entry.say((*at, "over"), told, suggestion(other, [one.id for one in options]))
        if len(f"o:0000:{entry.spec.id}:{option.id}".encode()) > COMMAND_BYTES:
            entry.say(at, Message("fault.too_long", {"value": option.id, "most": 20}))
        named = {fold(t): t for t in (option.label.zh, option.label.en, *option.synonyms.all)}
        for text in named.values():
            if verb := phrases.command(text):
                entry.say(at, Message("template.is_command", {"text": text, "command": verb}))
        for text in {**{fold(t): t for t in option.means.all}, **named}.values():
            if said.setdefault(fold(text), option.id) != option.id:
                entry.say(at, Message("template.means_two", {"text": text, "option": said[fold(text)]}))


def check_references(
    head: Template, fields: Mapping[str, TemplateField], unsure: frozenset[str], checker: Checker
) -> None:
    """What the head says of fields."""
    _check_story(head, fields, unsure, checker)
    _check_headline(head, fields, unsure, checker)
    _check_district(head, fields, unsure, checker)
    for language in ("zh", "en"):
        _check_subject(language, _PLACEHOLDER.findall(getattr(head.subject, language)), fields, checker)
    for fact in _twice(tuple(spec.prefill for spec in fields.values() if spec.prefill)):
        checker.say(("fields",), Message("template.fact_twice", {"fact": fact}))


def _check_story(head: Template, fields: Mapping[str, TemplateField], unsure: frozenset[str], checker: Checker) -> None:
    story = fields.get(head.story)
    if not unsure & {"story", head.story} and not _tells_all(story):
        known = [name for name, spec in fields.items() if _tells_all(spec)]
        checker.say(("story",), Message("template.story", {"field": head.story}), suggestion(head.story, known))


def _check_headline(
    head: Template, fields: Mapping[str, TemplateField], unsure: frozenset[str], checker: Checker
) -> None:
    line = fields.get(head.headline)
    if head.headline and not unsure & {"headline", head.headline} and (line is None or line.type != "text"):
        known = [name for name, spec in fields.items() if spec.type == "text"]
        checker.say(
            ("headline",), Message("template.headline", {"field": head.headline}), suggestion(head.headline, known)
        )


def _check_district(
    head: Template, fields: Mapping[str, TemplateField], unsure: frozenset[str], checker: Checker
) -> None:
    where = fields.get(head.district)
    if not unsure & {"district", head.district} and (where is None or where.type != "district"):
        known = [name for name, spec in fields.items() if spec.type == "district"]
        checker.say(
            ("district",), Message("template.district", {"field": head.district}), suggestion(head.district, known)
        )


def _check_subject(language: str, named: Iterable[str], fields: Mapping[str, TemplateField], checker: Checker) -> None:
    for name in named:
        if name not in fields:
            told = Message("template.placeholder", {"field": name})
            checker.say(("subject", language), told, suggestion(name, fields))
        elif str(fields[name].prefill or "").startswith(("contact.name", "contact.phone")):
            checker.say(("subject", language), Message("template.personal_title", {"field": name}))


def _tells_all(spec: TemplateField | None) -> bool:
    return spec is not None and spec.type == "text" and spec.required and spec.show_if is None
