"""How numbers with a meaning are written: regular expressions with the meaning as the group's name, by language."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_PART_OF_DAY = r"(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|早)?"
_MEASURES = "个天次周家位名条件项户份部种遍层小分钟秒人台辆间年"
"""After these 2 is 两, and 119 is a number and not the fire brigade's."""
_NO_HOTLINE = (
    rf"(?![{_MEASURES}元块万亿千百十%％月日号点时米公度吨岁级栋楼厘平立期页字]"
    r"|[,.]\d|\s*(?:yuan|days?|hours?|%|minutes?))"
)

_COMMON_FIRST = (
    ("date", r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"),
    ("telephone", r"(?:\+\s?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),
    ("telephone", r"(?:[48]00[- ]?\d{3,4}[- ]?\d{3,4}|0\d{2,3}[- ]?\d{7,8})(?!\d)"),
    ("code", r"\d{6} \d{5,6} \d(?!\d)|\d{4} \d{4} \d{4,5}(?!\d)|\d{12,13}(?!\d)"),
)
_COMMON_LAST = (
    ("hotline", rf"(?:11[0249]|12[02]|12\d{{3}}|95\d{{3,4}}|96\d{{3,4}})(?![\d:：-]){_NO_HOTLINE}"),
    ("percent", rf"{_NUMBER}\s*[%％]"),
)

_CHINESE = (
    ("date", r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]"),
    ("year_month", r"\d{4}\s*年\s*\d{1,2}\s*月"),
    ("year", r"(?:19|20)\d{2}\s*年"),
    ("month_day", r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]"),
    ("month", r"(?<![\d.])\d{1,2}\s*月"),
    ("clock", rf"{_PART_OF_DAY}\s*\d{{1,2}}[:：]\d{{2}}(?!\d)"),
    ("hour", rf"{_PART_OF_DAY}\s*(?<![\d.])\d{{1,2}}\s*[点时](?:半|\s*\d{{1,2}}\s*分)?"),
    ("money", rf"[¥￥]\s*{_NUMBER}\s*[万亿]?元?|(?:人民币)?{_NUMBER}\s*[万亿]?\s*(?:元|块钱|块)"),
    ("day_of_month", r"(?<![\d.])\d{1,2}\s*[日号]"),
)
_CHINESE_LAST = (
    ("count", rf"(?<![第\d.])\d{{1,6}}(?=\s*[{_MEASURES}])"),
    ("number", rf"{_NUMBER}[万亿]?"),
)

_ENGLISH = (
    ("clock", r"\d{1,2}:\d{2}(?!\d)(?:\s*[ap]\.?m\.?(?![a-z]))?"),
    ("money", rf"[¥￥]\s*{_NUMBER}(?:\s*yuan)?|{_NUMBER}\s*(?:yuan|RMB|CNY)\b"),
    ("day_of_month", r"(?<![\d.])\d{1,2}(?:st|nd|rd|th)\b"),
    ("year", r"\b20[2-3]\d\b(?![\d.,:]\d)"),
)
_ENGLISH_LAST = (("number", _NUMBER),)


def _compiled(alternatives: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One expression; several alternatives may have the same meaning, and a group's name can be there only once."""
    meanings: dict[str, list[str]] = {}
    for meaning, expression in alternatives:
        meanings.setdefault(meaning, []).append(expression)
    joined = "|".join(f"(?P<{meaning}>{'|'.join(ways)})" for meaning, ways in meanings.items())
    return re.compile(f"(?<![\\d])(?:{joined})", re.IGNORECASE)


PATTERNS: Mapping[str, re.Pattern[str]] = {
    "zh_CN": _compiled((*_COMMON_FIRST, *_CHINESE, *_COMMON_LAST, *_CHINESE_LAST)),
    "en": _compiled((*_COMMON_FIRST, *_ENGLISH, *_COMMON_LAST, *_ENGLISH_LAST)),
}
"""By language. The first alternative that fits counts, so the most special ones stand first."""
