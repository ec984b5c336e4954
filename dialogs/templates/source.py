"""A YAML file as plain values, with the line each of them stands on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from backend.contract.yaml_bounds import TooLarge, compose

Place = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

# Only these plain scalars are not text: `yes`, `012` and `12:30` are words to the people who write scenarios.
_INTEGER = re.compile(r"^-?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$")
_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class SourceError(ValueError):
    """The file is not YAML, or repeats a key."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


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


def read_source(path: Path) -> Source:
    """Read one YAML 1.2 document. Raises SourceError, OSError."""
    try:
        root = compose(path.read_text(encoding="utf-8"))
    except TooLarge as error:
        raise SourceError(error.line, error.reason) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(mark.line + 1 if mark else 1, error.problem or str(error)) from error
    except UnicodeDecodeError as error:
        raise SourceError(1, f"not UTF-8: {error.reason}") from error
    lines: dict[Place, int] = {}
    data = None if root is None else _value(root, (), lines)
    return Source(path, data, lines)


def _value(node: Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, SequenceNode):
        return tuple(_value(item, (*place, index), lines) for index, item in enumerate(node.value))
    assert isinstance(node, ScalarNode)
    return _scalar(node)


def _mapping(node: MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise SourceError(line, "a key must be a plain word")
        key = str(key_node.value)
        if key in result:
            raise SourceError(line, f"{key!r} is given twice")
        lines[*place, key] = line
        result[key] = _value(value_node, (*place, key), lines)
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
