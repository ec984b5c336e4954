"""Reads a day, or a day with a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields import clock, day_names
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, doubted, problem

_LONGEST = 200
"""Characters; more is a story, not a date."""
_SIDE_BY_SIDE = 6
"""Characters between a date and its weekday."""
_UNTIL_THEN = re.compile(r"(?:到|至|直到|until|till|by)\s*$")
_OR = re.compile(r"\s*(?:或者?|or|、|还是|同埋|和)\s*")
_OR_ANOTHER = re.compile(r"\s*(?:或者?|还是|or|、)\s*\d{1,2}(?:[号日吧,，。]|$)", re.ASCII)
_BESIDE = re.compile(
    r"\d+个?多?[月年周天]|小年夜?|本月|这个?月|今年|本周|现在|now|this (?:week|month|year)|(?:\d{4}|[去前])年", re.ASCII
)
"""How long it is, or how the day is called: they name none where one is named."""
_BEGAN = re.compile("[^,，。]{0,4}(?:开始|起(?!诉)|进场|动工|开工|就(?!说))")
_NEAR_IT = re.compile(
    "\\s*(?:节|长假|假期)?(?:过?(?:以|之)?后(?![天日半])|的?那(?:几天|阵子?|段|会儿?)|前后|期间|(?:收假|放完假)|[^,，。]{0,4}没(?:几天|多久)|再?过\\d{1,3}个?[天日周月星礼])"
)
"""国庆后, 月底那几天 are no day."""
_FESTIVAL = re.compile(r"[^\d天日周期拜底末]{2,}|(?:\d{4}|[去今明前]).?年[^\d天日周期拜底末]+", re.ASCII)
_BEFORE_IT = re.compile(r"\s*(?:节|夜|长假)?(?:之|以)?前(?![\d天日一]|后)", re.ASCII)
_BEFORE_THAT = re.compile(r"\s*(?:之|以)?前(?![\d天日])", re.ASCII)
_BY = re.compile(r"\s*(?:之|以)?前(?![\d天日])|\s*(?:为止|截止)", re.ASCII)
_HOLIDAYS = re.compile("(?:节|的)?(?:长假|假期|\\d天假|黄金周)")
_DENIED = re.compile("(?:不是|不系|唔系|并非|不在)$")
_PLANNED = re.compile("(?:本来|原来|原本|原)(?:想|打算|要|定|说|约|是)[^,，。\\d]{0,4}$")
_EITHER = re.compile("(?:不是|要么|要不)[^,，。]{1,12}?[,，]?(?:就是|要么|要不)")
"""不是八月十五号就是十六号."""
_REASON = re.compile("因为[^,，。;；]*$")
_AT_THE_LATEST = re.compile("最(?:晚|迟|后)[^,，。;；\\d]{0,3}$")
_BORROWED = re.compile("[^,，。\\d]{0,2}(?:借|贷|放|批|签|办)(?:款|下来)?(?:的|了|到)")
"""A day from which a term runs."""
_THIS_TIME = re.compile("(?:这回|这次|今次|这一次|最近(?:一次)?)(?:的|是|从|自|就|在)*$")
_LATELY = re.compile("[上这本]个?(?:周|星期|礼拜|月)|[前这]几天|最近")
"""A time after the day that is named, where the last one is asked: 10月3号来过，上周又来."""
_TERM = re.compile(
    r"(?:给了?|限期?|宽限|账期)(?:我们?)?的?\d{1,3}个?(?:工作)?[天日周月](?!前|后)|\d{1,3}个?(?:工作)?[天日周月](?:之|以)?内"
    r"(?:要|得|须|必须|改|付|交|给|结|整|完)|(?<!最)[后完起算]的?\d{1,3}个?(?:工作)?[天日周月](?!前)"
    r"|\d{1,3}个?(?:工作)?[天日周月][,， ]*(?:从|自|由|单|通知|[a-z\u4e00-\u9fff]{1,4}是)",
    re.ASCII,
)
"""So long after the day that is named: 昨天发的通知，三天内要改完."""
_EDGE = re.compile(r"[月年][底末尾初头](?!\d)|(?<!正)(?<!腊)月初\d", re.ASCII)
"""九月底 of the past is about that day; 11月初3 may be of either calendar."""
_SAID_LUNAR = re.compile("农历|阴历|旧历|老历")
_OVER = re.compile("(?:过完|过了|过)$")


_ABOUT = re.compile(
    "(?<![零〇一二两三四五六七八九十0-9])(?:一(?=[二两])|两(?=三)|二(?=三)|三(?=[四五])|四(?=五)|五(?=六)|六(?=七)|七(?=八)|八(?=九))"
    "(?P<farther>[二两三四五六七八九])(?=个?(?:天|日|周|星期|礼拜|月|年|个?钟|小时))"
)
"""Two figures side by side are no number of two digits but a guess."""


@dataclass(frozen=True)
class Date(Parser):
    """One day. The value is ISO 8601: `2026-11-21`, with a time `2026-11-21T15:00+08:00`."""

    past: bool | None = None
    """True: not after now. False: not before today. A date without a year is taken from that side."""
    max_days_back: int | None = None
    max_days_ahead: int | None = None
    with_time: bool = False
    asks_first: bool = False
    """Of several days the question asks for the first, or..."""
    asks_last: bool = False
    """... for the last."""
    asks_by: bool = False
    """It asks by when something has to be done: a day before, or a time after one, is no other day."""
    asks_start: bool = False
    """Of a stretch of days the question asks for the beginning."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        if len(text) > _LONGEST:
            return problem("field.date.not_understood")
        if (about := _ABOUT.search(text)) is not None:
            # 三四天前 may be either: the farther one is asked back.
            return doubted(self.parse(text[: about.start()] + about["farther"] + text[about.end() :], now))
        figures = day_names.figures(text)
        moment = clock.elapsed(figures, now)
        if moment is not None:
            return self._checked_moment(moment, now)
        rest, times = clock.take(figures)
        day, words = self._day(rest, now.date(), bool(times))
        if isinstance(day, NotUnderstood):
            return day
        outcome = self._at_its_time(day, times, now)
        edge = _EDGE.search(words)
        unsure = edge and not _SAID_LUNAR.search(rest) and (self.past or edge.group()[-1].isdigit())
        return doubted(outcome) if unsure else outcome

    def _at_its_time(self, day: date, times: tuple[clock.Time, ...], now: datetime) -> Outcome:
        if not self.with_time:
            return self._checked_day(day, now.date())
        if len(set(times)) != 1:
            return problem("field.date.times" if times else "field.date.time_missing", day=_shown(day))
        if times[0].unsure:
            hour, minute = divmod(times[0].minutes, 60)
            return problem("field.date.time_unsure", hour=hour, afternoon=hour + 12, minute=f"{minute:02}")
        midnight = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
        return self._checked_moment(midnight + timedelta(minutes=times[0].minutes), now)

    def _day(self, text: str, today: date, has_time: bool) -> tuple[date | NotUnderstood, str]:
        """The day, or why there is none; and the words that name it."""
        lean: day_names.Lean = 0 if self.past is None else -1 if self.past else 1
        mentions = day_names.find(text, today, lean)
        if day_names.is_range(text, mentions):
            if not self.asks_start or len(mentions) < 2:
                return problem("field.date.range"), ""
            mentions = mentions[:1]
        meant = self._meant(text, mentions, today)
        if len(meant) == 1 and self._is_unclear(text, meant[0]):
            return problem("field.date.which_day"), ""
        readings = _agreed(meant)
        if len(readings) > 1:
            return problem("field.date.several"), ""
        if readings:
            words = text[meant[0].start : meant[0].end]
            return (NotUnderstood(readings[0]) if isinstance(readings[0], Message) else readings[0]), words
        return (today if has_time and self.with_time else problem("field.date.not_understood")), ""

    def _meant(self, text: str, mentions: tuple[day_names.Mention, ...], today: date) -> tuple[day_names.Mention, ...]:
        """Of several days the one that the question asks for, if that can be told."""
        if len(mentions) < 2:
            return mentions
        if _leaves_open(text, mentions):
            return mentions
        kept = self._of_the_matter(text, mentions)
        exact = self._possible([one for one in kept if isinstance(one.reading, date)], today)
        days = sorted({one.reading for one in exact if isinstance(one.reading, date)})
        if len(days) > 1:
            return self._asked_for(text, exact, days) or kept
        alone = len(exact) == len(kept) or (self.asks_last and not _is_followed(text, exact, kept))
        return tuple(exact) if len(days) == 1 and alone else kept

    def _of_the_matter(self, text: str, mentions: tuple[day_names.Mention, ...]) -> tuple[day_names.Mention, ...]:
        """Without the days until which it goes on, those denied or given up, and how long it is beside a day."""
        kept = tuple(one for one in mentions if not self._is_left_out(text, one)) or mentions
        if any(_is_clear(text, one) for one in kept):
            kept = tuple(one for one in kept if not _is_near(text, one))
        if any(isinstance(one.reading, date) for one in kept):
            kept = tuple(one for one in kept if not _BESIDE.fullmatch(text[one.start : one.end])) or kept
        return _without_confirming(kept)

    def _is_left_out(self, text: str, one: day_names.Mention) -> bool:
        before = text[: one.start]
        until = not self.asks_by and _UNTIL_THEN.search(before)
        begins = self.asks_by and _BORROWED.match(text[one.end :])
        return bool(until or begins or any(one.search(before) for one in (_DENIED, _PLANNED, _REASON)))

    def _is_unclear(self, text: str, one: day_names.Mention) -> bool:
        """Whether the day meant is another one than that, or one of two."""
        before, after = text[: one.start], text[one.end :]
        near = _OVER.search(before) or _is_near(text, one) or _OR_ANOTHER.match(after)
        if self.asks_by:
            return bool(near or _TERM.search(f"{before} {after}"))
        return bool(near or (self.past and _BEFORE_THAT.match(after)))

    def _possible(self, exact: list[day_names.Mention], today: date) -> list[day_names.Mention]:
        """Those on the side of today where the answer lies, if any do."""
        if self.past is None:
            return exact
        side = [one for one in exact if isinstance(one.reading, date) and (one.reading <= today) is self.past]
        return side or exact

    def _asked_for(self, text: str, exact: list[day_names.Mention], days: list[date]) -> tuple[day_names.Mention, ...]:
        """Of several days the first or last, where that is asked, or the one on which it is said to have begun."""
        if self.asks_by:
            latest = _only(one for one in exact if _AT_THE_LATEST.search(text[: one.start]))
            return latest or _before(text, exact, _BY)
        if self.asks_last or self.asks_first:
            return tuple(one for one in exact if one.reading == days[-1 if self.asks_last else 0])
        now = _only(one for one in exact if _THIS_TIME.search(text[: one.start]))
        return now or _before(text, exact, _BEGAN)

    def _checked_moment(self, moment: datetime, now: datetime) -> Outcome:
        if not self.with_time:
            return self._checked_day(moment.date(), now.date())
        if self.past and moment > now:
            return problem("field.date.future", day=_shown(moment.date()))
        wrong = self._out_of_range(moment.date(), now.date())
        if wrong:
            return wrong
        shown = Message("field.date.moment", {"day": _shown(moment.date()), "time": f"{moment:%H:%M}"})
        return Understood(moment.isoformat(timespec="minutes"), shown)

    def _checked_day(self, day: date, today: date) -> Outcome:
        return self._out_of_range(day, today) or Understood(day.isoformat(), _shown(day))

    def _out_of_range(self, day: date, today: date) -> NotUnderstood | None:
        if self.past and day > today:
            return problem("field.date.future", day=_shown(day))
        if self.past is False and day < today:
            return problem("field.date.past", day=_shown(day))
        distance = (day - today).days
        if self.max_days_back is not None and -distance > self.max_days_back:
            return problem("field.date.too_old", day=_shown(day), days=self.max_days_back)
        if self.max_days_ahead is not None and distance > self.max_days_ahead:
            return problem("field.date.too_far", day=_shown(day), days=self.max_days_ahead)
        return None


def _only(marked: Iterable[day_names.Mention]) -> tuple[day_names.Mention, ...]:
    """The one that is marked; none where several are."""
    found = tuple(marked)
    return found if len(found) == 1 else ()


def _before(text: str, exact: list[day_names.Mention], words: re.Pattern[str]) -> tuple[day_names.Mention, ...]:
    """The one right before such words."""
    return _only(one for one in exact if words.match(text[one.end :]))


def _is_clear(text: str, one: day_names.Mention) -> bool:
    return isinstance(one.reading, date) and not one.weekday and not _is_near(text, one)


def _without_confirming(mentions: tuple[day_names.Mention, ...]) -> tuple[day_names.Mention, ...]:
    """Without the weekdays that fit a date beside them: 18号(周三)."""
    weekdays = {one.reading.weekday() for one in mentions if isinstance(one.reading, date) and not one.weekday}
    return tuple(
        one
        for one in mentions
        if not (one.weekday and isinstance(one.reading, date) and one.reading.weekday() in weekdays)
    )


def _is_followed(text: str, exact: list[day_names.Mention], kept: tuple[day_names.Mention, ...]) -> bool:
    """Whether after the day a later time is told that is none: 10月3号来过，上周又来."""
    return any(one.start > exact[-1].start and _LATELY.match(text, one.start) for one in kept if exact)


def _leaves_open(text: str, mentions: tuple[day_names.Mention, ...]) -> bool:
    """Whether it is one day or another: 不是十五号就是十六号, 15或者16号."""
    return bool(_EITHER.search(text)) or any(_are_one_of_two(text, one, other) for one, other in pairwise(mentions))


def _are_one_of_two(text: str, one: day_names.Mention, other: day_names.Mention) -> bool:
    """Whether two days are one or the other, or a date and a weekday beside it that are not of one day."""
    between = text[one.end : other.start]
    return bool(_OR.fullmatch(between)) or (len(between) <= _SIDE_BY_SIDE and _contradict(one, other))


def _contradict(one: day_names.Mention, other: day_names.Mention) -> bool:
    """Whether a date and the weekday beside it are of different days."""
    days = [each.reading for each in (one, other) if isinstance(each.reading, date)]
    return one.weekday is not other.weekday and len(days) == 2 and days[0].weekday() != days[1].weekday()


def _is_near(text: str, one: day_names.Mention) -> bool:
    """Whether a time before, after or about that day is told, and not the day: 国庆后, 春节前, 月底那几天."""
    festival = _FESTIVAL.fullmatch(text[one.start : one.end])
    before_it = festival and (_BEFORE_IT.match(text[one.end :]) or _HOLIDAYS.match(text[one.end :]))
    return bool(before_it or _NEAR_IT.match(text[one.end :]))


def _agreed(mentions: tuple[day_names.Mention, ...]) -> list[day_names.Reading]:
    """The distinct readings; a weekday that fits a date named beside it says nothing more."""
    days = [mention.reading for mention in mentions if not mention.weekday]
    weekdays = {day.weekday() for day in days if isinstance(day, date)}
    result: list[day_names.Reading] = []
    for mention in mentions:
        reading = mention.reading
        confirms = mention.weekday and isinstance(reading, date) and reading.weekday() in weekdays
        if not confirms and reading not in result:
            result.append(reading)
    return result


def _shown(day: date) -> Message:
    weekday = Message(f"field.date.weekday.{day.isoweekday()}")
    args: dict[str, Words | int] = {
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "iso": f"{day}",
        "weekday": weekday,
    }
    return Message("field.date.shown", args)
