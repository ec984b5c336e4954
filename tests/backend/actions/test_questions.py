"""A question to the enterprise: it must arrive, is reminded of, and stops no clock for good."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta

import pytest

from backend import database, models
from backend.actions import answer_question, ask, notices, reply
from backend.contract.acts.ask import AskIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.notices import FailedReason, NoticeFailed
from backend.contract.words import EventKind, Kind, Scope
from backend.rules.actor import Actor, ActorKind
from tests.backend.actions.acts import uploaded
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_loop import _part, _see, _sign

HOUR = timedelta(hours=1)


async def _handled(town: Town, by: Actor | None = None) -> tuple[str, int, datetime]:
    """A signed help: its number, its part, and the limit of that."""
    number = await town.file(by or await town.contact(), scenario="hiring", kind=Kind.HELP)
    signed = await _sign(town, number, "ann")
    limit = signed.assignments[0].resolve_due
    assert limit is not None
    return number, await _part(town, number, "east-power"), limit


async def _ask(town: Town, number: str, part: int) -> int:
    request = AskIn(version=(await _see(town, number)).version, text="需要几个人?")
    async with database.transaction():
        asked = await ask.ask(await town.context(), town.staff["ann"], part, request)
    return asked.questions[-1].id


async def _answer(town: Town, question: int, by: Actor | None = None) -> None:
    async with database.transaction():
        answer = AnswerQuestionIn(text="五个")
        who = by or await town.contact()
        await answer_question.answer_question(await town.context(), who, question, answer)


def _bot(channel: str = "telegram") -> Actor:
    return Actor(ActorKind.SERVICE, scopes=frozenset({Scope.NOTICES}), channels=frozenset({channel}), name="bot")


async def _shown(town: Town, number: str, question: int) -> None:
    [notice] = [row for row in await town.notices("question", number) if row.args["question"] == question]
    async with database.transaction():
        await notices.mark_sent(await town.context(), _bot(notice.channel), notice.id)


async def _fails(town: Town, number: str, reason: FailedReason) -> None:
    [notice] = await town.notices("question", number)
    async with database.transaction():
        request = NoticeFailed(reason=reason)
        await notices.mark_failed(await town.context(), _bot(notice.channel), notice.id, request)


async def _limit(town: Town, number: str) -> datetime | None:
    return (await _see(town, number)).assignments[0].resolve_due


@pytest.mark.parametrize("reason", ["blocked", "gone", "refused", "unsupported"])
async def test_a_question_that_cannot_be_delivered_stopped_nothing(town: Town, reason: FailedReason) -> None:
    number, part, limit = await _handled(town)
    await _ask(town, number, part)
    assert (await _see(town, number)).waiting
    town.now += 3 * HOUR
    await _fails(town, number, reason)
    seen = await _see(town, number)
    assert not seen.waiting
    assert seen.assignments[0].resolve_due == limit
    assert seen.promised_at == limit
    told = await town.notices("undelivered", number)
    assert {row.address for row in told} == {str(town.staff[name].id) for name in ("ann", "ben", "lea")}
    assert not await town.notices("unreachable", number)
    [event] = await models.Event.filter(ticket__number=number, kind=EventKind.UNDELIVERED)
    assert event.data["why"] == reason


async def test_a_question_that_nobody_saw_for_a_working_day_stopped_nothing_and_may_still_be_answered(
    town: Town,
) -> None:
    number, part, limit = await _handled(town)
    question = await _ask(town, number, part)
    await town.work_off(town.now + 1.5 * DAY)
    assert await _limit(town, number) == limit
    assert await town.notices("undelivered", number)
    assert not await town.notices("question_reminder", number)
    await town.work_off(limit + HOUR)
    assert await town.notices("overdue", number)
    await _answer(town, question)
    assert await town.notices("answered", number)
    assert await _limit(town, number) == limit


async def test_who_does_not_answer_is_reminded_then_the_clock_goes_on_and_both_are_told(town: Town) -> None:
    contact = await town.contact()
    number, part, limit = await _handled(town, contact)
    question = await _ask(town, number, part)
    await _shown(town, number, question)
    await town.work_off(town.now + 2 * DAY + 9 * HOUR)
    [reminder] = await town.notices("question_reminder", number)
    assert reminder.channel == "telegram"
    assert (await _see(town, number)).waiting
    await town.work_off(town.now + 7 * DAY)
    seen = await _see(town, number)
    assert not seen.waiting
    resumed = seen.assignments[0].resolve_due
    assert resumed is not None
    assert limit + 4 * DAY < resumed < limit + 10 * DAY
    assert seen.promised_at == resumed
    assert len(await town.notices("question_reminder", number)) == 1
    assert len(await town.notices("question_ended", number)) == 1
    assert {row.address for row in await town.notices("unanswered", number)} == {
        str(town.staff[name].id) for name in ("ann", "ben", "lea")
    }
    await town.work_off(resumed + HOUR)
    assert await town.notices("overdue", number)
    await _answer(town, question, contact)
    assert await _limit(town, number) == resumed


async def test_a_third_question_stops_nothing(town: Town) -> None:
    number, part, _ = await _handled(town)
    for _ in range(2):
        await _answer(town, await _ask(town, number, part))
    before = await _limit(town, number)
    await _ask(town, number, part)
    seen = await _see(town, number)
    assert not seen.waiting
    assert seen.assignments[0].resolve_due == before


async def test_a_second_question_stops_the_clock_only_for_what_the_first_one_left(town: Town) -> None:
    number, part, _ = await _handled(town)
    first = await _ask(town, number, part)
    await _shown(town, number, first)
    town.now += 6 * DAY  # a Monday; the first question might have stopped it until Tuesday
    await _answer(town, first)
    second = await _ask(town, number, part)
    await _shown(town, number, second)
    assert (await _see(town, number)).waiting
    await town.work_off(town.now + 3 * DAY)
    seen = await _see(town, number)
    assert not seen.waiting
    assert seen.assignments[0].resolve_due is not None
    assert await town.notices("pause_ended", number)
    assert not await town.notices("question_ended", number)


async def test_the_question_of_an_assisting_unit_leaves_the_promise_alone(town: Town) -> None:
    number = await town.file(await town.contact())
    await _sign(town, number, "ann")
    seen = await _sign(town, number, "tom", "east-town")
    part = await _part(town, number, "east-town")
    promised = seen.promised_at
    async with database.transaction():
        asked = await ask.ask(
            await town.context(), town.staff["tom"], part, AskIn(version=seen.version, text="在哪条路?")
        )
    assert asked.waiting
    town.now += DAY
    await _answer(town, asked.questions[0].id)
    assert (await _see(town, number)).promised_at == promised


async def test_nothing_is_said_of_a_question_whose_unit_has_replied(town: Town) -> None:
    number, part, _ = await _handled(town)
    question = await _ask(town, number, part)
    await _shown(town, number, question)
    async with database.transaction():
        request = ReplyIn(version=(await _see(town, number)).version, text="已办")
        await reply.reply(await town.context(), town.staff["ann"], part, request)
    await town.work_off(town.now + 8 * DAY)
    for template in ("question_reminder", "question_ended", "unanswered", "undelivered"):
        assert not await town.notices(template, number)


async def test_a_clock_that_stood_without_an_end_before_the_update_goes_on(town: Town) -> None:
    """As the data was: open for weeks, its due rows at no time, and none for the question."""
    number, part, limit = await _handled(town)
    question = await _ask(town, number, part)
    await models.Due.filter(subject=f"q{question}").delete()
    await models.Due.filter(subject=f"a{part}", done_at__isnull=True).update(due_at=None)
    town.now += 21 * DAY
    waiting = importlib.import_module("backend.migrations.0007_waiting")
    await database.execute(waiting.QUESTIONS)
    await models.Due.filter(subject=f"q{question}").update(due_at=town.now)
    await town.work_off(town.now + HOUR)
    seen = await _see(town, number)
    assert not seen.waiting
    resumed = seen.assignments[0].resolve_due
    assert resumed is not None
    assert limit < resumed < limit + 10 * DAY
    assert await town.notices("unanswered", number)


async def test_the_unit_is_told_how_many_files_came_with_an_answer(town: Town) -> None:
    number, part, _ = await _handled(town)
    question = await _ask(town, number, part)
    contact = await town.contact()
    files = [await uploaded(town, contact), await uploaded(town, contact)]
    async with database.transaction():
        answer = AnswerQuestionIn(text="五个", attachments=files)
        await answer_question.answer_question(await town.context(), contact, question, answer)
    assert {row.args["attachments"] for row in await town.notices("answered", number)} == {2}
