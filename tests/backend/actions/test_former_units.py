"""Units that have nothing to do with a ticket any more: they read neither it nor its files, and nothing more comes."""

from __future__ import annotations

import pytest

from backend import models
from backend.actions import (
    add_material,
    attachments,
    close,
    decide_return,
    notices,
    propose_return,
    queries,
    queues,
    withdraw,
)
from backend.contract.acts.close import CloseIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.look import LookIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.errors import NotFound
from backend.contract.models.contact_requests import AdditionIn, WithdrawIn
from backend.contract.models.notices import NoticeFailed
from backend.contract.words import Grade, Kind
from backend.rules.actor import Actor
from tests.backend.actions.acts import does, done, part_of, rated, seen, signed, uploaded
from tests.backend.actions.conftest import Town


async def returned(
    town: Town, number: str, who: str = "ann", code: str = "east-power", lead: str = "east-town"
) -> None:
    """The unit proposes, the office approves and names another."""
    context, part = await town.context(), await part_of(town, number, code)
    proposed = ProposeReturnIn(version=(await seen(town, number)).version, reason="非我职责", basis="三定方案")
    await does(propose_return.propose_return(context, town.staff[who], part, proposed))
    decided = DecideReturnIn(version=(await seen(town, number)).version, approve=True, reason="同意", lead=lead)
    await does(decide_return.decide_return(context, town.staff["off"], part, decided))


async def reads_nothing(town: Town, number: str, who: str, *files: str) -> None:
    context, actor = await town.context(), town.staff[who]
    part = await part_of(town, number, "east-power")
    again = ProposeReturnIn(version=(await seen(town, number)).version, reason="再退", basis="三定方案")
    for reading in (
        queries.view_ticket(context, actor, number),
        queries.list_events(context, actor, number, None, 50),
        queries.look_at_person(context, actor, number, LookIn(reason="想看看是谁")),
        propose_return.propose_return(context, actor, part, again),
        *(attachments.find_download(context, actor, one) for one in files),
    ):
        with pytest.raises(NotFound):
            await does(reading)
    for queue in ("mine", "unit"):
        assert (await queues.list_tickets(context, actor, None, 10, None, queue)).items == []


async def test_a_unit_whose_return_was_approved_reads_neither_ticket_nor_files(town: Town) -> None:
    contact = await town.contact()
    photo, late = await uploaded(town, contact), await uploaded(town, contact)
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP, attachments=[photo])
    evidence = await uploaded(town, town.staff["ann"])
    assert (await attachments.find_download(await town.context(), town.staff["ann"], photo)).size == 3
    await returned(town, number)
    addition = AdditionIn(text="又停了", attachments=[late])
    await does(add_material.add_material(await town.context(), contact, number, addition))
    for who in ("ann", "ben", "lea"):
        await reads_nothing(town, number, who, photo, late)
    context = await town.context()
    assert (
        await attachments.find_download(context, town.staff["ann"], evidence)
    ).size == 3  # filed with nothing yet: her own
    assert (await attachments.find_download(context, town.staff["tom"], late)).size == 3


async def test_what_a_unit_uploaded_itself_goes_with_the_ticket(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    mine = await uploaded(town, town.staff["ann"])
    ticket = await models.Ticket.get(number=number)
    await models.Attachment.filter(id=mine).update(ticket_id=ticket.id)
    assert (await attachments.find_download(await town.context(), town.staff["ann"], mine)).size == 3
    await returned(town, number)
    await reads_nothing(town, number, "ann", mine)


async def test_a_return_that_is_refused_or_undecided_takes_nothing_away(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    context, part = await town.context(), await part_of(town, number, "east-power")
    proposed = ProposeReturnIn(version=(await seen(town, number)).version, reason="非我职责", basis="三定方案")
    await does(propose_return.propose_return(context, town.staff["ann"], part, proposed))
    assert (await seen(town, number, "ann")).number == number
    decided = DecideReturnIn(version=(await seen(town, number)).version, approve=False, reason="就是你们的")
    await does(decide_return.decide_return(context, town.staff["off"], part, decided))
    assert (await seen(town, number, "ann")).number == number


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
async def test_a_unit_whose_part_was_cancelled_reads_no_more(town: Town, how: str) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    context = await town.context()
    if how == "withdrawn":
        await does(withdraw.withdraw(context, contact, number, WithdrawIn(reason="来电了")))
    else:
        version = (await seen(town, number)).version
        await does(close.close(context, town.staff["off"], number, CloseIn(version=version, reason="已依法办理")))
    await reads_nothing(town, number, "ann")
    assert (await seen(town, number, "sup")).number == number


async def test_who_did_one_round_and_returned_the_next_reads_no_more(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    await signed(town, number, "ann")
    await done(town, number, "ann")
    await rated(town, contact, number, Grade.DISSATISFIED, "还是没招到人")
    await returned(town, number, "ben")
    await reads_nothing(town, number, "ann")
    assert (await seen(town, number, "tom")).rating is not None


async def test_what_waited_for_a_former_unit_is_not_delivered_but_that_the_return_was_decided_is(town: Town) -> None:
    await models.Department.filter(code="east-power").update(group_chat="-100500")
    for who in ("ann", "ben"):
        await models.Identity.create(channel="telegram-staff", external_id=who, staff_id=town.staff[who].id)
    await models.Identity.create(channel="sms-staff", external_id="13800138000", staff_id=town.staff["lea"].id)
    # The dispatcher sits in this unit: what they get for the desk, they get.
    dispatcher = town.staff["dis"]
    await models.Staff.filter(id=dispatcher.id).update(department_id=town.staff["ann"].department_id)
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    ticket = await models.Ticket.get(number=number)
    addition = AdditionIn(text="门牌是建设路18号")
    await does(add_material.add_material(await town.context(), contact, number, addition))
    await models.Notice.create(
        key="desk", channel="web-staff", address=str(dispatcher.id), fallback=[], language="zh_CN", template="desk",
        args={"number": number, "title": "", "kind": "help", "urgent": False}, ticket_id=ticket.id, ready_at=town.now,
    )  # fmt: skip
    of_unit = models.Notice.filter(ticket_id=ticket.id, template__in=["assigned", "added"])
    assert {one.address for one in await of_unit} >= {"group:-100500", "13800138000", str(town.staff["ann"].id)}
    await returned(town, number)
    waiting = models.Notice.filter(ticket_id=ticket.id, done_at__isnull=True)
    unit = {str(town.staff[who].id) for who in ("ann", "ben", "lea")} | {"group:-100500", "13800138000"}
    left = [one for one in await waiting if one.address in unit]
    assert {one.template for one in left} == {"return_decided"}
    assert {one.address for one in left} == unit
    assert [one.template for one in await waiting if one.address == str(dispatcher.id)].count("desk") == 1
    assert [one.template for one in await waiting if one.address == str(town.staff["tom"].id)] == ["assigned"]


async def test_a_unit_that_gets_the_matter_again_reads_it_again(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    await returned(town, number)
    await returned(town, number, "tom", "east-town", "east-power")
    assert (await seen(town, number, "ann")).number == number


async def test_a_former_unit_is_not_told_that_the_enterprise_cannot_be_reached(town: Town) -> None:
    """Its part stands in the round under way, but it has nothing to do with it."""
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    await returned(town, number)
    service = Actor(town.staff["ann"].kind, channels=frozenset({"telegram"}))
    [notice] = await town.notices("accepted", number)
    await does(notices.mark_failed(await town.context(), service, notice.id, NoticeFailed(reason="blocked")))
    told = {one.address for one in await town.notices("unreachable", number)}
    assert told == {str(town.staff["tom"].id)}
