"""Days of the lunar calendar 农历 by month and day."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"(?P<leap>闰)?(?P<month>正|冬|腊|\d{1,2})月(?:初)?(?P<day>\d{1,2})", re.ASCII)
_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def lunar_day(name: str, year: int) -> date | None:
    """The day that `name` (腊月28, 8月15, 闰6月初1) has in the lunar year `year`; None if that year has none."""
    from lunar_python import Lunar  # type: ignore[import-untyped]  # loaded on first use: its tables cost start-up time

    found = _DAY.search(name)
    if found is None:
        return None
    month = _MONTHS.get(found["month"]) or int(found["month"])
    try:
        solar = Lunar.fromYmd(year, -month if found["leap"] else month, int(found["day"])).getSolar()
    except Exception:  # the library raises a bare Exception for a day that the year lacks
        return None
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
