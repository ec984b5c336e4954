"""A return that was approved: who has the matter then, and what becomes of those who go on with their parts."""

from __future__ import annotations

import pytest

from backend import database
from backend.actions import answer_question, ask, decide_return, dispatch, propose_return, queries, queues, withdraw
from backend.contract.acts.ask import AskIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.look import LookIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.errors import Invalid, NotFound, WrongState
from backend.contract.models.contact_requests import AnswerQuestionIn, WithdrawIn
from backend.contract.models.tickets import TicketOut
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


async def _queue(town: Town, who: str = "dis", queue: str = "desk") -> list[str]:
    page = await queues.list_tickets(await town.context(), town.staff[who], None, 10, None, queue)
    return [one.number for one in page.items]


async def test_a_matter_whose_lead_returned_it_is_not_answered_by_those_who_assist(town: Town) -> None:
    number = await town.file(await town.contact())
    await _returned(town, number, "ann", "east-power")
    assert await town.notices("desk", number)
    assert await _queue(town) == [number]
    await _sign(town, number, "tom", "east-town")
    waits = await _reply(town, number, "tom", "街道已协调", "east-town")
    assert waits.state is TicketState.HANDLING
    assert not await town.notices("completed", number)
    assert "dispatch" in (await _see(town, number, "dis")).may
    await _dispatch(town, number, "city-power")
    assert await _queue(town) == []
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
    with pytest.raises(WrongState):
        await _dispatch(town, number, "east-power")


async def test_who_takes_over_an_assisting_part_assists(town: Town) -> None:
    number = await town.file(await town.contact())
    moved = await _returned(town, number, "tom", "east-town", "city-power")
    assert _roles(moved) == [("east-power", "lead"), ("city-power", "assist")]
    assert await _queue(town) == []


async def test_a_matter_that_waited_for_nothing_but_the_part_left_out_is_answered(town: Town) -> None:
    number = await town.file(await town.contact())
    await _sign(town, number, "ann")
    await _reply(town, number, "ann")
    done = await _returned(town, number, "tom", "east-town")
    assert (done.state, done.reply) == (TicketState.COMPLETED, "已恢复供电")
    assert await town.notices("completed", number)
    assert await _replayed(number) is TicketState.COMPLETED


async def test_who_takes_the_matter_over_gets_the_answer_to_the_question_that_was_open(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring")
    signed = await _sign(town, number, "ann")
    async with database.transaction():
        request = AskIn(version=signed.version, text="需要几个人?")
        asked = await ask.ask(await town.context(), town.staff["ann"], signed.assignments[0].id, request)
    await _returned(town, number, "ann", "east-power", "east-town")
    async with database.transaction():
        answer = AnswerQuestionIn(text="五个")
        await answer_question.answer_question(await town.context(), contact, asked.questions[0].id, answer)
    assert [row.address for row in await town.notices("answered", number)] == [str(town.staff["tom"].id)]


async def test_a_return_nobody_can_decide_any_more_leaves_the_queue(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring")
    part = await _part(town, number, "east-power")
    async with database.transaction():
        proposed = ProposeReturnIn(version=(await _see(town, number)).version, reason="非我职责", basis="三定方案")
        await propose_return.propose_return(await town.context(), town.staff["ann"], part, proposed)
    assert await _queue(town, "off", "returns") == [number]
    async with database.transaction():
        await withdraw.withdraw(await town.context(), contact, number, WithdrawIn())
    assert await _queue(town, "off", "returns") == []


async def test_who_returned_it_looks_up_nobody_any_more(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring")
    assert "look" in (await _see(town, number, "ann")).may
    await _returned(town, number, "ann", "east-power", "east-town")
    with pytest.raises(NotFound):
        await queries.look_at_person(await town.context(), town.staff["ann"], number, LookIn(reason="好奇"))
    assert "look" in (await _see(town, number, "tom")).may
