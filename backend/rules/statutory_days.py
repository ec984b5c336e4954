"""The days off that the law fixes, for a year whose decree is not out yet.

全国年节及纪念日放假办法 names them: New Year, Spring Festival with its eve, Qingming, Labour Day, Dragon Boat,
Mid-Autumn and National Day. What the State Council's decree adds, days in lieu and make-up workdays 调休, is not
guessed.
"""

from __future__ import annotations

from datetime import date
from functools import cache


@cache
def statutory_days(year: int) -> frozenset[date]:
    """Those of a year, as the law stands now; none after 2100, where the library's lunar calendar ends."""
    # Imported on first need: it brings the calendars of 250 countries, 17 MB that a decreed year does without.
    from holidays import country_holidays

    return frozenset(country_holidays("CN", years=year, observed=False))
