"""Contacts and their enterprises: found by channel account, made on first sight, amended by what the person says."""

from __future__ import annotations

from datetime import datetime

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from backend import models
from backend.actions.actor import Actor, ActorKind
from backend.actions.come_back import come_back
from backend.actions.context import Context
from backend.contract import phone
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models import ContactIn, ContactOut, EnterpriseIn, EnterpriseOut
from backend.database import execute, find, query, transaction

_FIND = """
SELECT identity.id, identity.contact_id, contact.language, identity.blocked_at
FROM identity JOIN contact ON contact.id = identity.contact_id
WHERE identity.channel = $1 AND identity.external_id = $2
"""
_CONTACT = "SELECT * FROM contact WHERE id = $1"
_ENTERPRISE = "SELECT * FROM enterprise WHERE id = $1"
_ENTERPRISE_OF_PHONE = """
SELECT enterprise_id FROM contact WHERE phone = $1 AND enterprise_id IS NOT NULL ORDER BY id DESC LIMIT 1
"""


async def contact_actor(context: Context, channel: str, external_id: str) -> Actor:
    """The contact behind a channel account; on first sight both are made. Who acts is reachable again."""
    found = await query(_FIND, channel, external_id)
    if not found:
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
        language=language,
        phone=phone.number_of(channel, external_id),
    )


async def view_contact(context: Context, actor: Actor) -> ContactOut:
    return _shown(await _own(actor))


async def update_contact(context: Context, actor: Actor, request: ContactIn) -> ContactOut:
    contact = await _own(actor)
    await amend(context, contact.id, request, None)
    return _shown(await _own(actor))


async def amend(
    context: Context, contact_id: int, request: ContactIn | None, enterprise: EnterpriseIn | None
) -> models.Contact:
    """Change what is given of the contact, and of its enterprise; the separate enterprise wins over the contact's.

    Raises Invalid when the check character of the credit code does not fit.
    """
    contact = (await find(models.Contact, _CONTACT, contact_id))[0]
    given = request.model_dump(include={"name", "phone", "language"}, exclude_none=True) if request else {}
    enterprise = enterprise or (request.enterprise if request else None)
    if enterprise is not None:
        given["enterprise_id"] = await _enterprise(context, enterprise, contact.enterprise_id)
    changed = [name for name, value in given.items() if getattr(contact, name) != value]
    if changed:
        contact.update_from_dict(given)
        await contact.save(update_fields=changed)
    return contact


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
    """The enterprise of whoever last left this number, so that a caller need not spell it; nothing else is shared."""
    rows = await query(_ENTERPRISE_OF_PHONE, number) if number is not None else []
    return int(rows[0]["enterprise_id"]) if rows else None


async def _enterprise(context: Context, given: EnterpriseIn, current_id: int | None) -> int | None:
    """The file of the enterprise 一企一档: by credit code, else the contact's own unregistered one."""
    if given.uscc is not None:
        return await _by_code(context, given.uscc, given.name)
    if given.name is None:
        return current_id
    current = next(iter(await find(models.Enterprise, _ENTERPRISE, current_id)), None)
    if current is not None and current.name == given.name:
        return current_id
    if current is not None and current.uscc is None and await _is_alone(current):
        current.name = given.name
        await current.save(update_fields=["name"])
        return current_id
    made = await models.Enterprise.create(name=given.name, created_at=context.now)
    return int(made.id)


async def _is_alone(enterprise: models.Enterprise) -> bool:
    """Whether one contact alone speaks for it, who may then correct its name."""
    return await models.Contact.filter(enterprise_id=enterprise.id).count() == 1


async def _by_code(context: Context, code: str, name: str | None) -> int:
    """A name on file stays: what a stranger types must not rename somebody's enterprise."""
    try:
        uscc.validate(code)
    except ValidationError:
        raise Invalid("The check character of this credit code does not fit; one character is wrong.") from None
    known = await query("SELECT id, name FROM enterprise WHERE uscc = $1", code)
    if known and (known[0]["name"] is not None or name is None):
        return int(known[0]["id"])
    rows = await query(
        "INSERT INTO enterprise (uscc, name, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (uscc) DO UPDATE SET name = coalesce(enterprise.name, excluded.name) RETURNING id",
        code,
        name,
        context.now,
    )
    return int(rows[0]["id"])


async def _own(actor: Actor) -> models.Contact:
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise Forbidden
    return await models.Contact.get(id=actor.id).select_related("enterprise")


def _shown(contact: models.Contact) -> ContactOut:
    enterprise = contact.enterprise
    return ContactOut(
        id=contact.id,
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        enterprise=EnterpriseOut(uscc=enterprise.uscc, name=enterprise.name, district=enterprise.district_id)
        if enterprise
        else None,
    )
