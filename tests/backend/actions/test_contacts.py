"""Contacts made on first sight of an account, and whom an account speaks as."""

import importlib
from typing import Any

import pytest

from backend import database, models
from backend.actions import queries
from backend.actions.contacts import contact_actor, view_contact
from backend.contract.acts.look import LookIn
from backend.contract.errors import NotFound
from backend.contract.words import Kind
from backend.work import recipients
from backend.work.recipients import Recipient
from tests.backend.actions.conftest import Town

NUMBER = "+8613800138000"
CODE = "91445200MA4W1234XG"
OTHER = "91450981MA5K7J2H04"
FIRST: dict[str, Any] = {
    "contact": {"name": "王小明", "phone": NUMBER},
    "enterprise": {"uscc": CODE, "name": "甲厂"},
}
SECOND: dict[str, Any] = {
    "contact": {"name": "李大明", "phone": "+8613900000000"},
    "enterprise": {"name": "乙厂"},
}


async def test_a_caller_is_known_by_number_and_by_the_one_enterprise_filed_for_with_it(town: Town) -> None:
    for account in ("1", "2"):
        await town.file(
            await town.contact(account),
            contact={"name": "王小明", "phone": NUMBER, "language": "en"},
            enterprise={"uscc": CODE, "name": "新厂"},
        )
    await town.file(await town.contact("3"), contact={"name": "没有企业", "phone": NUMBER})
    caller = await town.caller(NUMBER)
    shown = await view_contact(await town.context(), caller)
    assert caller.phone == shown.phone == NUMBER
    assert shown.enterprise is not None
    assert (shown.enterprise.uscc, shown.enterprise.name) == (CODE, None), "what others called it is theirs"
    assert (shown.name, shown.language) == (None, "zh_CN")
    assert await models.Contact.filter(phone=NUMBER).count() == 4


@pytest.mark.parametrize("second", [{"enterprise": {"uscc": OTHER}}, {"kind": Kind.REPORT}])
async def test_a_number_of_two_enterprises_or_of_a_hidden_reporter_says_nothing(
    town: Town, second: dict[str, object]
) -> None:
    phone = {"phone": NUMBER}
    if "enterprise" in second:
        await town.file(await town.contact("1"), contact=phone, enterprise={"uscc": CODE})
    await town.file(await town.contact("2"), **{"contact": phone, "enterprise": {"uscc": CODE}, **second})
    shown = await view_contact(await town.context(), await town.caller(NUMBER))
    assert shown.enterprise is None
    assert shown.phone == NUMBER


async def test_an_account_speaks_as_everybody_it_filed_as_but_not_as_a_reporter(town: Town) -> None:
    accountant = await town.contact()
    await town.file(accountant, **FIRST)
    await town.file(accountant, **SECOND)
    await town.file(accountant, kind=Kind.REPORT, contact={"name": "举报人"}, enterprise={"name": "举报的厂"})
    shown = await view_contact(await town.context(), accountant)
    told = [(one.name, one.phone, one.enterprise.name if one.enterprise else None) for one in shown.speaks_as]
    assert told == [("李大明", "+8613900000000", "乙厂"), ("王小明", NUMBER, "甲厂")]
    assert (shown.name, shown.enterprise and shown.enterprise.name) == ("李大明", "乙厂")


async def test_a_first_filing_keeps_its_name_telephone_and_enterprise_after_a_second_for_another_firm(
    town: Town,
) -> None:
    """An accountant's account: what was filed for one firm is not renamed by what is filed for another."""
    accountant = await town.contact()
    first, second = await town.file(accountant, **FIRST), await town.file(accountant, **SECOND)
    desk = town.staff["sue"]
    for number, person in (
        (first, ("王小明", NUMBER, "甲厂", CODE)),
        (second, ("李大明", "+8613900000000", "乙厂", None)),
    ):
        seen = await queries.look_at_person(await town.context(), desk, number, LookIn())
        assert (seen.name, seen.phone, seen.enterprise, seen.uscc) == person
        own = await queries.view_ticket(await town.context(), accountant, number)
        assert (own.contact_name, own.contact_phone, own.enterprise) == person[:3]
        masked = await queries.view_ticket(await town.context(), desk, number)
        assert (masked.contact_name, masked.enterprise, masked.as_filed) == (f"{person[0][0]}**", person[2], True)


async def test_each_firm_opens_its_own_ticket_by_telephone_and_not_the_others(town: Town) -> None:
    accountant = await town.contact()
    first, second = await town.file(accountant, **FIRST), await town.file(accountant, **SECOND)
    for caller, own, other in ((NUMBER, first, second), ("+8613900000000", second, first)):
        actor = await town.caller(caller)
        assert (await queries.view_entrusted(await town.context(), actor, own)).number == own
        with pytest.raises(NotFound):
            await queries.view_entrusted(await town.context(), actor, other)


async def test_who_is_called_is_who_was_left_for_this_ticket(town: Town) -> None:
    switchboard = await town.caller("+867151234567")
    first, second = await town.file(switchboard, **FIRST), await town.file(switchboard, **SECOND)
    third = await town.file(switchboard, contact={"name": "前台"}, enterprise={"name": "丙厂"})
    for number, phone in ((first, NUMBER), (second, "+8613900000000"), (third, "+867151234567")):
        ticket = await models.Ticket.get(number=number)
        account = (switchboard.channel or "", switchboard.address)
        assert recipients.phone_of(ticket, account) == Recipient("phone", phone, "zh_CN")
        assert recipients.contact_of(ticket, account).address == phone
        assert recipients.contact_of(ticket, account, elsewhere=False).address == "+867151234567"


async def test_what_is_left_out_comes_from_before_only_where_that_is_not_in_doubt(town: Town) -> None:
    """A request for a person says nothing of who asks: an account of one firm needs no more, one of two does."""
    accountant = await town.contact()
    await town.file(accountant, **FIRST)
    one = await models.Ticket.get(number=await town.file(accountant))
    assert (one.contact_name, one.contact_phone, one.enterprise_name) == ("王小明", NUMBER, "甲厂")
    assert one.enterprise_id == (await models.Enterprise.get(uscc=CODE)).id
    same = {"contact": {"name": "王小明", "phone": NUMBER}, "enterprise": {"name": "乙厂"}}
    other = await models.Ticket.get(number=await town.file(accountant, **same))
    assert (other.enterprise_name, other.enterprise_uscc, other.enterprise_id) == ("乙厂", None, None)
    both = await models.Ticket.get(number=await town.file(accountant))
    assert (both.contact_name, both.contact_phone, both.enterprise_name) == ("王小明", NUMBER, None)


async def test_of_a_hidden_reporter_only_what_they_said_is_kept_and_nothing_of_it_is_offered(town: Town) -> None:
    person = await town.contact()
    await town.file(person, **FIRST)
    report = await models.Ticket.get(number=await town.file(person, kind=Kind.REPORT))
    assert (report.contact_name, report.contact_phone, report.enterprise_name) == (None, None, None)
    await town.file(person, kind=Kind.REPORT, contact={"name": "举报人", "phone": "+8613911111111"})
    assert (await view_contact(await town.context(), person)).name == "王小明"
    called = await models.Ticket.get(number=await town.file(await town.caller("+8613922222222"), kind=Kind.REPORT))
    assert called.contact_phone == "+8613922222222", "a seat has to reach who called"


async def test_a_caller_without_a_number_is_nobody_yet(town: Town) -> None:
    await models.Contact.create(phone="anonymous-1", created_at=town.now)
    for account in ("anonymous-1", "page-1", "+86", "+86138x0013800", "8613800138000"):
        caller = await contact_actor(await town.context(), "phone", account)
        assert caller.phone is None
        assert (await view_contact(await town.context(), caller)).phone is None


async def test_tickets_filed_before_take_what_is_on_file_and_say_so(town: Town) -> None:
    """As 0010 finds them: contact and enterprise known by the account alone, names fixed by whoever typed first."""
    accountant, other = await town.contact(), await town.contact("2")
    first, second = await town.file(accountant, **FIRST), await town.file(other, **SECOND)
    nameless = await models.Enterprise.create(name="乙厂", created_at=town.now)
    await models.Enterprise.filter(uscc=CODE).update(name="甲厂")
    listed = await models.Enterprise.create(uscc=OTHER, name="名录上的厂", district_id="east", created_at=town.now)
    await models.Contact.filter(id=other.id).update(enterprise_id=nameless.id, enterprise_name=None)
    await models.Ticket.filter(number=second).update(enterprise_id=nameless.id)
    await models.Ticket.all().update(
        contact_name=None, contact_phone=None, enterprise_name=None, enterprise_uscc=None, as_filed=True
    )
    migration = importlib.import_module("backend.migrations.0010_ticket_snapshot")
    for sql in (migration.PRESENT_VALUES, migration.OWN_ENTERPRISE, migration.STATED, migration.NOT_CONFIRMED):
        await database.execute(sql)
    for sql in migration.WITHOUT_FILE:
        await database.execute(sql)
    for number, told in ((first, ("王小明", "甲厂", CODE)), (second, ("李大明", "乙厂", None))):
        seen = await queries.look_at_person(await town.context(), town.staff["sue"], number, LookIn())
        assert (seen.name, seen.enterprise, seen.uscc) == told
        assert (seen.as_filed, seen.enterprise_confirmed) == (False, None)
    assert await models.Enterprise.all().order_by("id").values_list("uscc", "name") == [
        (CODE, None),
        (OTHER, "名录上的厂"),
    ]
    assert (await models.Enterprise.get(id=listed.id)).name == "名录上的厂"
