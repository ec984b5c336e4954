"""What has served its time goes, in batches."""

import asyncio
import contextvars
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend import database, models
from backend.actions import housekeeping, reckon
from backend.actions.attach import require_files
from backend.actions.attachments import Upload, keep_upload
from backend.actions.drafts import drop_draft, save_draft
from backend.actions.due_effects import plan_housekeeping
from backend.actions.open_ticket import open_ticket
from backend.contract.models.drafts import DraftIn
from backend.contract.models.filing import NewTicket
from backend.files import folder
from backend.rules.deadlines import DueKind
from backend.rules.waiting import Subject
from backend.storage.dues import SOON, NewDue, is_soon
from backend.work.ticket_work import TicketWork
from tests.backend.actions.conftest import START, Town
from tests.backend.actions.plans import look_anew_for_each_row


async def _notice(key: str, channel: str, ready_at: datetime, **more: Any) -> None:
    await models.Notice.create(
        key=key,
        channel=channel,
        address="1",
        fallback=[],
        language="en",
        template="assigned",
        args={},
        ready_at=ready_at,
        **more,
    )


async def _left() -> set[str]:
    rows = await models.Notice.all()
    await models.Notice.all().delete()  # made up here: nobody could be shown them
    return {row.key for row in rows}


async def test_what_nobody_read_on_the_staff_page_goes_after_its_term_and_what_an_enterprise_may_read_stays(
    town: Town,
) -> None:
    term = timedelta(days=town.policy.retention.staff_notices_days)
    await _notice("old", "web-staff", town.now - term - timedelta(minutes=1), ticket_id=1)
    await _notice("new", "web-staff", town.now - term + timedelta(minutes=1), ticket_id=1)
    await _notice("enterprise", "web", town.now - 10 * term, ticket_id=1)
    await _notice("of a draft", "web", town.now - timedelta(days=town.policy.retention.drafts_days + 1))
    assert not await housekeeping.tidy(await town.context())
    assert await _left() == {"new", "enterprise"}


async def test_much_is_removed_in_batches_that_follow_each_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_A_TIME", 2)
    old = town.now - timedelta(days=91)
    for number in range(5):
        await _notice(f"old {number}", "telegram", old, done_at=old)
    await _notice("new", "telegram", town.now, done_at=town.now)
    await housekeeping.tidy(await town.context())
    assert await models.Notice.all().count() == 4
    await plan_housekeeping(await town.context())
    await town.work_off()
    assert await _left() == {"new"}
    batches = await models.Due.filter(kind="tidy", done_at__isnull=False).order_by("id")
    assert [row.period for row in batches] == ["0.0", "0.1"]


async def test_a_batch_is_no_larger_however_the_database_goes_about_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "AT_A_TIME", 2)
    old = town.now - timedelta(days=91)
    for number in range(5):
        await _notice(f"old {number}", "telegram", old, done_at=old)
    async with database.transaction():
        await look_anew_for_each_row()
        assert await housekeeping.tidy(await town.context()), "there may be more"
        assert await models.Notice.all().count() == 3
        while await housekeeping.tidy(await town.context()):
            pass
    assert await _left() == set()


async def test_tickets_that_stay_provisional_keep_no_other_from_being_reckoned_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckon, "AT_A_TIME", 1)
    numbers = [await town.file(await town.contact(str(one))) for one in range(3)]
    await models.Ticket.all().update(provisional=True)
    seen = []

    async def note(work: TicketWork) -> None:
        seen.append(work.ticket.number)

    monkeypatch.setattr(reckon, "_reckon", note)
    await plan_housekeeping(await town.context())
    await town.work_off()
    assert seen == numbers


async def test_workers_are_woken_only_for_what_is_due_before_they_look_again(town: Town) -> None:
    def due(after: timedelta | None) -> NewDue:
        return NewDue(Subject.ticket(1), DueKind.SIGN_LIMIT, "0", None if after is None else START + after)

    assert not is_soon([due(None), due(SOON + timedelta(seconds=1))], START)
    assert is_soon([due(SOON + timedelta(seconds=1)), due(SOON)], START)
    assert is_soon([due(-timedelta(days=1))], START)


async def test_a_ticket_whose_limits_are_hours_away_wakes_no_worker(town: Town) -> None:
    form = {"kind": "complaint", "scenario": "power-cut", "scenario_version": 1, "title": "停电", "story": "停电了"}
    context = await town.context()
    async with database.transaction():
        await open_ticket(context, await town.contact(), NewTicket.model_validate(form))
    assert await models.Due.all().exists()
    assert "due" not in context.wakes


async def _unfiled(town: Town, person: str = "1001") -> str:
    file = uuid4()
    folder.make(town.folder)
    folder.arriving(town.folder, file).write_bytes(b"RIFF")
    folder.keep(town.folder, file)
    upload = Upload(file, "voice", "audio/wav", 4, "0" * 64, "a.wav")
    await keep_upload(await town.context(), await town.contact(person), upload)
    return str(file)


async def _tidied(town: Town) -> set[str]:
    """The files that are left after housekeeping, which goes with their rows."""
    while await housekeeping.tidy(await town.context()):
        pass
    there = {path.name for path in town.folder.rglob("*") if path.is_file()}
    assert there == {str(one) for one in await models.Attachment.all().values_list("id", flat=True)}
    return there


async def test_a_file_lives_as_long_as_a_draft_names_it_and_no_longer(town: Town) -> None:
    term = timedelta(days=town.policy.retention.unfiled_files_days, minutes=1)
    person, draft = await town.contact(), str(uuid4())
    left, named = await _unfiled(town), await _unfiled(town)
    form = {"answers": {"photos": {"type": "attachment", "value": [{"id": named, "name": "a.wav"}]}}}
    await save_draft(await town.context(), person, draft, DraftIn(scenario="other", form=form))
    other = await town.contact("1002")
    await save_draft(await town.context(), other, str(uuid4()), DraftIn(scenario="other", form={"extras": [left]}))
    town.now += term
    young = await _unfiled(town)
    assert await _tidied(town) == {named, young}
    await drop_draft(await town.context(), person, draft)
    assert await _tidied(town) == {young}


async def test_a_file_that_is_filed_at_this_moment_is_not_removed(town: Town) -> None:
    file, person = await _unfiled(town), await town.contact()
    town.now += timedelta(days=town.policy.retention.unfiled_files_days, minutes=1)
    async with database.transaction():
        await require_files(person, [file])
        tidied = asyncio.create_task(housekeeping.tidy(await town.context()), context=contextvars.Context())
        assert not await tidied
        await models.Attachment.filter(id=file).update(ticket_id=None)
    assert await models.Attachment.filter(id=file).exists()
