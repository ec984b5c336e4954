"""Contact and interim answer of "2125": owed, watched, supervised when late, and fulfilled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend import database, models
from backend.actions import answer_interim, answer_question, ask, note_contact, propose_return, queries, reply, sign
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.note_contact import NoteContactIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import Forbidden, WrongState
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, TicketState, WarningLevel
from tests.backend.actions.conftest import DAY, START, Town

_HOUR = timedelta(hours=1)


async def _see(town: Town, number: str, who: str = "ann") -> TicketOut:
    return await queries.view_ticket(await town.context(), town.staff[who], number)


async def _part(number: str, code: str = "east-power") -> models.Assignment:
    return await models.Assignment.get(ticket__number=number, department__code=code)


async def _signed(town: Town) -> tuple[str, int]:
    """A power cut, which carries "2125", signed by both units, and the lead's part; the street has done its share."""
    number = await town.file(await town.contact())
    lead, street = await _part(number), await _part(number, "east-town")
    for who, part in (("ann", lead), ("tom", street)):
        async with database.transaction():
            request = SignIn(version=(await _see(town, number, who)).version)
            await sign.sign(await town.context(), town.staff[who], part.id, request)
    async with database.transaction():
        text = ReplyIn(version=(await _see(town, number)).version, text="街道已协调")
        await reply.reply(await town.context(), town.staff["tom"], street.id, text)
    return number, lead.id


async def _contact(town: Town, number: str, part: int, note: str | None = None, who: str = "ann") -> TicketOut:
    async with database.transaction():
        request = NoteContactIn(version=(await _see(town, number)).version, note=note)
        return await note_contact.note_contact(await town.context(), town.staff[who], part, request)


async def _interim(town: Town, number: str, part: int, text: str = "已派人到现场") -> TicketOut:
    async with database.transaction():
        request = InterimIn(version=(await _see(town, number)).version, text=text)
        return await answer_interim.answer_interim(await town.context(), town.staff["ann"], part, request)


async def _escalated(number: str) -> list[str]:
    rows = models.Event.filter(ticket__number=number, kind=EventKind.ESCALATED).order_by("seq")
    return [str(row.data["what"]) for row in await rows]


async def test_both_limits_are_promised_with_the_assignment(town: Town) -> None:
    number, _ = await _signed(town)
    part = await _part(number)
    assert part.contact_due == START + 2 * _HOUR
    assert part.interim_due == START + DAY + 3 * _HOUR  # 12:00 of the next working day
    [told] = [row for row in await town.notices("assigned", number) if row.address == str(town.staff["ann"].id)]
    assert told.args["contact_due"] == part.contact_due.isoformat()
    assert told.args["interim_due"] == part.interim_due.isoformat()
    may = (await _see(town, number)).may
    assert {f"contact:{part.id}", f"interim:{part.id}"} <= set(may)


async def test_who_keeps_both_is_left_alone(town: Town) -> None:
    number, part = await _signed(town)
    seen = await _contact(town, number, part, "电话里约好下午到厂")
    assert f"contact:{part}" not in seen.may
    seen = await _interim(town, number, part)
    assert f"interim:{part}" in seen.may, "it may be done again"
    await town.work_off(START + 2 * DAY)
    assert not await town.notices("warned", number)
    assert not await town.notices("missed", number)
    events = await models.Event.filter(ticket__number=number).order_by("seq")
    told = [(one.kind, one.reason) for one in events if one.kind in (EventKind.CONTACTED, EventKind.INTERIM)]
    assert told == [(EventKind.CONTACTED, "电话里约好下午到厂"), (EventKind.INTERIM, "已派人到现场")]
    [notice] = await town.notices("interim", number)
    assert (notice.address, notice.args["text"]) == ("1001", "已派人到现场")
    assert (await _see(town, number)).state is TicketState.HANDLING


async def test_a_missed_contact_is_warned_of_told_the_leader_then_the_level_above_and_lifted(town: Town) -> None:
    number, part = await _signed(town)
    await town.work_off(START + 1.5 * _HOUR)
    assert {row.args["what"] for row in await town.notices("warned", number)} == {"contact"}
    await town.work_off(START + 3 * _HOUR)
    [missed] = await town.notices("missed", number)
    assert (missed.address, missed.args["what"]) == (str(town.staff["lea"].id), "contact")
    assert missed.args["department_en"] == "东区供电所", "it has no English name"
    assert (await _see(town, number)).warning is WarningLevel.YELLOW
    await town.work_off(START + 9 * _HOUR)
    assert len(await town.notices("missed", number)) == 1
    await town.work_off(START + DAY + 9 * _HOUR)
    [above] = [row for row in await town.notices("escalated", number) if row.args["what"] == "contact"]
    assert above.address == str(town.staff["top"].id)
    await _interim(town, number, part)
    assert (await _see(town, number)).warning is WarningLevel.YELLOW, "contact is still owed"
    assert (await _contact(town, number, part)).warning is None
    assert await models.Event.filter(ticket__number=number, kind=EventKind.WARNING_LIFTED).count() == 1


async def test_a_missed_interim_answer_is_supervised_too(town: Town) -> None:
    number, part = await _signed(town)
    await _contact(town, number, part)
    await town.work_off(START + DAY + 4 * _HOUR)
    [missed] = await town.notices("missed", number)
    assert missed.args["what"] == "interim"
    assert await _escalated(number) == ["interim"]
    assert (await _interim(town, number, part)).warning is None
    await town.work_off(START + 3 * DAY)
    assert await _escalated(number) == ["interim"]


async def test_a_question_is_contact_and_puts_the_interim_answer_off(town: Town) -> None:
    number, part = await _signed(town)
    contact = await town.contact()
    async with database.transaction():
        request = AskIn(version=(await _see(town, number)).version, text="几点跳闸？")
        asked = await ask.ask(await town.context(), town.staff["ann"], part, request)
    assert f"contact:{part}" not in asked.may
    assert asked.assignments[0].interim_due is None
    await models.Notice.filter(template="question").update(outcome="sent", done_at=START)
    await town.work_off(START + 2 * DAY)
    assert await _escalated(number) == []
    async with database.transaction():
        answer = AnswerQuestionIn(text="两点")
        await answer_question.answer_question(await town.context(), contact, asked.questions[0].id, answer)
    later = (await _part(number)).interim_due
    assert later is not None
    assert later > town.now
    await town.work_off(later)
    assert await _escalated(number) == ["interim"]


async def test_who_has_not_even_signed_is_told_of_once_and_of_the_contact_when_it_stays_away(town: Town) -> None:
    number = await town.file(await town.contact())
    await town.work_off(START + 3 * _HOUR)
    assert not await town.notices("missed", number)
    assert await town.notices("unsigned", number)
    part = await _part(number)
    async with database.transaction():
        request = SignIn(version=(await _see(town, number)).version)
        await sign.sign(await town.context(), town.staff["ann"], part.id, request)
    await town.work_off(START + DAY + 9 * _HOUR)
    assert "contact" in await _escalated(number)


async def test_a_scenario_without_that_clock_owes_neither(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring")
    part = await models.Assignment.get(ticket__number=number)
    assert (part.contact_due, part.interim_due) == (None, None)
    async with database.transaction():
        await sign.sign(await town.context(), town.staff["ann"], part.id, SignIn(version=3))
    may = (await _see(town, number)).may
    assert f"contact:{part.id}" not in may
    assert f"interim:{part.id}" in may
    kinds = {row.kind for row in await models.Due.filter(subject=f"a{part.id}")}
    assert not [kind for kind in kinds if kind.startswith(("contact", "interim"))]


async def test_only_the_unit_that_signed_may(town: Town) -> None:
    number, part = await _signed(town)
    with pytest.raises(Forbidden):
        await _contact(town, number, part, who="off")
    async with database.transaction():
        request = ProposeReturnIn(version=(await _see(town, number)).version, reason="不归我们", basis="某条例")
        await propose_return.propose_return(await town.context(), town.staff["ann"], part, request)
    with pytest.raises(WrongState):
        await _interim(town, number, part)
    await _contact(town, number, part)
