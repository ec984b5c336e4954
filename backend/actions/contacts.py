"""Contacts and their enterprises: accounts found or made on first sight, and whom each of them speaks as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from backend import models
from backend.actions.come_back import come_back
from backend.contract import phone, uscc
from backend.contract.errors import Forbidden, Invalid
from backend.contract.models.contacts import ContactIn, ContactOut, EnterpriseIn, EnterpriseOut, SpeakerOut
from backend.database import transaction
from backend.rules import speakers
from backend.rules.actor import Actor, ActorKind
from backend.rules.speakers import Speaker
from backend.storage import contacts, enterprises, identities, turns
from backend.storage.contacts import Said
from backend.storage.identities import ContactAccount
from backend.work.context import Context


async def contact_actor(
    context: Context, channel: str, external_id: str, newcomer: Callable[[], Awaitable[None]] | None = None
) -> Actor:
    """The contact behind a channel account; on first sight both are made. Who acts is reachable again.

    `newcomer` is asked before, and may raise.
    """
    account = await identities.of_contact(channel, external_id)
    if account is None:
        if newcomer is not None:
            await newcomer()
        account = await _first_sight(context, channel, external_id)
    if account.blocked_at is not None:
        async with transaction():
            await come_back(context, channel, external_id)
    return Actor(
        ActorKind.CONTACT,
        id=account.contact_id,
        channel=channel,
        identity_id=account.id,
        address=external_id,
        language=account.language,
        phone=phone.number_of(channel, external_id),
    )


async def view_contact(context: Context, actor: Actor) -> ContactOut:
    contact, said = await said_by(actor)
    own = said[0]
    districts = {one.speaker.who[0]: one.district for one in reversed(said)}
    return ContactOut(
        id=contact.id,
        name=contact.name,
        phone=contact.phone,
        language=contact.language,
        enterprise=_enterprise_out(own.speaker, own.district),
        speaks_as=[
            SpeakerOut(name=one.name, phone=one.phone, enterprise=_enterprise_out(one, districts[one.who[0]]))
            for one in speakers.distinct(one.speaker for one in said)
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


async def said_by(actor: Actor) -> tuple[models.Contact, list[Said]]:
    """The account, and whom it said it speaks as: the latest first, of which the first is what it would file with."""
    return await contacts.said_by(_own_id(actor))


def as_filed(actor: Actor, stated: Speaker, said: Sequence[Said]) -> Speaker:
    """Whom a ticket is filed by: as stated, completed from what the account said before, where that is not in doubt.

    Of a hidden reporter, for whom `said` is empty, nothing is known but what they chose to say, and the number they
    call from.
    """
    if said:
        stated = speakers.completed(stated, speakers.distinct(one.speaker for one in said))
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
    contact = await contacts.by_id(_own_id(actor))
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
    known = await enterprises.by_code(code)
    if known is None:
        await enterprises.make(code, context.now)
        known = await enterprises.by_code(code)
    return known


async def registered_name(enterprise_id: int | None) -> str | None:
    """As confirmed; None where it is not."""
    return await enterprises.name_of(enterprise_id) if enterprise_id is not None else None


async def _first_sight(context: Context, channel: str, external_id: str) -> ContactAccount:
    """Two messages of a new person may arrive at once."""
    async with transaction():
        await turns.take(f"identity {channel}:{external_id}")
        found = await identities.of_contact(channel, external_id)
        if found is not None:
            return found
        number = phone.number_of(channel, external_id)
        contact = await models.Contact.create(
            phone=number, enterprise_id=await _enterprise_of_phone(number), created_at=context.now
        )
        identity = await models.Identity.create(channel=channel, external_id=external_id, contact_id=contact.id)
        return ContactAccount(identity.id, contact.id, contact.language, None)


async def _enterprise_of_phone(number: str | None) -> int | None:
    """So that a caller need not spell it. Nothing else is shared; of its name only the registered one."""
    return await enterprises.of_phone(number) if number is not None else None


def _own_id(actor: Actor) -> int:
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise Forbidden
    return actor.id


def _enterprise_out(speaker: Speaker, district: str | None) -> EnterpriseOut | None:
    if speaker.who[0] is None:
        return None
    return EnterpriseOut(uscc=speaker.uscc, name=speaker.enterprise, district=district)
