"""A ticket is reckoned by the policy it was accepted under, whatever comes into force later."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from backend import database, models
from backend.actions import accept, answer_at_once, answer_question, ask, dispatch, rate, reject, reply, retention, sign
from backend.actions.reckon import reckon_again
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.acts.ask import AskIn
from backend.contract.acts.dispatch import DispatchIn
from backend.contract.acts.reject import RejectIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.models.contact_requests import AnswerQuestionIn, RateIn
from backend.contract.words import EventKind, Grade, Kind
from backend.rules import kept_policy
from backend.rules.actor import Actor
from backend.rules.policy.file import load_policy
from backend.rules.policy.policy import Policy
from backend.rules.working_time import Pause, WorkingSpan
from backend.work import policies
from backend.work.policies import Policies
from tests.backend.actions.conftest import DAY, START, Town
from tests.backend.rules.test_policy import DEFAULT, parse_policy

FIRST = load_policy(None).version
NEW_NUMBERS = {
    "help: {working_days: 5}": "help: {working_days: 2}",
    "sign: {working_hours: 2}": "sign: {working_hours: 1}",
    "blue_share: 2/3": "blue_share: 0.5",
    "reminder_days: 1 ": "reminder_days: 2 ",
    "within: {working_days: 1}   #": "within: {working_days: 2}   #",
}


def _edited(changes: dict[str, str], version: str = "second") -> Policy:
    text = DEFAULT
    for old, new in {f'version: "{FIRST}"': f'version: "{version}"', **changes}.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_policy(text, "ours.yaml")


@pytest.fixture
async def first(town: Town) -> Policy:
    assert await policies.enact(town.policy) == ()
    return town.policy


async def _restart(town: Town, policy: Policy) -> None:
    """As a process does that starts with this policy; contexts of the town remember none of the past."""
    assert await policies.enact(policy) == ()
    town.policy = policy


async def _file(town: Town, by: Actor, **changes: object) -> str:
    return await town.file(by, **{"scenario": "hiring", "kind": Kind.HELP, **changes})


async def _part(number: str) -> models.Assignment:
    """The last one."""
    return (await models.Assignment.filter(ticket__number=number).order_by("id"))[-1]


async def _sign(town: Town, number: str, who: str) -> models.Assignment:
    ticket, part = await models.Ticket.get(number=number), await _part(number)
    async with database.transaction():
        await sign.sign(await town.context(), town.staff[who], part.id, SignIn(version=ticket.version))
    return await _part(number)


async def _complete(town: Town, number: str, who: str) -> None:
    part = await _sign(town, number, who)
    ticket = await models.Ticket.get(number=number)
    async with database.transaction():
        request = ReplyIn(version=ticket.version, text="已办理")
        await reply.reply(await town.context(), town.staff[who], part.id, request)


async def _ask(town: Town, number: str) -> int:
    ticket, part = await models.Ticket.get(number=number), await _part(number)
    async with database.transaction():
        asked = AskIn(version=ticket.version, text="需要几个人?")
        shown = await ask.ask(await town.context(), town.staff["ann"], part.id, asked)
    return shown.questions[0].id


async def _due(number: str, kind: str) -> datetime | None:
    """When the open row of this kind is due, of the ticket or of its last part."""
    ticket, part = await models.Ticket.get(number=number), await _part(number)
    subjects = [f"t{ticket.id}", f"a{part.id}"]
    row = await models.Due.filter(subject__in=subjects, kind=kind, done_at__isnull=True).order_by("-id").first()
    assert row is not None, kind
    return row.due_at


async def test_after_a_pause_a_ticket_goes_on_by_its_own_limits_and_warnings(town: Town, first: Policy) -> None:
    contact = await town.contact()
    old = await _file(town, contact)
    await _sign(town, old, "ann")
    question = await _ask(town, old)
    await _restart(town, _edited(NEW_NUMBERS))
    town.now += DAY
    async with database.transaction():
        await answer_question.answer_question(await town.context(), contact, question, AnswerQuestionIn(text="五个"))
    calendar, pauses = first.calendar(), (Pause(START, START + DAY),)
    limit = calendar.add(START, WorkingSpan(days=5), pauses)
    assert limit is not None
    assert (await _part(old)).resolve_due == limit.at
    used = calendar.elapsed(START, limit.at, pauses) * 2 / 3
    blue = calendar.add(START, WorkingSpan(time=used), pauses)
    assert blue is not None
    assert await _due(old, "resolve_blue") == blue.at

    new = await _file(town, contact)
    limit = town.policy.calendar().add(town.now, WorkingSpan(days=2))
    assert limit is not None
    assert (await _part(new)).resolve_due == limit.at
    versions = {one.number: one.policy_version for one in await models.Ticket.all()}
    assert versions == {old: FIRST, new: "second"}


async def test_a_second_dispatch_and_its_rating_go_by_the_ticket_s_policy(town: Town, first: Policy) -> None:
    contact = await town.contact()
    old = await _file(town, contact)
    await _complete(town, old, "ann")
    once = {"redo_at: 1 ": "redo_at: 2 ", "level_up_at: 2 ": "level_up_at: 3 "}
    await _restart(town, _edited({**NEW_NUMBERS, **once}))
    async with database.transaction():
        request = RateIn(grade=Grade.DISSATISFIED, solved=False, comment="没有解决")
        await rate.rate(await town.context(), contact, old, request)
    assert (await _part(old)).round == 2
    assert (await _part(old)).sign_due == town.now + timedelta(hours=2)
    await _complete(town, old, "ben")
    new = await _file(town, contact)
    assert (await _part(new)).sign_due == town.now + timedelta(hours=1)
    await _complete(town, new, "ann")
    assert await _due(old, "rating_reminder") == town.policy.calendar().opening_after(town.now, 1).at
    assert await _due(new, "rating_reminder") == town.policy.calendar().opening_after(town.now, 2).at


@pytest.mark.parametrize(("by_phone", "ordered"), [("true", 1), ("false", 0)])
async def test_the_line_follows_up_if_it_does_so_today_within_the_ticket_s_limit(
    town: Town, first: Policy, by_phone: str, ordered: int
) -> None:
    number = await _file(town, await town.contact(), contact={"phone": "+8613800138000"})
    await _complete(town, number, "ann")
    await _restart(town, _edited({**NEW_NUMBERS, "by_phone: true": f"by_phone: {by_phone}"}))
    await town.work_off(town.now + 6 * DAY)
    assert len(await town.notices("follow_up_call", number)) == ordered
    if ordered:
        limit = first.calendar().add(town.now, first.follow_up.within.span())
        assert limit is not None
        assert await _due(number, "rating_call_limit") == limit.at


@pytest.mark.parametrize("door", ["accept", "dispatch", "answer_at_once"])
async def test_a_ticket_filed_before_and_accepted_after_a_change_is_under_the_new_policy(
    town: Town, first: Policy, door: str
) -> None:
    number = await _file(town, await town.contact(), scenario="other")
    assert (await models.Ticket.get(number=number)).policy_version == FIRST
    await _restart(town, _edited(NEW_NUMBERS))
    context, seat, desk = await town.context(), town.staff["sue"], town.staff["dis"]
    async with database.transaction():
        if door == "accept":
            await accept.accept(context, seat, number, AcceptIn(version=1))
            await dispatch.dispatch(context, desk, number, DispatchIn(version=2, lead="east-power"))
        elif door == "dispatch":
            await dispatch.dispatch(context, desk, number, DispatchIn(version=1, lead="east-power"))
        else:
            await answer_at_once.answer_at_once(context, seat, number, AnswerAtOnceIn(version=1, text="请到三楼"))
    ticket = await models.Ticket.get(number=number)
    assert ticket.policy_version == "second"
    assert (await models.Event.get(ticket_id=ticket.id, kind=EventKind.ACCEPTED)).data["policy"] == "second"
    if door == "answer_at_once":
        [reminder] = await models.Due.filter(kind="rating_reminder")
        assert reminder.due_at == town.policy.calendar().opening_after(town.now, 2).at
    else:
        assert (await _part(number)).sign_due == town.now + timedelta(hours=1)


async def test_a_decree_counts_for_tickets_of_every_policy_each_with_its_own_limit(town: Town, first: Policy) -> None:
    town.now = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
    number = await _file(town, await town.contact())
    days = "  days: {2027-01-01: holiday, 2027-01-04: holiday}\n  decreed_years: [2027]"
    await _restart(town, _edited({**NEW_NUMBERS, "  days: {}\n  decreed_years: []": days}))
    async with database.transaction():
        await reckon_again(await town.context())
    ticket = await models.Ticket.get(number=number)
    assert not ticket.provisional
    assert ticket.promised_at is not None
    # Five working days: three in December, then the 5th and the 6th. The new policy would give two.
    assert ticket.promised_at.date() == date(2027, 1, 6)


async def test_what_is_kept_of_persons_goes_by_the_terms_in_force(town: Town, first: Policy) -> None:
    number = await _file(town, await town.contact(), scenario="other")
    async with database.transaction():
        request = RejectIn(version=1, reason="属法院管辖", basis="民事诉讼法")
        await reject.reject(await town.context(), town.staff["sue"], number, request)
    town.now += 40 * DAY
    async with database.transaction():
        await retention.forget(await town.context())
    assert (await models.Ticket.get(number=number)).cleared_at is None
    await _restart(town, _edited({"closed_tickets_days: 1825": "closed_tickets_days: 30"}))
    async with database.transaction():
        await retention.forget(await town.context())
    assert (await models.Ticket.get(number=number)).cleared_at == town.now


async def test_processes_that_start_at_once_keep_one_text(town: Town) -> None:
    again = town.policy.model_copy()
    assert set(await asyncio.gather(*(policies.enact(one) for one in (town.policy, again) * 4))) == {()}
    [kept] = await models.PolicyVersion.all()
    assert (kept.version, kept.in_force_since) == (FIRST, town.now)
    assert kept_policy.read(kept.text) == (town.policy, ())
    town.now += DAY
    await _restart(town, _edited({}))
    await _restart(town, again)  # a change that was taken back
    assert (await models.PolicyVersion.get(version=FIRST)).in_force_since == START


async def test_a_version_that_was_in_force_with_other_rules_is_told_by_its_keys(town: Town, first: Policy) -> None:
    other = _edited(NEW_NUMBERS, version=FIRST)
    assert "limits.resolve.help.working_days" in await policies.enact(other)
    [kept] = await models.PolicyVersion.all()
    assert kept_policy.read(kept.text)[0] == first


async def test_only_one_of_two_that_start_at_once_with_different_rules_may(town: Town) -> None:
    other = _edited(NEW_NUMBERS, version=FIRST)
    found = await asyncio.gather(policies.enact(town.policy), policies.enact(other))
    assert sorted(bool(keys) for keys in found) == [False, True]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM policy WHERE version = $1", "is not kept"),
        ("""UPDATE policy SET text = '{"version": 7}' WHERE version = $1""", "cannot be read"),
    ],
)
async def test_a_ticket_whose_policy_is_lost_goes_on_by_the_one_in_force_and_that_is_logged(
    town: Town, first: Policy, caplog: pytest.LogCaptureFixture, statement: str, told: str
) -> None:
    contact = await town.contact()
    number = await _file(town, contact)
    await _sign(town, number, "ann")
    question = await _ask(town, number)
    await _restart(town, _edited(NEW_NUMBERS))
    await database.execute(statement, FIRST)
    async with database.transaction():
        await answer_question.answer_question(await town.context(), contact, question, AnswerQuestionIn(text="五个"))
    limit = town.policy.calendar().add(town.now, WorkingSpan(days=2))
    assert limit is not None
    assert (await _part(number)).resolve_due == limit.at
    assert (await models.Ticket.get(number=number)).policy_version == FIRST
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [told in record.getMessage() for record in warned] == [True]


async def test_a_policy_that_was_read_is_read_once_and_a_lost_one_told_once(
    town: Town, first: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    await _restart(town, _edited({}))
    known = Policies()
    assert await known.of(FIRST, town.policy) == first
    assert await known.of("lost", town.policy) is town.policy
    await database.execute("DELETE FROM policy WHERE version = $1", FIRST)
    assert await known.of(FIRST, town.policy) == first
    assert await known.of("lost", town.policy) is town.policy
    assert [vars(record)["policy"] for record in caplog.records] == ["lost"]


async def test_a_policy_kept_by_an_older_program_is_read_with_the_built_in_values(
    town: Town, first: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    tree = json.loads(kept_policy.write(first))
    del tree["escalation"]
    tree["version"] = "old"
    await models.PolicyVersion.create(version="old", text=json.dumps(tree), in_force_since=START)
    found = await Policies().of("old", _edited(NEW_NUMBERS))
    assert found == first.model_copy(update={"version": "old"})
    assert [(vars(record)["policy"], vars(record)["keys"]) for record in caplog.records] == [("old", ["escalation"])]


async def test_the_migration_names_the_policy_of_acceptance(town: Town, first: Policy) -> None:
    """Tickets accepted by hand kept the version they were filed under."""
    number = await _file(town, await town.contact())
    waiting = await _file(town, await town.contact(), scenario="other")
    await models.Ticket.all().update(policy_version="of filing")
    migration = importlib.import_module("backend.migrations.0004_policy_versions")
    await database.execute(migration.AS_ACCEPTED)
    assert (await models.Ticket.get(number=number)).policy_version == FIRST
    assert (await models.Ticket.get(number=waiting)).policy_version == "of filing"
