"""A registered name is the office's to confirm: on a ticket, or from the register's list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend import database, models
from backend.actions import queries
from backend.actions.accept import accept
from backend.actions.confirm_name import confirm_name
from backend.actions.contacts import view_contact
from backend.actions.load_city import load_city
from backend.actions.organisation_file import DEMO_CITY
from backend.actions.register import Imported, import_register
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.confirm_name import ConfirmNameIn
from backend.contract.errors import Forbidden, Invalid, Stale
from backend.contract.faults import FileFaults
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Kind
from backend.rules.actor import Actor
from dialogs.wording import Wording
from tests.backend.actions.conftest import Town
from tests.backend.city import Backend

CODE, OTHER, THIRD = "91445200MA4W1234XG", "91450981MA5K7J2H04", "91445200MA4W9999X8"
FIRM: dict[str, Any] = {"contact": {"name": "王小明"}, "enterprise": {"uscc": CODE, "name": "甲厂"}}


async def seen(town: Town, actor: Actor, number: str) -> TicketOut:
    return await queries.view_ticket(await town.context(), actor, number)


async def confirms(town: Town, who: str, number: str, name: str, version: int | None = None) -> TicketOut:
    at = version or (await models.Ticket.get(number=number)).version
    async with database.transaction():
        request = ConfirmNameIn(version=at, name=name)
        return await confirm_name(await town.context(), town.staff[who], number, request)


async def test_a_claim_stays_on_its_ticket_until_the_office_confirms_the_name_for_all(town: Town) -> None:
    first = await town.file(await town.contact(), **FIRM)
    second = await town.file(await town.contact("2"), **FIRM | {"enterprise": {"uscc": CODE, "name": "乙厂"}})
    for number, claim in ((first, "甲厂"), (second, "乙厂")):
        shown = await seen(town, town.staff["off"], number)
        assert (shown.enterprise, shown.enterprise_confirmed) == (claim, None)
        assert "confirm_name" in shown.may
    done = await confirms(town, "off", first, "甲厂")
    assert (done.enterprise, done.enterprise_confirmed) == ("甲厂", "甲厂")
    assert "confirm_name" not in done.may
    other = await seen(town, town.staff["off"], second)
    assert (other.enterprise, other.enterprise_confirmed) == ("乙厂", "甲厂")
    assert "confirm_name" in other.may, "one of the two is wrong"
    [speaker] = (await view_contact(await town.context(), await town.contact("2"))).speaks_as
    assert speaker.enterprise is not None
    assert speaker.enterprise.name == "甲厂", "the next form begins with the registered name"


async def test_it_is_on_the_timeline_without_the_name_and_in_the_access_log_with_it(town: Town) -> None:
    number = await town.file(await town.contact(), **FIRM)
    await confirms(town, "off", number, "甲工厂")
    await confirms(town, "off", number, "甲工厂")
    await confirms(town, "off", number, "甲厂有限公司")
    events = await models.Event.filter(ticket__number=number, kind=EventKind.NAME_CONFIRMED)
    assert [dict(one.data) for one in events] == [{}, {}]
    assert {one.actor_id for one in events} == {town.staff["off"].id}
    ticket = await models.Ticket.get(number=number)
    rows = await models.AccessLog.filter(ticket_id=ticket.id).order_by("id")
    assert [(row.what, row.reason) for row in rows] == [
        ("registered name confirmed", "— → 甲工厂"),
        ("registered name confirmed", "甲工厂 → 甲厂有限公司"),
    ]
    await confirms(town, "off", number, "甲" * 200)
    assert (await models.Enterprise.get(uscc=CODE)).name == "甲" * 200


@pytest.mark.parametrize("who", ["sue", "dis", "ann", "lea", "sup"])
async def test_nobody_but_the_office_confirms(town: Town, who: str) -> None:
    number = await town.file(await town.contact(), **FIRM)
    assert "confirm_name" not in (await seen(town, town.staff[who], number)).may
    with pytest.raises(Forbidden):
        await confirms(town, who, number, "甲厂")
    assert (await models.Enterprise.get(uscc=CODE)).name is None


async def test_a_name_without_a_code_and_a_hidden_reporter_s_are_never_confirmed(town: Town) -> None:
    person = await town.contact()
    bare = await town.file(person, enterprise={"name": "没有代码的厂"})
    report = await town.file(person, **FIRM, kind=Kind.REPORT)
    for number in (bare, report):
        assert "confirm_name" not in (await seen(town, town.staff["off"], number)).may
        with pytest.raises(Invalid):
            await confirms(town, "off", number, "甲厂")


async def test_what_was_seen_before_a_decision_of_others_is_stale(town: Town) -> None:
    number = await town.file(await town.contact(), **FIRM, scenario="other")
    before = (await seen(town, town.staff["off"], number)).version
    async with database.transaction():
        await accept(await town.context(), town.staff["sue"], number, AcceptIn(version=before))
    with pytest.raises(Stale):
        await confirms(town, "off", number, "甲厂", before)


# --- the register's list ------------------------------------------------------------------------------------------


def listed(folder: Path, *lines: str, header: str = "统一社会信用代码,企业名称", encoding: str = "utf-8") -> Path:
    file = folder / "register.csv"
    file.write_text("\r\n".join([header, *lines, ""]), encoding=encoding, newline="")
    return file


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("统一社会信用代码,企业名称", "utf-8-sig"), ("统一社会信用代码,企业名称", "gb18030"), ("uscc,name", "utf-8")],
)
async def test_the_register_confirms_names_and_the_same_file_again_changes_nothing(
    town: Town, tmp_path: Path, header: str, encoding: str
) -> None:
    number = await town.file(await town.contact(), **FIRM)
    await models.Enterprise.create(uscc=OTHER, name="名录上的厂", district_id="east", created_at=town.now)
    file = listed(
        tmp_path, f"{CODE},甲厂有限公司", "", f'{OTHER},"名录上的厂"', f"{THIRD},丙厂", header=header, encoding=encoding
    )
    assert await import_register(file) == Imported(made=1, confirmed=1, unchanged=1)
    assert await import_register(file) == Imported(made=0, confirmed=0, unchanged=3)
    shown = await seen(town, town.staff["off"], number)
    assert (shown.enterprise, shown.enterprise_confirmed) == ("甲厂", "甲厂有限公司")
    assert (await models.Enterprise.get(uscc=OTHER)).district_id == "east"


async def test_a_file_with_mistakes_changes_nothing_and_names_each_by_its_line(town: Town, tmp_path: Path) -> None:
    wrong = CODE[:-1] + "H"
    file = listed(
        tmp_path,
        f"{CODE},甲厂",
        f"{wrong},乙厂",
        f"{OTHER},",
        f"{THIRD},丙厂,多了一列",
        f"{THIRD},丙厂",
        f"{THIRD},丁厂",
        f"{CODE},甲厂",
    )
    with pytest.raises(FileFaults) as told:
        await import_register(file)
    assert [one.line for one in told.value.faults] == [3, 4, 5, 7]
    assert Wording("en").faults(told.value)[-1] == f"{file}:7: {THIRD} has another name in line 6"
    assert await models.Enterprise.all().count() == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "register.csv:1: the first line must be"),
        ("代码,名称\n".encode(), "register.csv:1: the first line must be"),
        (b"uscc,name,district\n", "register.csv:1: the first line must be"),
        (b"uscc,name\n\xff\xff\xff", "register.csv: this is no text"),
        (b'uscc,name\n"unclosed', "register.csv:2: "),
    ],
)
async def test_what_is_no_such_file_is_told_from_it(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(content)
    with pytest.raises(FileFaults) as told:
        await import_register(file)
    assert Wording("en").faults(told.value)[0].startswith(f"{tmp_path}/{problem}")


async def test_of_many_mistakes_the_first_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as told:
        await import_register(listed(tmp_path, *["x,甲"] * 100))
    assert len(told.value.faults) == 21
    assert Wording("zh_CN").faults(told.value)[-1].endswith("还有 80 处错误")


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "nothings.csv").touch()
    with pytest.raises(FileFaults) as told:
        await import_register(tmp_path / "nothing.csv")
    assert Wording("zh_CN").faults(told.value) == [f"{tmp_path}/nothing.csv: 没有这个文件。是不是想写“nothings.csv”？"]


async def test_the_city_s_file_gives_a_name_where_none_is_confirmed_and_changes_none(
    backend: Backend, tmp_path: Path
) -> None:
    """It is loaded at each start: a name that the office had confirmed since was gone."""
    await models.Enterprise.filter(uscc=OTHER).update(name=None)
    await load_city(DEMO_CITY, date(2026, 11, 23))
    given = (await models.Enterprise.get(uscc=OTHER)).name
    assert given
    await import_register(listed(tmp_path, f"{OTHER},{given}（新）"))
    await load_city(DEMO_CITY, date(2026, 11, 23))
    assert (await models.Enterprise.get(uscc=OTHER)).name == f"{given}（新）"
