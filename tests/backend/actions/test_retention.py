"""What is removed when its term is over, what stays, and that dying in the middle of it costs nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from backend import database, models
from backend.actions import add_material, answer_question, ask, queries, rate, reject, reply, retention, sign, withdraw
from backend.actions.attachments import Upload, keep_upload
from backend.actions.due_effects import plan_housekeeping
from backend.contract import events
from backend.contract.acts.ask import AskIn
from backend.contract.acts.reject import RejectIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import NotFound
from backend.contract.models.contact_requests import AdditionIn, AnswerQuestionIn, RateIn, WithdrawIn
from backend.contract.words import EventKind, Grade, TicketState
from backend.rules import lifecycle
from backend.rules.actor import Actor
from backend.work.ticket_work import TicketWork
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.plans import look_anew_for_each_row
from tests.backend.contract.test_events import RECORDED

SECRET = "独一无二的私事"
"""In everything that anybody writes in these tests."""
NUMBER = "+8613912345678"
FILES, PERSON = 1095 * DAY, 1825 * DAY
_UNIT = "east-power"
_EVENT = """
INSERT INTO event (ticket_id, seq, at, kind, actor_kind, reason, data) VALUES ($1, $2, now(), $3, 'system', $4, $5)
"""


async def _upload(town: Town, contact: Actor) -> str:
    file = uuid4()
    (town.folder / str(file)).write_bytes(b"RIFF")
    async with database.transaction():
        await keep_upload(
            await town.context(), contact, Upload(file, "voice", "audio/wav", 4, "0" * 64, f"{SECRET}.wav")
        )
    await models.Attachment.filter(id=file).update(transcript=SECRET)
    return str(file)


async def _closed(town: Town, person: str = "1001", **changes: object) -> str:
    """A ticket with everything that can be in one, rated and closed."""
    contact = await town.contact(person)
    form = {
        "scenario": "hiring",
        "title": f"招工{SECRET}",
        "story": SECRET,
        "address": SECRET,
        "location": {"latitude": 22.5, "longitude": 116.3, "label": SECRET},
        "contact": {"name": SECRET, "phone": NUMBER},
        "enterprise": {"name": f"{SECRET}厂"},
        "answers": [
            {"field": "who", "label": {"zh": "谁", "en": "Who"}, "value": SECRET, "shown": {"zh": SECRET, "en": SECRET}}
        ],
        "attachments": [await _upload(town, contact)],
    }
    number = await town.file(contact, **{**form, **changes})
    await _handled(town, contact, number)
    return number


async def _handled(town: Town, contact: Actor, number: str) -> None:
    ann = town.staff["ann"]
    ticket = await models.Ticket.get(number=number)
    [part] = await models.Assignment.filter(ticket_id=ticket.id)
    files = [await _upload(town, contact) for _ in range(2)]

    async def version() -> int:
        return (await models.Ticket.get(number=number)).version

    async with database.transaction():
        await sign.sign(await town.context(), ann, part.id, SignIn(version=await version()))
    async with database.transaction():
        await ask.ask(await town.context(), ann, part.id, AskIn(version=await version(), text=SECRET))
    question = await models.Question.get(assignment_id=part.id)
    async with database.transaction():
        answer = AnswerQuestionIn(text=SECRET, attachments=files[:1])
        await answer_question.answer_question(await town.context(), contact, question.id, answer)
    async with database.transaction():
        await add_material.add_material(
            await town.context(), contact, number, AdditionIn(text=SECRET, attachments=files[1:])
        )
    async with database.transaction():
        await reply.reply(await town.context(), ann, part.id, ReplyIn(version=await version(), text=SECRET))
    async with database.transaction():
        await rate.rate(
            await town.context(), contact, number, RateIn(grade=Grade.SATISFIED, solved=True, comment=SECRET)
        )


async def _forget(town: Town) -> bool:
    async with database.transaction():
        return await retention.forget(await town.context())


async def tables_with(text: str) -> set[str]:
    """Tables in which these characters stand anywhere."""
    names = await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = set()
    for (name,) in names:
        rows = await database.query(f'SELECT one::text FROM "{name}" AS one')
        if any(text in row[0] for row in rows):
            found.add(name)
    return found


def _files(town: Town) -> set[str]:
    return {path.name for path in town.folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


async def test_first_the_files_go_then_the_person_and_statistics_stay(town: Town) -> None:
    number = await _closed(town)
    town.now += FILES - DAY
    await _forget(town)
    assert len(_files(town)) == await models.Attachment.all().count() == 3
    town.now += 2 * DAY
    await _forget(town)
    assert _files(town) == set()
    assert await models.Attachment.all().count() == 0
    assert (await models.Ticket.get(number=number)).story == SECRET

    town.now += PERSON - FILES
    before = await models.Ticket.get(number=number)
    await _forget(town)
    await _forget(town)
    assert await tables_with(SECRET) == set()
    assert await tables_with(NUMBER) == set()
    assert await tables_with("1001") == set(), "the account is still there"
    after = await models.Ticket.get(number=number)
    kept = ("kind", "scenario", "district_id", "state", "created_at", "accepted_at", "completed_at", "closed_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    rating = await models.Rating.get(ticket_id=after.id)
    assert (rating.grade, rating.solved) == (Grade.SATISFIED, True)
    [part] = await models.Assignment.filter(ticket_id=after.id)
    assert part.signed_at is not None
    assert part.replied_at is not None


async def test_the_timeline_keeps_its_structure_and_tells_of_the_clearing(town: Town) -> None:
    number = await _closed(town)
    ticket = await models.Ticket.get(number=number)
    before = await models.Event.filter(ticket_id=ticket.id).order_by("seq")
    town.now += PERSON + DAY
    await _forget(town)
    after = await models.Event.filter(ticket_id=ticket.id).order_by("seq")
    told = [(one.kind, one.data) for one in after[len(before) :]]
    assert told == [
        (EventKind.CLEARED, {"what": "files", "files": 3}),
        (EventKind.CLEARED, {"what": "person", "files": 0}),
    ]
    for old, new in zip(before, after, strict=False):
        assert (new.seq, new.kind, new.at, new.department_id) == (old.seq, old.kind, old.at, old.department_id)
        assert new.data.items() <= old.data.items()
        assert new.actor_id == (None if old.actor_kind == "contact" else old.actor_id)
    assert lifecycle.replay([(one.kind, one.data) for one in after]) is TicketState.CLOSED
    dispatched = next(one for one in after if one.kind is EventKind.DISPATCHED)
    assert dispatched.data["lead"] == _UNIT
    shown = await queries.view_ticket(await town.context(), town.staff["off"], number)
    assert (shown.title, shown.story, shown.reply) == (retention.NO_TITLE, "", None)
    with pytest.raises(NotFound):
        await queries.view_ticket(await town.context(), await town.contact(), number)


async def test_of_every_kind_of_event_what_is_kept_stays_and_of_an_unknown_kind_nothing(town: Town) -> None:
    number = await _closed(town)
    ticket = await models.Ticket.get(number=number)
    first = await models.Event.filter(ticket_id=ticket.id).count() + 1
    rows = [*RECORDED, ("of_tomorrow", {"assignment": 1, "note": SECRET})]
    for seq, (kind, data) in enumerate(rows, start=first):
        await database.execute(_EVENT, ticket.id, seq, kind, SECRET, json.dumps(data))
    await models.Ticket.filter(id=ticket.id).update(version=first + len(rows))
    town.now += PERSON + DAY
    await _forget(town)
    for seq, (kind, data) in enumerate(rows, start=first):
        event = await models.Event.get(ticket_id=ticket.id, seq=seq)
        model = events.model_of(kind)
        kept = model.names(kept=True) if model else ()
        assert event.data == {name: value for name, value in data.items() if name in kept}
        assert event.reason is None


async def test_what_is_open_difficult_or_held_is_never_touched(town: Town) -> None:
    contact = await town.contact()
    opened = await town.file(contact, story=SECRET, attachments=[await _upload(town, contact)])
    difficult, held = await _closed(town, "1002"), await _closed(town, "1003")
    await models.Ticket.filter(number=difficult).update(difficult=True)
    rules = town.policy.retention.model_copy(update={"held_tickets": (held,)})
    town.policy = town.policy.model_copy(update={"retention": rules})
    before = _files(town)
    town.now += 2 * PERSON
    assert not await _forget(town)
    assert _files(town) == before
    for number in (opened, difficult, held):
        row = await models.Ticket.get(number=number)
        assert (row.story, row.cleared_at) == (SECRET, None)


async def test_rejected_and_withdrawn_ones_end_too_and_enterprises_on_the_register_stay(town: Town) -> None:
    plain = {"scenario": "suggestion", "story": SECRET}
    code = "91450981MA5K7J2H04"
    rejected = await town.file(await town.contact("1"), **plain, enterprise={"uscc": code, "name": "示例制造"})
    hidden = await town.file(await town.contact("2"), **plain, hidden_reporter=True, enterprise={"uscc": code})
    async with database.transaction():
        request = RejectIn(version=1, reason=SECRET, basis=SECRET)
        await reject.reject(await town.context(), town.staff["sue"], rejected, request)
    async with database.transaction():
        await withdraw.withdraw(await town.context(), await town.contact("2"), hidden, WithdrawIn(reason=SECRET))
    town.now += PERSON + DAY
    await _forget(town)
    assert await tables_with(SECRET) == set()
    enterprise = await models.Enterprise.get(uscc=code)
    assert (await models.Ticket.get(number=rejected)).enterprise_id == enterprise.id
    assert (await models.Ticket.get(number=hidden)).enterprise_id is None, "it would name the reporter"


async def test_a_person_with_a_newer_ticket_stays_on_file_but_not_with_the_old_one(town: Town) -> None:
    old = await _closed(town)
    town.now += PERSON
    new = await town.file(await town.contact(), contact={"name": "王小明", "phone": NUMBER})
    town.now += DAY
    await _forget(town)
    owner = await models.Contact.get(phone=NUMBER)
    assert (await models.Ticket.get(number=new)).contact_id == owner.id
    cleared = await models.Ticket.get(number=old)
    assert cleared.contact_id != owner.id
    assert not await models.Event.filter(ticket_id=cleared.id, actor_kind="contact", actor_id=owner.id).exists()


async def test_events_of_other_tickets_stay_as_they_are_and_nothing_can_be_written_into_cleared_ones(
    town: Town,
) -> None:
    cleared, whole = await _closed(town), await _closed(town, "1002")
    await models.Ticket.filter(number=cleared).update(closed_at=town.now - PERSON - DAY)
    await _forget(town)
    ids = {one.number: one.id for one in await models.Ticket.all()}
    for sql, number in (
        ("UPDATE event SET reason = NULL, data = '{}' WHERE ticket_id = $1", whole),
        ("UPDATE event SET reason = 'other' WHERE ticket_id = $1", cleared),
        ("UPDATE event SET data = data || '{\"x\": 1}' WHERE ticket_id = $1", cleared),
        ("UPDATE event SET at = at + interval '1 day' WHERE ticket_id = $1", cleared),
        ("UPDATE event SET actor_id = 1 WHERE actor_kind = 'contact' AND ticket_id = $1", cleared),
        ("UPDATE event SET actor_id = NULL WHERE actor_kind = 'staff' AND ticket_id = $1", cleared),
        ("DELETE FROM event WHERE ticket_id = $1", cleared),
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await database.execute(sql, ids[number])


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("who", ["unlink", "execute"])
async def test_dying_at_any_line_leaves_no_orphan_and_is_made_good(
    town: Town, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    for person in ("1001", "1002"):
        await _closed(town, person)
    town.now += PERSON + DAY
    left = [0]

    def count() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    unlink, execute = Path.unlink, database.execute

    def mortal_unlink(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        count()

    async def mortal_execute(sql: str, *values: object) -> None:
        await execute(sql, *values)
        count()

    save = TicketWork.save

    async def mortal_save(work: TicketWork) -> None:
        await save(work)
        count()

    if who == "unlink":
        monkeypatch.setattr(Path, "unlink", mortal_unlink)
    else:
        monkeypatch.setattr("backend.storage.retention.execute", mortal_execute)
        monkeypatch.setattr(TicketWork, "save", mortal_save)
    deaths = 0
    while True:
        left[0] = deaths
        try:
            await _forget(town)
            break
        except Killed:
            deaths += 1
        rows = {str(one.id) for one in await models.Attachment.all()}
        assert _files(town) <= rows, "a file that no row names would never be found again"
    assert deaths >= 6
    assert _files(town) == set()
    assert await models.Attachment.all().count() == 0
    assert await tables_with(SECRET) == set()
    cleared = await models.Event.filter(kind=EventKind.CLEARED)
    assert sorted(json.dumps(one.data, sort_keys=True) for one in cleared) == sorted(
        ['{"files": 3, "what": "files"}', '{"files": 0, "what": "person"}'] * 2
    )


async def test_firms_that_nobody_names_any_more_go_in_batches_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    for number in range(3):
        await models.Enterprise.create(name=f"{SECRET}{number}", created_at=town.now - PERSON - DAY)
    await models.Enterprise.create(name="新厂", created_at=town.now)
    assert await _forget(town), "there may be more"
    assert not await _forget(town)
    assert [one.name for one in await models.Enterprise.all()] == ["新厂"]


async def test_a_batch_is_no_larger_however_the_database_goes_about_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    for number in range(5):
        await models.Enterprise.create(name=f"{number}", created_at=town.now - PERSON - DAY)
    async with database.transaction():
        await look_anew_for_each_row()
        assert await retention.forget(await town.context()), "there may be more"
    assert await models.Enterprise.all().count() == 3


async def test_the_worker_goes_on_batch_by_batch_until_nothing_is_left(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_A_TIME", 2)
    for person in range(5):
        await _closed(town, str(2000 + person))
    town.now += PERSON + timedelta(days=1)
    await plan_housekeeping(await town.context())
    await town.work_off()
    assert await models.Ticket.filter(cleared_at__isnull=True).count() == 0
    assert await tables_with(SECRET) == set()
    assert _files(town) == set()
    batches = await models.Due.filter(kind="retention", done_at__isnull=False)
    assert len(batches) >= 3
    assert await models.Due.filter(kind="retention", done_at__isnull=True).count() == 0
