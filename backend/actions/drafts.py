"""Drafts: half-filled forms, with a reminder and an end of their own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend import models
from backend.contract.errors import Conflict, Forbidden
from backend.contract.models.drafts import CANCELLED_KEPT, DraftIn, DraftOut, DraftPage
from backend.rules.actor import Actor, ActorKind
from backend.rules.deadlines import DueKind
from backend.rules.waiting import Subject
from backend.storage.dues import NewDue, end_dues, set_dues
from backend.work.context import Context

REMIND_AFTER = timedelta(hours=24)
"""Since it was last touched; once a draft."""
MOST = 20
"""Drafts one contact may keep; the oldest make room."""

_ONCE = "1"


async def list_drafts(context: Context, actor: Actor) -> DraftPage:
    contact_id, _ = _contact(actor)
    rows = await models.Draft.filter(contact_id=contact_id).order_by("-updated_at", "id").limit(MOST)
    return DraftPage(items=[_shown(one) for one in rows])


async def save_draft(context: Context, actor: Actor, draft_id: str, request: DraftIn) -> DraftOut:
    """Keep the form; raises Conflict when the id is another contact's.

    A draft is under no policy yet: its end goes by the one in force when it was last touched. Nobody is reminded of it
    on a day off.
    """
    contact_id, identity_id = _contact(actor)
    known = await models.Draft.get_or_none(id=UUID(draft_id))
    if known is not None and known.contact_id != contact_id:
        raise Conflict("This draft id is taken; make another.")
    draft = models.Draft(
        id=UUID(draft_id),
        contact_id=contact_id,
        identity_id=identity_id,
        scenario=request.scenario,
        form=request.form,
        cancelled=request.cancelled,
        updated_at=context.now,
    )
    await models.Draft.bulk_create(
        [draft], on_conflict=["id"], update_fields=["scenario", "form", "cancelled", "identity_id", "updated_at"]
    )
    if known is None:
        await _make_room(context, contact_id)
    subject = Subject.draft(draft_id)
    keep = CANCELLED_KEPT if request.cancelled else timedelta(days=context.policy.retention.drafts_days)
    remind_at = None if request.cancelled else context.calendar.opening(context.now + REMIND_AFTER)
    await set_dues(
        [
            NewDue(subject, DueKind.DRAFT_REMINDER, _ONCE, remind_at),
            NewDue(subject, DueKind.DRAFT_EXPIRY, _ONCE, context.now + keep),
        ]
    )
    return _shown(draft)


async def drop_draft(context: Context, actor: Actor, draft_id: str) -> None:
    contact_id, _ = _contact(actor)
    await _drop(context, contact_id, [UUID(draft_id)])


async def _make_room(context: Context, contact_id: int) -> None:
    spare = await models.Draft.filter(contact_id=contact_id).order_by("-updated_at", "id").offset(MOST).limit(MOST)
    if spare:
        await _drop(context, contact_id, [one.id for one in spare])


async def _drop(context: Context, contact_id: int, ids: list[UUID]) -> None:
    """Only what is the contact's own, and only its reminders."""
    own = await models.Draft.filter(id__in=ids, contact_id=contact_id).values_list("id", flat=True)
    if own:
        await models.Draft.filter(id__in=list(own)).delete()
        await end_dues([Subject.draft(one) for one in own], context.now)


def _contact(actor: Actor) -> tuple[int, int]:
    if actor.kind is not ActorKind.CONTACT or actor.id is None or actor.identity_id is None:
        raise Forbidden
    return actor.id, actor.identity_id


def _shown(draft: models.Draft) -> DraftOut:
    return DraftOut(
        id=str(draft.id),
        scenario=draft.scenario,
        form=draft.form,
        cancelled=draft.cancelled,
        updated_at=draft.updated_at,
    )
