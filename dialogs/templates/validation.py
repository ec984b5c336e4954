"""Checks the form of a file against its model, and says in an author's words what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from dialogs.message import Message
from dialogs.templates import syntax, template
from dialogs.templates.faults import Checker
from dialogs.templates.source import Place
from dialogs.templates.suggestion import suggestion

_Model = TypeVar("_Model", bound=BaseModel)
_Told = tuple[Message, Message | None]
"""What is wrong, and a suggestion."""

_CONDITIONS: Final = frozenset({"show_if", "urgent_if", "if"})
_LANGUAGES: Final = frozenset({"zh", "en"})
_NAMES: Final = {
    template.SCENARIO_ID: "template.name.scenario",
    template.FIELD_ID: "template.name.field",
    template.OPTION_ID: "template.name.option",
    template.CATEGORY: "template.name.category",
}
"""What a name looks like, by its pattern."""
_NUMBERS: Final = frozenset({"int_type", "float_type", "int_from_float", "int_parsing", "finite_number"})
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
class Formed(Generic[_Model]):
    """A file in its form."""

    model: _Model
    unsure: frozenset[str] = frozenset()
    """Keys of the head and ids of fields that did not fit. They were told and replaced: no more is said of them."""


def formed(model: type[_Model], checker: Checker) -> Formed[_Model] | None:
    """The file as `model`; what does not fit is told. None when nothing can be made of the rest."""
    data = checker.source.data
    if not isinstance(data, Mapping):
        key = "template.file.empty" if data is None else "template.file.no_keys"
        checker.say((), Message(key), syntax.unread_key(data) if isinstance(data, str) else None)
        return None
    try:
        return Formed(model.model_validate(data))
    except ValidationError as error:
        details = _own_faults(error.errors(include_url=False, include_input=False))
    for detail in details:
        place = _written_place(detail["loc"], data)
        checker.say(place, *_Misfit(model, detail, place, checker.source.value(place)).told())
    return _mended(model, data, [detail["loc"] for detail in details])


def _own_faults(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without lists that pydantic finds too short because what stands in them does not fit."""
    places = [detail["loc"] for detail in details]

    def is_filled(detail: ErrorDetails) -> bool:
        own = detail["loc"]
        return any(one[: len(own)] == own and len(one) > len(own) for one in places)

    return [detail for detail in details if detail["type"] != "too_short" or not is_filled(detail)]


def _written_place(location: tuple[str | int, ...], data: Any) -> Place:
    """Where in the file pydantic's location is: it also names the union's branch, which nobody wrote."""
    place: Place = ()
    for step in location:
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        place = (*place, step)
    return place


# --- words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Misfit:
    """One of pydantic's complaints."""

    model: type[BaseModel]
    detail: ErrorDetails
    place: Place
    value: Any
    """What stands at the place."""

    def told(self) -> _Told:
        if any(step in _CONDITIONS for step in self.place):
            return Message("template.condition.form"), None
        kind = self.detail["type"]
        if kind in _NUMBERS:
            return Message("template.not_number", {"key": self._key, "value": self._shown}), None
        explain = _EXPLAINED.get(kind)
        if explain is not None:
            return explain(self)
        return Message("template.wrong_value", {"key": self._key, "value": self._shown}), None

    @property
    def _key(self) -> str:
        """What the author calls the place: the last key on the way to it."""
        return next((step for step in reversed(self.place) if isinstance(step, str)), "")

    @property
    def _shown(self) -> str:
        return (
            "null"
            if self.value is None
            else str(self.value).lower()
            if isinstance(self.value, bool)
            else str(self.value)
        )

    @property
    def _limit(self) -> Mapping[str, Any]:
        return self.detail.get("ctx", {})

    def missing(self) -> _Told:
        name = str(self.detail["loc"][-1])
        if name in _LANGUAGES:
            return Message("template.no_language", {"key": self._key, "language": name}), None
        return Message("template.missing", {"key": name}), None

    def unknown_key(self) -> _Told:
        key = self._key
        if any(sign in key for sign in ":："):
            return Message("template.unknown_key", {"key": key}), Message("template.yaml.full_width_colon")
        owners = [name for name, model in template.FIELD_TYPES.items() if key in _keys(model)]
        model = _model_at(self.model, self.detail["loc"][:-1])
        if owners and model in template.FIELD_TYPES.values():
            return Message("template.key_of_others", {"key": key, "types": ", ".join(owners)}), None
        return Message("template.unknown_key", {"key": key}), suggestion(key, _keys(model) if model else ())

    def unknown_type(self) -> _Told:
        name = str(self._limit["tag"])
        return Message("template.unknown_type", {"type": name}), suggestion(name, template.FIELD_TYPES)

    def no_type(self) -> _Told:
        if isinstance(self.value, Mapping):
            return Message("template.missing", {"key": "type"}), suggestion("", template.FIELD_TYPES)
        return Message("template.no_field"), None

    def unknown_value(self) -> _Told:
        possible = re.findall(r"'([^']*)'", str(self._limit["expected"]))
        told = Message("template.unknown_value", {"key": self._key, "value": self._shown})
        return told, suggestion(self._shown, possible)

    def no_text(self) -> _Told:
        if self.value is None or self.value == "":
            return Message("template.empty", {"key": self._key}), None
        if isinstance(self.value, bool | int | float):
            return Message("template.quotes", {"key": self._key, "value": self._shown}), None
        return Message("template.no_text", {"key": self._key}), None

    def odd_name(self) -> _Told:
        key = _NAMES.get(str(self._limit["pattern"]), "template.wrong_value")
        return Message(key, {"key": self._key, "value": self._shown}), None

    def too_long(self) -> _Told:
        return Message("template.too_long", {"value": self._shown, "most": int(self._limit["max_length"])}), None

    def no_boolean(self) -> _Told:
        return Message("template.no_boolean", {"key": self._key, "value": self._shown}), None

    def too_small(self) -> _Told:
        return Message("template.at_least", {"key": self._key, "least": str(self._limit["ge"])}), None

    def too_large(self) -> _Told:
        return Message("template.at_most", {"key": self._key, "most": str(self._limit["le"])}), None

    def too_few(self) -> _Told:
        return Message("template.too_few", {"key": self._key, "least": int(self._limit["min_length"])}), None

    def no_list(self) -> _Told:
        return Message("template.no_list", {"key": self._key}), None

    def no_keys(self) -> _Told:
        if self.value is None:
            return Message("template.empty", {"key": self._key}), None
        model = _model_at(self.model, self.detail["loc"])
        by_model = {template.Wording: "template.no_wording", template.Phrases: "template.no_phrases"}
        return Message(
            by_model.get(model, "template.no_keys") if model else "template.no_keys", {"key": self._key}
        ), None


_EXPLAINED: Final = {
    "missing": _Misfit.missing,
    "extra_forbidden": _Misfit.unknown_key,
    "union_tag_invalid": _Misfit.unknown_type,
    "union_tag_not_found": _Misfit.no_type,
    "literal_error": _Misfit.unknown_value,
    "string_type": _Misfit.no_text,
    "string_too_short": _Misfit.no_text,
    "string_pattern_mismatch": _Misfit.odd_name,
    "string_too_long": _Misfit.too_long,
    "bool_type": _Misfit.no_boolean,
    "greater_than_equal": _Misfit.too_small,
    "less_than_equal": _Misfit.too_large,
    "too_short": _Misfit.too_few,
    "tuple_type": _Misfit.no_list,
    "model_type": _Misfit.no_keys,
    "model_attributes_type": _Misfit.no_keys,
    "mapping_type": _Misfit.no_keys,
}
"""By the type of pydantic's complaint."""


def _keys(model: type[BaseModel]) -> frozenset[str]:
    """As they are written."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _model_at(model: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that a place should have, going by pydantic's location, which names the types of fields too."""
    found: list[tuple[str, Any]] = [("", model)]
    for step in location:
        found = [inner for one in found for inner in _inside(*one, step)]
    return next((one for _, one in found if _is_model(one)), None)


def _inside(tag: str, annotation: Any, step: str | int) -> Iterator[tuple[str, Any]]:
    if tag:
        if tag == step:
            yield "", annotation
    elif _is_model(annotation):
        for name, field in annotation.model_fields.items():
            if step == (field.alias or name):
                yield from _choices(field.annotation)
    elif get_origin(annotation) is tuple and isinstance(step, int):
        yield from _choices(get_args(annotation)[0])
    elif get_origin(annotation) is not None and isinstance(step, str) and len(get_args(annotation)) == 2:
        yield from _choices(get_args(annotation)[1])


def _choices(annotation: Any) -> Iterator[tuple[str, Any]]:
    """What it may be, each with its tag where it is one of several types of fields."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        tag = next((mark.tag for mark in marks if isinstance(mark, Tag)), "")
        for own, one in _choices(inner):
            yield own or tag, one
    elif get_origin(annotation) is None or get_origin(annotation) in (tuple, Mapping):
        yield "", annotation
    else:
        for one in get_args(annotation):
            yield from _choices(one)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


# --- going on -----------------------------------------------------------------------------------------------------


def _mended(
    model: type[_Model], data: Mapping[str, Any], locations: Sequence[tuple[str | int, ...]]
) -> Formed[_Model] | None:
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
