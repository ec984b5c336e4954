"""One event of a staff conversation, with all that its flows work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.contract.models import CityOut, DepartmentOut
from dialogs.actions import Choice
from dialogs.commands import Verb
from dialogs.exchange import Exchange, button
from dialogs.fields.typed import fold
from dialogs.message import Localized
from dialogs.services import StaffBackend
from locales import closest_language

_MOST_UNITS = 6


@dataclass
class Work(Exchange):
    """An exchange with a member of staff."""

    backend: StaffBackend = field(kw_only=True)
    city: CityOut = field(kw_only=True)

    @property
    def language(self) -> str:
        return self.session.language or closest_language(self.incoming.person.language)

    def unit(self, code: str) -> DepartmentOut | None:
        return next((one for one in self.city.departments if one.code == code), None)

    def units_named(self, text: str) -> list[DepartmentOut]:
        """Departments whose name holds what was typed, the shortest names first."""
        said = fold(text)
        found = [one for one in self.city.departments if said and (said in fold(one.name) or said in fold(one.name_en))]
        return sorted(found, key=lambda one: len(one.name))[:_MOST_UNITS]


def unit_name(department: DepartmentOut) -> Localized:
    return Localized({"zh": department.name, "en": department.name_en or department.name})


def home() -> Choice:
    return button("button.menu", Verb.MENU)
