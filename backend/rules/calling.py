"""When the phone may ring: in the policy's hours on working days, and again after the policy's pauses."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from backend.rules.policy.policy import Policy


def earliest(now: datetime, policy: Policy) -> datetime:
    """The first moment from `now` on at which an enterprise may be called; UTC."""
    return policy.calling_hours().opening(now)


def may_ring(now: datetime, policy: Policy) -> bool:
    return earliest(now, policy) == now


def next_attempt(now: datetime, made: int, policy: Policy) -> datetime | None:
    """When to call again after `made` calls in vain, the last of them now; None when that was enough."""
    rules = policy.follow_up
    if made >= rules.attempts:
        return None
    pause = rules.pauses[min(max(made, 1), len(rules.pauses)) - 1]
    if pause.hours is not None:
        return earliest(now + timedelta(hours=pause.hours), policy)
    at = now
    for _ in range(pause.working_days or 1):
        tomorrow = at.astimezone(policy.zone()).date() + timedelta(days=1)
        at = earliest(datetime.combine(tomorrow, time.min, policy.zone()).astimezone(UTC), policy)
    return at
