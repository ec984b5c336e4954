"""Staff: log-in, accounts bound by one-time code, department groups."""

from __future__ import annotations

from aiohttp import web

from backend import database
from backend.actions import log_ins, staff
from backend.api import guesses
from backend.api.auth import Access, bearer
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import LogInPath
from backend.api.throttle import Throttle
from backend.contract.errors import BadCode, Unauthenticated, WrongPassword
from backend.contract.models import (
    BindIn,
    BindingCodeOut,
    DepartmentOut,
    GroupIn,
    LogIn,
    LogInList,
    PasswordIn,
    SessionOut,
    StaffOut,
)

operations = Operations("staff")

THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle", Throttle)

_Plain = Call[Nothing, Nothing, Nothing]


@operations("POST", "/staff/sessions", Access.ANYBODY, status=201, keyed=False)
async def log_in(call: Call[Nothing, Nothing, LogIn]) -> SessionOut:
    """Log in with name and password; wrong tries slow the same account from the same address, and lock nothing.

    `device` of an earlier answer, sent again, proves a browser that was let in before: others' tries never slow it.
    """
    device = staff.device_of(call.context, call.body)
    guess = guesses.log_in(call, call.body.username, device)
    async with call.request.app[THROTTLE].guess(guess, wrong=Unauthenticated):
        return await staff.log_in(call.context, call.body, call.address)


@operations("PUT", "/staff/me/password", Access.STAFF, keyed=False)
async def change_password(call: Call[Nothing, Nothing, PasswordIn]) -> None:
    """A new password of one's own, the old one asked for; other sessions end. Wrong ones are slowed.

    Takes no idempotency key: a digest of the request would be kept, and with it a trace of both passwords.
    """
    me = await staff.view_staff(call.context, call.actor)
    async with call.request.app[THROTTLE].guess(guesses.password(call, me.username), wrong=WrongPassword):
        await staff.change_password(call.context, call.actor, call.body, bearer(call.request))


@operations("GET", "/staff/sessions/current", Access.STAFF, passive=True)
async def check_log_in(call: _Plain) -> StaffOut:
    """Whether this session still holds, for pages that ask on their own: does not count as its use."""
    return await staff.view_staff(call.context, call.actor)


@operations("DELETE", "/staff/sessions/current", Access.STAFF)
async def log_out(call: _Plain) -> None:
    """End this session."""
    await staff.log_out(call.context, call.actor, bearer(call.request))


@operations("GET", "/staff/me", Access.STAFF)
async def view_staff(call: _Plain) -> StaffOut:
    """Who I am, and what I may do."""
    return await staff.view_staff(call.context, call.actor)


@operations("GET", "/staff/me/log-ins", Access.STAFF)
async def list_log_ins(call: _Plain) -> LogInList:
    """Where I am logged in, and my accounts in messengers: since when, and when last used."""
    return await log_ins.list_log_ins(call.context, call.actor)


@operations("DELETE", "/staff/me/log-ins", Access.STAFF)
async def end_other_log_ins(call: _Plain) -> None:
    """End all but the one that asks, bound messenger accounts too."""
    await log_ins.end_others(call.actor)


@operations("DELETE", "/staff/me/log-ins/{id}", Access.STAFF)
async def end_log_in(call: Call[LogInPath, Nothing, Nothing]) -> None:
    """End one of my log-ins, or unbind one of my messenger accounts."""
    await log_ins.end(call.actor, call.path.id)


@operations("POST", "/staff/binding-codes", Access.STAFF, status=201, keyed=False)
async def make_binding_code(call: _Plain) -> BindingCodeOut:
    """A one-time code that binds a messenger account, or a department's group; the newest alone holds.

    Takes no idempotency key: its answer would have to be kept, and a second code harms nothing.
    """
    async with database.transaction():
        return await staff.make_binding_code(call.context, call.actor)


@operations("POST", "/staff/bindings", Access.BINDER)
async def bind(call: Call[Nothing, Nothing, BindIn]) -> StaffOut:
    """Bind the account named by Jiesu-Actor to the member of staff whose code this is."""
    account = call.account
    assert account is not None  # by Access.BINDER
    guess = guesses.binding_code(call, f"{account.channel}:{account.external_id}")
    async with call.request.app[THROTTLE].guess(guess, wrong=BadCode):
        return await staff.bind(call.context, call.actor, account.channel, account.external_id, call.body)


@operations("POST", "/staff/groups", Access.STAFF_SERVICE)
async def link_group(call: Call[Nothing, Nothing, GroupIn]) -> DepartmentOut:
    """Make a messenger group the group of the department whose member's code this is."""
    guess = guesses.binding_code(call, f"group {call.body.chat}")
    async with call.request.app[THROTTLE].guess(guess, wrong=BadCode):
        return await staff.link_group(call.context, call.actor, call.body)
