"""Tokens of the programs that use the API."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from backend import models
from backend.actions.authentication import token_digest
from backend.contract.faults import NamedFault, OperatorError, suggestion
from backend.contract.message import Message
from backend.contract.words import Scope
from backend.storage import service_tokens

SERVICE_PREFIX = "svc_"
OWN_SERVICE = "channels"
"""Name of our own channels' token, which comes from the settings."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""Of a program or a channel."""


async def admit_service(name: str, token: str, scopes: Iterable[Scope], channels: Iterable[str]) -> None:
    """Let a program in with this token; the same name again replaces its token, scopes and channels."""
    await service_tokens.put(token_digest(token), name, scopes, channels)


async def issue_token(name: str, scopes: Iterable[Scope], channels: Iterable[str]) -> str:
    """A new token for another program, shown once; the same name again makes the token before it worthless.

    Raises OperatorError for a name that is ours, or for one that is not lower-case letters, digits, - and _.
    """
    channels = list(channels)
    for one in (name, *channels):
        if not _NAME.fullmatch(one):
            raise OperatorError(NamedFault(one, Message("token.odd_name")))
    if name == OWN_SERVICE:
        raise OperatorError(NamedFault(name, Message("token.own_name")))
    token = SERVICE_PREFIX + secrets.token_urlsafe(32)
    await admit_service(name, token, scopes, channels)
    return token


async def revoke_token(name: str) -> None:
    """Shut a program out, within the seconds that a token is believed; raises OperatorError."""
    if not await models.ServiceToken.filter(name=name).delete():
        known = [one.name for one in await list_services()]
        raise OperatorError(NamedFault(name, Message("token.none"), suggestion(name, known)))


async def list_services() -> list[models.ServiceToken]:
    """Every program that has a token, by name."""
    return await models.ServiceToken.all().order_by("name")
