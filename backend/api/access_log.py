"""The access log: who looked at whom, for the auditor."""

from __future__ import annotations

from backend.actions import queries
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import PageQuery
from backend.contract.models import LookPage

operations = Operations("access_log")


@operations("GET", "/access-log", Access.STAFF)
async def list_looks(call: Call[Nothing, PageQuery, Nothing]) -> LookPage:
    """Every look at personal data, newest first: who, when, which ticket, why. For auditors."""
    return await queries.list_looks(call.context, call.actor, call.query.cursor, call.query.limit)
