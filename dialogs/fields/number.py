"""Reads a quantity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields import numerals, quantities
from dialogs.fields.dialect import standard
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, doubted, problem
from dialogs.fields.quantities import Quantity
from dialogs.fields.typed import fold

_NONE = frozenset({"没有", "无", "一个也没有", "一个都没有", "没", "none", "nil", "zero"})
_NOT_ONE = re.compile(
    r"(?:还|到现在|从来)?(?:一|半)(?:次|个|回|趟|人|台|辆|遍)(?:都|也)(?:(?:没有?|未)(?:来|有|停|过|查|到)*|不(?:缺|差|少|要|用))[的呢啊了过]*"
)
_ONCE = re.compile(r"\b(?:only |just )?(once|twice)\b(?! (?:a|as|the|every|i|we|they|it)\b)", re.IGNORECASE)
_HALF = re.compile(r"\s*[个天年月公小]?[斤里时顷吨]?半")
_COUNTS = (
    "次|回|趟|遍|times?",
    "(?:个|名|位|号|口)?(?:多)?(?:人|工人|员工|伙计|普工|车工|技工|师傅|焊工|工|people|persons?|workers?|staff|employees|welders|cooks|公婆|夫妻|口子)|名|位|号人",
    "辆|台|部|架|车|trucks?|containers?|vehicles?|lorr(?:y|ies)|cars?",
    "个?(?:平方米|平方|平米|平|方|㎡|m2|m²|sqm|sq ?m(?![a-z])|square met(?:er|re)s?)",
    "个?(?:工作日|天|日(?![0-9]))|(?:working |business )?days?",
    "分贝|dba?(?![a-z])|decibels?",
    "读数|度|个?字|立方米?|方|吨|kwh|m3",
)
"""What is counted, as words for the same."""
_OTHER_THINGS = re.compile(
    r"个?(?:月|年|号|日|点(?!\d)|时|:|分(?!贝)|小时|钟|周|星期|礼拜|季度|岁|呎|尺|英尺|亩|米|公里|里|吨|斤|度|元|块|圆|毛|栋|幢|座|楼|层|室|单元|路|街|巷|工业区|条|间(?!隔)|瓶|包|箱|份|批|班|组|队|桌|帮|群|堆|笔)"
    "|(?:square feet|sq ?ft|feet|foot|ft|acres?|yuan|rmb|hours?|months?|weeks?|years?|met(?:er|re)s?(?! ?2)"
    "|m(?![a-z²2]))"
)
_MEASURES = re.compile("呎|尺|英尺|亩|square feet|sq ?ft|feet|ft|acre")
_PEOPLE = _COUNTS[1]
_PERSON = re.compile("[个名位](?!车间|部门|岗|地方|仓|厂|门|店|工种|工序|项目)")
_COUNTED_UP = _COUNTS[:3]
"""Of which parts make a sum."""
_CODE = re.compile(r"0\d", re.ASCII)
"""The number of a meter or of a badge, where another number stands beside it."""
_OF_WHAT = re.compile("[个名位](?![吧啊呀了就够左上])([\u4e00-\u9fff])")
_NAMED_ELSE = re.compile("(?:工资|薪水?|待遇|价格?|电话|手机号码?)[^,，。]{0,3}$")
_IN_A_WORD = re.compile("[a-z]$")
"""The 2 of m2."""
_BARE = re.compile("(?:左右|上下|吧|了|才够|$|[,，.。;；!！])")
_MEANT = (
    ("现在", re.compile("(?:现在|这个?月|本月|目前|今天|读数)(?:是|的|到|有|表上|读数|:)*$")),
    ("缺", re.compile("(?:缺|差|要招|想招|再招|需要)(?:了|口|够|足|个|大概|大约|:)*$")),
)
"""Words of a question, and what stands before the number that it asks for."""
_LONGEST_COUNT = 9
"""Digits; more is a number of another sort."""


@dataclass(frozen=True)
class Number(Parser):
    """A number between `min` and `max`, both included. "大概30人" is 30; "30多", "不到50" are asked back."""

    min: float | None = None
    max: float | None = None
    integer: bool = True
    unit: Words = ""
    """What is counted, for reading back: 人, 平方米, kWh."""
    asked: str = ""
    """The question: what it counts tells which of several numbers is meant."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        if _is_none(text):
            return self._checked(Decimal(0))
        spelt = quantities.spelt(_ONCE.sub(_times, standard(text)))
        if numerals.vague(spelt):
            return problem("field.number.vague")
        every = quantities.find(spelt)
        found = self._counted(every)
        if isinstance(found, NotUnderstood):
            return found
        if (ends := quantities.span(spelt, every)) is not None and ends[1] in found:
            return _range(ends)
        if self._counts in _COUNTED_UP and (parts := quantities.added(spelt, found)) is not None:
            return self._checked(parts)
        one = self._chosen(found)
        if one is None or one.value is None:
            return _none_of(found, text)
        outcome = self._with_half(one, spelt) if "半" in spelt else self._checked(one.value)
        return doubted(outcome) if self._is_part(one, found) else outcome

    def _is_part(self, one: Quantity, found: Sequence[Quantity]) -> bool:
        """Whether it is a limit, or so many for each of something."""
        return one.bound or bool(one.per and one.per not in self.asked) or _of_different(found)

    def _chosen(self, found: Sequence[Quantity]) -> Quantity | None:
        """The one of several that is meant, if that can be told."""
        found = [one for one in found if not _CODE.match(one.body)] or found
        if not found:
            return None
        cues = [cue for word, cue in _MEANT if word in self.asked]
        meant = [one for one in found if any(cue.search(one.before) for cue in cues)]
        return quantities.chosen(meant if len(meant) == 1 else found, peak="最" in self.asked)

    def _with_half(self, one: Quantity, spelt: str) -> Outcome:
        if one.value is None or not _HALF.match(spelt, one.end):
            return problem("field.number.not_understood")
        return self._checked(one.value + Decimal("0.5"))

    def _counted(self, found: Sequence[Quantity]) -> Sequence[Quantity] | NotUnderstood:
        """Those that count what was asked; else those that count nothing else."""
        found = [one for one in found if not _IN_A_WORD.search(one.before)]
        own = [one for one in found if self._counts and re.match(self._counts, one.unit)]
        others = [one for one in found if one not in own and not _counts_else(one)]
        if own:
            # 24个工人，6个文员，一共30; 15个人，满员要23
            return [*own, *filter(self._may_count, others)]
        if any(_MEASURES.match(one.unit) for one in found):
            return problem("field.number.other_unit")
        return others

    def _may_count(self, one: Quantity) -> bool:
        """Whether it may be of what was asked though nothing names that."""
        return one.total or bool(_BARE.match(one.unit) or (self._counts == _PEOPLE and _PERSON.match(one.unit)))

    @property
    def _counts(self) -> str:
        return next((words for words in _COUNTS if re.search(words, self.asked)), "")

    def _checked(self, value: Decimal) -> Outcome:
        if self.integer and value != value.to_integral_value():
            return problem("field.number.integer", number=_plain(value))
        wrong = self._out_of_range(value)
        if wrong:
            return wrong
        number = f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():,f}"
        shown = Message("field.number.shown", {"number": number, "unit": self.unit}) if self.unit else number
        return Understood(int(value) if self.integer else float(value), shown)

    def _out_of_range(self, value: Decimal) -> NotUnderstood | None:
        if self.min is not None and value < Decimal(str(self.min)):
            return problem("field.number.too_small", min=_plain(Decimal(str(self.min))), number=_plain(value))
        if self.max is not None and value > Decimal(str(self.max)):
            return problem("field.number.too_large", max=_plain(Decimal(str(self.max))), number=_plain(value))
        return None


def _of_different(found: Sequence[Quantity]) -> bool:
    """Whether the same number is told of different things: 一个会计一个仓管; 1号一次，5号一次."""
    if len(found) > 1 and all(one.before.endswith(("号", "日")) for one in found):
        return True
    nouns = [noun[1] for one in found if (noun := _OF_WHAT.match(one.unit))]
    return len(nouns) == len(found) and len({*nouns}) > 1


def _counts_else(one: Quantity) -> bool:
    named_else = _OTHER_THINGS.match(one.unit) or _NAMED_ELSE.search(one.before)
    return bool(named_else) or one.ordinal or len(one.body) > _LONGEST_COUNT


def _is_none(text: str) -> bool:
    return fold(text) in _NONE or bool(_NOT_ONE.fullmatch(fold(standard(text))))


def _times(found: re.Match[str]) -> str:
    return "1" if found[1].lower() == "once" else "2"


def _none_of(found: Sequence[Quantity], text: str) -> NotUnderstood:
    if any(one.value is not None for one in found):
        return problem("field.number.several")
    return problem("field.number.compared" if quantities.compares(text) else "field.number.not_understood")


def _range(ends: tuple[Quantity, Quantity]) -> NotUnderstood:
    low, high = (_plain(one.value or Decimal(0)) for one in ends)
    return problem("field.number.range", low=low, high=high)


def _plain(value: Decimal) -> str:
    return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():f}"
