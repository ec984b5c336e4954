"""Nothing waits without a clock: wherever a ticket stands, the due rows that watch it are there."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from backend import models
from backend.actions import add_material, answer_question, drafts, queries, rate, withdraw
from backend.api.acts import ACTIONS
from backend.contract import acts
from backend.contract.acts.act import AnyAct, Given, On, Wants
from backend.contract.errors import BackendError, NotFound
from backend.contract.models.contact_requests import AdditionIn, AnswerQuestionIn, RateIn, WithdrawIn
from backend.contract.models.drafts import DraftIn
from backend.contract.words import AssignmentState, EventKind, Grade, Permission, TicketState
from backend.rules.actor import Actor, ActorKind
from backend.rules.waiting import RESTS, Subject, Watch, Watched, watched
from tests.backend.actions.acts import does, part_of, seen
from tests.backend.actions.conftest import DAY, Town

HOUR = timedelta(hours=1)
_OF_CONTACT = {Permission.ADD, Permission.ANSWER, Permission.RATE, Permission.WITHDRAW}
_ENDING = {Permission.CLOSE, Permission.WITHDRAW, Permission.REJECT, Permission.ANSWER_AT_ONCE}


async def standing(town: Town, number: str) -> set[Watched]:
    """What is watched now, each by a row that is still to come."""
    ticket = await models.Ticket.get(number=number)
    parts = await models.Assignment.filter(ticket_id=ticket.id).order_by("id")
    over = models.Event.filter(ticket_id=ticket.id, kind__in=[EventKind.ANSWERED, EventKind.UNANSWERED])
    gone = {event.data["question"] for event in await over}
    questions = [one for one in await models.Question.filter(ticket_id=ticket.id) if one.id not in gone]
    found = set(watched(ticket, parts, questions, town.now))
    rows = await models.Due.filter(done_at__isnull=True, due_at__isnull=False)
    for one in found:
        own = [row.kind for row in rows if row.subject == str(one.subject)]
        assert any(kind.startswith(one.by) for kind in own), f"{ticket.state}: {one} is watched by {own}"
    assert found or ticket.state in RESTS
    return found


async def by(who: Actor, town: Town, act: AnyAct, number: str, subject: str, given: Given) -> None:
    """A member of staff does it, with what they saw just now."""
    version = (await models.Ticket.get(number=number)).version
    with_it = int(subject) if act.on is On.ASSIGNMENT else number
    await does(ACTIONS[act](await town.context(), who, with_it, act.written(version, given)))


class Walk:
    """One ticket on its way; after each step all that waits is watched."""

    def __init__(self, town: Town, number: str, contact: Actor) -> None:
        self.town, self.number, self.contact = town, number, contact
        self.states: set[TicketState | AssignmentState] = set()
        self.watches: set[Watch] = set()

    async def stands(self, *watches: Watch) -> None:
        found = {one.by for one in await standing(self.town, self.number)}
        ticket = await seen(self.town, self.number)
        self.states |= {ticket.state, *(one.state for one in ticket.assignments)}
        self.watches |= found
        assert {*watches} == found

    async def staff(self, who: str, act: AnyAct, code: str = "", **given: str) -> None:
        part = str(await part_of(self.town, self.number, code)) if code else ""
        await by(self.town.staff[who], self.town, act, self.number, part, given)

    async def answers(self) -> None:
        question = await models.Question.filter(ticket__number=self.number).order_by("-id").first()
        assert question is not None
        request = AnswerQuestionIn(text="一号厂房")
        await does(answer_question.answer_question(await self.town.context(), self.contact, question.id, request))

    async def rates(self, grade: Grade) -> None:
        request = RateIn(grade=grade, solved=False, comment="还是停电")
        await does(rate.rate(await self.town.context(), self.contact, self.number, request))


async def _filed(town: Town, account: str, **changes: object) -> Walk:
    contact = await town.contact(account)
    return Walk(town, await town.file(contact, **changes), contact)


async def test_a_ticket_is_watched_all_the_way(town: Town) -> None:
    walk = await _filed(town, "1", scenario="other", callback=True)
    call_back = Watch.CALL_BACK
    await walk.stands(Watch.VERIFY, call_back)
    await walk.staff("sue", acts.ASK_AT_DESK, text="哪个厂房？")
    await walk.stands(Watch.VERIFY, Watch.QUESTION, call_back)
    await town.work_off(town.now + 9 * DAY)  # nobody looked, nobody answered, nobody verified
    await walk.stands(Watch.VERIFY, call_back)
    await walk.staff("sue", acts.ACCEPT)
    await walk.stands(Watch.DISPATCH, call_back)
    await town.work_off(town.now + 9 * DAY)
    await walk.stands(Watch.DISPATCH, call_back)
    await walk.staff("dis", acts.DISPATCH, lead="east-power", assists="east-town")
    await walk.stands(Watch.SIGN, Watch.RESOLVE, call_back)
    await town.work_off(town.now + 3 * DAY)
    await walk.stands(Watch.RESOLVE, call_back)
    await walk.staff("ann", acts.SIGN, "east-power")
    await walk.staff("ann", acts.ASK, "east-power", text="哪个厂房？")
    await walk.stands(Watch.RESOLVE, Watch.QUESTION, call_back)
    await town.work_off(town.now + 12 * DAY)
    await walk.stands(Watch.RESOLVE, call_back)
    await walk.answers()
    await walk.stands(Watch.RESOLVE, call_back)
    await walk.staff("ann", acts.PROPOSE_RETURN, "east-power", reason="不是我们的", basis="三定方案")
    await walk.stands(Watch.RESOLVE, Watch.DECIDE, call_back)
    await town.work_off(town.now + 9 * DAY)
    await walk.stands(Watch.RESOLVE, Watch.DECIDE, call_back)
    await walk.staff("off", acts.DECIDE_RETURN, "east-power", approve="no", reason="就是")
    await walk.stands(Watch.RESOLVE, call_back)
    await walk.staff("ann", acts.PROPOSE_RETURN, "east-power", reason="不是我们的", basis="三定方案")
    await walk.staff("off", acts.DECIDE_RETURN, "east-power", approve="yes", reason="同意")
    await walk.stands(Watch.DISPATCH, Watch.RESOLVE, call_back)  # the assisting unit's goes on
    await walk.staff("dis", acts.DISPATCH, lead="city-power")
    await walk.staff("top", acts.SIGN, "city-power")
    await walk.staff("tom", acts.SIGN, "east-town")
    await walk.staff("tom", acts.REPLY, "east-town", text="已协调", solved="yes")
    await walk.stands(Watch.RESOLVE, call_back)
    await walk.staff("top", acts.REPLY, "city-power", text="已修好", solved="yes")
    await walk.stands(Watch.RATING)
    await town.work_off(town.now + 4 * DAY)
    await walk.stands(Watch.RATING)
    await walk.rates(Grade.DISSATISFIED)
    await walk.stands(Watch.DISPATCH)  # nobody else there could do it again
    await walk.staff("off", acts.CLOSE, reason="已依法处理")
    await walk.stands()
    assert walk.states >= {*TicketState} - {TicketState.REJECTED, TicketState.WITHDRAWN}


async def test_early_limits_are_watched_until_they_are_kept_and_whatever_ends_it_ends_all(town: Town) -> None:
    walk = await _filed(town, "1")
    early = {Watch.CONTACT, Watch.INTERIM}
    await walk.stands(Watch.SIGN, Watch.RESOLVE, *early)
    await walk.staff("ann", acts.SIGN, "east-power")
    await walk.staff("ann", acts.NOTE_CONTACT, "east-power", note="下午到")
    await walk.staff("ann", acts.ANSWER_INTERIM, "east-power", text="在修")
    await walk.stands(Watch.SIGN, Watch.RESOLVE, *early)  # of the assisting unit
    await does(withdraw.withdraw(await town.context(), walk.contact, walk.number, WithdrawIn(reason="来电了")))
    await walk.stands()
    assert {AssignmentState.CANCELLED, TicketState.WITHDRAWN} <= walk.states
    rejected = await _filed(town, "2", scenario="other")
    await rejected.staff("sue", acts.REJECT, reason="属法院管辖", basis="民事诉讼法")
    await rejected.stands()
    unrated = await _filed(town, "3", scenario="other")
    await unrated.staff("sue", acts.ANSWER_AT_ONCE, text="已恢复")
    await unrated.stands(Watch.RATING)
    await town.work_off(town.now + 12 * DAY)
    await unrated.stands()


async def test_a_draft_is_watched_too(town: Town) -> None:
    draft = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"
    form = DraftIn(scenario="power-cut", form={})
    await does(drafts.save_draft(await town.context(), await town.contact(), draft, form))
    rows = await models.Due.filter(subject=str(Subject.draft(draft)), done_at__isnull=True)
    assert [row.kind.startswith(Watch.DRAFT) for row in rows] == [True, True]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_people_do_and_leave_undone_what_waits_is_watched(town: Town, seed: int) -> None:
    """A walk by what each person is offered, with nights and weeks between the steps."""
    chance = random.Random(seed)
    contact = await town.contact()
    scenario = chance.choice(("power-cut", "other", "hiring"))
    number = await town.file(contact, scenario=scenario, callback=chance.random() < 0.5)
    done = 0
    for _ in range(30):
        if (await models.Ticket.get(number=number)).state in RESTS:
            break
        done += await _somebody_does_something(town, chance, number, contact)
        await standing(town, number)
        await town.work_off(town.now + chance.choice((timedelta(), HOUR, 5 * HOUR, DAY, 4 * DAY)))
        await standing(town, number)
    assert done


async def _somebody_does_something(town: Town, chance: random.Random, number: str, contact: Actor) -> bool:
    """Whoever is offered something does one of it, seldom what ends all; False where they were refused after all."""
    for who in chance.sample([contact, *town.staff.values()], 1 + len(town.staff)):
        may = await _offered(town, who, number)
        if may:
            break
    going_on = [one for one in may if one not in _ENDING]
    permission, _, subject = chance.choice(may if chance.random() < 0.1 else going_on or may).partition(":")
    try:
        if who is contact:
            await _contact_does(town, chance, contact, number, Permission(permission), subject)
        else:
            act = next(one for one in ACTIONS if one.permission == permission)
            await by(who, town, act, number, subject, _said(town, chance, act))
    except BackendError:
        return False
    return True


async def _offered(town: Town, who: Actor, number: str) -> list[str]:
    try:
        may = (await queries.view_ticket(await town.context(), who, number)).may
    except NotFound:
        return []
    known = _OF_CONTACT if who.kind is ActorKind.CONTACT else {one.permission for one in ACTIONS} - {Permission.FILL_IN}
    return [one for one in may if one.partition(":")[0] in known]


def _said(town: Town, chance: random.Random, act: AnyAct) -> Given:
    units = ("east-power", "east-town", "city-power")
    given: dict[str, str] = {}
    for stage in act.stages:
        if (stage.when is not None and not stage.when(given)) or (stage.optional and chance.random() < 0.5):
            continue
        match stage.wants:
            case Wants.UNIT | Wants.UNITS:
                given[stage.name] = chance.choice(units)
            case Wants.YES_NO:
                given[stage.name] = chance.choice(("yes", "no"))
            case Wants.PERSON:
                given[stage.name] = str(town.staff["ben"].id)
            case _:
                given[stage.name] = "知道了"
    return given


async def _contact_does(
    town: Town, chance: random.Random, contact: Actor, number: str, permission: Permission, subject: str
) -> None:
    context = await town.context()
    match permission:
        case Permission.ADD:
            await does(add_material.add_material(context, contact, number, AdditionIn(text="还有一张图")))
        case Permission.ANSWER:
            given = AnswerQuestionIn(text="一号厂房")
            await does(answer_question.answer_question(context, contact, int(subject), given))
        case Permission.RATE:
            rating = RateIn(grade=chance.choice([*Grade]), solved=True)
            await does(rate.rate(context, contact, number, rating))
        case _:
            await does(withdraw.withdraw(context, contact, number, WithdrawIn()))
