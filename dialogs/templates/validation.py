"""Checks the form of a template against its model, and says in an author's words what does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic

from pydantic import BaseModel, ValidationError

from backend.contract.faults import Place, Told, suggestion
from backend.contract.message import Message
from backend.contract.misfits import Misfit, Model, has_keys, keys, model_at, say_misfits
from backend.contract.yaml_source import Checker
from dialogs.templates import template

_CONDITIONS: Final = frozenset({"show_if", "urgent_if", "if"})
_LANGUAGES: Final = frozenset({"zh", "en"})
_NAMES: Final = {
    template.SCENARIO_ID: "template.name.scenario",
    template.FIELD_ID: "template.name.field",
    template.OPTION_ID: "template.name.option",
    template.CATEGORY: "template.name.category",
}
"""What a name looks like, by its pattern."""
_WORDS: Final = {"zh": "x", "en": "x"}
_STAND_INS: Final[Mapping[str, Any]] = {
    "id": "x",
    "version": 1,
    "category": "other",
    "title": _WORDS,
    "summary": _WORDS,
    "kinds": ("help",),
    "examples": {},
    "subject": _WORDS,
    "story": "x",
    "district": "x",
}
"""What takes the place of a key of the head that does not fit, so that the rest can be checked too."""


@dataclass(frozen=True)
class Formed(Generic[Model]):
    """A file in its form."""

    model: Model
    unsure: frozenset[str] = frozenset()
    """Keys of the head and ids of fields that did not fit. They were told and replaced: no more is said of them."""


def formed(model: type[Model], checker: Checker) -> Formed[Model] | None:
    """The file as `model`; what does not fit is told. None when nothing can be made of the rest."""
    if not has_keys(checker):
        return None
    data = checker.source.data
    try:
        return Formed(model.model_validate(data))
    except ValidationError as error:
        return _mended(model, data, say_misfits(model, error, checker, _told))


# --- words --------------------------------------------------------------------------------------------------------


def _told(misfit: Misfit) -> Told:
    if any(step in _CONDITIONS for step in misfit.place):
        return Message("template.condition.form"), None
    explain = _EXPLAINED.get(misfit.detail["type"])
    return (explain and explain(misfit)) or misfit.told()


def _missing(misfit: Misfit) -> Told | None:
    name = str(misfit.detail["loc"][-1])
    if name not in _LANGUAGES:
        return None
    return Message("template.no_language", {"key": misfit.key, "language": name}), None


def _unknown_key(misfit: Misfit) -> Told | None:
    owners = [name for name, model in template.FIELD_TYPES.items() if misfit.key in keys(model)]
    if owners and model_at(misfit.model, misfit.detail["loc"][:-1]) in template.FIELD_TYPES.values():
        return Message("template.key_of_others", {"key": misfit.key, "types": ", ".join(owners)}), None
    return None


def _unknown_type(misfit: Misfit) -> Told:
    name = str(misfit.limit["tag"])
    return Message("template.unknown_type", {"type": name}), suggestion(name, template.FIELD_TYPES)


def _no_type(misfit: Misfit) -> Told:
    if isinstance(misfit.value, Mapping):
        return Message("fault.missing", {"key": "type"}), suggestion("", template.FIELD_TYPES)
    return Message("template.no_field"), None


def _odd_name(misfit: Misfit) -> Told | None:
    name = _NAMES.get(str(misfit.limit["pattern"]))
    return (Message(name, {"key": misfit.key, "value": misfit.shown}), None) if name else None


def _no_keys(misfit: Misfit) -> Told | None:
    model = model_at(misfit.model, misfit.detail["loc"])
    if misfit.value is None or model not in _FORMS:
        return None
    return Message(_FORMS[model], {"key": misfit.key}), None


_FORMS: Final[Mapping[type[BaseModel] | None, str]] = {
    template.Wording: "template.no_wording",
    template.Phrases: "template.no_phrases",
}
_EXPLAINED: Final[Mapping[str, Callable[[Misfit], Told | None]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_type,
    "union_tag_not_found": _no_type,
    "string_pattern_mismatch": _odd_name,
    "model_type": _no_keys,
    "model_attributes_type": _no_keys,
}
"""What templates alone have, by the type of pydantic's complaint; None: as for any file."""


# --- going on -----------------------------------------------------------------------------------------------------


def _mended(model: type[Model], data: Mapping[str, Any], locations: Sequence[Place]) -> Formed[Model] | None:
    """The file with a stand-in for all that does not fit."""
    rest: dict[str, Any] = dict(data)
    unsure: set[str] = set()
    for location in locations:
        match location:
            case ("fields", int(index), *_):
                rest["fields"], name = _without(rest["fields"], index)
            case ("blocks", str(block), int(index), *_):
                entries, name = _without(rest["blocks"][block], index)
                rest["blocks"] = {**rest["blocks"], block: entries}
            case (str(name), *_) if name in _STAND_INS:
                rest[name] = _STAND_INS[name]
            case (str(name), *_):
                rest.pop(name, None)
            case _:
                return None
        unsure.add(name)
    try:
        return Formed(model.model_validate(rest), frozenset(unsure))
    except ValidationError:
        return None


def _without(entries: tuple[Any, ...], index: int) -> tuple[tuple[Any, ...], str]:
    """The fields with a plain one in the place of one that does not fit, and its id."""
    given = entries[index].get("id") if isinstance(entries[index], Mapping) else None
    known = isinstance(given, str) and re.fullmatch(template.FIELD_ID, given) and len(given) <= 20
    name = str(given) if known else f"unread_{index}"
    stand_in = {"id": name, "type": "text", "label": _WORDS, "ask": _WORDS}
    return (*entries[:index], stand_in, *entries[index + 1 :]), name
