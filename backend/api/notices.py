"""Notices: the outbox, for programs that deliver."""

from __future__ import annotations

from backend import database
from backend.actions import notices
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import IdPath
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticePage

operations = Operations("notices")


@operations("POST", "/notices/claims", Access.NOTICE_SERVICE, keyed=False)
async def claim_notices(call: Call[Nothing, Nothing, ClaimIn]) -> NoticePage:
    """Take notices to deliver; each is ours until the lease ends, then anybody's again."""
    async with database.transaction():
        return await notices.claim(call.context, call.actor, call.body)


@operations("POST", "/notices/{id}/sent", Access.NOTICE_SERVICE, keyed=False)
async def mark_notice_sent(call: Call[IdPath, Nothing, Nothing]) -> None:
    """It was delivered."""
    async with database.transaction():
        await notices.mark_sent(call.context, call.actor, call.path.id)


@operations("POST", "/notices/{id}/failed", Access.NOTICE_SERVICE, keyed=False)
async def mark_notice_failed(call: Call[IdPath, Nothing, NoticeFailed]) -> None:
    """It was not delivered: for good, or for now."""
    async with database.transaction():
        await notices.mark_failed(call.context, call.actor, call.path.id, call.body)
