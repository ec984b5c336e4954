"""One ticket's way through the actions, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend import database, models
from backend.actions import (
    accept,
    add_material,
    answer_at_once,
    answer_question,
    ask,
    close,
    decide_return,
    dispatch,
    notices,
    propose_return,
    queries,
    queues,
    rate,
    reject,
    reply,
    sign,
    urge,
    withdraw,
)
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.close import CloseIn
from backend.contract.acts.decide_return import DecideReturnIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.look import LookIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.reject import RejectIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from backend.contract.models.contact_requests import AdditionIn, AnswerQuestionIn, RateIn, WithdrawIn
from backend.contract.models.notices import NoticeFailed
from backend.contract.models.tickets import Lookup, TicketOut
from backend.contract.words import AssignmentState, EventKind, Grade, Kind, Role, TicketState, WarningLevel
from backend.rules import lifecycle
from backend.rules.actor import Actor, ActorKind
from tests.backend.actions.conftest import DAY, Town


async def _see(town: Town, number: str, who: str = "off") -> TicketOut:
    return await queries.view_ticket(await town.context(), town.staff[who], number)


async def _part(town: Town, number: str, code: str) -> int:
    """The open assignment of a department."""
    found = [one for one in (await _see(town, number)).assignments if one.department.code == code]
    return found[-1].id


async def _sign(town: Town, number: str, who: str, code: str = "east-power") -> TicketOut:
    part = await _part(town, number, code)
    version = (await _see(town, number)).version
    async with database.transaction():
        return await sign.sign(await town.context(), town.staff[who], part, SignIn(version=version))


async def _reply(town: Town, number: str, who: str, text: str = "已恢复供电", code: str = "east-power") -> TicketOut:
    part = await _part(town, number, code)
    version = (await _see(town, number)).version
    async with database.transaction():
        return await reply.reply(await town.context(), town.staff[who], part, ReplyIn(version=version, text=text))


async def _rate(town: Town, contact: Actor, number: str, grade: Grade, comment: str = "") -> TicketOut:
    async with database.transaction():
        return await rate.rate(
            await town.context(),
            contact,
            number,
            RateIn(grade=grade, solved=grade is not Grade.DISSATISFIED, comment=comment),
        )


async def _finish(town: Town, number: str, who: str = "ann") -> None:
    """Both units of a power cut sign and reply."""
    await _sign(town, number, who)
    await _sign(town, number, "tom", "east-town")
    await _reply(town, number, who)
    await _reply(town, number, "tom", "街道已协调", "east-town")


async def _replayed(number: str) -> TicketState:
    rows = await models.Event.filter(ticket__number=number).order_by("seq")
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    return lifecycle.replay([(row.kind, row.data) for row in rows])


async def test_a_matter_on_the_duty_list_goes_out_at_once_to_lead_and_assist_in_parallel(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    ticket = await _see(town, number)
    assert ticket.state is TicketState.HANDLING
    assert {(one.department.code, one.role) for one in ticket.assignments} == {
        ("east-power", "lead"),
        ("east-town", "assist"),
    }
    [accepted] = await town.notices("accepted", number)
    assert accepted.address == "1001"
    assert len(str(accepted.args["code"])) == 8
    assert accepted.args["departments"] == ["东区供电所", "东区街道"]
    told = {row.address for row in await town.notices("assigned", number)}
    assert told == {str(town.staff[name].id) for name in ("ann", "ben", "lea", "tom")}


async def test_both_units_must_reply_before_the_ticket_completes_and_a_good_rating_closes_it(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    await _sign(town, number, "ann")
    await _sign(town, number, "tom", "east-town")
    assert (await _reply(town, number, "ann")).state is TicketState.HANDLING
    done = await _reply(town, number, "tom", "街道已协调", "east-town")
    assert done.state is TicketState.COMPLETED
    assert done.reply == "【东区供电所】已恢复供电\n\n【东区街道】街道已协调"
    assert len(await town.notices("completed", number)) == 1
    assert done.rating is None
    closed = await _rate(town, contact, number, Grade.SATISFIED)
    assert closed.state is TicketState.CLOSED
    assert await _replayed(number) is TicketState.CLOSED
    assert await town.notices("rated", number)
    assert not await models.Due.filter(done_at__isnull=True).exists()


async def test_nobody_but_the_contact_rates_and_only_once(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    await _finish(town, number)
    for other, error in ((town.staff["off"], Forbidden), (await town.contact("1002"), NotFound)):
        with pytest.raises(error):
            await _rate(town, other, number, Grade.SATISFIED)
    await _rate(town, contact, number, Grade.BASICALLY)
    with pytest.raises(WrongState):
        await _rate(town, contact, number, Grade.DISSATISFIED)


async def test_the_first_dissatisfaction_is_done_again_by_another_handler_the_second_goes_a_level_up(
    town: Town,
) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    await _finish(town, number, "ann")
    again = await _rate(town, contact, number, Grade.DISSATISFIED, "还是停电")
    assert again.state is TicketState.HANDLING
    assert {row.address for row in await town.notices("dissatisfied", number)} == {
        str(town.staff[who].id) for who in ("ann", "lea", "tom", "off", "sup")
    }
    with pytest.raises(Forbidden):
        await _sign(town, number, "ann")
    assert "ann" not in {row.address for row in await town.notices("assigned", number)}
    await _sign(town, number, "ben")
    with pytest.raises(Forbidden):
        await _sign(town, number, "tom", "east-town")
    version = (await _see(town, number)).version
    async with database.transaction():
        part = await _part(town, number, "east-town")
        request = ProposeReturnIn(version=version, reason="非我职责", basis="三定方案")
        await propose_return.propose_return(await town.context(), town.staff["tom"], part, request)
    async with database.transaction():
        decided = DecideReturnIn(version=version + 1, approve=True, reason="同意")
        await decide_return.decide_return(await town.context(), town.staff["off"], part, decided)
    await _reply(town, number, "ben", "已更换变压器")
    up = await _rate(town, contact, number, Grade.DISSATISFIED, "仍未解决")
    assert up.difficult
    assert up.state is TicketState.HANDLING
    ticket = await _see(town, number)
    assert ticket.assignments[-1].department.code == "city-power"
    assert await town.notices("difficult", number)
    await _sign(town, number, "top", "city-power")
    await _reply(town, number, "top", "市局已处理", "city-power")
    third = await _rate(town, contact, number, Grade.DISSATISFIED, "不行")
    assert third.state is TicketState.ACCEPTED
    assert await _replayed(number) is TicketState.ACCEPTED
    difficult = await queues.list_tickets(await town.context(), town.staff["off"], None, 10, None, "difficult")
    assert [one.number for one in difficult.items] == [number]


async def test_a_unit_with_one_handler_alone_is_not_sent_what_they_must_not_sign_again(town: Town) -> None:
    await models.Duty.create(scenario="street", lead="east-town", assists=[], valid_from=date(2026, 1, 1))
    contact = await town.contact()
    number = await town.file(contact, scenario="street")
    await _sign(town, number, "tom", "east-town")
    await _reply(town, number, "tom", "已处理", "east-town")
    again = await _rate(town, contact, number, Grade.DISSATISFIED, "没有解决")
    assert again.state is TicketState.ACCEPTED
    assert await town.notices("desk", number)
    assert "dispatch" in (await _see(town, number, "dis")).may


async def test_a_question_stops_the_clock_and_the_answer_starts_it_later_by_the_time_it_stood(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="hiring", kind=Kind.HELP)
    signed = await _sign(town, number, "ann")
    before = signed.assignments[0].resolve_due
    assert before is not None
    part = signed.assignments[0].id
    async with database.transaction():
        asked = await ask.ask(
            await town.context(), town.staff["ann"], part, AskIn(version=signed.version, text="需要几个人?")
        )
    assert asked.waiting
    assert asked.assignments[0].resolve_due is None
    town.now += 2 * DAY
    async with database.transaction():
        await answer_question.answer_question(
            await town.context(), contact, asked.questions[0].id, AnswerQuestionIn(text="五个")
        )
    resumed = (await _see(town, number)).assignments[0].resolve_due
    assert resumed is not None
    assert resumed == before + 2 * DAY
    assert [row.args["answer"] for row in await town.notices("answered", number)]
    with pytest.raises(WrongState):
        async with database.transaction():
            await answer_question.answer_question(
                await town.context(), contact, asked.questions[0].id, AnswerQuestionIn(text="六个")
            )


async def test_an_unsigned_part_warns_then_tells_the_leader_then_the_level_above(town: Town) -> None:
    number = await town.file(await town.contact())
    await town.work_off(town.now + timedelta(hours=1.5))
    # Two hours are fewer than the four left that turn a limit yellow, so the first warning is yellow already.
    assert {row.args["level"] for row in await town.notices("warned", number)} == {WarningLevel.YELLOW}
    assert not await town.notices("unsigned", number)
    await town.work_off(town.now + timedelta(hours=4))
    leader = str(town.staff["lea"].id)
    assert leader in {row.address for row in await town.notices("unsigned", number)}
    assert (await _see(town, number)).warning is WarningLevel.RED
    await town.work_off(town.now + 3 * DAY)
    assert str(town.staff["top"].id) in {row.address for row in await town.notices("escalated", number)}
    kinds = [row.kind for row in await models.Event.filter(ticket__number=number)]
    assert EventKind.ESCALATED in kinds
    assert await _replayed(number) is TicketState.HANDLING


async def test_an_overdue_part_is_red_once_and_escalates(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.CONSULTATION)
    await _sign(town, number, "ann")
    await town.work_off(town.now + 10 * DAY)
    levels = [row.args["level"] for row in await town.notices("warned", number)]
    assert levels.count(WarningLevel.RED) == len({row.address for row in await town.notices("warned", number)})
    assert await town.notices("overdue", number)
    assert await town.notices("escalated", number)
    done = await _reply(town, number, "ann")
    assert done.warning is None


async def test_a_rating_nobody_gives_is_asked_for_again_followed_up_and_expires(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    await _sign(town, number, "ann")
    await _reply(town, number, "ann")
    await town.work_off(town.now + 30 * DAY)
    assert len(await town.notices("rating_reminder", number)) == 1
    assert await town.notices("follow_up", number)
    assert (await _see(town, number)).state is TicketState.CLOSED
    assert await _replayed(number) is TicketState.CLOSED


async def test_a_matter_without_duty_waits_on_the_desk_which_dispatches_it(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact, scenario="other", kind=Kind.HELP)
    assert (await _see(town, number)).state is TicketState.SUBMITTED
    assert {row.address for row in await town.notices("desk", number)} == {
        str(town.staff["sue"].id),
        str(town.staff["dis"].id),
    }
    [received] = await town.notices("received", number)
    assert received.args["code"]
    with pytest.raises(NotFound):
        await _see(town, number, "ann")
    async with database.transaction():
        request = DispatchIn(version=1, lead="city-power", assists=["east-town"])
        out = await dispatch.dispatch(await town.context(), town.staff["dis"], number, request)
    assert out.state is TicketState.HANDLING
    [told] = await town.notices("accepted_later", number)
    assert told.args["departments"] == ["市供电局", "东区街道"]
    assert await _replayed(number) is TicketState.HANDLING


async def test_the_desk_accepts_rejects_and_answers_at_once(town: Town) -> None:
    contact = await town.contact()
    first, second, third = [await town.file(contact, scenario="other") for _ in range(3)]
    context = await town.context()
    async with database.transaction():
        assert (await accept.accept(context, town.staff["sue"], first, AcceptIn(version=1))).may == [
            "answer_at_once",
            "dispatch",
            "ask_at_desk",
            "look",
        ]
        rejected = await reject.reject(
            context, town.staff["sue"], second, RejectIn(version=1, reason="属法院管辖", basis="民事诉讼法")
        )
        answered = await answer_at_once.answer_at_once(
            context, town.staff["sue"], third, AnswerAtOnceIn(version=1, text="请到三楼办理")
        )
    assert rejected.state is TicketState.REJECTED
    assert answered.state is TicketState.COMPLETED
    assert [await _replayed(number) for number in (first, second, third)] == [
        TicketState.ACCEPTED,
        TicketState.REJECTED,
        TicketState.COMPLETED,
    ]
    assert (await _rate(town, contact, third, Grade.DISSATISFIED, "不对")).state is TicketState.ACCEPTED


async def test_an_approved_return_goes_to_the_unit_named_and_a_refused_one_never_stopped_the_clock(
    town: Town,
) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    before = await _see(town, number)
    part = before.assignments[0].id
    with pytest.raises(Invalid):
        async with database.transaction():
            bare = ProposeReturnIn(version=before.version, reason="不是我们的事")
            await propose_return.propose_return(await town.context(), town.staff["ann"], part, bare)
    async with database.transaction():
        named = ProposeReturnIn(version=before.version, reason="归街道", unit="east-town")
        proposed = await propose_return.propose_return(await town.context(), town.staff["ann"], part, named)
    async with database.transaction():
        refused = DecideReturnIn(version=proposed.version, approve=False, reason="是你们的职责")
        after = await decide_return.decide_return(await town.context(), town.staff["off"], part, refused)
    assert after.assignments[0].resolve_due == before.assignments[0].resolve_due
    async with database.transaction():
        again = ProposeReturnIn(version=after.version, reason="归街道", unit="east-town")
        proposed = await propose_return.propose_return(await town.context(), town.staff["ann"], part, again)
    async with database.transaction():
        approved = DecideReturnIn(version=proposed.version, approve=True, reason="同意", lead="east-town")
        moved = await decide_return.decide_return(await town.context(), town.staff["off"], part, approved)
    assert [(one.department.code, one.state) for one in moved.assignments] == [
        ("east-power", AssignmentState.RETURNED),
        ("east-town", AssignmentState.DISPATCHED),
    ]
    assert await _replayed(number) is TicketState.HANDLING


async def test_a_stale_view_is_refused_but_a_warning_makes_no_view_stale(town: Town) -> None:
    number = await town.file(await town.contact(), scenario="hiring", kind=Kind.HELP)
    seen = await _see(town, number)
    await town.work_off(town.now + timedelta(hours=2))
    assert (await _see(town, number)).version > seen.version
    part = seen.assignments[0].id
    async with database.transaction():
        await sign.sign(await town.context(), town.staff["ann"], part, SignIn(version=seen.version))
    with pytest.raises(Stale):
        async with database.transaction():
            request = ReplyIn(version=seen.version, text="好了")
            await reply.reply(await town.context(), town.staff["ben"], part, request)


async def test_units_act_on_their_own_assignments_only(town: Town) -> None:
    number = await town.file(await town.contact())
    part = await _part(town, number, "east-power")
    version = (await _see(town, number)).version
    for who, error in (("tom", NotFound), ("off", Forbidden), ("sup", NotFound)):
        with pytest.raises(error):
            async with database.transaction():
                await sign.sign(await town.context(), town.staff[who], part, SignIn(version=version))


async def test_additions_reach_every_unit_and_a_withdrawal_ends_every_clock(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(contact)
    with pytest.raises(Invalid):
        async with database.transaction():
            await add_material.add_material(await town.context(), contact, number, AdditionIn(text="  "))
    async with database.transaction():
        await add_material.add_material(await town.context(), contact, number, AdditionIn(text="现在又停了"))
    assert {row.address for row in await town.notices("added", number)} >= {
        str(town.staff["ann"].id),
        str(town.staff["tom"].id),
    }
    for _ in range(2):
        async with database.transaction():
            await urge.urge(await town.context(), contact, number)
    urged = await town.notices("urged", number)
    assert sorted(row.address for row in urged) == sorted({row.address for row in urged}), "told once a day"
    assert urged
    async with database.transaction():
        out = await withdraw.withdraw(await town.context(), contact, number, WithdrawIn(reason="来电了"))
    assert out.state is TicketState.WITHDRAWN
    assert await town.notices("withdrawn", number)
    assert not await models.Due.filter(done_at__isnull=True).exists()
    with pytest.raises(WrongState):
        async with database.transaction():
            await withdraw.withdraw(await town.context(), contact, number, WithdrawIn())


async def test_the_office_alone_closes_for_good(town: Town) -> None:
    number = await town.file(await town.contact())
    version = (await _see(town, number)).version
    with pytest.raises(Forbidden):
        async with database.transaction():
            await close.close(await town.context(), town.staff["dis"], number, CloseIn(version=version, reason="重复"))
    async with database.transaction():
        out = await close.close(
            await town.context(), town.staff["off"], number, CloseIn(version=version, reason="已依法办理")
        )
    assert out.state is TicketState.CLOSED
    assert await town.notices("closed", number)


async def test_a_hidden_reporter_is_shown_to_the_desk_alone_with_a_reason_and_a_log_entry(town: Town) -> None:
    contact = await town.contact()
    number = await town.file(
        contact,
        kind=Kind.REPORT,
        hidden_reporter=True,
        contact={"name": "王小明", "phone": "+8613812345678"},
        enterprise={"name": "东区纺织厂"},
    )
    unit = await _see(town, number, "ann")
    assert (unit.contact_name, unit.contact_phone, unit.enterprise) == (None, None, None)
    assert "look" not in unit.may
    with pytest.raises(Forbidden):
        await queries.look_at_person(await town.context(), town.staff["ann"], number, LookIn(reason="想知道"))
    with pytest.raises(Invalid):
        await queries.look_at_person(await town.context(), town.staff["sue"], number, LookIn())
    for short in ("核实", "核实一下\u200b\u2800", "1 2 3 4"):
        with pytest.raises(Invalid):
            await queries.look_at_person(await town.context(), town.staff["sue"], number, LookIn(reason=short))
    why = LookIn(reason="核实举报内容")
    seen = await queries.look_at_person(await town.context(), town.staff["sue"], number, why)
    assert seen.name == "王小明"
    assert [row.reason for row in await models.AccessLog.all()] == ["核实举报内容"]


async def test_a_unit_sees_masked_data_and_looks_it_up_when_it_needs_to_phone(town: Town) -> None:
    number = await town.file(await town.contact(), contact={"name": "王小明", "phone": "+8613812345678"})
    seen = await _see(town, number, "ann")
    assert seen.contact_name != "王小明"
    assert "345678" not in (seen.contact_phone or "")
    person = await queries.look_at_person(await town.context(), town.staff["ann"], number, LookIn())
    assert person.phone == "+8613812345678"
    assert await models.AccessLog.filter(actor_id=town.staff["ann"].id).count() == 1


async def test_number_and_retrieval_code_together_show_progress_without_personal_data(town: Town) -> None:
    number = await town.file(await town.contact())
    [accepted] = await town.notices("accepted", number)
    context = await town.context()
    shown = await queries.look_up(context, await town.contact("9"), Lookup(number=number, code=accepted.args["code"]))
    assert shown.state is TicketState.HANDLING
    wrong = f"{(int(str(accepted.args['code'])) + 1) % 10**8:08d}"
    with pytest.raises(NotFound):
        await queries.look_up(context, await town.contact("9"), Lookup(number=number, code=wrong))


async def test_notices_wait_for_the_morning_unless_they_answer_or_are_urgent(town: Town) -> None:
    town.now = town.now.replace(hour=14)  # 22:00 in Shanghai
    contact = await town.contact()
    await models.Identity.create(channel="telegram-staff", external_id="77", staff_id=town.staff["ann"].id)
    calm = await town.file(contact)
    urgent = await town.file(contact, urgent=True)
    ready = {
        (row.args["number"], row.channel): row.ready_at
        for row in [*await town.notices("assigned"), *await town.notices("accepted")]
    }
    assert ready[calm, "telegram"] == town.now
    assert ready[calm, "web-staff"] == town.now
    assert ready[calm, "telegram-staff"] == town.now + timedelta(hours=10)
    assert ready[urgent, "telegram-staff"] == town.now


async def test_numbers_count_up_by_day_and_carry_the_local_date(town: Town) -> None:
    contact = await town.contact()
    first, second = await town.file(contact), await town.file(contact)
    assert (first[:6], first[6:11], second[6:11]) == ("260310", "00001", "00002")
    town.now = town.now.replace(hour=16, minute=1)  # past midnight in Shanghai
    assert (await town.file(contact))[:11] == "26031100001"


async def test_the_auditor_alone_reads_who_looked_at_whom(town: Town) -> None:
    number = await town.file(await town.contact(), contact={"name": "王小明", "phone": "+8613812345678"})
    for reason in ("核实", "回访"):
        await queries.look_at_person(await town.context(), town.staff["sue"], number, LookIn(reason=reason))
    with pytest.raises(Forbidden):
        await queries.list_looks(await town.context(), town.staff["off"], None, 10)
    auditor = replace(town.staff["off"], roles=frozenset({Role.AUDITOR}))
    page = await queries.list_looks(await town.context(), auditor, None, 1)
    assert [(one.staff, one.ticket, one.reason) for one in page.items] == [("sue", number, "回访")]
    rest = await queries.list_looks(await town.context(), auditor, page.next, 10)
    assert [one.reason for one in rest.items] == ["核实"]


async def test_an_account_that_takes_messages_again_is_no_longer_marked_as_blocked(town: Town) -> None:
    contact = await town.contact()
    await town.file(contact)
    service = Actor(ActorKind.SERVICE, channels=frozenset({"telegram"}))
    first, second = [
        await models.Notice.create(
            key=f"k{at}",
            channel="telegram",
            address="1001",
            fallback=[],
            language="zh_CN",
            template="closed",
            args={"number": "1", "title": "t", "reason": "r"},
            ready_at=town.now,
        )
        for at in range(2)
    ]
    async with database.transaction():
        await notices.mark_failed(await town.context(), service, first.id, NoticeFailed(reason="blocked"))
    assert (await models.Identity.get(id=contact.identity_id)).blocked_at is not None
    async with database.transaction():
        await notices.mark_sent(await town.context(), service, second.id)
    assert (await models.Identity.get(id=contact.identity_id)).blocked_at is None


async def test_the_queues_of_a_unit_are_for_those_who_handle_its_matters(town: Town) -> None:
    """An auditor reads who looked at whom, not what the neighbours work on."""
    await town.file(await town.contact())
    branch = town.staff["ann"].department_id
    auditor = replace(town.staff["ann"], id=None, department_id=branch, roles=frozenset({Role.AUDITOR}))
    for queue in (None, "mine", "unit"):
        with pytest.raises(Forbidden):
            await queues.list_tickets(await town.context(), auditor, None, 10, None, queue)
        page = await queues.list_tickets(await town.context(), town.staff["ann"], None, 10, None, queue)
        assert len(page.items) == 1
