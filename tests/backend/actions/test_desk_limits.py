"""Nothing waits at a desk without a due row, and each comes again until somebody acts."""

from __future__ import annotations

import importlib
from datetime import timedelta

from backend import database, models
from backend.actions import accept, calls, close, decide_return, dispatch, propose_return
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.close import CloseIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.models.calls import CallIn
from backend.contract.words import CallOutcome, EventKind, Kind, TicketState
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_loop import _part, _see, _sign

HOUR = timedelta(hours=1)


async def _told(town: Town, number: str) -> list[tuple[str, str]]:
    """What was overdue at which desk, and who of the staff heard of it, in order."""
    names = {str(actor.id): name for name, actor in town.staff.items()}
    return [(str(row.args["what"]), names[row.address]) for row in await town.notices("desk_overdue", number)]


async def test_a_ticket_that_nobody_verifies_is_told_of_again_and_again(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    await town.work_off(town.now + 2 * DAY)
    assert await _told(town, number) == [("verify", name) for name in ("sue", "dis", "off")]
    await town.work_off(town.now + 4 * DAY)
    assert (await _told(town, number))[3:] == [("verify", name) for name in ("off", "sup")]
    await town.work_off(town.now + 30 * DAY)
    assert len(await _told(town, number)) > 15


async def test_an_accepted_ticket_without_a_unit_has_a_limit_until_it_is_dispatched(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    async with database.transaction():
        await accept.accept(await town.context(), town.staff["sue"], number, AcceptIn(version=1))
    await town.work_off(town.now + 3 * HOUR)
    assert not await _told(town, number)
    await town.work_off(town.now + 6 * HOUR)
    assert await _told(town, number) == [("dispatch", name) for name in ("sue", "dis", "off")]
    version = (await _see(town, number)).version
    async with database.transaction():
        sent = DispatchIn(version=version, lead="east-power")
        await dispatch.dispatch(await town.context(), town.staff["dis"], number, sent)
    await town.work_off(town.now + 6 * DAY)
    assert len(await _told(town, number)) == 3


async def test_a_return_that_the_office_does_not_decide_on_comes_again(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.COMPLAINT)
    await _sign(town, number, "ann")
    part = await _part(town, number, "east-power")
    async with database.transaction():
        version = (await _see(town, number)).version
        request = ProposeReturnIn(version=version, reason="非我职责", basis="三定方案")
        await propose_return.propose_return(await town.context(), town.staff["ann"], part, request)
    await town.work_off(town.now + 2 * DAY)
    assert await _told(town, number) == [("decide", "off")]
    await town.work_off(town.now + 4 * DAY)
    assert (await _told(town, number))[1:] == [("decide", "off"), ("decide", "sup")]
    async with database.transaction():
        decided = DecideReturnIn(version=(await _see(town, number)).version, approve=True, reason="同意")
        await decide_return.decide_return(await town.context(), town.staff["off"], part, decided)
    assert (await _see(town, number)).state is TicketState.ACCEPTED
    await town.work_off(town.now + 2 * DAY)
    assert ("dispatch", "dis") in await _told(town, number)
    assert [what for what, _ in await _told(town, number)].count("decide") == 3


async def test_assisting_units_alone_leave_it_on_the_dispatch_desk(town: Town) -> None:
    number = await town.file(await town.contact())
    await _sign(town, number, "ann")
    await _sign(town, number, "tom", "east-town")
    part = await _part(town, number, "east-power")
    async with database.transaction():
        version = (await _see(town, number)).version
        request = ProposeReturnIn(version=version, reason="非我职责", basis="三定方案")
        await propose_return.propose_return(await town.context(), town.staff["ann"], part, request)
    async with database.transaction():
        decided = DecideReturnIn(version=(await _see(town, number)).version, approve=True, reason="同意")
        await decide_return.decide_return(await town.context(), town.staff["off"], part, decided)
    await town.work_off(town.now + 2 * DAY)
    assert ("dispatch", "dis") in await _told(town, number)


async def test_who_waits_for_a_call_back_is_not_forgotten(town: Town) -> None:
    called, waiting = [
        await town.file(await town.caller(), scenario="other", unclear=True, callback=True) for _ in range(2)
    ]
    async with database.transaction():
        outcome = CallIn(outcome=CallOutcome.ANSWERED)
        await calls.record_call(await town.context(), town.staff["sue"], called, outcome)
    await town.work_off(town.now + 8 * HOUR)
    assert await _told(town, waiting) == [("call_back", name) for name in ("sue", "dis")]
    assert not await _told(town, called)


async def test_an_overdue_part_is_never_forgotten(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.CONSULTATION)
    await _sign(town, number, "ann")
    await town.work_off(town.now + 30 * DAY)
    told = await models.Event.filter(ticket__number=number, kind=EventKind.ESCALATED).count()
    assert told > 8
    async with database.transaction():
        version = (await _see(town, number)).version
        await close.close(await town.context(), town.staff["off"], number, CloseIn(version=version, reason="重复"))
    await town.work_off(town.now + 30 * DAY)
    assert await models.Event.filter(ticket__number=number, kind=EventKind.ESCALATED).count() == told


async def test_what_lay_at_a_desk_before_the_update_has_its_limit_after_it(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    called = await town.file(await town.caller(), scenario="other", unclear=True, callback=True)
    async with database.transaction():
        await accept.accept(await town.context(), town.staff["sue"], number, AcceptIn(version=1))
    await models.Due.all().delete()
    waiting = importlib.import_module("backend.migrations.0007_waiting")
    await database.execute(waiting.DESKS)
    await models.Due.all().update(due_at=town.now)
    await town.work_off(town.now + 2 * DAY)
    assert {what for what, _ in await _told(town, number)} == {"dispatch"}
    assert {what for what, _ in await _told(town, called)} == {"verify", "call_back"}
