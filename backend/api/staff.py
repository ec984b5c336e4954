"""Staff: log-in, accounts bound by one-time code, department groups."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend import database
from backend.actions import binding, log_ins, own_password, second_factor, sessions, staff_views
from backend.api import guesses
from backend.api.auth import Access, bearer
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import LogInPath
from backend.api.throttle import Guess, Throttle
from backend.contract.errors import BadCode, Unauthenticated, WrongPassword
from backend.contract.models.log_ins import LogIn, LogInCodeIn, LogInList, PasswordIn, SessionOut
from backend.contract.models.messengers import BindIn, BindingCodeOut, GroupIn
from backend.contract.models.organisation import DepartmentOut
from backend.contract.models.second_factor import CodeIn, EnrolIn, RecoveryCodesOut, SecondFactorOut, SecretOut
from backend.contract.models.staff import StaffOut

operations = Operations("staff")

THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle", Throttle)

_Plain = Call[Nothing, Nothing, Nothing]


@operations("POST", "/staff/sessions", Access.ANYBODY, status=201, keyed=False)
async def log_in(call: Call[Nothing, Nothing, LogIn]) -> SessionOut:
    """Log in with name and password; wrong tries slow the same account from the same address, and lock nothing.

    `device` of an earlier answer, sent again, proves a browser that was let in before: others' tries never slow it.
    """
    device = log_ins.device_of(call.context, call.body.username, call.body.device)
    guess = guesses.log_in(call, call.body.username, device)
    async with call.request.app[THROTTLE].guess(guess, wrong=Unauthenticated):
        return await log_ins.log_in(call.context, call.body, call.address)


@operations("POST", "/staff/sessions/second-step", Access.ANYBODY, status=201, keyed=False)
async def finish_log_in(call: Call[Nothing, Nothing, LogInCodeIn]) -> SessionOut:
    """The code of the authenticator app, or a recovery code, after a log-in was refused with `code-needed`.

    Wrong codes slow the account; a code is taken once.
    """
    username = (await log_ins.check_ticket(call.context, call.body.ticket)).username
    guess = guesses.second_factor(call, username, log_ins.device_of(call.context, username, call.body.device))
    async with call.request.app[THROTTLE].guess(guess, wrong=BadCode):
        return await log_ins.finish_log_in(call.context, call.body, call.address)


@operations("GET", "/staff/me/second-factor", Access.ENROLLING)
async def view_second_factor(call: _Plain) -> SecondFactorOut:
    """Whether my log-in asks for a code of an authenticator app."""
    return await second_factor.view(call.context, call.actor)


@operations("POST", "/staff/me/second-factor", Access.ENROLLING, keyed=False)
async def enrol(call: Call[Nothing, Nothing, EnrolIn]) -> SecretOut:
    """A secret for my authenticator app; it counts once a code of it was confirmed.

    Takes no idempotency key, nor do the others that have to do with codes: a trace of secrets would be kept.
    """
    me = await staff_views.view_staff(call.context, call.actor)
    async with call.request.app[THROTTLE].guess(guesses.password(call, me.username), wrong=WrongPassword):
        return await second_factor.enrol(call.context, call.actor, call.body)


@operations("POST", "/staff/me/second-factor/confirm", Access.ENROLLING, keyed=False)
async def confirm_second_factor(call: Call[Nothing, Nothing, CodeIn]) -> RecoveryCodesOut:
    """From now on each log-in asks for a code; other sessions end. Recovery codes are shown this once."""
    async with call.request.app[THROTTLE].guess(await _own_code(call), wrong=BadCode):
        return await second_factor.confirm(call.context, call.actor, call.body)


@operations("POST", "/staff/me/second-factor/off", Access.ENROLLING, keyed=False)
async def turn_off_second_factor(call: Call[Nothing, Nothing, CodeIn]) -> None:
    """No more codes; one is asked for this last time. Not for roles that need it."""
    async with call.request.app[THROTTLE].guess(await _own_code(call), wrong=BadCode):
        await second_factor.turn_off(call.context, call.actor, call.body)


async def _own_code(call: Call[Any, Any, Any]) -> Guess:
    return guesses.second_factor(call, (await staff_views.view_staff(call.context, call.actor)).username)


@operations("PUT", "/staff/me/password", Access.ENROLLING, keyed=False)
async def change_password(call: Call[Nothing, Nothing, PasswordIn]) -> None:
    """A new password of one's own, the old one asked for; other sessions end. Wrong ones are slowed.

    Takes no idempotency key: a digest of the request would be kept, and with it a trace of both passwords.
    """
    me = await staff_views.view_staff(call.context, call.actor)
    async with call.request.app[THROTTLE].guess(guesses.password(call, me.username), wrong=WrongPassword):
        await own_password.change_password(call.context, call.actor, call.body)


@operations("GET", "/staff/sessions/current", Access.ENROLLING, passive=True)
async def check_log_in(call: _Plain) -> StaffOut:
    """Whether this session still holds, for pages that ask on their own: does not count as its use."""
    return await staff_views.view_staff(call.context, call.actor)


@operations("DELETE", "/staff/sessions/current", Access.ENROLLING)
async def log_out(call: _Plain) -> None:
    """End this session."""
    await sessions.log_out(call.context, call.actor, bearer(call.request))


@operations("GET", "/staff/me", Access.ENROLLING)
async def view_staff(call: _Plain) -> StaffOut:
    """Who I am, and what I may do."""
    return await staff_views.view_staff(call.context, call.actor)


@operations("GET", "/staff/me/log-ins", Access.STAFF)
async def list_log_ins(call: _Plain) -> LogInList:
    """Where I am logged in, and my accounts in messengers: since when, and when last used."""
    return await log_ins.list_log_ins(call.context, call.actor)


@operations("DELETE", "/staff/me/log-ins", Access.STAFF, reorganises=True)
async def end_other_log_ins(call: _Plain) -> None:
    """End all but the one that asks, bound messenger accounts too."""
    await log_ins.end_others(call.actor)


@operations("DELETE", "/staff/me/log-ins/{id}", Access.STAFF, reorganises=True)
async def end_log_in(call: Call[LogInPath, Nothing, Nothing]) -> None:
    """End one of my log-ins, or unbind one of my messenger accounts."""
    await log_ins.end(call.actor, call.path.id)


@operations("POST", "/staff/binding-codes", Access.STAFF, status=201, keyed=False)
async def make_binding_code(call: _Plain) -> BindingCodeOut:
    """A one-time code that binds a messenger account, or a department's group; the newest alone holds.

    Takes no idempotency key: its answer would have to be kept, and a second code harms nothing.
    """
    async with database.transaction():
        return await binding.make_binding_code(call.context, call.actor)


@operations("POST", "/staff/bindings", Access.BINDER, reorganises=True)
async def bind(call: Call[Nothing, Nothing, BindIn]) -> StaffOut:
    """Bind the account named by Jiesu-Actor to the member of staff whose code this is."""
    account = call.account
    assert account is not None  # by Access.BINDER
    guess = guesses.binding_code(call, f"{account.channel}:{account.external_id}")
    async with call.request.app[THROTTLE].guess(guess, wrong=BadCode):
        return await binding.bind(call.context, call.actor, account.channel, account.external_id, call.body)


@operations("POST", "/staff/groups", Access.STAFF_SERVICE, reorganises=True)
async def link_group(call: Call[Nothing, Nothing, GroupIn]) -> DepartmentOut:
    """Make a messenger group the group of the department whose member's code this is."""
    guess = guesses.binding_code(call, f"group {call.body.chat}")
    async with call.request.app[THROTTLE].guess(guess, wrong=BadCode):
        return await binding.link_group(call.context, call.actor, call.body)
