"""Says what does not fit where a file is held against its model: pydantic's complaints by kind and values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from backend.contract import yaml_syntax
from backend.contract.faults import FileFaults, Place, Refused, Told, suggestion
from backend.contract.message import Message
from backend.contract.yaml_source import Checker, Source

Model = TypeVar("Model", bound=BaseModel)


def read_model(model: type[Model], source: Source) -> Model:
    """The file as its model. Raises FileFaults with every place that does not fit."""
    checker = Checker(source)
    if has_keys(checker):
        try:
            return model.model_validate_json(json.dumps(source.data))
        except ValidationError as error:
            say_misfits(model, error, checker)
    raise FileFaults(checker.faults)


def has_keys(checker: Checker) -> bool:
    """Whether the file consists of keys and values; told where not."""
    data = checker.source.data
    if isinstance(data, Mapping):
        return True
    key = "fault.file.empty" if data is None else "fault.file.no_keys"
    checker.say((), Message(key), yaml_syntax.unread_key(data) if isinstance(data, str) else None)
    return False


@dataclass(frozen=True)
class Misfit:
    """One of pydantic's complaints."""

    model: type[BaseModel]
    """Of the file."""
    detail: ErrorDetails
    place: Place
    value: Any
    """What stands at the place."""

    @property
    def key(self) -> str:
        """What the author calls the place: the last key on the way to it."""
        return next((step for step in reversed(self.place) if isinstance(step, str)), "")

    @property
    def shown(self) -> str:
        if self.detail["loc"][-1:] == ("[key]",):
            return self.key
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)

    @property
    def limit(self) -> Mapping[str, Any]:
        return self.detail.get("ctx", {})

    def told(self) -> Told:
        explain = _EXPLAINED.get(self.detail["type"])
        return explain(self) if explain else (self._of("fault.wrong_value"), None)

    def missing(self) -> Told:
        return Message("fault.missing", {"key": str(self.detail["loc"][-1])}), None

    def unknown_key(self) -> Told:
        told = Message("fault.unknown_key", {"key": self.key})
        if any(sign in self.key for sign in ":："):
            return told, Message("fault.yaml.full_width_colon")
        model = model_at(self.model, self.detail["loc"][:-1])
        return told, suggestion(self.key, keys(model) if model else ())

    def unknown_value(self) -> Told:
        possible = re.findall(r"'([^']*)'", str(self.limit["expected"]))
        return self._of("fault.unknown_value"), suggestion(self.shown, possible)

    def no_text(self) -> Told:
        if self.value is None or self.value == "":
            return Message("fault.empty", {"key": self.key}), None
        if isinstance(self.value, bool | int | float):
            return self._of("fault.quotes"), None
        return Message("fault.no_text", {"key": self.key}), None

    def odd_text(self) -> Told:
        return self._of(_PATTERNS.get(str(self.limit["pattern"]), "fault.wrong_value")), None

    def too_long(self) -> Told:
        return Message("fault.too_long", {"value": self.shown, "most": int(self.limit["max_length"])}), None

    def no_number(self) -> Told:
        return self._of("fault.not_number"), None

    def no_boolean(self) -> Told:
        return self._of("fault.no_boolean"), None

    def no_date(self) -> Told:
        return Message("fault.no_date", {"value": self.shown}), None

    def too_small(self) -> Told:
        if "gt" in self.limit:
            return Message("fault.above", {"key": self.key, "limit": str(self.limit["gt"])}), None
        return Message("fault.at_least", {"key": self.key, "least": str(self.limit["ge"])}), None

    def too_large(self) -> Told:
        if "lt" in self.limit:
            return Message("fault.below", {"key": self.key, "limit": str(self.limit["lt"])}), None
        return Message("fault.at_most", {"key": self.key, "most": str(self.limit["le"])}), None

    def too_few(self) -> Told:
        return Message("fault.too_few", {"key": self.key, "least": int(self.limit["min_length"])}), None

    def no_list(self) -> Told:
        return Message("fault.no_list", {"key": self.key}), None

    def no_keys(self) -> Told:
        if self.value is None:
            return Message("fault.empty", {"key": self.key}), None
        return Message("fault.no_keys", {"key": self.key}), None

    def refused(self) -> Told:
        """By a check of the model itself."""
        error = self.limit["error"]
        return error.told if isinstance(error, Refused) else (self._of("fault.wrong_value"), None)

    def _of(self, kind: str) -> Message:
        return Message(kind, {"key": self.key, "value": self.shown})


def say_misfits(
    model: type[BaseModel], error: ValidationError, checker: Checker, explain: Callable[[Misfit], Told] = Misfit.told
) -> list[Place]:
    """Tells every complaint; returns pydantic's locations of what was told."""
    details = _own_faults(error.errors(include_url=False, include_input=False))
    source = checker.source
    for detail in details:
        place = source.written(detail["loc"])
        reason, hint = explain(Misfit(model, detail, place, source.value(place)))
        within = detail.get("ctx", {}).get("error")
        checker.say((*place, *within.place) if isinstance(within, Refused) else place, reason, hint)
    return [detail["loc"] for detail in details]


_PATTERNS: Final = {r"^[a-z0-9][a-z0-9_-]{0,63}$": "fault.name"}
"""What a text looks like, by its pattern."""
_EXPLAINED: Final[Mapping[str, Callable[[Misfit], Told]]] = {
    "missing": Misfit.missing,
    "extra_forbidden": Misfit.unknown_key,
    "literal_error": Misfit.unknown_value,
    "enum": Misfit.unknown_value,
    "string_type": Misfit.no_text,
    "string_too_short": Misfit.no_text,
    "string_pattern_mismatch": Misfit.odd_text,
    "string_too_long": Misfit.too_long,
    "bool_type": Misfit.no_boolean,
    "bool_parsing": Misfit.no_boolean,
    "int_type": Misfit.no_number,
    "int_from_float": Misfit.no_number,
    "int_parsing": Misfit.no_number,
    "float_type": Misfit.no_number,
    "float_parsing": Misfit.no_number,
    "finite_number": Misfit.no_number,
    "date_type": Misfit.no_date,
    "date_parsing": Misfit.no_date,
    "date_from_datetime_parsing": Misfit.no_date,
    "date_from_datetime_inexact": Misfit.no_date,
    "greater_than_equal": Misfit.too_small,
    "greater_than": Misfit.too_small,
    "less_than_equal": Misfit.too_large,
    "less_than": Misfit.too_large,
    "too_short": Misfit.too_few,
    "tuple_type": Misfit.no_list,
    "list_type": Misfit.no_list,
    "model_type": Misfit.no_keys,
    "model_attributes_type": Misfit.no_keys,
    "mapping_type": Misfit.no_keys,
    "dict_type": Misfit.no_keys,
    "value_error": Misfit.refused,
}
"""By the type of pydantic's complaint."""


def _own_faults(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without lists that pydantic finds too short because what stands in them does not fit."""
    places = [detail["loc"] for detail in details]

    def is_filled(detail: ErrorDetails) -> bool:
        own = detail["loc"]
        return any(one[: len(own)] == own and len(one) > len(own) for one in places)

    return [detail for detail in details if detail["type"] != "too_short" or not is_filled(detail)]


# --- models -------------------------------------------------------------------------------------------------------


def keys(model: type[BaseModel]) -> frozenset[str]:
    """As they are written."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def model_at(model: type[BaseModel], location: Place) -> type[BaseModel] | None:
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
    elif get_origin(annotation) in (tuple, list) and isinstance(step, int):
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
    elif get_origin(annotation) is None or get_origin(annotation) in (tuple, list, dict, Mapping):
        yield "", annotation
    else:
        for one in get_args(annotation):
            yield from _choices(one)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
