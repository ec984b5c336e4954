"""Members of staff."""

from __future__ import annotations

from backend.contract.words import Role

from .base import Answer
from .organisation import DepartmentOut


class StaffOut(Answer):
    id: int
    username: str
    name: str
    roles: list[Role]
    department: DepartmentOut
    language: str
    must_enrol: bool = False
    """The policy asks for an authenticator app, and there is none yet: until then nothing else is allowed."""


class ColleagueOut(Answer):
    id: int
    username: str
    name: str


class ColleagueList(Answer):
    items: list[ColleagueOut]
