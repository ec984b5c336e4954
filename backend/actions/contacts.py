"""Contacts and their enterprises: accounts found or made on first sight, and whom each of them speaks as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend import models
from backend.actions.come_back import come_back
from backend.actions.context import Context
from backend.contract import phone, uscc
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models.contacts import ContactIn, ContactOut, EnterpriseIn, EnterpriseOut, SpeakerOut
from backend.database import execute, find, query, rows_of, transaction
from backend.rules import speakers
from backend.rules.actor import Actor, ActorKind
from backend.rules.speakers import Speaker

_FIND = """
SELECT identity.id, identity.contact_id, contact.language, identity.blocked_at
FROM identity JOIN contact ON contact.id = identity.contact_id
WHERE identity.channel = $1 AND identity.external_id = $2
"""
_CONTACT = "SELECT * FROM contact WHERE id = $1"
_FILES_OF_PHONE = """
SELECT DISTINCT enterprise_id FROM ticket
WHERE contact_phone = $1 AND enterprise_id IS NOT NULL AND NOT hidden_reporter AND phone_bound LIMIT 2
"""
_LATEST = 100
"""Tickets of an account that are looked at for whom it speaks as: a switchboard's may be thousands."""
_SPOKEN = """
WITH said AS (
    (SELECT contact.name, contact.phone, coalesce(enterprise.name, contact.enterprise_name) AS enterprise,
        enterprise.uscc, enterprise.district_id AS district, 9223372036854775807 AS latest, contact AS account
    FROM contact LEFT JOIN enterprise ON enterprise.id = contact.enterprise_id WHERE contact.id = $1)
    UNION ALL
    (SELECT contact_name, contact_phone, coalesce(enterprise.name, enterprise_name), enterprise_uscc,
        enterprise.district_id, ticket.id, NULL
    FROM ticket LEFT JOIN enterprise ON enterprise.id = ticket.enterprise_id
    WHERE contact_id = $1 AND NOT hidden_reporter AND cleared_at IS NULL ORDER BY ticket.id DESC LIMIT $2)
), each AS (
    SELECT DISTINCT ON (name, phone, enterprise, uscc, district) * FROM said
    ORDER BY name, phone, enterprise, uscc, district, latest DESC
)
SELECT * FROM each ORDER BY latest DESC
"""
"""What the account last said, then its tickets, the latest first. A hidden reporter's are nobody else's business."""


async def contact_actor(
    context: Context, channel: str, external_id: str, newcomer: Callable[[], Awaitable[None]] | None = None
) -> Actor:
    """The contact behind a channel account; on first sight both are made. Who acts is reachable again.

    `newcomer` is asked before, and may raise.
    """
    found = await query(_FIND, channel, external_id)
    if not found:
        if newcomer is not None:
            await newcomer()
        found = await _first_sight(context, channel, external_id)
    identity_id, contact_id, language, blocked_at = found[0]
    if blocked_at is not None:
        async with transaction():
            await come_back(context, channel, external_id)
    return Actor(
        ActorKind.CONTACT,
        id=contact_id,
        channel=channel,
        identity_id=identity_id,
        address=external_id,
        language=language,
        phone=phone.number_of(channel, external_id),
    )


async def view_contact(context: Context, actor: Actor) -> ContactOut:
    contact, rows = await said_by(actor)
    own = rows[0]
    districts = {_speaker(row).who[0]: row["district"] for row in reversed(rows)}
    return ContactOut(
        id=contact.id,
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        enterprise=_enterprise_out(_speaker(own), own["district"]),
        speaks_as=[
            SpeakerOut(name=one.name, phone=one.phone, enterprise=_enterprise_out(one, districts[one.who[0]]))
            for one in speakers.distinct(map(_speaker, rows))
        ],
    )


async def update_contact(context: Context, actor: Actor, request: ContactIn) -> ContactOut:
    """What the account says of itself, for its next filings; tickets keep what they were filed with.

    Raises Invalid when the credit code cannot be one.
    """
    stated = stated_in(request, request.enterprise)
    contact, _ = await said_by(actor)
    await remember(contact, stated, await file_of(context, stated.uscc), request.language)
    return await view_contact(context, actor)


def stated_in(request: ContactIn | None, enterprise: EnterpriseIn | None) -> Speaker:
    """The separate enterprise wins over the contact's."""
    enterprise = enterprise or (request.enterprise if request else None)
    return Speaker(
        name=request.name if request else None,
        phone=request.phone if request else None,
        enterprise=enterprise.name if enterprise else None,
        uscc=enterprise.uscc if enterprise else None,
    )


_Said = Sequence[Mapping[str, Any]]


async def said_by(actor: Actor) -> tuple[models.Contact, _Said]:
    """The account, and whom it said it speaks as: the latest first, of which the first is what it would file with."""
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise Forbidden
    rows = await query(_SPOKEN, actor.id, _LATEST)
    return rows_of(models.Contact, [rows[0]["account"]])[0], rows


def as_filed(actor: Actor, stated: Speaker, said: _Said) -> Speaker:
    """Whom a ticket is filed by: as stated, completed from what the account said before, where that is not in doubt.

    Of a hidden reporter, for whom `said` is empty, nothing is known but what they chose to say, and the number they
    call from.
    """
    if said:
        stated = speakers.completed(stated, speakers.distinct(map(_speaker, said)))
    return replace(stated, phone=stated.phone or actor.phone)


async def remember(contact: models.Contact, stated: Speaker, enterprise_id: int | None, language: str | None) -> None:
    """For the account's next filing; `enterprise_id` is the file of the credit code that was stated."""
    given: dict[str, object] = {name: getattr(stated, name) for name in ("name", "phone") if getattr(stated, name)}
    if language is not None:
        given["language"] = language
    if stated.uscc is not None:
        same = contact.enterprise_id == enterprise_id
        given["enterprise_id"] = enterprise_id
        given["enterprise_name"] = stated.enterprise or (contact.enterprise_name if same else None)
    elif stated.enterprise is not None and stated.enterprise != contact.enterprise_name:
        given |= {"enterprise_id": None, "enterprise_name": stated.enterprise}
    changed = [name for name, value in given.items() if getattr(contact, name) != value]
    if changed:
        contact.update_from_dict(given)
        await contact.save(update_fields=changed)


async def correct(actor: Actor, before: Mapping[str, str | None], now: Mapping[str, str]) -> None:
    """What the account would file with next is corrected, too, as far as it was what a ticket of its own said."""
    contact = await _own(actor)
    columns = {"contact_name": "name", "contact_phone": "phone", "enterprise_name": "enterprise_name"}
    changed = {columns[name]: now[name] for name in now if getattr(contact, columns[name]) == before[name]}
    if changed:
        contact.update_from_dict(changed)
        await contact.save(update_fields=list(changed))


async def file_of(context: Context, code: str | None) -> int | None:
    """The file of the enterprise 一企一档 with this credit code, made where there is none: without a name, which only
    the office or the register gives it. Raises Invalid when the code cannot be one."""
    if code is None:
        return None
    if not uscc.is_valid(code):
        raise Invalid("The check character of this credit code does not fit; one character is wrong.")
    known = await query("SELECT id FROM enterprise WHERE uscc = $1", code)
    if not known:
        await execute(
            "INSERT INTO enterprise (uscc, created_at) VALUES ($1, $2) ON CONFLICT (uscc) DO NOTHING", code, context.now
        )
        known = await query("SELECT id FROM enterprise WHERE uscc = $1", code)
    return int(known[0]["id"])


async def registered_name(enterprise_id: int | None) -> str | None:
    """As confirmed; None where it is not."""
    rows = await query("SELECT name FROM enterprise WHERE id = $1", enterprise_id) if enterprise_id is not None else []
    return rows[0]["name"] if rows else None


async def _first_sight(context: Context, channel: str, external_id: str) -> list[tuple[int, int, str, datetime | None]]:
    """Two messages of a new person may arrive at once: they take turns by an advisory lock."""
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"identity {channel}:{external_id}")
        found = await query(_FIND, channel, external_id)
        if found:
            return found
        number = phone.number_of(channel, external_id)
        contact = await models.Contact.create(
            phone=number, enterprise_id=await _enterprise_of_phone(number), created_at=context.now
        )
        identity = await models.Identity.create(channel=channel, external_id=external_id, contact_id=contact.id)
        return [(identity.id, contact.id, contact.language, None)]


async def _enterprise_of_phone(number: str | None) -> int | None:
    """The one enterprise for which tickets were filed with this number, so that a caller need not spell it.

    Nothing else is shared; of its name only the registered one. A number of several enterprises says nothing.
    """
    rows = await query(_FILES_OF_PHONE, number) if number is not None else []
    return int(rows[0]["enterprise_id"]) if len(rows) == 1 else None


async def _own(actor: Actor) -> models.Contact:
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise Forbidden
    return (await find(models.Contact, _CONTACT, actor.id))[0]


def _speaker(row: Mapping[str, Any]) -> Speaker:
    return Speaker(row["name"], row["phone"], row["enterprise"], row["uscc"])


def _enterprise_out(speaker: Speaker, district: str | None) -> EnterpriseOut | None:
    if speaker.who[0] is None:
        return None
    return EnterpriseOut(uscc=speaker.uscc, name=speaker.enterprise, district=district)
