"""Staff and contacts doing things to a ticket, in the words of the tests."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from backend import database
from backend.actions import queries, sign
from backend.actions.actor import Actor
from backend.contract.models import EventOut, SignIn, TicketOut
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


async def timeline(town: Town, number: str, reader: Actor) -> list[EventOut]:
    return (await queries.list_events(await town.context(), reader, number, None, 200)).items
