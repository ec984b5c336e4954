"""A machine whose clock is years ahead deletes and closes nothing: what ends is asked of the database's own time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from backend import database, models
from backend.actions import drafts, housekeeping, reply, retention, sign
from backend.actions.attachments import Upload, keep_upload
from backend.actions.due_effects import plan_housekeeping
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.clock import MachineClock
from backend.contract.models.drafts import DraftIn
from backend.contract.words import TicketState
from backend.work import policies
from backend.worker import Worker
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_retention import SECRET, _closed

YEARS = 3650 * DAY


async def _completed(town: Town) -> str:
    """A ticket that is answered and waits for its rating."""
    number = await town.file(await town.contact("1003"))
    parts = await models.Assignment.filter(ticket__number=number)
    for part in parts:
        who = town.staff["ann" if part.role == "lead" else "tom"]
        async with database.transaction():
            await sign.sign(await town.context(), who, part.id, SignIn(version=await _version(number)))
        async with database.transaction():
            await reply.reply(await town.context(), who, part.id, ReplyIn(version=await _version(number), text="好了"))
    assert (await models.Ticket.get(number=number)).state is TicketState.COMPLETED
    return number


async def _version(number: str) -> int:
    return (await models.Ticket.get(number=number)).version


def _worker(town: Town) -> Worker:
    """That takes its clock to be right: what holds it back is the database."""
    return Worker(town.context, lambda _: None, MachineClock())


async def _everything_that_ends(town: Town) -> None:
    """One of each that goes or closes after a time."""
    await policies.enact(town.policy)
    await _closed(town)
    await _completed(town)
    contact = await town.contact("1002")
    async with database.transaction():
        await drafts.save_draft(await town.context(), contact, str(uuid4()), DraftIn(scenario="hiring", form={}))
    file = uuid4()
    (town.folder / str(file)).write_bytes(b"RIFF")
    async with database.transaction():
        await keep_upload(await town.context(), contact, Upload(file, "voice", "audio/wav", 4, "0" * 64, "a.wav"))
    ann, at = town.staff["ann"].id, town.now
    await models.StaffSession.create(digest="a" * 64, staff_id=ann, expires_at=at + DAY)
    await models.BindingCode.create(digest="b" * 64, staff_id=ann, expires_at=at + DAY)
    await models.IdempotentCall.create(
        actor="a", key="key-of-a-call", digest="c" * 64, status=200, body="", created_at=at
    )
    await models.Notice.all().update(done_at=at)
    await models.FailedLogIn.create(at=at, address="a", why="wrong")
    async with database.transaction():
        await plan_housekeeping(await town.context())


async def _standing() -> dict[str, list[str]]:
    """Every row of every table."""
    names = await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return {
        name: [row[0] for row in await database.query(f'SELECT one::text FROM "{name}" AS one ORDER BY 1')]
        for (name,) in names
    }


async def test_a_worker_years_ahead_claims_nothing_that_is_not_due(town: Town) -> None:
    await _everything_that_ends(town)
    await town.work_off()
    before = await _standing()
    town.ahead = YEARS
    assert not await _worker(town).step()
    assert await _standing() == before


async def test_housekeeping_and_retention_years_ahead_end_nothing(town: Town) -> None:
    await _everything_that_ends(town)
    before = await _standing()
    town.ahead = YEARS
    for _ in range(3):
        async with database.transaction():
            assert not await housekeeping.tidy(await town.context())
            assert not await retention.forget(await town.context())
    assert await _standing() == before
    assert SECRET in str(before["ticket"])


async def test_each_of_them_ends_when_the_database_says_so(town: Town) -> None:
    """And a machine that is behind ends nothing early either, nor late for good."""
    await _everything_that_ends(town)
    town.now += YEARS
    await town.work_off()
    left = await _standing()
    for table in ("staff_session", "binding_code", "idempotent_call", "draft", "attachment", "failed_log_in"):
        assert not left[table], table
    assert SECRET not in str(left)
    assert await models.Ticket.filter(closed_at__isnull=True).count() == 0


async def test_a_worker_years_ahead_plans_the_next_round_by_the_database(town: Town) -> None:
    town.ahead = YEARS
    await plan_housekeeping(await town.context())
    assert await _worker(town).step()
    for row in await models.Due.filter(subject="house", done_at__isnull=True):
        assert row.due_at is not None
        assert row.due_at <= town.now + timedelta(hours=6), row.kind


async def test_the_policy_in_force_is_since_the_database_heard_of_it(town: Town) -> None:
    """One in force since a year that is to come could never be followed by another."""
    town.ahead = YEARS
    await policies.enact(town.policy)
    assert (await models.PolicyVersion.get(version=town.policy.version)).in_force_since == town.now


@pytest.mark.parametrize("behind", [timedelta(seconds=30), YEARS])
async def test_a_machine_that_is_behind_does_nothing_early(town: Town, behind: timedelta) -> None:
    await _everything_that_ends(town)
    town.ahead = -behind
    before = await _standing()
    assert not await _worker(town).step()
    assert await _standing() == before
