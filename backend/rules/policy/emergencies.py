"""Matters for another number than ours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from backend.contract.faults import Refused
from backend.contract.message import Message
from backend.rules.policy.section import Section
from backend.rules.policy.values import Slug, Word


class EmergencyRule(Section):
    """A matter for another number than ours, and the words it is recognised by."""

    id: Slug
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,12}$")]
    name: dict[Literal["zh_CN", "en"], Word]
    words: Annotated[tuple[Word, ...], Field(min_length=1)]

    @field_validator("name")
    @classmethod
    def _both_languages(cls, name: dict[str, str]) -> dict[str, str]:
        if set(name) != {"zh_CN", "en"}:
            raise Refused(Message("policy.both_languages"))
        return name


class Emergencies(Section):
    negations: tuple[Word, ...]
    """Words that undo an emergency word after them: 没有着火."""
    fillers: tuple[Word, ...]
    """Words that may stand between the two: 没有[发生]火灾."""
    exceptions: tuple[Word, ...]
    """Harmless words that hold an emergency word: 火灾保险; or that only sound like one, as on the phone: 大伙."""
    rules: tuple[EmergencyRule, ...]
    """In the order in which they are told."""

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[EmergencyRule, ...]) -> tuple[EmergencyRule, ...]:
        ids = [rule.id for rule in rules]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise Refused(Message("fault.used_twice", {"key": "id", "value": name}), place=(at, "id"))
        return rules
