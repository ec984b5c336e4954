"""Attachments: who uploaded what, and who may fetch it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from backend import models
from backend.contract.errors import Conflict, Forbidden, Invalid, NotFound
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.files import folder, types
from backend.files.types import AttachmentKind
from backend.rules import reading
from backend.rules.actor import Actor, ActorKind
from backend.storage import access_log, attachments
from backend.work.context import Context
from backend.work.views import SPEAKING, attachment_out, ratings_from, sees_file

_ONE_LOOK = timedelta(minutes=1)
"""Fetches within this are one look: players ask for a file in pieces."""


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
    if row.kind not in SPEAKING:
        raise Invalid("This file is no recording.")
    if row.ticket_id is not None and row.transcript is not None:
        raise Conflict("The transcript of a filed recording stays as it is.")
    row.transcript = request.text
    await row.save(update_fields=["transcript"])
    return attachment_out(row)


async def find_download(context: Context, actor: Actor, attachment_id: str) -> Download:
    """The file, for its uploader and for whoever may see its ticket; to all others it is not there.

    A member of staff who uploaded it has it for as long as they read its ticket. Whose voice they fetch is logged.
    """
    row = await models.Attachment.get_or_none(id=UUID(attachment_id)).select_related("ticket")
    if row is None or not await _gets(actor, row):
        raise NotFound
    path = await asyncio.to_thread(folder.find, context.attachments, row.id)
    if path is None:
        raise NotFound
    if actor.kind is ActorKind.STAFF and row.contact_id is not None and row.kind in SPEAKING:
        await access_log.note_once(context.now, actor, f"recording {row.id}", row.ticket_id, _ONE_LOOK)
    return Download(path, row.media_type, download_name(row), row.size)


def download_name(row: models.Attachment) -> str:
    """With the suffix of the type, for files, too, that came before names were mended on their way in."""
    found = types.TAKEN.get(types.suffix_of(row.media_type))
    return row.name if found is None else types.named(row.name, found)


def _uploaded(actor: Actor, row: models.Attachment) -> bool:
    owner = {ActorKind.CONTACT: row.contact_id, ActorKind.STAFF: row.staff_id}.get(actor.kind)
    return owner is not None and owner == actor.id


async def _gets(actor: Actor, row: models.Attachment) -> bool:
    ticket = row.ticket
    if ticket is None or (actor.kind is ActorKind.CONTACT and _uploaded(actor, row)):
        return _uploaded(actor, row)
    if actor.kind is ActorKind.CONTACT:
        return ticket.contact_id == actor.id and not await attachments.is_unanswered(ticket.id, row.id)
    if actor.kind is not ActorKind.STAFF:
        return False
    parts = await models.Assignment.filter(ticket_id=ticket.id)
    ratings = ratings_from(await models.Rating.filter(ticket_id=ticket.id), [])
    return reading.reads(actor.roles, actor.department_id, parts) and sees_file(actor, ticket, parts, row, ratings)
