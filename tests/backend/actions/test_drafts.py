"""Drafts: kept for their contact alone, with a reminder and an end."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend import models
from backend.actions.drafts import MOST, REMIND_AFTER
from backend.contract.errors import Conflict, Invalid
from backend.contract.models.drafts import DraftIn
from tests.backend.city import MONDAY, Backend, new_ticket

ACTOR = "telegram:4711"


async def _save(backend: Backend, draft: str, actor: str = ACTOR, **form: object) -> None:
    await backend.client.acting_as(actor).save_draft(draft, DraftIn(scenario="loan", form=form), key=backend.key())


async def test_kept_changed_listed_dropped(backend: Backend) -> None:
    draft = str(uuid4())
    await _save(backend, draft, step=1)
    backend.clock.move(minutes=5)
    await _save(backend, draft, step=2)
    found = (await backend.client.acting_as(ACTOR).list_drafts()).items
    assert [(one.id, one.form, one.updated_at) for one in found] == [
        (draft, {"step": 2}, MONDAY + timedelta(minutes=5))
    ]
    dues = {one.kind: one.due_at for one in await models.Due.filter(subject=f"d{draft}")}
    assert dues["draft_reminder"] == backend.clock.now + REMIND_AFTER
    assert dues["draft_expiry"] == backend.clock.now + timedelta(days=backend.deps.policy.retention.drafts_days)
    for _ in range(2):
        await backend.client.acting_as(ACTOR).drop_draft(draft, key=backend.key())
    assert (await backend.client.acting_as(ACTOR).list_drafts()).items == []
    assert await models.Due.filter(subject=f"d{draft}", done_at=None).count() == 0


async def test_another_contact_cannot_take_or_drop_it(backend: Backend) -> None:
    draft = str(uuid4())
    await _save(backend, draft, step=1)
    with pytest.raises(Conflict):
        await _save(backend, draft, actor="telegram:other", step=9)
    await backend.client.acting_as("telegram:other").drop_draft(draft, key=backend.key())
    assert len((await backend.client.acting_as(ACTOR).list_drafts()).items) == 1


async def test_filing_ends_the_draft(backend: Backend) -> None:
    draft = str(uuid4())
    await _save(backend, draft, step=1)
    await backend.client.acting_as(ACTOR).file_ticket(new_ticket(draft=draft), key=backend.key())
    assert (await backend.client.acting_as(ACTOR).list_drafts()).items == []


async def test_the_oldest_make_room(backend: Backend) -> None:
    drafts = [str(uuid4()) for _ in range(MOST + 2)]
    for draft in drafts:
        backend.clock.move(minutes=1)
        await _save(backend, draft, step=1)
    kept = {one.id for one in (await backend.client.acting_as(ACTOR).list_drafts()).items}
    assert kept == set(drafts[2:])


@pytest.mark.parametrize("text", ['{"a": "\\u0000"}', '{"\\u0000": 1}', '{"a": [NaN]}', '{"a": 1e999}'])
async def test_what_json_columns_cannot_hold_is_refused(backend: Backend, text: str) -> None:
    body = f'{{"scenario": "loan", "form": {text}}}'
    with pytest.raises(Invalid):
        raise await _raw(backend, body)


async def _raw(backend: Backend, body: str) -> Exception:
    from backend.contract.client import problem_error
    from tests.backend.city import SERVICE_TOKEN

    headers = {
        "Authorization": f"Bearer {SERVICE_TOKEN}",
        "Jiesu-Actor": ACTOR,
        "Idempotency-Key": backend.key(),
        "Content-Type": "application/json",
    }
    url = f"{backend.url}/api/v1/drafts/{uuid4()}"
    async with backend.session.put(url, data=body.encode(), headers=headers) as answer:
        return problem_error(answer.status, await answer.read())


async def test_a_cancelled_one_is_kept_for_a_day_and_nobody_is_reminded_of_it(backend: Backend) -> None:
    draft = str(uuid4())
    await _save(backend, draft, step=1)
    request = DraftIn(scenario="loan", form={"step": 1}, cancelled=True)
    await backend.client.acting_as(ACTOR).save_draft(draft, request, key=backend.key())
    dues = {one.kind: one.due_at for one in await models.Due.filter(subject=f"d{draft}")}
    assert dues == {"draft_reminder": None, "draft_expiry": backend.clock.now + timedelta(days=1)}
    await _save(backend, draft, step=2)
    dues = {one.kind: one.due_at for one in await models.Due.filter(subject=f"d{draft}")}
    assert dues["draft_reminder"] == backend.clock.now + REMIND_AFTER
