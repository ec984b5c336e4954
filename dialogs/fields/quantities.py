"""Finds the quantities of a text, each with what it counts and how exact it is said to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from dialogs.fields import numerals

_LEAST = (
    "起码|不下|不止|至少|最少|不少于|不低于|超过|超|多于|大于|高于|破|\\b(?:more than|over|above|at least"
    "|upwards of)\\b"
)
_MOST = (
    "不到|不足|不够|少于|低于|小于|不超过|不多于|最多|顶多|至多|撑死|将近|接近|快要?到?|\\b(?:less than|under"
    "|below|fewer than|up to|at most|no more than|almost|nearly|close to)\\b"
)
_BOUND_BEFORE = re.compile(rf"(?:{_LEAST}|{_MOST}|近|上(?=[百千万]))(?:了|有|是|要|得|差不多|[¥ ])*$")
_MORE = (
    "(?:多|来|余|出头|以上|往上|以下|以内|之内|不到|不止|打底|起步|起(?![来码])|\\+|零(?=个|人|台|块|$)"
    "|没到|未到|or (?:more|less|so)\\b|plus\\b|odd\\b|ish\\b|几)"
)
_BOUND_AFTER = re.compile(rf"^\s*(?:{_MORE}|[\u4e00-\u9fffa-z²]{{1,3}}\s*{_MORE}(?!月|年|天))")
_TOTAL = re.compile(
    "(?:一共|总共|总的|共|合计|加起来|总计|统共|拢共|合共|=|等于|折合|平均(?:下来)?|算下来"
    "|到手|(?<=[,，。 ])(?:那|也)?就是"
    "|(?:加上?|连|算上|带上?|包括)(?:我|老板|老板娘)(?:自己)?|\\b(?:in total|total of|total|altogether)\\b)(?:是|有"
    "|要|就|为|大概|大约|差不多|来了|停了|到手|[: ])*$"
)
"""What sums up: the total of several, or what they come to."""
_DECIDED = re.compile(
    "(?:先|就|暂时|那就)(?:写|填|按|算|报|记)(?:个|上|它|成|做|着|作)*(?=[^,，。]{0,3}[0-9一二两三四五六七八九十])"
)
"""五六个吧，先写6个."""
_PART = re.compile(
    "(早上|上午|中午|下午|傍晚|晚上|夜里|白天|上半年|下半年|男的?|女的?|大车?|小车?|前门|后门|楼上|楼下)[^,，。;；]{0,4}$"
)
_ADDED = re.compile("[^,，。;；]{0,6}[,，]?\\s*(?:加上?|再加|另加|plus|and another|还有|另外还?有?)[^,，。;；]{0,4}")
_PEAK = re.compile(
    "最(?:高|大|多|响)(?:的时候|能|会|可以|是|有|到|达|的|达到|去到)*$|\\b(?:peak|max|maximum|highest)\\b[a-z ]*$"
)
_TO = re.compile(r"\s*(?:个|[\u4e00-\u9fff]{0,3}?)\s*(?:(?<![付收拿给打不])到|至|-|~|–|—|to|or|或者?|、)\s*", re.ASCII)
_COMPARED = re.compile(
    "比[^,，。]{1,10}?(?:多|少|高|低|翻|贵|便宜|涨|降|长|大|小)[^,，。]{0,5}|翻(?:了|上)?(?:[一两二三几0-9.]+)?(?:倍|番)|[一两二三四五六七八九十几0-9.]+倍(?:多)?|一半|减半"
    r"|\b(?:half (?:of|as)|twice|double|triple|times (?:more|the|as))\b"
)
_EACH = re.compile(
    "(?:(?:每|一)(?P<of>天|日|月|年|季度?|小时|个?钟头?|周|个?礼拜|个?星期|次|层|个月|个?(?:班|组|队)|个|人|家|件|度|方|吨|斤|平|亩|单|台|套|栋|间|张|箱|只|条线?)?"
    "|(?P<apiece>各)(?:自|要|招|有|来|付|给|收|缺|差)?$|隔(?P<other>天|日|周)|(?P<mean>[日月年周])(?:销|均|入|薪|租|产|营业额|流水|收入))(?:来回)?[^,，。0-9零一二两三四五六七八九十百千万]{0,5}$"
)
_EACH_AFTER = re.compile(
    "^\\s*(?:元|块钱?|圆|蚊|毛|rmb|yuan|cny)?\\s*(?:(?:一|每|/)\\s*(?:个)?(?P<of>天|日|月|年|季度?|小时|钟头?|周|次|层|人|家|件|度|方|吨|斤|平|单|台|套|栋|间|张|箱|只)"
    "|(?:per|an?|each|/) ?(?P<english>hour|day|month|year|piece|kwh|unit|ton|week|quarter|person|sqm|m3|cubic"
    "|order)|(?P<hourly>hourly|daily))"
)
_BY_PIECE = re.compile("计件|时薪|日薪|日结|单价|\\bhourly\\b|\\bpiece ?(?:work|rate)\\b")
_YEARLY = re.compile("年薪|一年下来|全年|\\b(?:a|per) year\\b|\\bannual(?:ly)?\\b")
_ENGLISH = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
) | dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_ENGLISH_NUMBER = re.compile(
    rf"(?<!this )(?<!that )(?<!next )(?<!the )\b(?:{'|'.join((*_ENGLISH, 'hundred', 'thousand'))}|a (?=hundred"
    rf"|thousand))(?:[ -](?:and )?(?:{'|'.join((*_ENGLISH, 'hundred', 'thousand'))}))*\b"
)
_MILLIONS = re.compile(r"(?<![\d.])(?:(\d+(?:\.\d+)?)|half a|a) ?million\b")
_LATIN_SCALE = re.compile("(?<=[0-9一二两三四五六七八九十百千]) ?([wk])(?![a-z²])")
_NEXT_NUMERAL = re.compile("(?<=[0-9])(?=[一二两三四五六七八九](?![十百千万亿0-9]))")
"""80二楼60 is 80 and something of the second."""
_SHORT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?([万千])(\d)(?![\d.])(?!\s*[千百十万])", re.ASCII)
"""1w2 is 1.2万."""
_EACH_ONE = re.compile(
    "([0-9]|[百千万][二三四五六七八九]?(?=一个?[月天度方]))(?=一(?:个|度|方|吨|件|天|月|年|人|平|斤|次|小时))"
)
"""1块2一度 is 1.2 for one, and no 21."""
_ROUGH_SCALE = re.compile("([十百千万0-9])(多|来|余)([百千万亿]+)")
"""十多万 is 十万多."""
_PAIRS = str.maketrans({"俩": "二个", "仨": "三个"})
_COUPLE = re.compile("[一1]对(?=夫妻|夫妇|公婆|两口|小夫妻|小两口)")
_NOT_A_WORD = re.compile("一个?(?:字|数字?|响|影子?|鬼影?)[都也]?(?:没有?|不|冇|未|看不|睇唔)[^,，。;；]*")
"""黑屏了，一个字都没有 counts nothing."""


@dataclass(frozen=True)
class Quantity:
    value: Decimal | None
    """None where its numeral cannot be read."""
    start: int
    end: int
    body: str
    unit: str
    """The characters that follow, as far as they may name what is counted."""
    before: str
    bound: bool = False
    """A limit, or about that much: 不到50, 30多."""
    per: str = ""
    """What each of which has so much: 度 of 一度一块二; a period as 月, 年."""
    total: bool = False
    peak: bool = False
    ordinal: bool = False
    """The one at that place, not so many: 第四次."""


def spelt(text: str) -> str:
    """`text` as `numerals.spelt` has it, with short and English forms written out, and without comparisons."""
    text = _NOT_A_WORD.sub(" ", _COUPLE.sub("二个", text))
    result = _ENGLISH_NUMBER.sub(_english, numerals.spelt(text.translate(_PAIRS).replace("一共", "总共")))
    result = _MILLIONS.sub(_in_full, result)
    result = _ROUGH_SCALE.sub(r"\1\3\2", result)
    result = _NEXT_NUMERAL.sub(" ", result)
    result = _LATIN_SCALE.sub(lambda found: "万" if found[1] == "w" else "千", result)
    result = _EACH_ONE.sub(r"\1 ", _SHORT.sub(_written, result))
    decided = list(_DECIDED.finditer(result))
    result = numerals.without_guess(result[decided[-1].end() :] if decided else result)
    return _COMPARED.sub(lambda found: " " * len(found.group()), result)


def compares(text: str) -> bool:
    """Whether an amount is told only beside another: twice as much, 比上个月多."""
    return bool(_COMPARED.search(numerals.spelt(text)))


def find(text: str) -> tuple[Quantity, ...]:
    """All quantities of a spelt text."""
    return tuple(_quantity(text, numeral) for numeral in numerals.find(text))


def span(text: str, found: Sequence[Quantity]) -> tuple[Quantity, Quantity] | None:
    """Two neighbours that are the ends of a range: 20到30, 5-7天."""
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        if len(between) <= 5 and _TO.fullmatch(between):
            return first, second
    return None


def chosen(found: Sequence[Quantity], *, peak: bool = False) -> Quantity | None:
    """The one of several that is meant: the total, the highest where that is asked, or the sum of all others."""
    values = [one.value for one in found if one.value is not None]
    if len(set(values)) == 1:
        return found[0]
    for one in found:
        if one.total or (peak and one.peak):
            return one
    for one in (found[0], found[-1]) if len(found) > 2 else ():
        if one.value is not None and one.value * 2 == sum(values):
            return one
    return None


def added(text: str, found: Sequence[Quantity]) -> Decimal | None:
    """The sum of all that are found, where each is told to be a part: 早上5车下午6车, 两个人加三个伙计."""
    if len(found) < 2 or any(one.value is None or one.total for one in found):
        return None
    between = [text[first.end : second.start] for first, second in pairwise(found)]
    segments = [text[: found[0].start], *between]
    parts = [part[1] if (part := _PART.search(segment)) else "" for segment in segments]
    apart = all(parts) and len(set(parts)) == len(parts)
    if apart or all(_ADDED.fullmatch(segment) for segment in between):
        return sum((one.value or Decimal(0) for one in found), Decimal(0))
    return None


def _quantity(text: str, numeral: numerals.Numeral) -> Quantity:
    before, after = text[: numeral.start], text[numeral.end :]
    clause_before = re.split("[,，。;；!！]", before)[-1]
    clause_after = re.split("[,，。;；!！]", after)[0]
    each, each_after = _EACH.search(clause_before), _EACH_AFTER.match(clause_after)
    per = (each["of"] or each["other"] or each["mean"] or each["apiece"] or "") if each else ""
    if each_after:
        per = each_after["of"] or _IN_CHINESE.get(each_after["english"] or "", "件")
    elif _BY_PIECE.search(clause_before + clause_after):
        per = "件"
    elif not per and _YEARLY.search(clause_before + clause_after):
        per = "年"
    return Quantity(
        numeral.value,
        numeral.start,
        numeral.end,
        numeral.body,
        after[:16].lstrip(),
        before,
        bound=bool(_BOUND_BEFORE.search(before) or _BOUND_AFTER.match(after)),
        per=per,
        total=bool(_TOTAL.search(before)),
        peak=bool(_PEAK.search(before)),
        ordinal=before.endswith("第"),
    )


_IN_CHINESE = {
    "hour": "小时",
    "day": "天",
    "month": "月",
    "year": "年",
    "week": "周",
    "quarter": "季度",
    "person": "人",
}


def _written(found: re.Match[str]) -> str:
    return f"{Decimal(found[1]) + Decimal(found[3]) / 10:f}{found[2]}"


def _in_full(found: re.Match[str]) -> str:
    half = found.group().startswith("half")
    return f"{int(Decimal(found[1] or 1) * (500_000 if half else 1_000_000))}"


def _english(found: re.Match[str]) -> str:
    total = part = 0
    for word in re.findall("[a-z]+", found.group()):
        if word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            total, part = total + max(part, 1) * 1000, 0
        else:
            part += _ENGLISH.get(word, 0)
    return str(total + part)
