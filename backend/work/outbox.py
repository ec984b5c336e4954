"""Writing notices into the outbox, in the transaction of the change they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.contract import phone
from backend.contract.channels import channel_named
from backend.contract.notices import Notice
from backend.rules import calling, quiet_hours
from backend.storage import notices
from backend.storage.notices import NoticeRow
from backend.work.context import Context
from backend.work.recipients import Recipient


@dataclass(frozen=True)
class NewNotice:
    key: str
    """Unique for ever: what happened, and who is told."""
    to: Recipient
    notice: Notice
    ticket_id: int | None = None
    at_once: bool = False
    """It is urgent; its kind may say so, too."""


async def post(context: Context, new: Iterable[NewNotice]) -> None:
    await notices.put(as_rows(context, new))


async def post_by_command(now: datetime, new: Iterable[NewNotice]) -> None:
    """For a command on the machine, which knows no policy: all at once, found when the channels look next."""
    await notices.put(_row(notice, now) for notice in new)


async def hasten(context: Context, ticket_id: int) -> None:
    """Send now what waits for the end of the quiet hours: the ticket has become urgent. Calls keep their hours."""
    context.wakes.update(await notices.hasten(ticket_id, context.now))


def as_rows(context: Context, new: Iterable[NewNotice]) -> list[NoticeRow]:
    """The rows to write; whoever delivers them will be woken."""
    rows = [_row(notice, _ready_at(context, notice)) for notice in new]
    context.wakes.update(row.channel for row in rows)
    return rows


def _row(new: NewNotice, ready_at: datetime) -> NoticeRow:
    to = new.to
    return NoticeRow(
        key=f"{new.key}.{to.channel}.{to.address}",
        channel=to.channel,
        address=to.address,
        fallback=to.fallback,
        language=to.language,
        template=new.notice.template,
        args=new.notice.args(),
        ticket_id=new.ticket_id,
        ready_at=ready_at,
    )


def _ready_at(context: Context, notice: NewNotice) -> datetime:
    """By the policy in force now: it says when people may be disturbed today, whatever ticket it is about."""
    if phone.is_call(notice.to.channel, notice.notice.template):
        return calling.earliest(context.now, context.policy)
    # A page shows it only to somebody who is looking: it interrupts nobody, and so has no quiet hours.
    at_once = notice.at_once or notice.notice.at_once
    if at_once or channel_named(notice.to.channel).is_page:
        return context.now
    return quiet_hours.earliest(context.now, at_once, context.policy.quiet_hours, context.timezone)
