"""Reads the request templates with the city and the policy that they are written for, all named in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.actions.organisation_entries import Organisation, district_list
from backend.actions.organisation_file import DEMO_CITY, read_organisation
from backend.contract.faults import Fault, FileFaults, suggestion
from backend.contract.message import Localized, Message
from backend.contract.yaml_source import Source, read_source
from backend.rules.policy.file import load_policy
from backend.rules.policy.policy import Policy
from dialogs.templates import BUILT_IN, loader
from dialogs.templates.districts import district_tree
from dialogs.templates.parsers import DistrictTree
from dialogs.templates.scenario import Scenarios
from settings import Settings


@dataclass(frozen=True)
class Written:
    """What an office wrote, in its form."""

    scenarios: Scenarios
    city: Organisation
    policy: Policy


def folder(chosen: Settings) -> Path:
    """Of the templates."""
    return chosen.scenarios_path or BUILT_IN


def city_file(chosen: Settings) -> Path:
    return chosen.city_path or DEMO_CITY


def read(chosen: Settings) -> Written:
    """Raises FileFaults."""
    city = read_organisation(city_file(chosen))
    policy = load_policy(chosen.policy_path)
    return Written(loader.load_scenarios(folder(chosen), _districts(city)), city, policy)


def check(chosen: Settings) -> list[Fault]:
    """Every mistake of templates, city and policy, and what one of them says of another."""
    faults: list[Fault] = []
    city: Organisation | None = None
    try:
        city = read_organisation(city_file(chosen))
    except FileFaults as error:
        faults += error.faults
    try:
        load_policy(chosen.policy_path)
    except FileFaults as error:
        faults += error.faults
    try:
        scenarios = loader.load_scenarios(folder(chosen), _districts(city) if city else ())
    except FileFaults as error:
        return [*faults, *error.faults]
    return faults or list(_at_odds(chosen, scenarios))


def handled_by(written: Written, scenario: str) -> list[Localized]:
    """The units of the duty list, each with its district; none: the dispatch desk decides."""
    districts = {one.id: one for one in written.city.all_districts()}
    units = {one.code: one for one in written.city.departments}
    found = []
    for duty in written.city.duties:
        if duty.scenario == scenario:
            place, unit = districts.get(duty.district or ""), units[duty.lead]
            where = place or written.city.city
            found.append(Localized({"zh": f"{where.name}：{unit.name}", "en": f"{where.name_en}: {unit.name_en}"}))
    return found


def _districts(city: Organisation) -> DistrictTree:
    return district_tree(district_list(city))


def _at_odds(chosen: Settings, scenarios: Scenarios) -> Iterator[Fault]:
    """Templates that the city's duty list or the policy names and that are not there.

    Files that come with us go with our templates: an office that has its own of these alone is not to blame for ours.
    """
    known = {name for name, _ in scenarios.versions}
    if chosen.city_path is not None or chosen.scenarios_path is None:
        city = read_source(city_file(chosen))
        for index, duty in enumerate(city.data.get("duties") or ()):
            yield from _unknown(city, ("duties", index, "scenario"), duty["scenario"], known)
    if chosen.policy_path is not None:
        policy = read_source(chosen.policy_path)
        for name in policy.data["limits"].get("scenarios") or ():
            yield from _unknown(policy, ("limits", "scenarios", name), name, known)


def _unknown(source: Source, place: tuple[str | int, ...], name: str, known: set[str]) -> Iterator[Fault]:
    if name not in known:
        told = Message("template.unknown_template", {"id": name})
        yield Fault(source.path, source.line(place), told, suggestion(name, known))
