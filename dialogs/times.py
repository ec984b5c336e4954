"""Says points in time the way people do: 11月23日（周一）17:30, in the city's own zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from backend.contract.message import Message, Words


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> Message:
    """Date, weekday and time of day in `zone`; the year only if it is not the present one."""
    local = at.astimezone(zone)
    args: dict[str, Words | int] = {
        "month": Message(f"time.month.{local.month}"),
        "day": local.day,
        "weekday": Message(f"time.weekday.{local.isoweekday()}"),
        "time": f"{local:%H:%M}",
    }
    if local.year == now.astimezone(zone).year:
        return Message("time.moment", args)
    return Message("time.moment_of_year", {**args, "year": local.year})
