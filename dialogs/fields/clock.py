"""Finds the time of day a person names in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_PERIOD = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜|[今明后前昨][早晚]|昨夜|早|晚"
_POINT = re.compile(
    rf"(?P<period>{_PERIOD})?\s*(?:的|,)?\s*(?<![\d:])(?P<hour>\d{{1,2}})\s*(?:[点时:]钟?)"
    r"(?:\s*(?P<half>半)|\s*(?P<quarter>[13])刻|整|\s*(?P<minute>\d{1,2})分?(?::\d\d)?)?(?![间\d])\s*(?P<meridiem>[ap]m)?",
    re.ASCII,
)
_ENGLISH = re.compile(r"(?:\bat\s+)?\b(?P<hour>\d{1,2})\s*(?P<meridiem>[ap])\.?m\b\.?|\b(?P<noon>noon)\b", re.ASCII)
_AGO = re.compile(
    r"(?P<count>半|\d{1,4}|an?)\s*个?(?P<half>半)?(?P<unit>小时|钟头|分钟|hours?|minutes?|mins?)\s*(?:以前|之前|前|ago)",
    re.ASCII,
)
_JUST_NOW = re.compile("刚才|刚刚|方才|just now|right now")
_DAY_WORD = re.compile("^[今明后前昨]")


@dataclass(frozen=True)
class Time:
    """Minutes after midnight of the day named; 1440 and more lie in the night after it."""

    minutes: int
    unsure: bool = False
    """Spoken as an hour that may be of the morning or of the afternoon ("3点")."""


def elapsed(text: str, now: datetime) -> datetime | None:
    """The moment of "20分钟前", "刚才"; None if the text names none."""
    if _JUST_NOW.search(text):
        return now
    found = _AGO.search(text)
    if not found:
        return None
    count = {"半": 0.5, "a": 1.0, "an": 1.0}.get(found["count"]) or float(found["count"])
    count += 0.5 if found["half"] else 0.0
    unit = timedelta(hours=1) if found["unit"][0] in "小钟h" else timedelta(minutes=1)
    return now - count * unit


def take(text: str) -> tuple[str, tuple[Time, ...]]:
    """The text without its times of day, and the times. `text` has Arabic digits; impossible times are left out."""
    times: list[Time] = []

    def taken(found: re.Match[str]) -> str:
        time = _time(found)
        if time is not None:
            times.append(time)
        period = found.groupdict().get("period") or ""
        # 昨晚8点 names a day too: leave that word for whoever looks for days.
        return f" {period} " if _DAY_WORD.match(period) else " "

    rest = _ENGLISH.sub(taken, _POINT.sub(taken, text))
    return re.sub("凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜", " ", rest), tuple(times)


def _time(found: re.Match[str]) -> Time | None:
    parts = found.groupdict()
    if parts.get("noon"):
        return Time(12 * 60)
    hour = int(parts["hour"])
    minute = 30 if parts.get("half") else 15 * int(parts.get("quarter") or 0) + int(parts.get("minute") or 0)
    if hour > 24 or minute > 59:
        return None
    period = parts.get("period") or parts.get("meridiem") or ""
    if not period:
        spoken = ":" not in found.group() or not found.group().strip().startswith("0")
        return Time(hour * 60 + minute, unsure=spoken and 1 <= hour <= 6)
    return Time(_hour_of_day(hour, period) * 60 + minute)


def _hour_of_day(hour: int, period: str) -> int:
    if period[0] == "a":
        return hour % 12
    if period[0] == "p":
        return hour % 12 + 12
    if period == "中午":
        return hour + 12 if hour < 10 else hour
    if period in {"下午", "傍晚"}:
        return hour + 12 if hour < 12 else hour
    if period == "凌晨" or (period in {"半夜", "深夜", "夜里"} and hour < 6):
        return hour % 12
    if period in {"半夜", "深夜", "夜里"}:
        return _night(hour)
    if period[-1] in "晚夜" or period == "晚上":
        return _night(hour)
    return hour


def _night(hour: int) -> int:
    """晚上8点 is 20; 晚上12点 and 昨晚1点 lie after midnight."""
    if hour in {12, 24}:
        return 24
    if hour >= 13:
        return hour
    return hour + 12 if hour >= 6 else hour + 24
