"""The city's districts with its departments, as channels need them."""

from __future__ import annotations

from backend.contract.words import Level

from .base import Answer


class DepartmentOut(Answer):
    code: str
    name: str
    name_en: str
    level: Level
    district: str | None
    parent: str | None


class DistrictOut(Answer):
    id: str
    name: str
    name_en: str
    children: list[DistrictOut]


class EmergencyOut(Answer):
    """A matter for another number than ours, and the words it is recognised by."""

    id: str
    number: str
    """To call."""
    name: dict[str, str]
    """Who answers there, by language."""
    words: list[str]
    negations: list[str] = []
    """Words that undo one of them after them."""
    fillers: list[str] = []
    """Words that may stand between the two."""
    exceptions: list[str] = []
    """Harmless words that hold one, or that sound like one."""


class CityOut(Answer):
    """What channels need to know of the city."""

    name: str
    name_en: str
    districts: list[DistrictOut]
    departments: list[DepartmentOut]
    emergencies: list[EmergencyOut]
    """From the policy, in the order in which they are told."""
