"""Finds what may be the same matter: of the person who files, and, for the desk, of anybody. Nothing is linked here."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend import models
from backend.contract.errors import Forbidden
from backend.contract.models.same_matter import MatterIn, SameMatterOut, SameMatters
from backend.contract.words import OPEN_STATES
from backend.rules.actor import Actor, ActorKind
from backend.rules.same_matter import Matter, is_same
from backend.storage import same_matter
from backend.work.context import Context

_MOST = 3
"""Proposed, the newest: nobody chooses among many."""


async def find_own(context: Context, actor: Actor, request: MatterIn) -> SameMatters:
    """Open requests of this contact, or answered and unrated, that what is about to be filed may be the same as."""
    if actor.kind is not ActorKind.CONTACT or actor.id is None:
        raise Forbidden
    rules = context.policy.same_matter
    if request.hidden_reporter or request.kind in rules.never:
        return SameMatters(items=[])
    here = Matter(
        kind=request.kind,
        scenario=request.scenario,
        words=f"{request.title} {request.story}",
        district=request.district,
        address=request.address,
        latitude=None if request.location is None else request.location.latitude,
        longitude=None if request.location is None else request.location.longitude,
    )
    found = await same_matter.of_contact(actor.id, request.scenario, _since(context), rules.never)
    same = [one for one in found if is_same(here, _matter(one), rules, of_one_person=True)]
    return SameMatters(items=[_shown(one) for one in same[:_MOST]])


async def proposals(context: Context, ticket: models.Ticket) -> list[SameMatterOut]:
    """Open tickets of anybody that this open one may be the same as, for a desk to look at."""
    rules = context.policy.same_matter
    if ticket.state not in OPEN_STATES or ticket.hidden_reporter or ticket.kind in rules.never:
        return []
    here = _matter(ticket)
    found = await same_matter.open_ones(ticket.scenario, _since(context), rules.never, ticket.id)
    same = [
        one for one in found if is_same(here, _matter(one), rules, of_one_person=one.contact_id == ticket.contact_id)
    ]
    return [_shown(one) for one in same[:_MOST]]


def _since(context: Context) -> datetime:
    return context.now - timedelta(days=context.policy.same_matter.days)


def _matter(ticket: models.Ticket) -> Matter:
    place = ticket.location or {}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    return Matter(
        kind=ticket.kind,
        scenario=ticket.scenario,
        words=f"{ticket.title} {ticket.story}",
        district=ticket.district_id,
        address=ticket.address,
        latitude=latitude if isinstance(latitude, float) else None,
        longitude=longitude if isinstance(longitude, float) else None,
    )


def _shown(ticket: models.Ticket) -> SameMatterOut:
    return SameMatterOut(number=ticket.number, title=ticket.title, state=ticket.state, created_at=ticket.created_at)
