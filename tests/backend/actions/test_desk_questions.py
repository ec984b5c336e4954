"""A question of the desk before dispatch: it stops the desk's own clock, by the rules of every question."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend import database, models
from backend.actions import answer_question, ask_at_desk, dispatch, notices, queries, reject
from backend.actions.accept import accept
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.reject import RejectIn
from backend.contract.errors import Forbidden, WrongState
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.models.notices import FailedReason, NoticeFailed
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, Kind, Scope
from backend.rules import lifecycle
from backend.rules.actor import Actor, ActorKind
from tests.backend.actions.conftest import Town
from tests.backend.actions.test_loop import _see, _sign

DESK = ("sue", "dis")


async def test_the_seat_s_limit_stands_until_the_answer_which_comes_to_the_desk(town: Town) -> None:
    """Tuesday 09:00 to Thursday 09:00 do not count."""
    contact = await town.contact()
    number = await town.file(contact, scenario="other")
    assert await _limit("verify_limit") == _at("03-11 17:30")
    question = await _ask(town, number)
    await _shown(town, number)
    [notice] = await town.notices("question", number)
    assert (notice.channel, notice.args["text"]) == ("telegram", "哪条路?")
    assert "department" not in notice.args
    mine = await queries.view_ticket(await town.context(), contact, number)
    assert mine.waiting
    assert f"answer:{question}" in mine.may
    assert [one.text for one in mine.questions] == ["哪条路?"]
    await town.work_off(_at("03-12 09:00"))
    await _answer(town, question)
    seen = await _see(town, number, "sue")
    assert not seen.waiting
    assert [one.answer for one in seen.questions] == ["东门路"]
    told = await town.notices("answered", number)
    assert {row.address for row in told} == {str(town.staff[name].id) for name in DESK}
    assert await _limit("verify_limit") == _at("03-13 17:30")
    await town.work_off(_at("03-13 17:00"))
    assert not await town.notices("desk_overdue", number)
    await town.work_off(_at("03-13 18:00"))
    assert len(await town.notices("desk_overdue", number)) == len(DESK) + 1
    events = await models.Event.filter(ticket__number=number).order_by("seq")
    assert lifecycle.replay([(one.kind, one.data) for one in events]) == "submitted"


async def test_the_dispatch_limit_stands_for_what_was_left_of_it(town: Town) -> None:
    """Four working hours from Tuesday 09:00; asked at 10:00, answered on Wednesday at 10:00."""
    number = await town.file(await town.contact(), scenario="other")
    await _accept(town, number)
    assert await _limit("dispatch_limit") == _at("03-10 15:30")
    town.now = _at("03-10 10:00")
    question = await _ask(town, number, by="dis")
    town.now = _at("03-11 10:00")
    await _answer(town, question)
    assert await _limit("dispatch_limit") == _at("03-11 15:30")


@pytest.mark.parametrize("reason", ["blocked", "unsupported"])
async def test_a_question_that_does_not_arrive_stopped_nothing_and_the_desk_is_told(
    town: Town, reason: FailedReason
) -> None:
    number = await town.file(await town.contact(), scenario="other")
    await _ask(town, number)
    town.now = _at("03-10 11:00")
    [notice] = await town.notices("question", number)
    async with database.transaction():
        await notices.mark_failed(await town.context(), _bot(), notice.id, NoticeFailed(reason=reason))
    assert not (await _see(town, number, "sue")).waiting
    assert await _limit("verify_limit") == _at("03-11 17:30")
    assert {row.address for row in await town.notices("undelivered", number)} == {
        str(town.staff[name].id) for name in DESK
    }
    await town.work_off(_at("03-20 17:30"))
    assert not await town.notices("question_ended", number)


async def test_a_question_that_nobody_saw_stopped_nothing(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    await _ask(town, number)
    await town.work_off(_at("03-12 08:00"))
    assert len(await town.notices("undelivered", number)) == len(DESK)
    assert await town.notices("desk_overdue", number)


async def test_who_does_not_answer_is_reminded_then_the_desk_goes_on_and_may_still_get_the_answer(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    question = await _ask(town, number)
    await _shown(town, number)
    await town.work_off(_at("03-12 18:00"))
    assert len(await town.notices("question_reminder", number)) == 1
    await town.work_off(_at("03-17 17:00"))
    assert (await _see(town, number, "sue")).waiting
    await town.work_off(_at("03-17 18:00"))
    assert not (await _see(town, number, "sue")).waiting
    assert len(await town.notices("question_ended", number)) == 1
    assert len(await town.notices("unanswered", number)) == len(DESK)
    assert not await town.notices("desk_overdue", number)
    await town.work_off(_at("03-19 18:00"))
    assert await town.notices("desk_overdue", number)
    await _answer(town, question)
    assert len(await town.notices("answered", number)) == len(DESK)


async def test_a_third_question_of_the_desk_stops_nothing(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    for _ in range(2):
        await _answer(town, await _ask(town, number))
    await _ask(town, number)
    assert not (await _see(town, number, "sue")).waiting
    assert await _limit("verify_limit") == _at("03-11 17:30")


async def test_questions_stop_the_desk_s_clock_five_working_days_in_all(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    first = await _ask(town, number)
    town.now = _at("03-12 09:00")
    await _answer(town, first)
    await _ask(town, number)
    for notice in await town.notices("question", number):
        async with database.transaction():
            await notices.mark_sent(await town.context(), _bot(), notice.id)
    await town.work_off(_at("03-17 17:00"))
    assert (await _see(town, number, "sue")).waiting
    await town.work_off(_at("03-17 18:00"))
    assert not (await _see(town, number, "sue")).waiting
    assert len(await town.notices("pause_ended", number)) == len(DESK)
    await town.work_off(_at("03-19 18:00"))
    assert await town.notices("desk_overdue", number)


async def test_a_question_open_at_acceptance_stops_the_dispatch_limit_from_its_start(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    question = await _ask(town, number)
    town.now = _at("03-10 10:00")
    await _accept(town, number)
    assert (await _see(town, number, "sue")).waiting
    town.now = _at("03-11 10:00")
    await _answer(town, question)
    assert await _limit("dispatch_limit") == _at("03-11 16:30")


async def test_an_answer_after_dispatch_reaches_the_unit_that_has_the_matter(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    question = await _ask(town, number)
    await _accept(town, number)
    version = (await _see(town, number, "dis")).version
    async with database.transaction():
        request = DispatchIn(version=version, lead="east-power")
        done = await dispatch.dispatch(await town.context(), town.staff["dis"], number, request)
    assert not done.waiting
    assert [one.text for one in (await _see(town, number, "ann")).questions] == ["哪条路?"]
    await town.work_off(_at("03-18 18:00"))
    for silent in ("question_reminder", "question_ended", "unanswered", "undelivered"):
        assert not await town.notices(silent, number)
    await _answer(town, question)
    assert {row.address for row in await town.notices("answered", number)} == {
        str(town.staff[name].id) for name in ("ann", "ben", "lea")
    }


async def test_only_the_desk_asks_and_only_while_it_has_the_matter(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    assert "ask_at_desk" in (await _see(town, number, "sue")).may
    with pytest.raises(Forbidden):
        await _ask(town, number, by="sup")
    sent_out = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    assert "ask_at_desk" not in (await _sign(town, sent_out, "ann")).may
    assert "ask_at_desk" not in (await _see(town, sent_out, "sue")).may
    with pytest.raises(WrongState):
        await _ask(town, sent_out)


async def test_who_asks_late_is_late_but_is_not_told_again_while_it_waits(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="other")
    await town.work_off(_at("03-12 09:00"))
    told = len(await town.notices("desk_overdue", number))
    assert told
    await _ask(town, number)
    await _shown(town, number)
    await town.work_off(_at("03-16 18:00"))
    assert len(await town.notices("desk_overdue", number)) == told
    await town.work_off(_at("03-24 18:00"))
    assert len(await town.notices("desk_overdue", number)) > told


async def test_nobody_is_called_about_a_question_on_a_rejected_ticket(town: Town) -> None:
    number = await town.file(await town.caller(), scenario="other")
    await _ask(town, number)
    [call] = await town.notices("question", number)
    assert call.channel == "phone"
    async with database.transaction():
        version = (await _see(town, number, "sue")).version
        request = RejectIn(version=version, reason="不属于受理范围", basis="条例第五条")
        await reject.reject(await town.context(), town.staff["sue"], number, request)
    [call] = await town.notices("question", number)
    assert call.outcome == "withdrawn"


async def test_a_decree_that_comes_meanwhile_puts_the_dispatch_limit_off(town: Town) -> None:
    town.now = datetime(2026, 12, 31, 17, tzinfo=SHANGHAI).astimezone(UTC)
    number = await town.file(await town.contact(), scenario="other")
    await _accept(town, number)
    days = {date(2027, 1, day): "holiday" for day in (1, 4, 5)}
    office_time = town.policy.office_time.model_copy(update={"days": days, "decreed_years": (2027,)})
    town.policy = town.policy.model_copy(update={"office_time": office_time})
    await town.work_off(datetime(2027, 1, 6, 8, tzinfo=SHANGHAI))
    assert not await town.notices("desk_overdue", number)
    await town.work_off(datetime(2027, 1, 6, 13, tzinfo=SHANGHAI))
    assert len(await town.notices("desk_overdue", number)) == len(DESK) + 1
    [event] = await models.Event.filter(ticket__number=number, kind=EventKind.ESCALATED)
    assert event.data["what"] == "dispatch"


SHANGHAI = ZoneInfo("Asia/Shanghai")


def _at(text: str) -> datetime:
    """Local time in 2026, as `03-10 09:00`."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def _bot() -> Actor:
    return Actor(ActorKind.SERVICE, scopes=frozenset({Scope.NOTICES}), channels=frozenset({"telegram"}), name="bot")


async def _ask(town: Town, number: str, by: str = "sue") -> int:
    version = (await models.Ticket.get(number=number)).version
    async with database.transaction():
        request = AskIn(version=version, text="哪条路?")
        asked = await ask_at_desk.ask_at_desk(await town.context(), town.staff[by], number, request)
    return asked.questions[-1].id


async def _shown(town: Town, number: str) -> None:
    [notice] = await town.notices("question", number)
    async with database.transaction():
        await notices.mark_sent(await town.context(), _bot(), notice.id)


async def _answer(town: Town, question: int) -> TicketOut:
    async with database.transaction():
        answer = AnswerQuestionIn(text="东门路")
        return await answer_question.answer_question(await town.context(), await town.contact(), question, answer)


async def _accept(town: Town, number: str) -> None:
    version = (await models.Ticket.get(number=number)).version
    async with database.transaction():
        await accept(await town.context(), town.staff["sue"], number, AcceptIn(version=version))


async def _limit(kind: str) -> datetime:
    """The one limit of this kind that has not passed."""
    [row] = await models.Due.filter(kind=kind, done_at__isnull=True)
    assert row.due_at is not None
    return row.due_at
