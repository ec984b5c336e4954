"""Quiet hours: when a notice may be pushed to a person."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

from backend.rules.policy.policy import QuietHours


def earliest(now: datetime, urgent: bool, quiet: QuietHours | None, timezone: tzinfo) -> datetime:
    """The first moment, from `now` on, at which a notice may go out; UTC. Urgent notices never wait.

    The start of the quiet hours is quiet, their end is not: with 21:00 to 08:00, 21:00:00 waits and 08:00:00 goes.
    """
    if now.tzinfo is None:
        raise ValueError("a moment must know its timezone")
    local = now.astimezone(timezone)
    if urgent or quiet is None or not _is_quiet(local.time(), quiet):
        return now.astimezone(UTC)
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, timezone).astimezone(UTC)


def _is_quiet(at: time, quiet: QuietHours) -> bool:
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end
