"""Reads the county or township a matter belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from typing_extensions import override

from dialogs.fields import jio
from dialogs.fields.outcome import Outcome, Parser, Understood, listed, problem
from dialogs.fields.typed import denied, fold, position

_SUFFIX = re.compile(
    "(?:街道办事处|街道办|街道|经济开发区|高新区|开发区|新区|自治县|林场|农场|社区|区|县|市|镇|乡|村"
    "| (?:district|county|town|township|city|subdistrict))$"
)


_SHORTEST_NAME = 3
"""Characters of a name that is known by its sound."""
_STREET = re.compile(
    "(?:[东南西北中]|[一二三四五六七八九十])?(?:大道|路|街(?!道)|巷|桥|广场|花园|小区|大厦|酒店|宾馆|超市|市场|学校|中学|小学|医院|银行|公园|车站|码头)"
)
_FROM = re.compile("(?:老家|籍贯|户口|家乡|出生|以前|原来|祖籍)(?:是|在|的)*$")


@dataclass(frozen=True)
class DistrictNode:
    """A county, township or village with what lies in it."""

    id: str
    names: tuple[str, ...]
    """Its full name first, then names in other languages and colloquial ones."""
    children: tuple[DistrictNode, ...] = ()

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Its names as they are compared with what people say."""
        return tuple(fold(name) for name in self.names)

    @cached_property
    def short(self) -> tuple[str, ...]:
        """The same without what sort of place it is."""
        shorts = (_SUFFIX.sub("", name) for name in self.folded)
        return tuple(short for short in shorts if len(short) >= 2)


@dataclass(frozen=True)
class Match:
    """A node with the nodes above it, from the top."""

    path: tuple[DistrictNode, ...]

    @property
    def node(self) -> DistrictNode:
        return self.path[-1]

    @property
    def shown(self) -> str:
        return " ".join(node.names[0] for node in self.path)


@dataclass(frozen=True)
class District(Parser):
    """One district of the tree, by name with or without its suffix (区, 县, 镇, 街道). The value is its id."""

    tree: tuple[DistrictNode, ...]
    leaf: bool = False
    """Whether only a district with none below it will do."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        matches = matching(self.tree, text)
        if not matches:
            return problem("field.district.not_understood", examples=_names(self.tree))
        if len(matches) > 1:
            return problem("field.district.ambiguous", candidates=listed(tuple(match.shown for match in matches[:6])))
        found = matches[0]
        if self.leaf and found.node.children:
            return problem("field.district.more_exact", name=found.shown, examples=_names(found.node.children))
        return Understood(found.node.id, found.shown)


def matching(tree: tuple[DistrictNode, ...], text: str) -> tuple[Match, ...]:
    """The districts a text names, the most exact only: a full name before a short one, a child before its parent."""
    folded = _as_written(tree, fold(text))
    every = tuple(_walk(tree, ()))
    for test in (_is_id, _is_named, _is_short, _mentioned):
        found = _deepest(tuple(match for match in every if test(match.node, folded)))
        if found:
            return tuple(match for match in found if _mentioned_in_full(match.node, folded)) or found
    return ()


def _as_written(tree: tuple[DistrictNode, ...], folded: str) -> str:
    """`folded` with the names of districts for which one character of the same sound was written: 同岭镇 of 桐岭镇."""
    for match in _walk(tree, ()):
        name = match.node.folded[0]
        if name in folded or len(name) < _SHORTEST_NAME or name.isascii():
            continue
        for at in range(len(folded) - len(name) + 1):
            written = folded[at : at + len(name)]
            apart = [(one, other) for one, other in zip(name, written, strict=True) if one != other]
            if len(apart) == 1 and jio.sound_alike(*apart[0]):
                folded = folded[:at] + name + folded[at + len(name) :]
    return folded


def _walk(nodes: tuple[DistrictNode, ...], above: tuple[DistrictNode, ...]) -> Iterator[Match]:
    for node in nodes:
        path = (*above, node)
        yield Match(path)
        yield from _walk(node.children, path)


def _deepest(found: tuple[Match, ...]) -> tuple[Match, ...]:
    """Without those that lie above another one found; and if some lie in a district also found, only these."""
    nodes = {match.node for match in found}
    below = tuple(match for match in found if any(node in nodes for node in match.path[:-1]))
    return _deepest(below) if below and below != found else found


def _is_id(node: DistrictNode, folded: str) -> bool:
    return folded == fold(node.id)


def _is_named(node: DistrictNode, folded: str) -> bool:
    return folded in node.folded


def _is_short(node: DistrictNode, folded: str) -> bool:
    return folded in node.short


def _mentioned(node: DistrictNode, folded: str) -> bool:
    if any(position(name, folded) >= 0 and not denied(name, folded) for name in node.folded):
        return True
    return any(_named_alone(name, folded) for name in node.short)


def _named_alone(short: str, folded: str) -> bool:
    """Whether the short name stands for the place itself, not for a street of that name or for where one is from."""
    if short.isascii():
        return position(short, folded) >= 0 or (len(short) > 4 and short.replace(" ", "") in folded.replace(" ", ""))
    places = list(re.finditer(re.escape(short), folded))
    return any(
        not _STREET.match(folded[place.end() :]) and not _FROM.search(folded[: place.start()]) for place in places
    ) and not denied(short, folded)


def _mentioned_in_full(node: DistrictNode, folded: str) -> bool:
    return any(position(name, folded) >= 0 for name in node.folded)


def _names(nodes: tuple[DistrictNode, ...]) -> str:
    return " / ".join(node.names[0] for node in nodes[:8])
