"""The city's districts with its departments, as channels need them."""

from __future__ import annotations

from typing import Any

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


class CityOut(Answer):
    """What channels need to know of the city."""

    name: str
    name_en: str
    districts: list[DistrictOut]
    departments: list[DepartmentOut]
    emergencies: list[dict[str, Any]]
    """Words and the number to call, from the policy."""
