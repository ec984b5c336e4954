"""Reads the YAML files that an office writes: plain values, with the line that each of them stands on."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from backend.contract import yaml_syntax
from backend.contract.faults import Fault, FileFaults, Place, suggestion, system_reason
from backend.contract.message import Message
from backend.contract.yaml_bounds import TooLarge, compose

MOST_BYTES: Final = 10_000_000
"""Of one file; that of a city of a thousand units has about 1,000,000."""

_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]")
"""`012` is a word to the people who write these files: a code, or the beginning of a telephone number."""
_TAG: Final = "tag:yaml.org,2002:"


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

    def written(self, location: Place) -> Place:
        """As much of a way as the file has, without what only pydantic knows: the branch of a union, a key's mark."""
        data = self.data
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


@dataclass
class Checker:
    """Collects the faults of one file."""

    source: Source
    faults: list[Fault] = field(default_factory=list)

    def say(self, place: Place, reason: Message, hint: Message | None = None) -> None:
        """Told once, however often it is found."""
        fault = Fault(self.source.path, self.source.line(place), reason, hint)
        if fault not in self.faults:
            self.faults.append(fault)


def read_source(path: Path) -> Source:
    """Read one YAML 1.2 document. Raises FileFaults, also where there is no such file."""
    try:
        return parse_source(_text(path), path)
    except OSError as error:
        raise FileFaults([unreadable(path, error)]) from None


def parse_source(text: str, path: Path) -> Source:
    """The document written in `text`, which comes from `path`. Raises FileFaults."""
    try:
        root = compose(text)
    except TooLarge as error:
        raise FileFaults([Fault(path, error.line, yaml_syntax.beyond_bounds(error))]) from None
    except (MarkedYAMLError, ReaderError) as error:
        raise FileFaults([Fault(path, *yaml_syntax.explained(error, text))]) from None
    reader = _Reader(path)
    data = None if root is None else reader.value(root, ())
    if reader.faults:
        raise FileFaults(reader.faults)
    return Source(path, data, reader.lines)


def unreadable(path: Path, error: OSError) -> Fault:
    """Why a file or folder cannot be read."""
    if isinstance(error, PermissionError):
        return Fault(path, 0, Message("fault.file.no_permission"))
    if path.is_symlink():
        return Fault(path, 0, Message("fault.file.broken_link"))
    if isinstance(error, FileNotFoundError):
        return Fault(path, 0, Message("fault.file.missing"), neighbour(path))
    return Fault(path, 0, Message("fault.file.unreadable", {"reason": system_reason(error)}))


def neighbour(path: Path, *, folders: bool = False) -> Message | None:
    """What beside it was probably meant."""
    try:
        return suggestion(path.name, [one.name for one in path.parent.iterdir() if one.is_dir() == folders])
    except OSError:
        return None


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():  # a pipe or device would be read for ever
        raise FileFaults([Fault(path, 0, Message("fault.file.no_file"))])
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise FileFaults([Fault(path, 1, Message("fault.file.too_large", {"most": MOST_BYTES // 1_000_000}))])
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileFaults([Fault(path, 1, Message("fault.file.encoding"))])
    try:
        return raw.decode("utf-8-sig")  # Windows' editors put a mark before UTF-8, which does no harm
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileFaults([Fault(path, line, Message("fault.file.encoding"))]) from None


@dataclass
class _Reader:
    """Turns nodes into values, and collects lines and what cannot be meant on the way."""

    path: Path
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def value(self, node: Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return tuple(self.value(item, (*place, index)) for index, item in enumerate(node.value))
        assert isinstance(node, ScalarNode)
        return _scalar(node)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        own = [pair for pair in node.value if pair[0].tag != f"{_TAG}merge"]
        result = self._merged([value for key, value in node.value if key.tag == f"{_TAG}merge"], place)
        given: set[str] = set()
        for key_node, value_node in own:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.faults.append(Fault(self.path, line, Message("fault.yaml.odd_key")))
                continue
            key = str(key_node.value)
            if key in given:
                self.faults.append(Fault(self.path, line, Message("fault.key_twice", {"key": key})))
            given.add(key)
            self.lines[*place, key] = line
            result[key] = self.value(value_node, (*place, key))
        return result

    def _merged(self, nodes: list[Node], place: Place) -> dict[str, Any]:
        """What `<<` takes from other mappings, the first of them first."""
        named = [one for node in nodes for one in (node.value if isinstance(node, SequenceNode) else [node])]
        result: dict[str, Any] = {}
        for node in reversed(named):
            if isinstance(node, MappingNode):
                result |= self._mapping(node, place)
            else:
                line = node.start_mark.line + 1
                self.faults.append(Fault(self.path, line, Message("fault.no_keys", {"key": "<<"})))
        return result


def _scalar(node: ScalarNode) -> str | bool | int | float | None:
    """Numbers, true, false and null as YAML 1.2 knows them; all else is text: dates, `yes`, `12:30`, `.inf`."""
    text = str(node.value)
    match str(node.tag).removeprefix(_TAG):
        case "bool":
            return text.lower() == "true"
        case "null":
            return None
        case "int" if not _LEADING_ZERO.match(text):
            return int(text.replace("_", ""), base=0)
        case "float" if text[-1].isdigit() or text[-1] == ".":
            return float(text.replace("_", ""))
    return text
