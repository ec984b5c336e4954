"""The small language in which a template says by which words a story tells a field: 缺~$人, 从$(起/开始)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_GAP: Final = 12
"""Characters that `~` stands for at most; never a digit, a denial, or the end of a clause."""
_SIGN: Final = re.compile(r"\$(?:code|period|firm)?|~|\(|\)|/| +|[^$~()/ ]+")

_DIGITS = "0-9〇零一二两三四五六七八九十百千万亿廿壹贰叁肆伍陆柒捌玖拾佰仟"
_DIGIT = rf"(?:(?!一[直起些定样共般下边旦向切])[{_DIGITS}])"
"""Not the first character of 一直, 一起..."""
_NUMBER = rf"{_DIGIT}(?:[.,]?{_DIGIT})*(?:\.\d+)?"
_SMALL = "(?:[0-9]{1,2}|[〇零一二三四五六七八九十廿]{1,3})"
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
_MONTH += "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_WEEKDAY = "mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun"
_YEAR = r"(?:(?:\d{4}|\d{2}|二[〇零][〇零一二三四五六七八九]{2}|去|今|前|明|本)年\s*)"
_DAY = (
    rf"\d{{4}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}(?:日|号)?(?!\d)"
    rf"|{_YEAR}?(?:{_SMALL}|元|正|腊|冬)月份?的?\s*初?{_SMALL}\s*(?:日|号)?(?![个{_DIGITS}])"
    rf"|(?:上上|上|这|本|下下|下)?(?:个|一)?(?:周|星期|礼拜|拜)[一二三四五六日天1-7](?![天日周个{_DIGITS}])"
    rf"|(?:上上|上|这|本|当|下下|下)个?月的?{_SMALL}(?:日|号)"
    rf"|(?<![\d.\-/])(?:0?[1-9]|1[0-2])[./](?:0?[1-9]|[12]\d|3[01])(?![\d.%]|\s*(?:元|块|万|米|吨|度|倍|w|k))"
    rf"|(?<![{_DIGITS}月.路街巷道村弄第])(?:[12]?\d|3[01]|[一二三]?十?[一二三四五六七八九十]|廿[一-九]?)(?:日|号)"
    rf"(?![楼线车院门厂店仓路机馆铺档窗库房柜桌栋桩])"
    r"|大?前天|大?后天|[今昨明][天日]|[昨今前明]晚|昨夜|今早|琴日|寻日|噚日|前日"
    rf"|\b(?:{_MONTH})\.?\s*\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:\s*,?\s*\d{{4}})?"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?\s*(?:of\s+)?(?:{_MONTH})\b(?:\s*,?\s*\d{{4}})?"
    rf"|\b(?:last|next|this)\s+(?:{_WEEKDAY})(?:day)?\b|\bthe day before yesterday\b|\byesterday\b"
    rf"|\btomorrow\b|\btoday\b"
)
_MONEY = (
    rf"(?:人民币|rmb|cny|[¥￥])?\s*(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|{_NUMBER})\s*(?:多|几|来|余)?"
    rf"(?:\s*(?:million|thousand|wan\b)|w(?:\d+(?!\d))?|k|万(?:\d(?![\d.,]))?)?\s*(?:个w)?"
    rf"(?:\s*(?:块|元|蚊|圆|yuan|rmb|kuai\b)(?:[{_DIGITS}](?![{_DIGITS}])(?:毛|角)?)?)?"
)
_WHOLE = r"(?!\s*的?第?(?:[一二三四1-4]季|[上下]半年|\d{1,2}月|年?[底初末]))"
"""Not the year of a part of it that follows."""
_PERIOD = (
    rf"(?:q[1-4]\s*(?:of\s*)?\d{{4}}|{_YEAR}?的?第?[一二三四1-4]季度?|{_YEAR}?[上下]半年"
    rf"|(?:{_YEAR})?(?:{_SMALL})月份?(?!\s*[{_DIGITS}]+\s*[日号])"
    rf"|上个?月份?|这个?月份?|本月|\d{{4}}\.(?:1[0-2]|0?[1-9])(?!\d)|(?:去|今|前|明|上)年度?{_WHOLE}|(?:\d{{4}}"
    rf"|二[〇零]\w{{2}})年度?{_WHOLE}"
    rf"|\b(?:{_MONTH})\b(?:\s*\d{{4}})?|(?<!\d)20\d\d(?![\d年])|上个?季度?"
    rf"|last (?:month|year|quarter)|this (?:month|year))"
)
_ENDS = (
    "集团|公司|供电局|管理处|管委会|村委会|居委会|委员会|街道办|政府|大学|学院|中学|小学|学校|幼儿园|医院"
    "|卫生院|银行|信用社"
    "|局|建设|建工|三建|二建|建筑|贸易|物业|置业|地产|实业|工程队|城投|厂|店|站|城|酒楼|酒店|餐厅|饭店|宾馆"
    "|超市|市场|广场|园区|中心|项目部"
)
_FIRM = (
    rf"[「“\"]?(?:(?!某|那|这)(?:(?![我他她你佢们的被个嘛啊呀给做在某])[一-鿿0-9（）()]){{1,16}}?(?:{_ENDS})+"
    rf"|[a-z][a-z'&-]+(?: [a-z][a-z'&-]+){{0,3}} (?:property|company|ltd|group|co|factory))"
)
_DOCUMENT = r"(?:(?![是为号])[一-鿿]){0,8}[（(〔\[]20\d\d[）)〕\]]第?[a-z0-9一-鿿]{1,12}?号"
"""The number of a decision or judgment, which is one wherever it stands."""
_CODE = (
    rf"(?:{_DOCUMENT}|"
    r"(?:(?![是为号])[一-鿿]){0,8}[〔（(\[]?[a-z0-9][a-z0-9\-–—/]*[〕）)\]]?(?:第?[a-z0-9一-鿿]{0,6}?[a-z0-9]+号)?)"
)
_WORDS = r"[^,，。;；!！?？\n]{1,60}?"
_VALUES: Final = {
    "number": _NUMBER,
    "money": _MONEY,
    "date": _DAY,
    "$code": _CODE,
    "$period": _PERIOD,
    "$firm": _FIRM,
}
_PLAIN_TYPES: Final = frozenset({"choice", "multi_choice", "boolean"})
"""Types of fields whose cues are words alone."""
_JOINT = r"\s*[:：]?\s*"
"""May stand between words and a value."""
_END = r"(?=\s*(?:$|[,，。;；!！?？\n]|\.(?:\s|$)|\s[一-鿿]|\s/\s))"


class CueError(ValueError):
    """Why a cue cannot be meant; the argument is a message key."""


@cache
def compile_cue(cue: str, type_: str) -> re.Pattern[str]:
    """The pattern of a cue of a field of this type, for simplified text in lower case. Group `value` is what `$` stands
    for, if it has one. Raises CueError.
    """
    signs = _SIGN.findall(cue.casefold())
    values = [sign for sign in signs if sign.startswith("$")]
    if not any(sign.strip("~()/ ") for sign in signs):
        raise CueError("template.cue.empty")
    if signs[0] == "~" or signs[-1] == "~":
        raise CueError("template.cue.gap")
    if len(values) != (type_ not in _PLAIN_TYPES):
        raise CueError("template.cue.no_value" if not values else "template.cue.values")
    if (values and values[0] != "$") and type_ != "text":
        raise CueError("template.cue.values")
    if not _balanced(signs):
        raise CueError("template.cue.brackets")
    return re.compile("".join(_pattern(sign, at, signs, type_) for at, sign in enumerate(signs)))


def _balanced(signs: list[str]) -> bool:
    depth = 0
    for sign in signs:
        depth += (sign == "(") - (sign == ")")
        if depth not in (0, 1) or (sign == "/" and depth == 0):
            return False
    return depth == 0


def _pattern(sign: str, at: int, signs: list[str], type_: str) -> str:
    match sign[0]:
        case "$":
            return _value(sign, at, signs, type_)
        case "~":
            return rf"[^,，。;；!！?？\n\d没不未冇]{{0,{_GAP}}}?"
        case "(":
            return "(?:"
        case ")" | "/":
            return {")": ")", "/": "|"}[sign]
        case " ":
            return r"\s+"
    return _literal(sign)


def _literal(words: str) -> str:
    """A Latin word only as a whole one."""
    before = r"(?<![a-z])" if words[0].isascii() and words[0].isalpha() else ""
    after = r"(?![a-z])" if words[-1].isascii() and words[-1].isalpha() else ""
    return before + re.escape(words) + after


def _value(sign: str, at: int, signs: list[str], type_: str) -> str:
    inner = _DOCUMENT if signs == ["$code"] else _VALUES.get(sign if sign != "$" else type_, _WORDS)
    before = _JOINT if at and signs[at - 1] != "~" else ""
    after = _END if at == len(signs) - 1 and inner is _WORDS else ""
    begin = r"(?:(?<=[,，。;；!！?？\n\s是])|^)" if sign == "$firm" and at == 0 else ""
    return f"{begin or before}(?P<value>{inner}){after}"


def values_in(type_: str) -> re.Pattern[str]:
    """Every value of this type in a text."""
    return re.compile(f"(?P<value>{_VALUES[type_]})")
