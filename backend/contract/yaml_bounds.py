"""Bounds of YAML files that an office gives us: aliases and nesting can make a page of text fill the memory."""

from __future__ import annotations

from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.parser import Parser

MOST_VALUES: Final = 200_000
"""Values of a file with every alias written out; a city of a thousand units has about 30,000."""
DEEPEST: Final = 60
"""Lists and mappings inside one another."""


class TooLarge(ValueError):
    """The file would grow beyond the bounds; `line` (from 1) is where."""

    def __init__(self, line: int, *, too_deep: bool) -> None:
        self.line = line
        self.too_deep = too_deep
        """Else it has too many values."""
        super().__init__(line)


def compose(text: str) -> Node | None:
    """The nodes of a YAML 1.2 document, within the bounds. Raises TooLarge, and ruamel's errors."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Parser = _Parser
    root: Node | None = yaml.compose(text)
    if root is not None:
        _size(root, {}, 0)
    return root


class _Parser(Parser):
    """Stops at what is too deep as soon as it is read: reading it to its end takes the square of the depth."""

    depth = 0

    def get_event(self) -> Any:
        event = super().get_event()
        if isinstance(event, CollectionStartEvent):
            self.depth += 1
            if self.depth > DEEPEST:
                raise TooLarge(event.start_mark.line + 1, too_deep=True)
        elif isinstance(event, CollectionEndEvent):
            self.depth -= 1
        return event


def _size(node: Node, sizes: dict[int, int], depth: int) -> int:
    """How many values it stands for. Each node is counted once, however often it is named."""
    line = node.start_mark.line + 1
    if depth > DEEPEST:
        raise TooLarge(line, too_deep=True)
    known = sizes.get(id(node))
    if known is not None:
        return known
    size = 1 + sum(_size(one, sizes, depth + 1) for one in _inside(node))
    if size > MOST_VALUES:
        raise TooLarge(line, too_deep=False)
    sizes[id(node)] = size
    return size


def _inside(node: Node) -> list[Node]:
    match node:
        case MappingNode():
            return [one for pair in node.value for one in pair]
        case SequenceNode():
            return list(node.value)
    return []
