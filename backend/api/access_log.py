"""What is for the auditor: who looked at whom, and which log-ins were refused."""

from __future__ import annotations

from backend.actions import log_ins, queries
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import PageQuery
from backend.contract.models.log_ins import FailedLogInPage
from backend.contract.models.looks import LookPage

operations = Operations("access_log")


@operations("GET", "/access-log", Access.STAFF)
async def list_looks(call: Call[Nothing, PageQuery, Nothing]) -> LookPage:
    """Every look at personal data, newest first: who, when, which ticket, why. For auditors."""
    return await queries.list_looks(call.context, call.actor, call.query.cursor, call.query.limit)


@operations("GET", "/failed-log-ins", Access.STAFF)
async def list_failed_log_ins(call: Call[Nothing, PageQuery, Nothing]) -> FailedLogInPage:
    """Log-ins of staff that were refused, newest first: when, which account, from where, why. For auditors.

    Names that do not exist come as a digest: people type passwords into the wrong field. That this was read is logged.
    """
    return await log_ins.list_failed(call.context, call.actor, call.query.cursor, call.query.limit)
