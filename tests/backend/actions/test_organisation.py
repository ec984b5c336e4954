"""The organisation file: checked line by line, loaded as often as one likes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from backend import models
from backend.actions.first_passwords import hand_out_passwords
from backend.actions.load_city import load_city
from backend.actions.organisation_entries import names
from backend.actions.organisation_file import DEMO_CITY, read_organisation
from backend.contract.faults import FileFaults
from backend.contract.words import Level, Role
from backend.rules.policy.file import load_policy
from dialogs.wording import Wording
from tests.backend.city import Backend

SCENARIOS = {
    "power-cut", "licence-delay", "unpaid-invoice", "tax-benefit", "loan", "hiring", "road-access", "noise-next-door",
    "gas-fee", "fire-inspection", "suggestion", "report",
}  # fmt: skip


def test_demo_city_covers_what_the_loop_needs() -> None:
    city = read_organisation(DEMO_CITY)
    assert {duty.scenario for duty in city.duties} == SCENARIOS
    assert all(any(duty.scenario == one and duty.district is None for duty in city.duties) for one in SCENARIOS)
    assert {one.level for one in city.departments} >= {Level.CITY, Level.COUNTY, Level.TOWNSHIP}
    for unit in city.departments:
        roles = [one.roles for one in unit.staff]
        assert sum(Role.HANDLER in one for one in roles) >= 2, unit.code  # a redo needs another handler
        assert any(Role.LEADER in one for one in roles), unit.code
    everybody = {role for unit in city.departments for one in unit.staff for role in one.roles}
    assert everybody == set(Role)


def test_names_of_a_city_are_what_the_phone_must_be_able_to_say() -> None:
    found = names(read_organisation(DEMO_CITY), load_policy(None))
    assert {"榕江市", "城东区", "东门街道", "榕江供电局", "119"} <= set(found["zh_CN"])
    assert {"Rongjiang", "Chengdong District", "Tax Bureau", "119"} <= set(found["en"])


def _faults(tmp_path: Path, old: str, new: str) -> Iterator[str]:
    text = DEMO_CITY.read_text("utf-8")
    assert old in text
    path = tmp_path / "city.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FileFaults) as caught:
        read_organisation(path)
    for problem in Wording("en").faults(caught.value):
        name, line, told = problem.split(":", 2)
        assert name == str(path)
        yield f"{text.splitlines()[int(line) - 1].strip()} ->{told}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("parent: services", "parent: nobody", "parent: services -> there is no department nobody"),
        ("level: county", "level: moon", "level: county -> level cannot be moon; possible: "),
        ("  - scenario: loan", "  - scenari: loan", "there is no scenari here; did you mean scenario?"),
        ("  - scenario: loan", "  - scenari: loan", "scenario is missing"),
        ("lead: finance", "lead: finances", "lead: finance -> there is no department finances; did you mean finance?"),
        ("district: linhe\n    lead", "district: nowhere\n    lead", "there is no district nowhere"),
        ("91450981MA5K7J2H04", "91450981MA5K7J2H05", "the check character of 91450981MA5K7J2H05 does not fit"),
        ("username: seat-2", "username: seat-1", "-> username seat-1 is there already"),
        ("code: market", "code: power", "code power is there already"),
        ("    from: 2026-01-01", "    from: 2026-13-01", "from: 2026-01-01 -> 2026-13-01 is no day of"),
        ("city:\n", "city: [\n", "a bracket is not finished"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert any(told in one for one in _faults(tmp_path, old, new))


def test_department_above_itself(tmp_path: Path) -> None:
    found = list(_faults(tmp_path, "    level: city\n    staff:", "    level: city\n    parent: power\n    staff:"))
    assert any("is above itself" in one for one in found)


async def test_loading_again_changes_nothing_and_tells_no_password(backend: Backend) -> None:
    staff = await models.Staff.all().order_by("id").values_list("username", "password_hash")
    duties = await models.Duty.all().order_by("id").values_list("id", "lead", "valid_to")
    await load_city(DEMO_CITY, date(2026, 11, 23))
    told: list[object] = []
    await hand_out_passwords(told.append)
    assert not told
    assert await models.Staff.all().order_by("id").values_list("username", "password_hash") == staff
    assert await models.Duty.all().order_by("id").values_list("id", "lead", "valid_to") == duties


async def test_changed_duty_gets_a_version_and_the_old_one_an_end(backend: Backend, tmp_path: Path) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(DEMO_CITY.read_text("utf-8").replace("    lead: labour", "    lead: industry"), "utf-8")
    await load_city(path, date(2026, 11, 23))
    old, new = await models.Duty.filter(scenario="hiring").order_by("version")
    assert (old.lead, old.valid_to) == ("labour", date(2026, 11, 22))
    assert (new.lead, new.valid_from, new.valid_to, new.version) == ("industry", date(2026, 11, 23), None, 2)


async def test_city_as_channels_see_it(backend: Backend) -> None:
    city = await backend.client.view_city()
    assert (city.name, city.name_en) == ("榕江市", "Rongjiang")
    assert [one.id for one in city.districts] == ["chengdong", "linhe", "qingshan"]
    assert all(one.children for one in city.districts)
    assert {one.number for one in city.emergencies} >= {"110", "119", "120"}
