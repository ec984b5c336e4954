"""Finds numerals in a text: Arabic, Chinese, or both mixed (`12万3千`, `三万五`, `1,200`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from dialogs.fields.typed import narrow

_LONGEST = 24
"""Characters; a longer numeral is a number of another sort (an account, a code)."""

_DIGIT = "0-9零〇一二两三四五六七八九十百千万亿幺廿"
_NUMERAL = re.compile(
    rf"(?P<sign>(?<![\w)])-|负)?(?P<body>[{_DIGIT}](?:[.点]?[{_DIGIT}])*)"
    r"(?P<latin> ?(?:k|w|thousand|million)(?![a-z]))?"
)
_SIMPLE = re.compile(r"(\d+(?:\.\d+)?)(十|百|千)?(万|亿)?", re.ASCII)
_SCALE = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "亿": 100_000_000,
    "k": 1000,
    "thousand": 1000,
    "w": 10_000,
    "million": 1_000_000,
}
_SPELLING = str.maketrans("萬億壹贰叁肆伍陆柒捌玖拾佰仟俩貳參陸", "万亿一二三四五六七八九十百千两二三六")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)", re.ASCII)
_SPACED_UNIT = re.compile(r"(?<=\d) +(?=[十百千万亿])|(?<=[\d一二两三四五六七八九十百千几])个(?=[百千万亿w])", re.ASCII)
_NOT_NUMERALS = re.compile(
    "(?:再|等|说|问|看|给|试|查)一下|下一[个题项条]|一共|一起|一般|一直|统一|一些|一下|一点点|唯一|十分|(?<![0-9一二两三四五六七八九十百千])万一|千万别|第一"
)
_HEARD = (
    (re.compile("(?<=[一二三四五六七八九两])[实石](?=[万亿块元号个])"), "十"),
    (re.compile(r"(?<!\w)[时实](?=[一二三四五六七八九][万千百个块号月人天])"), "十"),
    (re.compile("(?<=月)[时实](?=[一二三四五六七八九十])"), "十"),
    (re.compile("(?<=十)[无午武](?=[个号天块万])"), "五"),
)
"""Characters of the same sound that a recogniser, or who types by sound, writes inside a numeral: 八实万, 十无个."""
_VAGUE = re.compile(
    "(?:几|(?<![尾总次人笔款])数)[十百千万亿]"
    "|[十百千万]几|上[百千万](?![0-9])|[几数]个|若干|许多|很多|不少|好多|a few|several|many|dozens"
)
# 三五个, 七八十: "three to five", "seventy or eighty"; written without a unit between the digits.
_FROM_TO = re.compile(
    "(?<![零〇一二三四五六七八九0-9点.])(一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)(?![〇零一二三四五六七八九])"
)

_GUESS = re.compile(
    "(?<![零一二两三四五六七八九十百千万0-9])(?:(?P<first>[一二两三四五六七八])(?P<second>[两二三四五六七八九])(?P<scale>[十百千]?[万亿]?)"
    "|(?P<about>[一二两三四五六七八九十百千万0-9]*[十百千万])几)(?![零一二两三四五六七八九十百千万0-9])"
)


@dataclass(frozen=True)
class Numeral:
    """A number in a text spelt by `spelt`; `value` is None when it cannot be read."""

    value: Decimal | None
    start: int
    end: int
    body: str


def spelt(text: str) -> str:
    """`text` with numerals in the spelling the other functions here expect."""
    result = as_meant(narrow(text).translate(_SPELLING).replace("卅", "三十"))
    result = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), result)
    return _NOT_NUMERALS.sub(lambda found: " " * len(found.group()), _SPACED_UNIT.sub("", result))


def as_meant(text: str) -> str:
    """`text` with the numerals for which others of the same sound were written."""
    for pattern, character in _HEARD:
        text = pattern.sub(character, text)
    return text


def without_guess(text: str) -> str:
    """A spelt text without the guess that a number beside it makes exact: 九百三十几块九百三十六."""
    for found in _GUESS.finditer(text):
        rest = text[: found.start()] + " " * len(found.group()) + text[found.end() :]
        low, high = _ends(found)
        if any(one.value is not None and low <= one.value <= high for one in find(rest)):
            return rest
    return text


def vague(text: str) -> bool:
    """Whether a spelt text gives a guess ("dozens", "three or five") where a number is wanted."""
    return bool(_VAGUE.search(text) or _FROM_TO.search(text))


def find(text: str) -> tuple[Numeral, ...]:
    """All numerals of a spelt text."""
    return tuple(Numeral(_read(found), found.start(), found.end(), found["body"]) for found in _NUMERAL.finditer(text))


def _ends(guess: re.Match[str]) -> tuple[Decimal, Decimal]:
    """The least and the most that a guess may mean."""
    if guess["about"]:
        low = _value(guess["about"]) or Decimal(0)
        return low, low + _SCALE[guess["about"][-1]]
    first, second = (_value(guess[part] + guess["scale"]) or Decimal(0) for part in ("first", "second"))
    return first, second


def _read(found: re.Match[str]) -> Decimal | None:
    value = _value(found["body"])
    if value is None:
        return None
    if found["latin"]:
        value *= _SCALE[found["latin"].strip()]
    return -value if found["sign"] else value


def _value(body: str) -> Decimal | None:
    if len(body) > _LONGEST or body.count("万") > 1 or body.count("亿") > 1:  # cn2an makes something of 五万五万三
        return None
    simple = _SIMPLE.fullmatch(body)
    if simple:
        number, small, large = simple.groups()
        return Decimal(number) * _SCALE.get(small, 1) * _SCALE.get(large, 1)
    if "点" in body and body[-1] in "万亿":
        head = _value(body[:-1])
        return None if head is None else head * _SCALE[body[-1]]
    if len(body) > 2 and body[-2] == "亿":  # 一亿三 is 1.3 亿: cn2an stumbles over it
        head, tail = _value(body[:-1]), _value(body[-1])
        return None if head is None or tail is None else head + tail * 10_000_000
    return _chinese(body)


def _chinese(body: str) -> Decimal | None:
    import cn2an  # a tenth of a second to load, and only needed for Chinese numerals

    try:
        return Decimal(str(cn2an.cn2an(body, "smart")))
    except (ValueError, KeyError):  # KeyError: an ellipsis after a unit it has no smaller unit for
        return None
