"""Finds the days a person names in a text, in Chinese, English or figures."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from backend.contract.message import Message
from dialogs.fields import jio, lunar, numerals
from dialogs.fields.typed import narrow

Lean = Literal[-1, 0, 1]
"""Where a date without a year is looked for: the past, the nearest, or the future."""

Reading = date | Message
"""A day, or why the words do not name one."""


@dataclass(frozen=True)
class Mention:
    """Words of the text that name a day."""

    reading: Reading
    start: int
    end: int
    weekday: bool = False
    """Only a day of the week: it may stand beside a date to confirm it."""


def figures(text: str) -> str:
    """`text` narrowed, with Chinese numerals up to 99 and years digit by digit as Arabic figures."""
    heard = _WEEKDAY_AND_DAY.sub(r"\1 ", numerals.as_meant(spoken(narrow(text)).translate(_OTHER_FIGURES)))
    said = _PLACES.sub(" ", _ENGLISH_NUMBERS.sub(_english_number, heard))
    result = _FESTIVAL_FIGURES.sub(lambda found: _FESTIVALS_BY_FIGURES[found[1]], said)
    result = result.replace("廿", "二十").replace("卅", "三十")
    result = _TENS.sub(lambda found: str(_digit(found[1], 1) * 10 + _digit(found[2], 0)), result)
    return result.translate(_DIGITS)


def spoken(text: str) -> str:
    """`text` with days as dialects say them in their standard names, without "until now"."""
    return _UNTIL_NOW.sub(" ", _SPOKEN.sub(lambda found: _STANDARD_DAYS[found.group()], text))


def _in_the_year_told(mentions: tuple[Mention, ...], text: str, today: date, lean: Lean) -> tuple[Mention, ...]:
    """Of the past, a month and day beside the one year that is told are of that year: 2025年春节前，1月20日."""
    years = {*_YEAR_TOLD.findall(text)}
    if lean >= 0 or len(years) != 1:
        return mentions
    word = years.pop()
    year = today.year + _YEAR_WORDS[word] if word in _YEAR_WORDS else int(word.rstrip("年"))

    def told(one: Mention) -> Mention:
        bare = isinstance(one.reading, date) and _MONTH_AND_DAY.fullmatch(text[one.start : one.end])
        if not bare or not isinstance(one.reading, date) or not _exists(year, one.reading.month, one.reading.day):
            return one
        return replace(one, reading=one.reading.replace(year=year))

    return tuple(told(one) for one in mentions)


def _english_number(found: re.Match[str]) -> str:
    return str(_ENGLISH[found.group()])


def find(text: str, today: date, lean: Lean) -> tuple[Mention, ...]:
    """The days named in `text` (as `figures` gives it), in order."""
    mentions: list[Mention] = []
    rest = text
    for pattern, read in _RULES:
        for found in pattern.finditer(rest):
            reading = _guarded(read, found, today, lean)
            end = found.end()
            shift = _SHIFT.match(rest, end)
            if shift and isinstance(reading, date):
                reading, end = _shifted(reading, shift), shift.end()
            mentions.append(Mention(reading, found.start(), end, weekday=read is _weekday))
            rest = rest[: found.start()] + "\0" * (end - found.start()) + rest[end:]
    if not mentions:
        mentions = [Mention(reading, 0, len(text)) for reading in _bare(text, today, lean)]
    return _in_the_year_told(tuple(sorted(mentions, key=lambda mention: mention.start)), text, today, lean)


def is_range(text: str, mentions: tuple[Mention, ...]) -> bool:
    """Whether the text gives a stretch of days: 3月5日到8日, 11.20-11.22."""
    if _BARE_RANGE.search(text):
        return True
    for first, second in pairwise(mentions):
        if _UNTIL.fullmatch(text[first.end : second.start]):
            return True
    return any(_OPEN_END.match(text, mention.end) for mention in mentions)


def nearest(month: int, day: int, today: date, lean: Lean) -> date | None:
    """The day of that month and day of month that `lean` asks for; None if the calendar never has it."""
    years = range(max(1, today.year - 8), min(9999, today.year + 8) + 1)
    days = [date(year, month, day) for year in years if _exists(year, month, day)]
    return _leaning(days, today, lean)


# --- how each rule reads its match ---------------------------------------------------------------------------------


def _full(found: re.Match[str], _today: date, _lean: Lean) -> Reading:
    year, month, day = (int(part) for part in found.groups())
    return _day(year, month, day)


def _western(found: re.Match[str], _today: date, _lean: Lean) -> Reading:
    first, second, year = (int(part) for part in found.groups())
    if first == second or second > 12:
        return _day(year, first, second)
    if first > 12:
        return _day(year, second, first)
    return Message("field.date.order", {"first": first, "second": second})


def _month_day(found: re.Match[str], today: date, lean: Lean) -> Reading:
    month, day = int(found["month"]), int(found["day"])
    year = _year(found, today)
    if year:
        return _day(year, month, day)
    return nearest(month, day, today, lean) or _impossible(month, day)


def _month_edge(found: re.Match[str], today: date, lean: Lean) -> Reading:
    """今年6月底, 上个月20号, 月初."""
    year, month = _month(found, today, lean)
    if found["day"]:
        return _day(year, month, int(found["day"]))
    if found["edge"] in {"初", "头", "第1天"}:
        return date(year, month, 1)
    return date(year, month, calendar.monthrange(year, month)[1])


def _same_day(found: re.Match[str], today: date, _lean: Lean) -> Reading:
    """上个月的今天, 去年今天."""
    step = -1 if found.group()[0] in "上去" else 1
    if found["unit"] not in {None, "月"}:
        return today + timedelta(weeks=step)
    return _months_on(today, step * (1 if found["which"] else 12))


def _year_end(found: re.Match[str], today: date, _lean: Lean) -> Reading:
    return date(today.year if found["year"] == "年" else _year(found, today) or today.year, 12, 31)


def _ago(found: re.Match[str], today: date, lean: Lean) -> Reading:
    count, unit = found["count"], found["unit"]
    if unit == "日" and lean >= 0 and found["way"] == "前":  # 3日前 is by the third rather than three days ago
        return Message("field.date.which_day")
    sign = -1 if found["way"] in {"前", "ago", "before"} else 1
    if count == "半":
        return today + sign * timedelta(days=15) if unit == "月" else Message("field.date.which_day")
    number = sign * (1 if count in {"a", "an"} else int(count))
    if unit in {"天", "日"} or unit.startswith("day"):
        return today + timedelta(days=number)
    if unit in {"周", "星期", "礼拜"} or unit.startswith("week"):
        return today + timedelta(weeks=number)
    return _months_on(today, number * (12 if unit == "年" or unit.startswith("year") else 1))


def _weekday(found: re.Match[str], today: date, lean: Lean) -> Reading:
    which = found["which"] or ""
    day = found["day"]
    weekday = 6 if day in "日天末7" else int(day) - 1
    monday = today - timedelta(days=today.weekday())
    weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
    if which in weeks:
        return monday + timedelta(weeks=weeks[which], days=weekday)
    return _near_weekday(weekday, today, lean)


def _english_weekday(found: re.Match[str], today: date, lean: Lean) -> Reading:
    weekday = _WEEKDAYS.index(found["day"][:3])
    if found["which"] == "last":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if found["which"] == "next":
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _near_weekday(weekday, today, lean)


def _day_word(found: re.Match[str], today: date, _lean: Lean) -> Reading:
    return today + timedelta(days=next(days for words, days in _DAY_WORDS if found.group() in words))


def _festival(found: re.Match[str], today: date, lean: Lean) -> Reading:
    month, day = next(value for name, value in _FESTIVALS.items() if found["name"].startswith(name))
    year = _year(found, today)
    return date(year, month, day) if year else nearest(month, day, today, lean) or date(today.year, month, day)


def _lunar(found: re.Match[str], today: date, lean: Lean) -> Reading:
    """Festivals and dates of the lunar calendar, and solar terms, by jionlp."""
    name = re.sub("农历|阴历|旧历", "", found["name"])
    name = re.sub(r"^(?:大|过)?年初(\d+)$", r"正月初\1", name)
    if name.startswith("小年"):  # the 23rd of the month in the north, the 24th in the south
        return Message("field.date.lunar")
    eve = name in {"除夕", "大年30", "年30", "除夕夜", "大年夜"}
    year = _year(found, today)
    years = (year,) if year else (today.year - 1, today.year, today.year + 1)
    known = [_lunar_day(name, eve, each) for each in years]
    chosen = _leaning([day for day in known if day], today, lean)
    return chosen or Message("field.date.lunar")


def _day_of_month(found: re.Match[str], today: date, lean: Lean) -> Reading:
    """20号: of this month, or of the one before or after, as `lean` asks."""
    wanted = int(found["day"])
    months = [_months_on(today.replace(day=1), step) for step in range(-2, 3)]
    days = [date(m.year, m.month, wanted) for m in months if _exists(m.year, m.month, wanted)]
    return _leaning(days, today, lean) or Message("field.date.not_understood")


def _english_month_day(found: re.Match[str], today: date, lean: Lean) -> Reading:
    month, day = _MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    if found["year"]:
        year = {"last year": -1, "this year": 0, "next year": 1}.get(found["year"])
        return _day(int(found["year"]) if year is None else today.year + year, month, day)
    return nearest(month, day, today, lean) or _impossible(month, day)


def _which_day(_found: re.Match[str], _today: date, _lean: Lean) -> Reading:
    return Message("field.date.which_day")


def _bare(text: str, today: date, lean: Lean) -> Iterator[Reading]:
    """Figures that are a date only when nothing else stands beside them: 11.20, 0305, 20261120."""
    alone = _FILLER.sub("", text).strip(" ,.。，的")
    short = _BARE_MONTH_DAY.fullmatch(alone)
    if short:
        month, day = (int(part) for part in short.groups() if part)
        if month <= 12 or day > 12:
            yield nearest(month, day, today, lean) or _impossible(month, day)
        else:
            yield nearest(day, month, today, lean) or _impossible(day, month)
        return
    for pattern in _BARE_FULL:
        full = pattern.fullmatch(alone)
        if full:
            year, month, day = (int(part) for part in full.groups())
            yield _day(year if year > 99 else 2000 + year, month, day)
            return


# --- the calendar --------------------------------------------------------------------------------------------------


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> Reading:
    if _exists(year, month, day):
        return date(year, month, day)
    if not 1 <= month <= 12:
        return Message("field.date.no_month", {"month": month})
    return Message("field.date.impossible_year", {"year": year, "month": month, "day": day})


def _impossible(month: int, day: int) -> Message:
    if not 1 <= month <= 12:
        return Message("field.date.no_month", {"month": month})
    return Message("field.date.impossible", {"month": month, "day": day})


def _leaning(days: list[date], today: date, lean: Lean) -> date | None:
    if lean < 0:
        days = [day for day in days if day <= today] or days
    elif lean > 0:
        days = [day for day in days if day >= today] or days
    return min(days, key=lambda day: abs(day - today), default=None)


def _months_on(day: date, months: int) -> date:
    """The same day of the month, or the month's last if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _near_weekday(weekday: int, today: date, lean: Lean) -> date:
    if lean < 0:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if lean > 0:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return today + timedelta(days=weekday - today.weekday())


def _year(found: re.Match[str], today: date) -> int | None:
    word = found["year"]
    if not word:
        return None
    if word in _YEAR_WORDS:
        return today.year + _YEAR_WORDS[word]
    year = int(word.rstrip("年"))
    return year if year > 99 else 2000 + year


def _month(found: re.Match[str], today: date, lean: Lean) -> tuple[int, int]:
    if found["number"]:
        month = int(found["number"])
        year = _year(found, today)
        if year:
            return year, month
        near = nearest(month, 1, today, lean)
        return (near.year if near else today.year), month
    steps = {"上上": -2, "上": -1, "下": 1, "下下": 2}
    there = _months_on(today.replace(day=1), steps.get(found["which"] or "", 0))
    return there.year, there.month


def _lunar_day(name: str, eve: bool, year: int) -> date | None:
    if eve:  # jionlp dates 去年除夕 by the lunar year on one side and by the solar one on the other
        spring = jio.lunar("春节", year)
        return spring - timedelta(days=1) if spring else None
    return lunar.lunar_day(name, year) or jio.lunar(name, year)


def _shifted(day: date, shift: re.Match[str]) -> Reading:
    sign = -1 if shift["way"] == "前" else 1
    days = int(shift["nth"]) - 1 if shift["nth"] else sign * int(shift["count"])
    return _guarded(lambda *_: day + timedelta(days=days), shift, day, 0)


def _guarded(read: _Read, found: re.Match[str], today: date, lean: Lean) -> Reading:
    try:
        return read(found, today, lean)
    except (ValueError, OverflowError):  # a count or a month no calendar holds: 9999个月前, 13月底
        return Message("field.date.not_understood")


def _digit(character: str, default: int) -> int:
    return "零一二三四五六七八九".index(character) if character else default


_Read = Callable[[re.Match[str], date, Lean], Reading]

# As `narrow` writes them: 㖊 is its 噚.
_STANDARD_DAYS = {
    "今朝早": "今天早上",
    "今朝": "今天",
    "今晨": "今天早上",
    "今儿个": "今天",
    "昨儿个": "昨天",
    "明儿个": "明天",
    "前儿个": "前天",
    "前儿": "前天",
    "后儿": "后天",
    "琴日": "昨天",
    "寻日": "昨天",
    "㖊日": "昨天",
    "琴晚": "昨晚",
    "寻晚": "昨晚",
    "㖊晚": "昨晚",
    "昨朝": "昨天",
    "听日": "明天",
    "听晚": "明晚",
    "大前日": "大前天",
    "大后日": "大后天",
    "头先": "刚才",
    "啱先": "刚才",
    "啱啱": "刚刚",
    "正话": "刚刚",
    "礼拜日": "礼拜天",
    "拜一": "礼拜一",
    "拜二": "礼拜二",
    "拜三": "礼拜三",
    "拜四": "礼拜四",
    "拜五": "礼拜五",
    "拜六": "礼拜六",
    "拜日": "礼拜天",
    "头一天": "第一天",
    "头天": "第一天",
    "第二日": "第二天",
    "第三日": "第三天",
    "fortnight": "14 days",
    "qiantian": "前天",
    "zuotian": "昨天",
    "jintian": "今天",
    "mingtian": "明天",
    "houtian": "后天",
}
_SPOKEN = re.compile("|".join(("(?<!礼)" if name[0] == "拜" else "") + name for name in _STANDARD_DAYS))
_UNTIL_NOW = re.compile(
    "(?:一直|直)?(?:到|至)了?(?:现在|如今|目前|而家)|(?:一直|直|(?<=[,，。 ]))(?:到|至)了?今[天日晚]|\\b(?:till"
    "|until|up to|to) (?:now|today)\\b"
)
_PLACES = re.compile(
    r"(?:路|街|道|巷|村|里弄|弄|栋|幢|座|园|区|厦|\b(?:no|room|rd|road|street|st|building)\.?)\s*[0-9零一二三四五六七八九十百]{1,5}(?:[-—–][0-9]{1,4})?(?:号|栋|楼|室|之)*"
    r"|[0-9]{1,4}(?:[-—–][0-9]{1,4})?(?:号(?=楼|铺|档|店|厂|线|车|门|院|仓|库)|栋|幢|楼|室|层|单元)",
    re.ASCII,
)
"""Numbers of houses, which are no dates: 解放路12-5号."""
_ENGLISH = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_ENGLISH_NUMBERS = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b(?= (?:days?|weeks?|months?|years?)\b)")
_WEEKDAY_AND_DAY = re.compile("((?:周|星期|礼拜)[一二三四五六日天])(?=[0-9])")
_OTHER_FIGURES = str.maketrans("两拾幺", "二十一")
_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_TENS = re.compile("([一二三四五六七八九])?十([一二三四五六七八九])?")
_FESTIVALS_BY_FIGURES = {
    "五一": "劳动节",
    "六一": "儿童节",
    "七一": "建党节",
    "八一": "建军节",
    "三八": "妇女节",
    "十一": "国庆节",
    "双十一": "11月11日",
    "双十二": "12月12日",
    "双11": "11月11日",
    "双12": "12月12日",
}
_FESTIVAL_FIGURES = re.compile(
    "((?<![月年第周0-9一二三四五六七八九十])(?:五一|六一|七一|八一|三八)(?!月|号|日|个|天|点|[一二三四五六七八九十])"
    "|(?:^|(?<=年))十一(?=$|长假|假期|期间|前|后|那天|当天|放假|国庆)|双(?:十一|十二|11|12)(?!\\d))(?:节)?"
)
_YEAR_WORDS = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_YEAR = rf"(?:(?P<year>(?<!\d)\d{{4}}年|(?<!\d)\d{{2}}年|{'|'.join(_YEAR_WORDS)})度?的?\s*)?"
_YEAR_TOLD = re.compile(r"(?<!\d)\d{4}年|去年|前年", re.ASCII)
_MONTH_AND_DAY = re.compile(r"\d{1,2}月份?的?\s*\d{1,2}\s*[日号]?", re.ASCII)
_FESTIVALS = {
    "元旦": (1, 1),
    "情人节": (2, 14),
    "妇女节": (3, 8),
    "植树节": (3, 12),
    "劳动节": (5, 1),
    "青年节": (5, 4),
    "儿童节": (6, 1),
    "建党节": (7, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "平安夜": (12, 24),
    "圣诞": (12, 25),
}
_SOLAR_TERMS = (
    "立春|雨水|惊蛰|春分|清明|谷雨|立夏|小满|芒种|夏至|小暑|大暑"
    "|立秋|处暑|白露|秋分|寒露|霜降|立冬|小雪|大雪|冬至|小寒|大寒"
)
_DAY_WORDS = (
    (frozenset({"大大前天"}), -4),
    (frozenset({"大前天", "大前晚"}), -3),
    (frozenset({"前天", "前日", "前晚", "day before yesterday", "the day before yesterday"}), -2),
    (frozenset({"昨天", "昨日", "昨晚", "昨夜", "昨早", "昨儿", "yesterday", "last night"}), -1),
    (frozenset({"今天", "今日", "今晚", "今早", "今儿", "刚才", "刚刚", "现在", "方才", "today", "tonight", "now"}), 0),
    (frozenset({"this morning", "this afternoon", "this evening"}), 0),
    (frozenset({"明天", "明日", "明早", "明晚", "明儿", "tomorrow"}), 1),
    (frozenset({"后天", "后日", "day after tomorrow", "the day after tomorrow"}), 2),
    (frozenset({"大后天"}), 3),
    (frozenset({"大大后天"}), 4),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAME = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY_NAME = r"(?P<day>(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"


def _rule(pattern: str, read: _Read) -> tuple[re.Pattern[str], _Read]:
    return re.compile(pattern, re.ASCII), read


# In order: what an earlier rule has matched is taken out of the text before the next one looks.
_RULES: tuple[tuple[re.Pattern[str], _Read], ...] = (
    _rule(
        rf"{_YEAR}(?P<name>除夕夜?|大年夜|大年30|年30|春节|(?:大|过)?年初\d+|小年夜?|元宵节?|端午节?|七夕节?|中元节|中秋节?|重阳节?|腊8节?"
        rf"|(?:农历|阴历|旧历)?(?:闰?(?:正|腊|冬|\d{{1,2}})月初\d{{1,2}}|(?:正|腊|冬)月\d{{1,2}})"
        rf"|(?:农历|阴历|旧历)\d{{1,2}}月\d{{1,2}}|{_SOLAR_TERMS})(?:节|日|号|这天|那天)?",
        _lunar,
    ),
    _rule(rf"{_YEAR}(?:(?<!\d)\d{{1,2}}月|[上这本下]个?月)?的?\d{{1,2}}[几多][号日]", _which_day),
    _rule(r"(?<![\d月年/.-])\d{1,2}\s*[、/~-]\s*\d{1,2}[号日]", _which_day),
    _rule(r"(?:第\d|最后1)个(?:周|星期|礼拜)[1-7日天]", _which_day),
    _rule(r"(?:农历|阴历|旧历|老历)(?:闰?\d{1,2}|正|冬|腊)月(?:份|初|中|底|末)?(?!\d)", _which_day),
    _rule(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*(?:日|号|t(?= |\d|$))?", _full),
    _rule(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)", _western),
    _rule(
        rf"\b{_MONTH_NAME}\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s*,?\s*(?P<year>\d{{4}}|(?:last|this"
        rf"|next) year))?(?![\d:])",
        _english_month_day,
    ),
    _rule(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTH_NAME}\b(?:\s*,?\s*(?P<year>\d{{4}}"
        rf"|(?:last|this|next) year))?(?![\d:])",
        _english_month_day,
    ),
    _rule(
        rf"{_YEAR}(?<!\d)(?P<month>\d{{1,2}})月份?的?\s*(?P<day>\d{{1,2}})\s*(?:日|号)?(?!\d|[次回个遍台天批笔家人])",
        _month_day,
    ),
    _rule(
        rf"{_YEAR}(?:(?P<which>上上|上|这|本|当|下下|下)个?月|(?<!\d)(?P<number>\d{{1,2}})月份?|月)的?"
        rf"(?:(?P<edge>底|末|尾|初|头|最后1天|第1天)|(?P<day>\d{{1,2}})\s*(?(which)(?:日|号|(?![\d./点时:个天日号年月周次多万]))|(?:日|号)))",
        _month_edge,
    ),
    _rule(r"(?P<year>(?<!\d)\d{4}年|今年|去年|明年|本年|年)(?:年)?(?:(?:底|末)|(?<=[今去明].)的?最后1天)", _year_end),
    _rule(r"(?P<which>上|下)个?(?P<unit>月|星期|周|礼拜)的?今天|(?P<year>去年|明年)的?今天", _same_day),
    _rule(r"(?P<way>还有|还剩|剩下)(?P<count>\d{1,3})(?P<unit>天|日|周|星期|礼拜)(?!内)", _ago),
    _rule(
        r"(?<![月年周\d])(?P<count>半|\d{1,4})\s*(?:个(?P<half>半)?)?(?P<unit>天|日|周|星期|礼拜|(?<=个)月|年)\s*(?:以|之)?(?P<way>前|后)",
        _ago,
    ),
    _rule(
        r"\b(?P<count>an?|\d{1,4})\s*(?P<unit>days?|weeks?|months?|years?)\s+(?P<way>ago|before|later|from now"
        r"|from today)\b",
        _ago,
    ),
    _rule(
        r"\b(?P<way>in|within) (?:exactly |about |around )?(?P<count>an?|\d{1,4}) (?P<unit>days?|weeks?|months?"
        r"|years?)\b(?: time)?",
        _ago,
    ),
    _rule(
        r"(?P<which>上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)(?P<day>[1-7日天])(?!\d|[天日周])",
        _weekday,
    ),
    _rule(rf"\b(?:(?P<which>last|this|next)\s+)?{_WEEKDAY_NAME}\b", _english_weekday),
    _rule(
        "|".join(
            sorted((word for words, _ in _DAY_WORDS for word in words if not word.isascii()), key=len, reverse=True)
        ),
        _day_word,
    ),
    _rule(
        r"\b(?:"
        + "|".join(sorted((word for words, _ in _DAY_WORDS for word in words if word.isascii()), key=len, reverse=True))
        + r")\b",
        _day_word,
    ),
    _rule(rf"{_YEAR}(?P<name>(?:{'|'.join(_FESTIVALS)})节?)(?:这天|那天)?", _festival),
    _rule(
        r"(?<![\d.这那前后呢嗰近])(?P<day>\d{1,2})\s*(?:号(?![楼线车院门厂店仓路机馆铺档窗库])|日(?![本常内]|[之以]内))",
        _day_of_month,
    ),
    _rule(r"\bthe (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:time|floor))", _day_of_month),
    _rule(
        rf"(?<!\d)\d{{1,2}}月份?|[上这本下]个?月|{'|'.join(_YEAR_WORDS)}|[上这本下]个?(?:周|星期|礼拜)|周末|[上中下]旬"
        rf"|(?<!\d)(?:19|20)\d\d年|\d+个?多?[月年周]|[这那前后近呢嗰]几[天日]|前些[天日]"
        rf"|[这那前后呢嗰]2[天日](?![0-9])|最近|近期|(?:从|自).{0, 6}到(?:现在|今)|每[天周月年]|经常|很久|好久"
        rf"|\b(?:last|this|next) (?:week|month|year)\b|\b{_MONTH_NAME}\b|^(?:19|20)\d\d$",
        _which_day,
    ),
)
_SHIFT = re.compile(
    r"\s*(?:(?:这天|那天|当天|节|放假|长假|假期)?(?:的|之|以)?(?P<way>前|后)的?(?P<count>\d{1,3})[天日]|(?:放假|长假|假期)?的?第(?P<nth>\d{1,2})天)",
    re.ASCII,
)
_UNTIL = re.compile(r"\s*(?:到|至|~|-|–|—|一直到|to|until|till|through)\s*", re.ASCII)
_OPEN_END = re.compile(r"\s*(?:到|至|~|-|–|—)\s*\d{1,2}(?:[日号]|[./月-]\d{1,2})?(?!\d|[点时:])", re.ASCII)
_BARE_RANGE = re.compile(
    r"(?<![\d./-])\d{1,2}[./]\d{1,2}\s*(?:到|至|~|-|–|—)\s*(?:\d{1,2}[./])?\d{1,2}(?![\d./-])", re.ASCII
)
_FILLER = re.compile(r"大概|大约|约|是|在|于|左右|那天|当天|发生|开始|\bon\b|\bfrom\b|\babout\b|\bthe\b")
_BARE_MONTH_DAY = re.compile(r"(\d{1,2})\s*[./\-]\s*(\d{1,2})|(?=\d{4}$)(\d\d)(\d\d)", re.ASCII)
_BARE_FULL = (
    re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII),
    re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII),
    re.compile(r"(\d\d)[./-](\d{1,2})[./-](\d{1,2})", re.ASCII),
    re.compile(r"(\d{4})\s+(\d{1,2})\s+(\d{1,2})", re.ASCII),
)
