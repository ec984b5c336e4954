"""Calls to enterprises: who waits for one, what became of each, when the next is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend import database, models
from backend.actions import (
    answer_at_once,
    answer_question,
    ask,
    calls,
    close,
    dispatch,
    notices,
    queries,
    queues,
    rate,
    reject,
    reply,
    sign,
)
from backend.actions.correct import correct
from backend.contract import phone
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.close import CloseIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.reject import RejectIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import Forbidden, Invalid, NotFound
from backend.contract.models.calls import CallIn
from backend.contract.models.contact_requests import AnswerQuestionIn, CorrectionIn, RateIn
from backend.contract.models.notices import ClaimIn, FailedReason, NoticeFailed, NoticeOut
from backend.contract.words import CallOutcome, EventKind, Grade, Kind
from backend.rules import lifecycle
from backend.rules.actor import Actor, ActorKind
from tests.backend.actions.conftest import DAY, Town


async def _called(town: Town, number: str, who: str, outcome: CallOutcome) -> None:
    async with database.transaction():
        await calls.record_call(await town.context(), town.staff[who], number, CallIn(outcome=outcome, seconds=40))


async def _desk(town: Town, cursor: str | None = None, limit: int = 10) -> tuple[list[str], str | None]:
    page = await queues.list_tickets(await town.context(), town.staff["sue"], cursor, limit, None, "desk")
    return [one.number for one in page.items], page.next


async def test_who_waits_for_a_call_back_is_first_at_the_desk_until_reached(town: Town) -> None:
    caller = await town.caller()
    cut_off = await town.file(
        caller, scenario="other", title="来电中断", story="来电中断，请回电。", unclear=True, callback=True
    )
    plain = [await town.file(caller, scenario="other") for _ in range(2)]
    [notice, *_] = await town.notices("desk", cut_off)
    assert notice.args["callback"] is True
    assert (await _desk(town))[0] == [cut_off, plain[1], plain[0]]
    await _called(town, cut_off, "sue", CallOutcome.NO_ANSWER)
    shown = await queries.view_ticket(await town.context(), town.staff["sue"], cut_off)
    assert shown.callback
    assert "call" in shown.may
    await _called(town, cut_off, "sue", CallOutcome.ANSWERED)
    assert (await _desk(town))[0] == [plain[1], plain[0], cut_off]
    events = await models.Event.filter(ticket__number=cut_off, kind=EventKind.CALLED).order_by("seq")
    assert [(one.data["outcome"], one.data["seconds"]) for one in events] == [("no_answer", 40), ("answered", 40)]
    with pytest.raises(Forbidden):
        await _called(town, cut_off, "ann", CallOutcome.ANSWERED)


async def test_the_desk_pages_through_those_who_wait_and_then_the_others(town: Town) -> None:
    contact = await town.contact()
    waits = [await town.file(contact, scenario="other", callback=one % 2 == 0) for one in range(5)]
    expected = [waits[4], waits[2], waits[0], waits[3], waits[1]]
    for limit in (1, 2, 3):
        found: list[str] = []
        cursor: str | None = None
        while True:
            page, cursor = await _desk(town, cursor, limit)
            found += page
            if cursor is None:
                break
        assert found == expected
    with pytest.raises(Invalid):
        await _desk(town, "cc1")


async def test_a_matter_that_goes_out_at_once_is_called_back_all_the_same(town: Town) -> None:
    number = await town.file(await town.caller(), callback=True)
    assert await town.notices("assigned", number)
    assert await town.notices("desk", number)
    assert (await _desk(town))[0] == [number]
    version = (await queries.view_ticket(await town.context(), town.staff["off"], number)).version
    async with database.transaction():
        await close.close(await town.context(), town.staff["off"], number, CloseIn(version=version, reason="重复"))
    assert (await _desk(town))[0] == []


async def test_a_dispatch_is_no_call(town: Town) -> None:
    number = await town.file(await town.caller(), scenario="other", unclear=True, callback=True)
    async with database.transaction():
        request = DispatchIn(version=1, lead="city-power")
        assert (await dispatch.dispatch(await town.context(), town.staff["sue"], number, request)).callback
    await _called(town, number, "dis", CallOutcome.ANSWERED)
    rows = await models.Event.filter(ticket__number=number).order_by("seq")
    assert lifecycle.replay([(row.kind, row.data) for row in rows]) == "handling"


# --- calls ordered as notices -----------------------------------------------------------------------------------

LINE = Actor(ActorKind.SERVICE, name="line", channels=frozenset({"phone"}))
NUMBER = "+8613800138000"


async def _answered(town: Town, by: Actor, **changes: object) -> str:
    """A ticket that the seat has answered; its number."""
    number = await town.file(by, **{"scenario": "other", **changes})
    async with database.transaction():
        request = AnswerAtOnceIn(version=1, text="请到三楼办理")
        await answer_at_once.answer_at_once(await town.context(), town.staff["sue"], number, request)
    return number


async def _claimed(town: Town) -> list[NoticeOut]:
    """The calls handed out now, for five minutes each."""
    async with database.transaction():
        request = ClaimIn(channels=["phone"], lease_seconds=300)
        page = await notices.claim(await town.context(), LINE, request)
    return [one for one in page.items if phone.is_call(one.channel, one.template)]


async def _fails(town: Town, notice: NoticeOut, reason: FailedReason) -> None:
    async with database.transaction():
        await notices.mark_failed(await town.context(), LINE, notice.id, NoticeFailed(reason=reason))


async def _outcomes(number: str) -> list[object]:
    rows = await models.Event.filter(ticket__number=number).order_by("seq")
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert lifecycle.replay([(row.kind, row.data) for row in rows]) == (await models.Ticket.get(number=number)).state
    return [row.data["outcome"] for row in rows if row.kind is EventKind.CALLED]


async def _seats_told(town: Town, number: str) -> list[tuple[object, object]]:
    return [(row.args["outcome"], row.args["attempts"]) for row in await town.notices("follow_up", number)]


def _at(hour: float, day: int = 10) -> datetime:
    """Local time in March 2026; the 10th is a Tuesday."""
    return datetime(2026, 3, day, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC) + timedelta(hours=hour)


async def test_an_answer_is_called_out_in_calling_hours_only_and_messages_at_any_time(town: Town) -> None:
    town.now = _at(12.5)
    number = await _answered(town, await town.caller(), urgent=True)
    [waiting] = await town.notices("completed", number)
    assert (waiting.channel, waiting.address, waiting.ready_at) == ("phone", NUMBER, _at(14.5))
    async with database.transaction():
        page = await notices.claim(await town.context(), LINE, ClaimIn(channels=["phone"]))
    assert [one.template for one in page.items] == ["received"]
    town.now = _at(18)  # nobody came for it in time: it waits for the morning all the same
    assert await _claimed(town) == []
    town.now = _at(9, day=11)
    [call] = await _claimed(town)
    assert (call.template, call.args["reply"], call.ticket) == ("completed", "请到三楼办理", number)


async def test_a_call_in_vain_is_made_three_times_and_then_a_seat_calls(town: Town) -> None:
    number = await _answered(town, await town.caller())
    for when, reason in ((_at(9.5), "busy"), (_at(11.5), "no_answer")):
        town.now = when
        [call] = await _claimed(town)
        async with database.transaction():
            request = CallIn(notice=call.id, outcome=CallOutcome(reason), seconds=0)
            await calls.record_call(await town.context(), LINE, number, request)
        for _ in range(2):  # the first answer was lost on the way
            await _fails(town, call, "busy" if reason == "busy" else "no_answer")
        town.now += timedelta(minutes=100)
        assert await _claimed(town) == []
    assert not await town.notices("follow_up", number)
    town.now = _at(9, day=11)
    [call] = await _claimed(town)
    await _fails(town, call, "no_answer")
    assert await _outcomes(number) == ["busy", "no_answer", "no_answer"]
    assert await _seats_told(town, number) == [("no_answer", 3)]
    town.now = _at(10, day=12)
    assert await _claimed(town) == []


async def test_a_trunk_that_is_down_is_nobody_s_missed_call(town: Town) -> None:
    number = await _answered(town, await town.caller())
    for _ in range(6):
        town.now += timedelta(minutes=1)
        [call] = await _claimed(town)
        await _fails(town, call, "temporary")
        town.now += timedelta(minutes=2)
    [call] = await _claimed(town)
    await _fails(town, call, "busy")
    assert await _outcomes(number) == ["busy"]
    assert not await town.notices("follow_up", number)


async def test_who_declines_is_not_called_again(town: Town) -> None:
    number = await _answered(town, await town.caller())
    [call] = await _claimed(town)
    await _fails(town, call, "declined")
    assert await _seats_told(town, number) == [("declined", 0)]
    await town.work_off(town.now + 6 * DAY)
    assert not await town.notices("follow_up_call", number)
    assert len(await town.notices("follow_up", number)) == 1
    assert await _outcomes(number) == ["declined"]


async def test_a_line_that_cannot_dial_says_so_and_the_seats_know_at_once(town: Town) -> None:
    number = await _answered(town, await town.caller())
    [call] = await _claimed(town)
    await _fails(town, call, "unsupported")
    assert await _seats_told(town, number) == [("failed", 0)]
    assert await _outcomes(number) == []


@pytest.mark.parametrize("before", [True, False], ids=["before it was ordered", "while it waits"])
async def test_a_telephone_that_was_corrected_is_called_by_a_seat_not_by_the_line(town: Town, before: bool) -> None:
    """The old number may be a stranger's, and from the new one nobody has shown that the ticket is theirs."""
    person = await town.contact()
    number = await _answered(town, person, contact={"phone": NUMBER})
    if not before:
        await town.work_off(town.now + 6 * DAY)
        assert len(await town.notices("follow_up_call", number)) == 1
    async with database.transaction():
        await correct(await town.context(), person, number, CorrectionIn(phone="+8613900000000"))
    if before:
        await town.work_off(town.now + 6 * DAY)
    assert await _claimed(town) == []
    assert len(await town.notices("follow_up", number)) == 1


async def test_who_has_not_rated_is_called_whatever_channel_the_matter_came_by(town: Town) -> None:
    number = await _answered(town, await town.contact(), contact={"phone": NUMBER})
    await town.work_off(town.now + 6 * DAY)
    [waiting] = await town.notices("follow_up_call", number)
    assert (waiting.channel, waiting.address) == ("phone", NUMBER)
    assert not await town.notices("follow_up", number)
    [call] = await _claimed(town)
    async with database.transaction():
        request = CallIn(notice=call.id, outcome=CallOutcome.ANSWERED, seconds=65)
        for _ in range(2):
            await calls.record_call(await town.context(), LINE, number, request)
        await notices.mark_sent(await town.context(), LINE, call.id)
    assert await _outcomes(number) == ["answered"]
    await town.work_off(town.now + 30 * DAY)
    assert not await town.notices("follow_up", number)


async def test_a_seat_follows_up_who_left_no_number_or_must_stay_hidden_or_where_the_office_wants_it_so(
    town: Town,
) -> None:
    mute = await _answered(town, await town.contact())
    hidden = await _answered(town, await town.contact("2"), contact={"phone": NUMBER}, kind=Kind.REPORT)
    await town.work_off(town.now + 6 * DAY)
    by_seat = town.policy.follow_up.model_copy(update={"by_phone": False})
    town.policy = town.policy.model_copy(update={"follow_up": by_seat})
    other = await _answered(town, await town.contact("3"), contact={"phone": NUMBER})
    await town.work_off(town.now + 6 * DAY)
    for number in (mute, hidden, other):
        assert await _seats_told(town, number) == [(None, 0)]
    assert not await town.notices("follow_up_call")


async def test_a_follow_up_that_no_phone_line_settles_is_a_seat_s_after_a_working_day(town: Town) -> None:
    number = await _answered(town, await town.contact(), contact={"phone": NUMBER})
    await town.work_off(town.now + 6 * DAY)
    [waiting] = await town.notices("follow_up_call", number)
    await town.work_off(_at(17, day=17))  # the 16th was a Monday
    assert await _seats_told(town, number) == []
    await town.work_off(_at(18, day=17))
    assert await _seats_told(town, number) == [("failed", 0)]
    assert (await models.Notice.get(id=waiting.id)).outcome == "withdrawn"


async def test_over_long_holidays_a_seat_follows_up(town: Town) -> None:
    town.now = datetime(2026, 9, 29, 3, 0, tzinfo=UTC)  # before National Day, 1 to 7 October
    number = await _answered(town, await town.contact(), contact={"phone": NUMBER})
    await town.work_off(town.now + 8 * DAY)
    assert await _seats_told(town, number) == []
    await town.work_off(town.now + DAY)
    assert await _seats_told(town, number) == [(None, 0)]
    assert not await town.notices("follow_up_call")


async def test_an_answer_not_heard_until_the_follow_up_is_a_seat_s_to_tell(town: Town) -> None:
    number = await _answered(town, await town.caller())
    await town.work_off(town.now + 6 * DAY)
    assert await _seats_told(town, number) == [(None, 0)]
    assert not await town.notices("follow_up_call", number)
    assert [row.outcome for row in await town.notices("completed", number)] == ["withdrawn"]


@pytest.mark.parametrize("grade", [Grade.SATISFIED, Grade.DISSATISFIED])
async def test_a_rating_given_meanwhile_calls_the_call_off(town: Town, grade: Grade) -> None:
    contact = await town.contact()
    rated = await _answered(town, contact, contact={"phone": NUMBER})
    other = await _answered(town, contact)
    await town.work_off(town.now + 6 * DAY)
    async with database.transaction():
        request = RateIn(grade=grade, solved=True)
        await rate.rate(await town.context(), contact, rated, request)
    assert [one.ticket for one in await _claimed(town)] == [other]


async def test_a_call_is_off_once_the_ticket_is_closed_or_nobody_may_rate_it_any_more(town: Town) -> None:
    closed, expired = [await _answered(town, await town.caller()) for _ in range(2)]
    version = (await queries.view_ticket(await town.context(), town.staff["off"], closed)).version
    async with database.transaction():
        await close.close(await town.context(), town.staff["off"], closed, CloseIn(version=version, reason="重复"))
    assert [one.ticket for one in await _claimed(town)] == [expired]
    await town.work_off(town.now + 8 * DAY)
    town.now = _at(10, day=20)
    assert await _claimed(town) == []


async def test_a_question_is_called_out_until_it_is_answered_and_in_vain_goes_back_to_the_unit(town: Town) -> None:
    caller = await town.caller()
    number = await town.file(caller, scenario="hiring", kind=Kind.HELP)
    asked = []
    for who in ("几个人？", "什么工种？"):
        seen = await queries.view_ticket(await town.context(), town.staff["ann"], number)
        part = seen.assignments[0].id
        async with database.transaction():
            if "ask" not in " ".join(seen.may):
                await sign.sign(await town.context(), town.staff["ann"], part, SignIn(version=seen.version))
                seen = await queries.view_ticket(await town.context(), town.staff["ann"], number)
            out = await ask.ask(await town.context(), town.staff["ann"], part, AskIn(version=seen.version, text=who))
        asked.append(out.questions[-1].id)
    async with database.transaction():
        request = AnswerQuestionIn(text="五个")
        await answer_question.answer_question(await town.context(), caller, asked[0], request)
    [call] = await _claimed(town)
    assert call.args["question"] == asked[1]
    await _fails(town, call, "gone")
    told = await town.notices("undelivered", number)
    assert {row.address for row in told} == {str(town.staff[name].id) for name in ("ann", "ben", "lea")}
    assert await _outcomes(number) == ["failed"]
    assert not await town.notices("follow_up", number)


async def test_who_called_without_a_number_is_called_at_the_one_they_left(town: Town) -> None:
    number = await _answered(town, await town.caller("anonymous-7"), contact={"phone": NUMBER})
    assert [row.address for row in await town.notices("completed", number)] == [NUMBER]
    unknown = await _answered(town, await town.caller("page-8"))
    assert [row.address for row in await town.notices("completed", unknown)] == ["page-8"]


async def test_nobody_is_called_about_a_question_once_the_matter_is_answered(town: Town) -> None:
    number = await town.file(await town.caller(), scenario="hiring", kind=Kind.HELP)
    part = (await models.Assignment.get(ticket__number=number)).id
    view = await queries.view_ticket(await town.context(), town.staff["ann"], number)
    async with database.transaction():
        signed = await sign.sign(await town.context(), town.staff["ann"], part, SignIn(version=view.version))
    async with database.transaction():
        asked = AskIn(version=signed.version, text="需要几个人?")
        waits = await ask.ask(await town.context(), town.staff["ann"], part, asked)
    async with database.transaction():
        told = ReplyIn(version=waits.version, text="已安排招聘会")
        await reply.reply(await town.context(), town.staff["ann"], part, told)
    assert [row.outcome for row in await town.notices("question", number)] == ["withdrawn"]
    assert [row.outcome for row in await town.notices("completed", number)] == [None]


async def test_a_question_to_an_account_without_a_number_goes_back_to_the_unit(town: Town) -> None:
    """From another number they could hear it, but only their own account may answer."""
    number = await town.file(await town.caller("anonymous-7"), scenario="hiring", contact={"phone": NUMBER})
    seen = await queries.view_ticket(await town.context(), town.staff["ann"], number)
    part = seen.assignments[0].id
    async with database.transaction():
        signed = await sign.sign(await town.context(), town.staff["ann"], part, SignIn(version=seen.version))
        request = AskIn(version=signed.version, text="几个人？")
        await ask.ask(await town.context(), town.staff["ann"], part, request)
    [call] = await _claimed(town)
    assert call.address == "anonymous-7"
    await _fails(town, call, "unsupported")
    assert str(town.staff["ann"].id) in {row.address for row in await town.notices("undelivered", number)}


async def test_a_refusal_that_no_message_can_tell_is_told_by_a_person(town: Town) -> None:
    number = await town.file(await town.caller(), scenario="other")
    async with database.transaction():
        request = RejectIn(version=1, reason="属法院管辖", basis="民事诉讼法")
        await reject.reject(await town.context(), town.staff["sue"], number, request)
    for template in ("received", "rejected"):
        [notice] = await town.notices(template, number)
        async with database.transaction():
            failed = NoticeFailed(reason="unsupported")
            await notices.mark_failed(await town.context(), LINE, notice.id, failed)
    assert [row.address for row in await town.notices("unreachable", number)] == [str(town.staff["sue"].id)]


async def test_only_the_line_that_delivers_it_reports_a_call_and_for_its_own_ticket(town: Town) -> None:
    number = await _answered(town, await town.caller())
    other = await town.file(await town.contact())
    [call] = await _claimed(town)
    request = CallIn(notice=call.id, outcome=CallOutcome.ANSWERED)
    stranger = replace(LINE, channels=frozenset({"telegram"}))
    for actor, about in ((stranger, number), (LINE, other)):
        with pytest.raises(NotFound):
            await calls.record_call(await town.context(), actor, about, request)
    with pytest.raises(Forbidden):
        await calls.record_call(await town.context(), await town.caller(), number, request)
    with pytest.raises(Invalid):
        await calls.record_call(await town.context(), LINE, number, CallIn(outcome=CallOutcome.BUSY))
    with pytest.raises(Invalid):
        await calls.record_call(await town.context(), town.staff["sue"], number, request)


async def test_nobody_rings_the_telephone_of_a_hidden_reporter(town: Town) -> None:
    number = await _answered(town, await town.caller(), kind=Kind.REPORT)
    assert await town.notices("completed", number) == []
    assert {notice.channel for notice in await town.notices("follow_up", number)} <= {"telegram-staff", "web-staff"}
    assert await town.notices("follow_up", number)
