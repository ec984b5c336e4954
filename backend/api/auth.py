"""Who is calling: tokens, and the person a program acts for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import unquote

from aiohttp import web
from pydantic import StringConstraints, TypeAdapter, ValidationError

from backend.actions import authentication, contacts
from backend.api.quotas import Quotas
from backend.contract.channels import channel_named
from backend.contract.client_address import ADDRESS_HEADER, Networks, client_address
from backend.contract.errors import Forbidden, Invalid, Unauthenticated
from backend.contract.models.values import Line
from backend.contract.words import Scope
from backend.rules.actor import Actor, ActorKind
from backend.work.context import Context

TOKEN_SECONDS = 15.0
"""How long a service token is believed without looking again: a revoked one works at most this much longer."""

CONTACT_SECONDS = 60.0
"""How long an account is believed to be its contact's: retention forgets those without tickets, whoever asks today."""

CONTACTS_KEPT = 10_000
"""Accounts of contacts remembered."""

ACTOR_HEADER = "Jiesu-Actor"

ADDRESS_LENGTH = 100
"""Characters of Jiesu-Address that count; an IPv6 address has 45 at most."""


class Access(StrEnum):
    """Who may call an operation; the action checks the finer rights."""

    ANYBODY = "anybody"
    TOKEN = "token"  # noqa: S105 - a kind of caller, not a secret
    """Any valid token, for a person or not."""
    CONTACT = "contact"
    STAFF = "staff"
    ENROLLING = "enrolling"
    """A member of staff, also one who must have an authenticator app and has none yet."""
    PERSON = "person"
    """A contact or a member of staff."""
    BINDER = "binder"
    """A program with scope staff, naming an account that need not be bound."""
    STAFF_SERVICE = "staff_service"
    NOTICE_SERVICE = "notice_service"
    CALLER = "caller"
    """A member of staff, or a program with scope notices: both call enterprises."""


@dataclass(frozen=True)
class Account:
    """An account in a channel, as named by the Jiesu-Actor header."""

    channel: str
    external_id: str


_CHANNEL: TypeAdapter[str] = TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")])
_EXTERNAL_ID: TypeAdapter[str] = TypeAdapter(Line)


class Gate:
    """Finds the actor of a request; remembers service tokens and contacts for a moment."""

    def __init__(self, quotas: Quotas, trusted: Networks = ()) -> None:
        """`trusted`: proxies whose word about addresses is believed."""
        self._quotas = quotas
        self._trusted = trusted
        self._services: dict[str, tuple[Actor, float]] = {}
        self._contacts: dict[Account, tuple[Actor, float]] = {}

    async def admit(
        self, request: web.Request, context: Context, access: Access, *, used: bool = True
    ) -> tuple[Actor, Account | None]:
        """The actor, and the account named; raises Unauthenticated, Forbidden or Invalid.

        `used`: that this is asked counts as use of a log-in, which keeps it open.
        """
        token = bearer(request)
        account = _account(request)
        if token.startswith(authentication.SESSION_PREFIX):
            if account is not None:
                raise Invalid("A staff session acts for itself; leave Jiesu-Actor out.")
            actor = await authentication.session_actor(context, token, used=used)
        else:
            actor = await self._service(token)
            if account is not None:
                _check_channel(actor, account)
                if access is not Access.BINDER:
                    actor = await self._person(request, context, account)
        _check_access(actor, account, access)
        return actor, account

    async def address(self, request: web.Request, account: Account | None) -> str:
        """Where the person is who asks: of a program, where it says the person is whom it acts for."""
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        if not token or token.startswith(authentication.SESSION_PREFIX):
            return client_address(request, self._trusted)
        try:
            service = await self._service(token)
        except Unauthenticated:
            return client_address(request, self._trusted)
        if named := request.headers.get(ADDRESS_HEADER, "")[:ADDRESS_LENGTH]:
            return named
        return f"{account.channel}:{account.external_id}" if account is not None else service.key

    async def _service(self, token: str) -> Actor:
        digest = authentication.token_digest(token)
        known = self._services.get(digest)
        now = time.monotonic()
        if known is not None and known[1] > now:
            return known[0]
        self._services.pop(digest, None)
        actor = await authentication.service_actor(digest)
        self._services[digest] = (actor, now + TOKEN_SECONDS)
        return actor

    async def _person(self, request: web.Request, context: Context, account: Account) -> Actor:
        if channel_named(account.channel).is_for_staff:
            actor = await authentication.bound_actor(context, account.channel, account.external_id)
            if actor is None:
                raise Forbidden("This account is not bound to a member of staff.", unbound=True)
            return actor
        known = self._contacts.get(account)
        now = time.monotonic()
        if known is not None and known[1] > now:
            return known[0]
        if len(self._contacts) >= CONTACTS_KEPT:
            self._contacts.clear()

        async def newcomer() -> None:
            await self._quotas.admit(context, await self.address(request, account))

        actor = await contacts.contact_actor(context, account.channel, account.external_id, newcomer)
        self._contacts[account] = (actor, now + CONTACT_SECONDS)
        return actor


def bearer(request: web.Request) -> str:
    """The token sent; raises Unauthenticated."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated
    return token.strip()


def _account(request: web.Request) -> Account | None:
    named = request.headers.get(ACTOR_HEADER)
    if named is None:
        return None
    try:
        channel, colon, external_id = unquote(named, errors="strict").partition(":")
        if not colon:
            raise Invalid("Jiesu-Actor is <channel>:<external id>.")
        return Account(_CHANNEL.validate_python(channel), _EXTERNAL_ID.validate_python(external_id))
    except (UnicodeDecodeError, ValidationError):
        raise Invalid("Jiesu-Actor is <channel>:<external id>, percent-encoded UTF-8.") from None


def _check_channel(service: Actor, account: Account) -> None:
    scope = Scope.STAFF if channel_named(account.channel).is_for_staff else Scope.CONTACTS
    if account.channel not in service.channels or scope not in service.scopes:
        raise Forbidden("This token may not speak for that channel.")


def _check_access(actor: Actor, account: Account | None, access: Access) -> None:
    service = actor.kind is ActorKind.SERVICE
    delivers = service and Scope.NOTICES in actor.scopes
    allowed = {
        Access.ANYBODY: True,
        Access.TOKEN: True,
        Access.CONTACT: actor.kind is ActorKind.CONTACT,
        Access.STAFF: actor.kind is ActorKind.STAFF,
        Access.ENROLLING: actor.kind is ActorKind.STAFF,
        Access.PERSON: actor.kind in (ActorKind.CONTACT, ActorKind.STAFF),
        Access.BINDER: service and account is not None and channel_named(account.channel).is_for_staff,
        Access.STAFF_SERVICE: service and Scope.STAFF in actor.scopes,
        Access.NOTICE_SERVICE: delivers,
        Access.CALLER: delivers or actor.kind is ActorKind.STAFF,
    }
    if not allowed[access]:
        raise Forbidden
    if actor.must_enrol and access is not Access.ENROLLING:
        raise Forbidden("Your role needs an authenticator app; set it up on the staff page.", enrol=True)
