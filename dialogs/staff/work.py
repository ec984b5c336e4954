"""One event of a staff conversation, with all that its flows work with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.contract.client import StaffClient
from backend.contract.message import Localized, Words
from backend.contract.models.organisation import CityOut, DepartmentOut, DistrictOut
from dialogs.commands import Verb
from dialogs.engine import Engine
from dialogs.exchange import Exchange, button, listed
from dialogs.fields.typed import fold
from dialogs.outputs import Button
from dialogs.templates.scenario import Scenarios
from locales import closest_language

_MOST_UNITS = 6
_LABEL = 22
"""Characters of a title that fit on a button."""


@dataclass
class Work(Exchange):
    """An exchange with a member of staff."""

    backend: StaffClient = field(kw_only=True)
    city: CityOut = field(kw_only=True)
    scenarios: Scenarios = field(kw_only=True)
    engine: Engine = field(kw_only=True)
    """Asks what an incomplete ticket lacks."""

    @property
    def language(self) -> str:
        return self.session.language or closest_language(self.incoming.person.language)

    def district(self, code: str) -> Words:
        """The names of a district and those it lies in; the code itself if the city has none such."""
        path = _path(self.city.districts, code)
        names = [Localized({"zh": one.name, "en": one.name_en or one.name}) for one in path]
        return listed(names) if names else code

    def unit(self, code: str) -> DepartmentOut | None:
        return next((one for one in self.city.departments if one.code == code), None)

    def units_named(self, text: str) -> list[DepartmentOut]:
        """Departments whose name holds what was typed, else its characters in order (住建 → 住房和城乡建设局)
        with the shortest names first.
        """
        said = fold(text)
        for fits in (_holds, _abbreviated):
            named = ((one, (fold(one.name), fold(one.name_en))) for one in self.city.departments)
            found = [one for one, names in named if any(fits(said, name) for name in names)]
            if found:
                return sorted(found, key=lambda one: len(one.name))[:_MOST_UNITS]
        return []


def _path(districts: Sequence[DistrictOut], code: str) -> list[DistrictOut]:
    for one in districts:
        if one.id == code:
            return [one]
        if below := _path(one.children, code):
            return [one, *below]
    return []


def _holds(said: str, name: str) -> bool:
    return bool(said) and said in name


def _abbreviated(said: str, name: str) -> bool:
    """Only for Chinese: single Latin letters in order are found in any name."""
    rest = iter(name)
    return len(said) > 1 and not said.isascii() and all(character in rest for character in said)


def unit_name(department: DepartmentOut) -> Localized:
    return Localized({"zh": department.name, "en": department.name_en or department.name})


def short(title: str) -> str:
    """As much of a title as fits on a button or into a question."""
    return title if len(title) <= _LABEL else f"{title[: _LABEL - 1]}…"


def home() -> Button:
    return button("button.menu", Verb.MENU)
