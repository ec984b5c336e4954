"""Reads what people said of a matter, from which is learnt how they tell it and how they answer its questions."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.contract.faults import Fault, suggestion
from backend.contract.message import Message
from dialogs.templates.scenario import Question, Scenario, ToldMessage, ToldMessages

_FOLDER: Final = "told"
_SUFFIX: Final = ".jsonl"

Value = bool | int | float | str | list[str]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    say: str = Field(min_length=1)
    facts: dict[str, Value] | None = None
    """What a whole message tells."""
    partly: bool = False
    """Whether it may tell more."""
    answers: dict[str, Value] | None = Field(None, min_length=1, max_length=1)
    """The question to which it is the whole answer, and what it means."""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.answers and self.facts is not None) or (self.partly and self.facts is None):
            raise ValueError
        return self

    @property
    def told(self) -> Mapping[str, Value]:
        return self.answers or self.facts or {}


def with_told(scenario: Scenario, folder: Path) -> tuple[Scenario, list[Fault]]:
    """The scenario with what its file knows, and what is wrong with that; nothing where there is no file."""
    path = folder / _FOLDER / f"{scenario.id}{_SUFFIX}"
    if not path.exists():
        return scenario, []
    lines: list[_Line] = []
    faults: list[Fault] = []
    for number, text in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not text.strip():
            continue
        try:
            line = _Line.model_validate(json.loads(text))
        except (ValidationError, ValueError):
            faults.append(Fault(path, number, Message("template.told.line")))
            continue
        wrong = [Fault(path, number, *one) for one in _wrong(line, scenario.by_id)]
        faults += wrong
        if not wrong:
            lines.append(line)
    return _taught(scenario, lines), faults


def strays(folder: Path, known: Mapping[str, object]) -> Iterator[Fault]:
    """Files of templates that are not there."""
    for one in sorted((folder / _FOLDER).glob(f"*{_SUFFIX}")):
        if one.stem not in known:
            yield Fault(one, 0, Message("template.unknown_template", {"id": one.stem}), suggestion(one.stem, [*known]))


def _taught(scenario: Scenario, lines: list[_Line]) -> Scenario:
    messages: list[ToldMessage] = []
    said: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        closed = {name: _ids(value) for name, value in line.told.items() if _is_closed(scenario.by_id[name])}
        if line.told or line.facts is not None:
            messages.append(ToldMessage(line.say, closed, partly=line.partly or line.facts is None))
        if line.answers:
            for name, ids in closed.items():
                for id_ in ids:
                    said.setdefault(name, {}).setdefault(id_, []).append(line.say)
    return dataclasses.replace(
        scenario,
        told=ToldMessages(tuple(messages)),
        sayings=tuple(line.say for line in lines if line.facts is None and not line.answers),
        questions=tuple(_with_sayings(question, said.get(question.id, {})) for question in scenario.questions),
    )


def _with_sayings(question: Question, said: Mapping[str, list[str]]) -> Question:
    return dataclasses.replace(question, sayings={id_: tuple(texts) for id_, texts in said.items()})


def _is_closed(question: Question) -> bool:
    return question.type in ("choice", "multi_choice", "boolean")


def _ids(value: Value) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return tuple(value) if isinstance(value, list) else (str(value),)


def _wrong(line: _Line, by_id: Mapping[str, Question]) -> Iterator[tuple[Message, Message | None]]:
    for name, value in line.told.items():
        question = by_id.get(name)
        if question is None:
            yield Message("template.told.field", {"field": name}), suggestion(name, [*by_id])
        elif question.type == "boolean":
            if not isinstance(value, bool):
                yield Message("template.told.value", {"field": name, "value": str(value)}), None
        elif question.options:
            ids = [option.id for option in question.options]
            for one in _ids(value):
                if one not in ids or isinstance(value, list) is not (question.type == "multi_choice"):
                    yield Message("template.told.value", {"field": name, "value": one}), suggestion(one, ids)
