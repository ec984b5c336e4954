"""Drafts: half-filled forms, kept for their contact."""

from __future__ import annotations

from backend.actions import drafts
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import UuidPath
from backend.contract.models.drafts import DraftIn, DraftOut, DraftPage

operations = Operations("drafts")


@operations("GET", "/drafts", Access.CONTACT)
async def list_drafts(call: Call[Nothing, Nothing, Nothing]) -> DraftPage:
    """My drafts, newest first."""
    return await drafts.list_drafts(call.context, call.actor)


@operations("PUT", "/drafts/{id}", Access.CONTACT, spends="drafts")
async def save_draft(call: Call[UuidPath, Nothing, DraftIn]) -> DraftOut:
    """Keep this form under an id of the caller's making."""
    return await drafts.save_draft(call.context, call.actor, call.path.id, call.body)


@operations("DELETE", "/drafts/{id}", Access.CONTACT)
async def drop_draft(call: Call[UuidPath, Nothing, Nothing]) -> None:
    """Forget it; a draft that is gone already is no error."""
    await drafts.drop_draft(call.context, call.actor, call.path.id)
