"""A return that was approved: who has the matter then, and what becomes of those who go on with their parts."""

from __future__ import annotations

import pytest

from backend import database
from backend.actions import decide_return, dispatch, propose_return, queries
from backend.contract.errors import Invalid
from backend.contract.models import DecideReturnIn, DispatchIn, ProposeReturnIn, TicketOut
from backend.contract.words import AssignmentState, TicketState
from tests.backend.actions.conftest import Town
from tests.backend.actions.test_loop import _part, _replayed, _reply, _see, _sign


async def _returned(town: Town, number: str, who: str, code: str, unit: str | None = None) -> TicketOut:
    """The unit's part is returned, and the office agrees; `unit` takes it over."""
    part = await _part(town, number, code)
    async with database.transaction():
        proposed = ProposeReturnIn(version=(await _see(town, number)).version, reason="非我职责", basis="三定方案")
        await propose_return.propose_return(await town.context(), town.staff[who], part, proposed)
    async with database.transaction():
        version = (await _see(town, number)).version
        approved = DecideReturnIn(version=version, approve=True, reason="同意", lead=unit)
        return await decide_return.decide_return(await town.context(), town.staff["off"], part, approved)


async def _dispatch(town: Town, number: str, lead: str, *assists: str) -> TicketOut:
    async with database.transaction():
        request = DispatchIn(version=(await _see(town, number)).version, lead=lead, assists=list(assists))
        return await dispatch.dispatch(await town.context(), town.staff["dis"], number, request)


def _roles(ticket: TicketOut) -> list[tuple[str, str]]:
    gone = (AssignmentState.RETURNED, AssignmentState.CANCELLED)
    return [(one.department.code, str(one.role)) for one in ticket.assignments if one.state not in gone]


async def _on_the_desk(town: Town) -> list[str]:
    page = await queries.list_tickets(await town.context(), town.staff["dis"], None, 10, None, "desk")
    return [one.number for one in page.items]


async def test_a_matter_whose_lead_returned_it_is_not_answered_by_those_who_assist(town: Town) -> None:
    number = await town.file(await town.contact())
    await _returned(town, number, "ann", "east-power")
    assert await town.notices("desk", number)
    assert await _on_the_desk(town) == [number]
    await _sign(town, number, "tom", "east-town")
    waits = await _reply(town, number, "tom", "街道已协调", "east-town")
    assert waits.state is TicketState.HANDLING
    assert not await town.notices("completed", number)
    assert "dispatch" in (await _see(town, number, "dis")).may
    await _dispatch(town, number, "city-power")
    assert await _on_the_desk(town) == []
    await _sign(town, number, "top", "city-power")
    done = await _reply(town, number, "top", "市局已处理", "city-power")
    assert done.state is TicketState.COMPLETED
    assert done.reply == "【市供电局】市局已处理\n\n【东区街道】街道已协调"
    assert await _replayed(number) is TicketState.COMPLETED


async def test_the_desk_names_another_lead_while_others_assist(town: Town) -> None:
    number = await town.file(await town.contact())
    await _returned(town, number, "ann", "east-power")
    with pytest.raises(Invalid):
        await _dispatch(town, number, "city-power", "east-town")
    led = await _dispatch(town, number, "city-power")
    assert _roles(led) == [("east-town", "assist"), ("city-power", "lead")]
    assert "dispatch" not in (await _see(town, number, "dis")).may
    with pytest.raises(Invalid):
        await _dispatch(town, number, "east-power")


async def test_who_takes_over_an_assisting_part_assists(town: Town) -> None:
    number = await town.file(await town.contact())
    moved = await _returned(town, number, "tom", "east-town", "city-power")
    assert _roles(moved) == [("east-power", "lead"), ("city-power", "assist")]
    assert await _on_the_desk(town) == []


async def test_a_matter_that_waited_for_nothing_but_the_part_left_out_is_answered(town: Town) -> None:
    number = await town.file(await town.contact())
    await _sign(town, number, "ann")
    await _reply(town, number, "ann")
    done = await _returned(town, number, "tom", "east-town")
    assert (done.state, done.reply) == (TicketState.COMPLETED, "已恢复供电")
    assert await town.notices("completed", number)
    assert await _replayed(number) is TicketState.COMPLETED
