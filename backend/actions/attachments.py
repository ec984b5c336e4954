"""Attachments: who uploaded what, and who may fetch it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from backend import models
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.actions.views import attachment_out, sees_rating
from backend.contract.errors import Conflict, Forbidden, Invalid, NotFound
from backend.contract.models import AttachmentOut, TranscriptIn
from backend.database import query
from backend.files import folder, types
from backend.files.types import AttachmentKind
from backend.rules import roles

_UNANSWERED = """
SELECT FROM event AS replied WHERE ticket_id = $1 AND kind = 'replied' AND data->'attachments' ? $2
    AND NOT EXISTS (SELECT FROM event WHERE ticket_id = $1 AND kind = 'completed' AND seq > replied.seq)
"""
"""A file of an answer that the enterprise does not have yet, as `told.Told.unanswered`."""

_SPEAKING = ("voice", "video")


@dataclass(frozen=True)
class Upload:
    """A file received and checked, lying in the attachments folder under its id."""

    id: UUID
    kind: AttachmentKind
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    name: str


@dataclass(frozen=True)
class Download:
    path: Path
    media_type: str
    name: str
    size: int
    """Bytes."""


async def keep_upload(context: Context, actor: Actor, upload: Upload) -> AttachmentOut:
    """Record whose file it is; it belongs to no ticket yet."""
    if actor.kind not in (ActorKind.CONTACT, ActorKind.STAFF):
        raise Forbidden
    row = await models.Attachment.create(
        id=upload.id,
        contact_id=actor.id if actor.kind is ActorKind.CONTACT else None,
        staff_id=actor.id if actor.kind is ActorKind.STAFF else None,
        kind=upload.kind,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        name=upload.name,
        created_at=context.now,
    )
    return attachment_out(row)


async def set_transcript(context: Context, actor: Actor, attachment_id: str, request: TranscriptIn) -> AttachmentOut:
    """What is said in a recording, written down by whoever uploaded it; once filed with its ticket it stays.

    One that comes after filing is taken, too: writing down takes longer than hanging up.
    """
    row = await models.Attachment.filter(id=UUID(attachment_id)).select_for_update().get_or_none()
    if row is None or not _uploaded(actor, row):
        raise NotFound
    if row.kind not in _SPEAKING:
        raise Invalid("This file is no recording.")
    if row.ticket_id is not None and row.transcript is not None:
        raise Conflict("The transcript of a filed recording stays as it is.")
    row.transcript = request.text
    await row.save(update_fields=["transcript"])
    return attachment_out(row)


async def find_download(context: Context, actor: Actor, attachment_id: str) -> Download:
    """The file, for its uploader and for whoever may see its ticket; to all others it is not there."""
    row = await models.Attachment.get_or_none(id=UUID(attachment_id)).select_related("ticket")
    if row is None or not (_uploaded(actor, row) or (row.ticket is not None and await _sees(actor, row, row.ticket))):
        raise NotFound
    path = await asyncio.to_thread(folder.find, context.attachments, row.id)
    if path is None:
        raise NotFound
    return Download(path, row.media_type, download_name(row), row.size)


def download_name(row: models.Attachment) -> str:
    """With the suffix of the type, for files, too, that came before names were mended on their way in."""
    found = types.TAKEN.get(types.suffix_of(row.media_type))
    return row.name if found is None else types.named(row.name, found)


def _uploaded(actor: Actor, row: models.Attachment) -> bool:
    owner = {ActorKind.CONTACT: row.contact_id, ActorKind.STAFF: row.staff_id}.get(actor.kind)
    return owner is not None and owner == actor.id


async def _sees(actor: Actor, row: models.Attachment, ticket: models.Ticket) -> bool:
    if row.rating_round is not None and not sees_rating(actor, ticket):
        return False
    if actor.kind is ActorKind.CONTACT:
        return ticket.contact_id == actor.id and not await query(_UNANSWERED, ticket.id, str(row.id))
    if actor.kind is not ActorKind.STAFF:
        return False
    if actor.roles & roles.OVERSEERS:
        return True
    unit = models.Assignment.filter(ticket_id=ticket.id, department_id=actor.department_id)
    return bool(actor.roles & roles.UNIT) and await unit.exists()
