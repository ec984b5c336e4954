"""Limits that reach into a year nobody has decreed yet, and what happens when the decree comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend import database, models
from backend.actions import answer_question, ask
from backend.actions.accept import accept
from backend.actions.reckon import reckon_again
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.ask import AskIn
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.words import EventKind, Kind
from tests.backend.actions.conftest import Town
from tests.backend.actions.test_loop import _sign

IN_DECEMBER = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)


async def test_a_decree_moves_the_promise_and_the_person_is_told(town: Town) -> None:
    town.now = IN_DECEMBER
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.COMPLAINT)
    before = await models.Ticket.get(number=number)
    assert before.provisional
    _decree(town)
    for _ in range(2):
        async with database.transaction():
            await reckon_again(await town.context())
    after = await models.Ticket.get(number=number)
    assert not after.provisional
    assert before.promised_at is not None
    assert after.promised_at is not None
    assert after.promised_at > before.promised_at
    [told] = await town.notices("reckoned", number)
    assert told.args["promised_at"] == after.promised_at.isoformat()
    kinds = [event.kind for event in await models.Event.filter(ticket_id=after.id)]
    assert kinds.count(EventKind.RECKONED) == 1
    [limit] = await models.Due.filter(kind="resolve_limit", done_at__isnull=True)
    assert limit.due_at == after.promised_at


async def test_a_ticket_that_cannot_be_reckoned_stops_no_other(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """One that the database refuses failed the whole batch, and the decree reached nobody in it or behind it."""
    town.now = IN_DECEMBER
    who = await town.contact()
    broken, sound = [await town.file(who, scenario="hiring", kind=Kind.COMPLAINT) for _ in range(2)]
    await database.execute(f"ALTER TABLE ticket ADD CONSTRAINT broken CHECK (number <> '{broken}' OR provisional)")
    _decree(town)
    try:
        async with database.transaction():
            await reckon_again(await town.context())
    finally:
        await database.execute("ALTER TABLE ticket DROP CONSTRAINT broken")
    assert [(await models.Ticket.get(number=one)).provisional for one in (broken, sound)] == [True, False]
    assert "were not reckoned" in caplog.text


async def test_a_decree_moves_the_limit_of_the_seat_too(town: Town) -> None:
    town.now = datetime(2026, 12, 31, 7, 0, tzinfo=UTC)
    number = await town.file(await town.contact(), scenario="other")
    [notice] = await town.notices("received", number)
    assert notice.args["provisional"]
    assert (await models.Ticket.get(number=number)).provisional
    [before] = await models.Due.filter(kind="verify_limit", done_at__isnull=True)
    _decree(town)
    town.now += timedelta(hours=2)
    async with database.transaction():
        await reckon_again(await town.context())
    assert not (await models.Ticket.get(number=number)).provisional
    [after] = await models.Due.filter(kind="verify_limit", done_at__isnull=True)
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at.astimezone(town.policy.zone()).date() == date(2027, 1, 6)
    assert before.due_at.astimezone(town.policy.zone()).date() < date(2027, 1, 6)
    assert not await town.notices("reckoned", number)


async def test_a_limit_that_has_ended_is_provisional_no_more(town: Town) -> None:
    town.now = datetime(2026, 12, 31, 7, 0, tzinfo=UTC)
    number = await town.file(await town.contact(), scenario="other")
    async with database.transaction():
        await accept(await town.context(), town.staff["sue"], number, AcceptIn(version=1))
    assert not (await models.Ticket.get(number=number)).provisional


async def test_an_unknown_year_stays_provisional_and_nobody_is_told(town: Town) -> None:
    town.now = IN_DECEMBER
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.COMPLAINT)
    async with database.transaction():
        await reckon_again(await town.context())
    assert (await models.Ticket.get(number=number)).provisional
    assert not await town.notices("reckoned", number)


async def test_a_limit_that_a_question_put_off_into_that_year_moves_with_the_decree(town: Town) -> None:
    contact = await town.contact()
    town.now = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    signed = await _sign(town, number, "ann")
    assert not signed.provisional
    async with database.transaction():
        question = AskIn(version=signed.version, text="需要几个人?")
        asked = await ask.ask(await town.context(), town.staff["ann"], signed.assignments[0].id, question)
    town.now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    async with database.transaction():
        answer = AnswerQuestionIn(text="五个")
        answered = await answer_question.answer_question(await town.context(), contact, asked.questions[0].id, answer)
    assert answered.provisional
    _decree(town)
    async with database.transaction():
        await reckon_again(await town.context())
    after = await models.Ticket.get(number=number)
    assert not after.provisional
    assert after.promised_at is not None
    assert answered.promised_at is not None
    assert after.promised_at > answered.promised_at


def _decree(town: Town) -> None:
    """The office enters the holidays of 2027."""
    holidays = {date(2027, 1, day): "holiday" for day in (1, 4, 5)}
    office_time = town.policy.office_time.model_copy(update={"days": holidays, "decreed_years": (2027,)})
    town.policy = town.policy.model_copy(update={"office_time": office_time})
