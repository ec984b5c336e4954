"""Keeps what was said as JSON, so that an event delivered twice is answered with the same words and done once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from dialogs.outputs import Ask, Output, Say, Summarise

_KINDS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "say": TypeAdapter(Say),
    "ask": TypeAdapter(Ask),
    "sum": TypeAdapter(Summarise),
}
_NAMES: Final[Mapping[type, str]] = {Say: "say", Ask: "ask", Summarise: "sum"}
"""Only what is shown is kept, for the rest is already done."""


def remember(outputs: tuple[Output, ...]) -> list[dict[str, Any]]:
    """JSON values."""
    shown = [one for one in map(_as_kept, outputs) if type(one) in _NAMES]
    return [_written(_NAMES[type(one)], one) for one in shown]


def recall(data: list[dict[str, Any]]) -> tuple[Output, ...]:
    """The outputs again. Raises KeyError or ValueError for data of another version."""
    return tuple(_read(one) for one in data)


def _as_kept(output: Output) -> Output:
    if isinstance(output, Say) and output.kept is not None:
        return dataclasses.replace(output, text=output.kept, kept=None)
    return output


def _written(kind: str, output: Output) -> dict[str, Any]:
    return {"kind": kind, **_KINDS[kind].dump_python(output, mode="json", exclude_defaults=True)}


def _read(data: Mapping[str, Any]) -> Output:
    if "is" in data:
        data = _from_before(data)
    output: Output = _KINDS[data["kind"]].validate_python({name: one for name, one in data.items() if name != "kind"})
    return output


def _from_before(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """As versions until 2026-11 wrote it: `is` names the kind, and words, buttons and lines of a summary are short."""
    values = {name: _words_from_before(value) for name, value in data.items() if name != "is"}
    for name in ("choices", "options", "brief", "controls"):
        if name in values:
            values[name] = [[_fields(one, "label", "command", "phrases") for one in row] for row in values[name]]
    if "lines" in values:
        values["lines"] = [_fields(one, "field", "label", "shown", "command") for one in values["lines"]]
    return {"kind": data["is"], **values}


def _fields(values: list[Any], *names: str) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def _words_from_before(data: Any) -> Any:
    match data:
        case {"k": key, "a": args}:
            return {"key": key, "args": {name: _words_from_before(one) for name, one in args.items()}}
        case {"l": texts}:
            return {"texts": texts}
        case list():
            return [_words_from_before(one) for one in data]
    return data
