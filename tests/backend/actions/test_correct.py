"""The enterprise corrects contact, telephone or its name on a ticket of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend import database, models
from backend.actions import queries
from backend.actions.contacts import view_contact
from backend.actions.correct import correct, view_correctable
from backend.contract.acts.look import LookIn
from backend.contract.errors import Forbidden, Invalid, NotFound, WrongState
from backend.contract.models.contact_requests import CorrectionIn
from backend.contract.models.tickets import CorrectedOut, Lookup, TicketOut
from backend.contract.words import EventKind, Kind
from backend.rules.actor import Actor
from tests.backend.actions.conftest import Town

OLD, NEW = "+8613800138000", "+8613900000000"
CODE = "91445200MA4W1234XG"
FIRM: dict[str, Any] = {
    "contact": {"name": "王小名", "phone": OLD},
    "enterprise": {"uscc": CODE, "name": "甲厂"},
}
OTHER_FIRM: dict[str, Any] = {"contact": {"name": "王小名", "phone": OLD}, "enterprise": {"name": "乙厂"}}


async def corrects(town: Town, actor: Actor, number: str, **changes: object) -> CorrectedOut:
    async with database.transaction():
        return await correct(await town.context(), actor, number, CorrectionIn.model_validate(changes))


async def seen(town: Town, actor: Actor, number: str) -> TicketOut:
    return await queries.view_ticket(await town.context(), actor, number)


async def told(number: str) -> list[dict[str, Any]]:
    """Data of the corrections of a ticket."""
    events = models.Event.filter(ticket__number=number, kind=EventKind.CORRECTED).order_by("seq")
    return [dict(one.data) for one in await events]


async def test_a_correction_changes_this_ticket_and_is_an_event_that_names_fields_alone(town: Town) -> None:
    person = await town.contact()
    number, other = await town.file(person, **FIRM), await town.file(person, **FIRM)
    assert "correct" in (await seen(town, person, number)).may
    done = await corrects(town, person, number, name="王小明", phone=NEW, enterprise="甲工厂")
    assert done.also == []
    own = await seen(town, person, number)
    assert (own.contact_name, own.contact_phone, own.enterprise) == ("王小明", NEW, "甲工厂")
    untouched = await seen(town, person, other)
    assert (untouched.contact_name, untouched.contact_phone, untouched.enterprise) == ("王小名", OLD, "甲厂")
    assert await told(number) == [{"fields": ["contact_name", "contact_phone", "enterprise_name"]}]
    assert await told(other) == []
    event = await models.Event.get(ticket__number=number, kind=EventKind.CORRECTED)
    assert event.reason is None


async def test_staff_read_that_it_was_corrected_and_the_new_values_masked(town: Town) -> None:
    person, desk = await town.contact(), town.staff["sue"]
    number = await town.file(person, **FIRM)
    await corrects(town, person, number, name="李大明", phone=NEW)
    masked = await seen(town, desk, number)
    assert (masked.contact_name, masked.contact_phone) == ("李**", "+86139****0000")
    looked = await queries.look_at_person(await town.context(), desk, number, LookIn())
    assert (looked.name, looked.phone) == ("李大明", NEW)
    events = (await queries.list_events(await town.context(), desk, number, None, 50)).items
    assert [(one.kind, one.actor) for one in events if one.kind == EventKind.CORRECTED] == [("corrected", "contact")]
    units = {(one.channel, one.address) for one in await town.notices("corrected", number)}
    assert ("web-staff", str(town.staff["ann"].id)) in units
    for notice in await town.notices("corrected", number):
        assert "李大明" not in str(notice.args)
        assert NEW not in str(notice.args)


async def test_others_go_along_only_where_they_are_named(town: Town) -> None:
    """An accountant's other firm, another contact of the firm, a report and an ended ticket are not even offered."""
    person = await town.contact()
    one, two = await town.file(person, **FIRM), await town.file(person, **FIRM)
    firm_two = await town.file(person, **OTHER_FIRM)
    colleague = await town.file(person, **FIRM | {"contact": {"name": "李大明", "phone": OLD}})
    report = await town.file(person, **FIRM, kind=Kind.REPORT)
    ended = await town.file(person, **FIRM)
    await models.Ticket.filter(number=ended).update(state="closed", closed_at=town.now)
    assert (await view_correctable(await town.context(), person, one)).others == [two]
    done = await corrects(town, person, one, name="王小明", also=[two, ended])
    assert done.also == [two]
    for number, name in (
        (one, "王小明"),
        (two, "王小明"),
        (firm_two, "王小名"),
        (colleague, "李大明"),
        (report, "王小名"),
        (ended, "王小名"),
    ):
        assert (await models.Ticket.get(number=number)).contact_name == name


async def test_a_ticket_that_hides_its_reporter_goes_with_no_other_and_units_learn_nothing_of_it(town: Town) -> None:
    person = await town.contact()
    number, report = await town.file(person, **FIRM), await town.file(person, **FIRM, kind=Kind.REPORT)
    for main, other in ((number, report), (report, number)):
        with pytest.raises(Invalid):
            await corrects(town, person, main, phone=NEW, also=[other])
    assert (await view_correctable(await town.context(), person, report)).others == []
    await corrects(town, person, report, phone=NEW)
    assert (await models.Ticket.get(number=report)).contact_phone == NEW
    assert (await models.Ticket.get(number=number)).contact_phone == OLD
    assert (await view_contact(await town.context(), person)).phone == OLD, "nothing of a report is filled in elsewhere"
    assert await told(report) == [{"fields": []}]


async def test_nobody_else_corrects(town: Town) -> None:
    person = await town.contact()
    number, own = await town.file(person, **FIRM), await town.file(await town.contact("2"), **FIRM)
    stranger = await town.contact("2")
    for actor, main, also in ((stranger, number, []), (stranger, own, [number]), (await town.contact("3"), number, [])):
        with pytest.raises(NotFound):
            await corrects(town, actor, main, phone=NEW, also=also)
    with pytest.raises(NotFound):
        await view_correctable(await town.context(), stranger, number)
    with pytest.raises(Forbidden):
        await corrects(town, town.staff["sue"], number, phone=NEW)
    with pytest.raises(Invalid):
        await corrects(town, person, number)


async def test_a_caller_corrects_nothing_for_their_number_may_be_forged(town: Town) -> None:
    """Who forged the number once would else have the ticket at a number of their own for good."""
    caller = await town.caller(OLD)
    number = await town.file(caller, **FIRM)
    assert "correct" not in (await seen(town, caller, number)).may
    with pytest.raises(Forbidden):
        await corrects(town, caller, number, phone=NEW)
    assert (await view_correctable(await town.context(), caller, number)).others == []


async def test_an_ended_ticket_is_corrected_no_more(town: Town) -> None:
    person = await town.contact()
    number = await town.file(person, **FIRM)
    await models.Ticket.filter(number=number).update(state="closed", closed_at=town.now)
    assert "correct" not in (await seen(town, person, number)).may
    with pytest.raises(WrongState):
        await corrects(town, person, number, name="王小明")


async def test_the_same_again_is_no_event(town: Town) -> None:
    person = await town.contact()
    number = await town.file(person, **FIRM)
    await corrects(town, person, number, name="王小明")
    await corrects(town, person, number, name="王小明", phone=OLD)
    assert await told(number) == [{"fields": ["contact_name"]}]
    assert (await models.Ticket.get(number=number)).phone_bound


async def test_a_corrected_telephone_opens_the_ticket_only_once_the_code_was_given_from_it(town: Town) -> None:
    person = await town.contact()
    number = await town.file(person, **FIRM)
    code = str((await town.notices("received", number) + await town.notices("accepted", number))[0].args["code"])
    await corrects(town, person, number, phone=NEW)
    context, there, before = await town.context(), await town.caller(NEW), await town.caller(OLD)
    for caller in (there, before):
        with pytest.raises(NotFound):
            await queries.view_entrusted(context, caller, number)
    with pytest.raises(NotFound):
        await queries.look_up(context, there, Lookup(number=number, code="00000000"))
    await queries.look_up(context, await town.contact("2"), Lookup(number=number, code=code))
    await queries.look_up(context, before, Lookup(number=number, code=code))
    with pytest.raises(NotFound):
        await queries.view_entrusted(context, there, number)
    await queries.look_up(context, there, Lookup(number=number, code=code))
    assert (await queries.view_entrusted(context, there, number)).number == number
    with pytest.raises(NotFound):
        await queries.view_entrusted(context, before, number)
    ticket = await models.Ticket.get(number=number)
    looks = [row.what for row in await models.AccessLog.filter(ticket_id=ticket.id).order_by("id")]
    assert looks == ["telephone bound by code", "ticket by phone"]
    await corrects(town, person, number, phone=OLD)
    with pytest.raises(NotFound):
        await queries.view_entrusted(context, before, number)


async def test_a_number_that_is_not_bound_says_nothing_of_a_firm_to_who_calls_with_it(town: Town) -> None:
    person = await town.contact()
    number = await town.file(person, **FIRM)
    await corrects(town, person, number, phone=NEW)
    assert (await view_contact(await town.context(), await town.caller(NEW))).enterprise is None


async def test_the_account_files_next_with_what_was_corrected(town: Town) -> None:
    person = await town.contact()
    number = await town.file(person, **FIRM)
    await corrects(town, person, number, name="王小明", phone=NEW, enterprise="甲工厂")
    shown = await view_contact(await town.context(), person)
    assert (shown.name, shown.phone) == ("王小明", NEW)
    assert [(one.name, one.enterprise and one.enterprise.name) for one in shown.speaks_as] == [("王小明", "甲工厂")]
    await town.file(person, **OTHER_FIRM)
    await corrects(town, person, number, name="王中明")
    assert (await view_contact(await town.context(), person)).name == "王小名", "that is what the other firm has"


async def test_corrections_of_each_others_tickets_never_wait_for_each_other(town: Town) -> None:
    person = await town.contact()
    one, two = await town.file(person, **FIRM), await town.file(person, **FIRM)
    for at in range(5):
        async with asyncio.timeout(30):
            await asyncio.gather(
                corrects(town, person, one, name=f"甲{at}", also=[two]),
                corrects(town, person, two, name=f"乙{at}", also=[one]),
            )
    first, second = await models.Ticket.get(number=one), await models.Ticket.get(number=two)
    assert first.contact_name == second.contact_name
