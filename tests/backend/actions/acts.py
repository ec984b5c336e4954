"""Staff and contacts doing things to a ticket, in the words of the tests."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

from backend import database, models
from backend.actions import attachments, queries, rate, reply, sign
from backend.actions.attachments import Upload
from backend.contract.acts.reply import ReplyIn
from backend.contract.acts.sign import SignIn
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.tickets import TicketOut
from backend.contract.models.timeline import EventOut
from backend.contract.words import Grade
from backend.files import folder
from backend.files.types import AttachmentKind
from backend.rules.actor import Actor
from tests.backend.actions.conftest import Town


async def seen(town: Town, number: str, who: str = "off") -> TicketOut:
    return await queries.view_ticket(await town.context(), town.staff[who], number)


async def part_of(town: Town, number: str, code: str) -> int:
    """The latest assignment of a department."""
    return [one for one in (await seen(town, number)).assignments if one.department.code == code][-1].id


async def does(what: Awaitable[Any]) -> Any:
    """An action, in a transaction of its own."""
    async with database.transaction():
        return await what


async def signed(town: Town, number: str, who: str, code: str = "east-power") -> int:
    """The part, signed."""
    part = await part_of(town, number, code)
    version = (await seen(town, number)).version
    await does(sign.sign(await town.context(), town.staff[who], part, SignIn(version=version)))
    return part


async def done(town: Town, number: str, who: str, code: str = "east-power") -> None:
    """The part, replied to."""
    answer = ReplyIn(version=(await seen(town, number)).version, text="已办理")
    await does(reply.reply(await town.context(), town.staff[who], await part_of(town, number, code), answer))


async def rated(
    town: Town, contact: Actor, number: str, grade: Grade, comment: str = "", attachments: tuple[str, ...] = ()
) -> TicketOut:
    solved = grade is not Grade.DISSATISFIED
    request = RateIn(grade=grade, solved=solved, comment=comment, attachments=list(attachments))
    ticket: TicketOut = await does(rate.rate(await town.context(), contact, number, request))
    return ticket


async def uploaded(town: Town, by: Actor, kind: AttachmentKind = "photo", transcript: str | None = None) -> str:
    upload = Upload(uuid4(), kind, "audio/wav" if kind == "voice" else "image/png", 3, "0" * 64, "现场.png")
    folder.make(town.folder)
    folder.arriving(town.folder, upload.id).write_bytes(b"png")
    folder.keep(town.folder, upload.id)
    await attachments.keep_upload(await town.context(), by, upload)
    await models.Attachment.filter(id=upload.id).update(transcript=transcript)
    return str(upload.id)


async def timeline(town: Town, number: str, reader: Actor) -> list[EventOut]:
    return (await queries.list_events(await town.context(), reader, number, None, 200)).items
