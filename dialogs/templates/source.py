"""A YAML file as plain values, with the line each of them stands on."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from backend.contract.yaml_bounds import TooLarge, compose
from dialogs.message import Message
from dialogs.templates import syntax
from dialogs.wording import Wording

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

MOST_BYTES: Final = 1_000_000
"""Of one file; the largest of ours has 17,000."""

# Only these plain scalars are not text: `yes`, `012` and `12:30` are words to the people who write scenarios.
_INTEGER = re.compile(r"^-?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$")
_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Problem(NamedTuple):
    line: int
    reason: Message


class SourceError(ValueError):
    """The file is not YAML, or repeats keys; it has at least one problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(Wording("en").text(one.reason) for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Source:
    """What a file says and where. Lists are tuples, as strict models want them."""

    path: Path
    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Line (from 1) of the value at `place`, or of the nearest value around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def value(self, place: Place) -> Any:
        """What stands at a place that the file has."""
        found = self.data
        for step in place:
            found = found[step]
        return found


def read_source(path: Path) -> Source:
    """Read one YAML 1.2 document. Raises SourceError, OSError."""
    text = _text(path)
    try:
        root = compose(text)
    except TooLarge as error:
        raise SourceError([Problem(error.line, syntax.beyond_bounds(error))]) from error
    except (MarkedYAMLError, ReaderError) as error:
        raise SourceError([Problem(*syntax.explained(error, text))]) from error
    reader = _Reader({}, [])
    data = None if root is None else reader.value(root, ())
    if reader.problems:
        raise SourceError(reader.problems)
    return Source(path, data, reader.lines)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise SourceError([Problem(1, Message("template.file.too_large", {"most": MOST_BYTES // 1000}))])
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError([Problem(1, Message("template.file.encoding"))])
    try:
        return raw.decode("utf-8-sig")  # Windows' editors put a mark before UTF-8, which does no harm
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError([Problem(line, Message("template.file.encoding"))]) from error


@dataclass
class _Reader:
    """Turns nodes into values, and collects lines and what cannot be meant on the way."""

    lines: dict[Place, int]
    problems: list[Problem]

    def value(self, node: Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return tuple(self.value(item, (*place, index)) for index, item in enumerate(node.value))
        assert isinstance(node, ScalarNode)
        return _scalar(node)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem(line, Message("template.yaml.odd_key")))
                continue
            key = str(key_node.value)
            if key in result:
                self.problems.append(Problem(line, Message("template.key_twice", {"key": key})))
            self.lines[*place, key] = line
            result[key] = self.value(value_node, (*place, key))
        return result


def _scalar(node: ScalarNode) -> str | bool | int | float | None:
    text = str(node.value)
    if node.style is not None:  # quoted or block text
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return text
