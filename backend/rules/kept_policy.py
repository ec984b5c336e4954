"""A policy as it is kept for tickets under way: written once, and read by later programs, which know other keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from backend.rules.policy.file import load_policy
from backend.rules.policy.policy import Policy


class Unreadable(ValueError):
    """A kept text means nothing to this program; `keys` are those that do not fit."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


def write(policy: Policy) -> str:
    """The policy as JSON with every value spelled out, comments and order gone: one text for the same rules."""
    return json.dumps(policy.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def read(text: str) -> tuple[Policy, tuple[str, ...]]:
    """The policy of a text that `write` made, perhaps in an older or newer program, and the keys it was adapted in.

    A key that the text lacks has the value of default.yaml; one that is known no more is left out. Only sections are
    filled up: what an office names itself (clocks, scenarios, days) and lists stay as they were. Raises Unreadable
    for anything else that does not fit: a change of the keys' meaning has to bring a migration of the kept texts.
    """
    tree, defaults = json.loads(text), None
    adapted: list[str] = []
    while True:
        try:
            return Policy.model_validate_json(json.dumps(tree)), tuple(adapted)
        except ValidationError as error:
            defaults = defaults or load_policy(None).model_dump(mode="json")
            found = [item for item in error.errors(include_url=False) if _adapt(tree, defaults, item)]
            if not found:
                raise Unreadable(tuple(_key(item["loc"]) for item in error.errors(include_url=False))) from None
            adapted += [_key(item["loc"]) for item in found]


def differences(text: str, policy: Policy) -> tuple[str, ...]:
    """Keys in which a kept text and a policy say different things; none if they are the same rules."""
    try:
        before = read(text)[0].model_dump(mode="json")
    except Unreadable:
        before = json.loads(text)
    return tuple(_differing(before, policy.model_dump(mode="json")))


def _adapt(tree: Any, defaults: Any, item: Mapping[str, Any]) -> bool:
    """Mend one error of validation in the tree, if it is one of a key that came or went."""
    *way, last = item["loc"]
    if item["type"] not in ("missing", "extra_forbidden"):
        return False
    section = _at(tree, way)
    if item["type"] == "extra_forbidden":
        del section[last]
        return True
    example = _at(defaults, way) if all(isinstance(step, str) for step in way) else None
    if not isinstance(example, dict) or last not in example:
        return False
    section[last] = example[last]
    return True


def _at(tree: Any, way: list[str | int]) -> Any:
    for step in way:
        if isinstance(tree, dict) and step not in tree:
            return None
        tree = tree[step]
    return tree


def _differing(before: Any, now: Any, way: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            yield from _differing(before.get(key), now.get(key), (*way, key))
    elif before != now:
        yield ".".join(way)


def _key(way: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in way)
