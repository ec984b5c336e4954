"""Writing notices into the outbox, in the transaction of the change they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend import models
from backend.actions.context import Context
from backend.actions.recipients import Recipient
from backend.rules import quiet_hours

_OPEN_PAGES = frozenset({"web", "web-staff"})
"""Channels that show a notice only to somebody who is looking: they interrupt nobody, so they have no quiet hours."""


@dataclass(frozen=True)
class NewNotice:
    key: str
    """Unique for ever: what happened, and who is told."""
    to: Recipient
    template: str
    args: dict[str, Any]
    ticket_id: int | None
    at_once: bool
    """True for something urgent, or an answer to what the person just did."""


async def post(context: Context, notices: Iterable[NewNotice]) -> None:
    rows = [_row(context, notice) for notice in notices]
    if not rows:
        return
    await models.Notice.bulk_create(rows, ignore_conflicts=True)
    context.wakes.update(row.channel for row in rows)


def _row(context: Context, notice: NewNotice) -> models.Notice:
    to = notice.to
    return models.Notice(
        key=f"{notice.key}.{to.channel}.{to.address}",
        channel=to.channel,
        address=to.address,
        fallback=list(to.fallback),
        language=to.language,
        template=notice.template,
        args=notice.args,
        ticket_id=notice.ticket_id,
        ready_at=_ready_at(context, to.channel, at_once=notice.at_once),
    )


def _ready_at(context: Context, channel: str, *, at_once: bool) -> datetime:
    if at_once or channel in _OPEN_PAGES:
        return context.now
    return quiet_hours.earliest(context.now, at_once, context.policy.quiet_hours, context.timezone)
