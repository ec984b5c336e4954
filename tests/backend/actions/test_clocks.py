"""Warnings stay as long as their cause: also over a question, and no longer than until a late unit has signed."""

from __future__ import annotations

from datetime import timedelta

from backend import database, models
from backend.actions import answer_interim, answer_question, ask
from backend.contract.acts.answer_interim import InterimIn
from backend.contract.acts.ask import AskIn
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Kind, WarningLevel
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_loop import _part, _see, _sign


async def _near_its_limit(town: Town) -> tuple[str, int]:
    """A consultation, signed in time and yellow: its number and part."""
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.CONSULTATION)
    await _sign(town, number, "ann")
    part = await _part(town, number, "east-power")
    yellow = await models.Due.get(subject=f"a{part}", kind="resolve_yellow")
    assert yellow.due_at is not None
    await town.work_off(yellow.due_at)
    assert (await _see(town, number)).warning is WarningLevel.YELLOW
    return number, part


async def _ask(town: Town, number: str, part: int) -> TicketOut:
    request = AskIn(version=(await _see(town, number)).version, text="需要几个人?")
    async with database.transaction():
        return await ask.ask(await town.context(), town.staff["ann"], part, request)


async def _answer(town: Town, question: int) -> None:
    async with database.transaction():
        answer = AnswerQuestionIn(text="五个")
        await answer_question.answer_question(await town.context(), await town.contact(), question, answer)


async def test_a_limit_that_was_near_when_the_clock_stopped_is_near_when_it_goes_on(town: Town) -> None:
    number, part = await _near_its_limit(town)
    asked = await _ask(town, number, part)
    assert asked.warning is WarningLevel.YELLOW
    town.now += 3 * DAY
    await _answer(town, asked.questions[0].id)
    assert (await _see(town, number)).warning is WarningLevel.YELLOW


async def test_a_word_in_between_does_not_lift_the_warning_of_a_part_that_waits(town: Town) -> None:
    number, part = await _near_its_limit(town)
    asked = await _ask(town, number, part)
    async with database.transaction():
        word = InterimIn(version=asked.version, text="正在核实")
        await answer_interim.answer_interim(await town.context(), town.staff["ann"], part, word)
    assert (await _see(town, number)).warning is WarningLevel.YELLOW


async def test_a_missed_contact_is_made_good_by_a_question(town: Town) -> None:
    number = await town.file(await town.contact())
    await _sign(town, number, "ann")
    part = await _part(town, number, "east-power")
    await town.work_off(town.now + timedelta(hours=3))
    assert (await models.Assignment.get(id=part)).warning is WarningLevel.YELLOW
    await _ask(town, number, part)
    assert (await models.Assignment.get(id=part)).warning is None


async def test_who_signed_late_is_warned_of_the_limit_that_follows(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    await town.work_off(town.now + timedelta(hours=3))
    assert (await _see(town, number)).warning is WarningLevel.RED
    signed = await _sign(town, number, "ann")
    assert signed.warning is None
    before = len(await town.notices("warned", number))
    assert signed.assignments[0].resolve_due is not None
    await town.work_off(signed.assignments[0].resolve_due - timedelta(minutes=1))
    told = [row.args["level"] for row in (await town.notices("warned", number))[before:]]
    assert set(told) == {WarningLevel.BLUE, WarningLevel.YELLOW}
