"""Reads an amount of money in yuan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from typing_extensions import override

from backend.contract.message import Message
from dialogs.fields import numerals, quantities
from dialogs.fields.dialect import standard
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, doubted, problem
from dialogs.fields.quantities import Quantity

_FOREIGN = re.compile(
    "[$€£₩฿]|(?<![a-z])(?:usd|hkd|eur|gbp|jpy|mop|twd|krw|euros?|dollars?|pounds?)(?![a-z])"
    "|[美欧日港澳台韩英][元币磅金镑]|新台币|澳门元|港纸|卢布|泰铢"
)
_UNIT = re.compile(r"\s*(元|块|圆|圓|蚊|角|毛|分(?!贝|\d+期)|rmb|cny|yuan)?(?:人民币|钱|整|正|大洋)*\s*")
_YUAN = frozenset({"元", "块", "圆", "圓", "蚊", "rmb", "cny", "yuan"})
_MARK = re.compile(r"(?:¥|rmb|cny|人民币)\s*$")
_TENTH = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分": Decimal("0.01")}
_FEN = Decimal("0.01")
_NO_MONEY = re.compile(
    "(?:一分|一毛|一角|一块|一文)(?:钱)?(?:都|也)?(?:没|不|未|别)|分文(?:没|未|不)|零申报|(?:都|就|是|根本)?不(?:用|应该|该|需要)(?:收|交|给|花)(?:钱|费|$)"
    "|没(?:有)?(?:收|要|花|交|给)(?:过)?(?:我|他|他们)?(?:一分)?钱|免费|\\b(?:free of charge|nothing at all"
    "|no money)\\b"
)
_SLANG = re.compile("[嚿旧皮草]水?|条(?=$|[,，。])")
_OTHER_THINGS = re.compile(
    "\\s*个?(?:月|年|号|日|点(?!\\d)|天|时|小时|周(?!转)|星期|次|回|趟|人(?!民币|家)|家(?![里人])|件|度|方|吨|斤|平|台|套|张|栋|楼|层|%|倍|成|期|批|单(?![位子])|箱|车|条|岁|工作日|季度)"
)
_OPEN_ENDED = re.compile("(?:底薪|基本工资|基本工资是|起薪|保底)(?:是|有)?[^,，。]{0,2}$")


_FILLERS = "(?:不到|不足|将近|约|我们?|着|了|过|到|掉|有|是|就是?|还|平均|大概|大约|差不多|要|个|他|款|的|钱|[: ])*$"
_REST = re.compile(
    "(?:剩下?|余下?|还欠|还差|还有|尚欠|现在欠|总欠|尾款|尾数|余款|余额|没(?:有)?付|没(?:有)?给|未付|未结|净欠|本金|差|缺)"
    + _FILLERS
)
_OWED = re.compile("欠" + _FILLERS)
"""It may be what is left, or what was owed before some was paid."""
_OWED_AFTER = re.compile(r"\s*(?:元|块)?钱?(?:一直|还|都|就|到现在)*(?:没有?|未|不肯|拖着没?)(?:付|给|结|到|打|收|还)")
_PAID = re.compile("(?<![没未不欠])(?:付|给|打|收|结|还|转|到手|汇|首付|预付|定金|订金)(?:过来)?" + _FILLERS)
_PAID_AFTER = re.compile(
    r"\s*(?:元|块)?钱?(?:已经|都)?(?:付|给|结|到账|收|还)(?:了|过|掉|清)(?![^,，。]{0,3}[0-9一二两三四五六七八九十])"
)
_WHOLE_BEFORE = re.compile("(?:本来|原来|原先|起初|一开始|开始|一共|总共|合同)[^,，。;；]{0,4}欠" + _FILLERS)
_MEANT = (
    ("利润", re.compile("(?:利润|净?赚|净利|盈利)" + _FILLERS)),
    ("贷", re.compile("(?:贷|借|融资?)" + _FILLERS)),
    (
        "平时",
        re.compile("(?:平时|平常|正常|以前|之前|应该|本来|原来|上个?月|往常|一般|合理)(?:都|才|只|就)?" + _FILLERS),
    ),
    ("要收", re.compile("(?:现在|这个?月|这次|后来|涨到|变成|涨成)(?:[给让]我)?(?:打|收|要)?" + _FILLERS)),
)
"""Words of a question, and what stands before the amount that it asks for."""
_LOSS = re.compile("(?:亏|赔|蚀|倒贴)(?:损|本|进去)?" + _FILLERS)
_SHARE = re.compile(r"\d\s*%|百分之|[0-9一二三四五六七八九两几]成(?![本交立功都为套])|(?:加|连|带|含|包括|算)上?利息")
_TIMES = re.compile(r"\d[^\d,，。;；]{0,4}(?:[*×✖]|(?<![a-z])x(?![a-z])|乘以?)\s*\d")
_BESIDES = "试用期|全勤|餐补|房补|饭补|补贴|提成|奖金|利息|手续费|加班费|社保|滞纳金"
"""What is paid besides; an amount of that is none that was asked for."""
_BESIDE = re.compile(f"(?<![加和连带含])(?:{_BESIDES})(?:奖|费)?(?:另外|也|每月)*" + _FILLERS)
_BESIDE_AFTER = re.compile(f"\\s*(?:元|块)?钱?的?(?:{_BESIDES}|不算|不计|另算|除外)")
_NOUN = re.compile("[\u4e00-\u9fff]")
_NO_NOUN = re.compile(
    "吧|左右|上下|啊|呀|呢|的|啦|了|咯|喇|嘛|哦|整|差不多|多|来|以|不|每|一|那|这|就|都|没|我|他|是|还|剩|够|到|至|或"
)
_LONG = re.compile(r"\d{5,9}", re.ASCII)
"""A bare number that is no count, and no number of an account."""
_TEN_THOUSAND = 10_000


_NOTHING_OF_IT = re.compile(
    "[,，。 ]?(?:是|连)?一(?:分|毛|角|块|个子儿?|厘)(?:钱)?[都也]?(?:没有?|不|冇|未|唔|莫)[^,，。;；]{0,6}"
)
"""18万一分没付: what was not paid of an amount is no part of it."""


@dataclass(frozen=True)
class _Amount:
    yuan: Decimal
    named: bool
    """Said to be money, or written in 万 or 亿: preferred to a bare number beside it."""
    quantity: Quantity

    def with_part(self, part: Decimal, said: Quantity) -> _Amount:
        """With what follows in smaller money."""
        quantity = replace(self.quantity, per=said.per or self.quantity.per, bound=said.bound or self.quantity.bound)
        return _Amount(self.yuan + part, named=True, quantity=quantity)


@dataclass(frozen=True)
class Money(Parser):
    """Yuan between `min` and `max`, both included. The value is a string with two decimals: `"1234.50"`."""

    min: Decimal | int = 0
    max: Decimal | int | None = None
    asked: str = ""
    """The question: an amount for another time than it asks for is none."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        spelt = _without_what_is_unpaid(quantities.spelt(standard(text)))
        if _FOREIGN.search(spelt):
            return problem("field.money.currency")
        if _NO_MONEY.search(spelt) and self.min <= 0:
            return self._checked(Decimal(0))
        if numerals.vague(spelt) or "半" in spelt:
            return problem("field.money.vague")
        amounts = _amounts(spelt)
        if not amounts:
            return problem("field.money.compared" if quantities.compares(text) else "field.money.not_understood")
        candidates = _candidates(amounts, spelt)
        if (ends := _range(amounts, candidates, spelt)) is not None:
            return ends
        if "欠" in self.asked:
            return self._unpaid(amounts, candidates, spelt, half_paid="一半" in text)
        return self._one_of(candidates, spelt)

    def _unpaid(
        self, amounts: Sequence[_Amount], candidates: Sequence[_Amount], spelt: str, *, half_paid: bool
    ) -> Outcome:
        """What is still owed; asked back where some was paid and what is left cannot be told for sure."""
        some_paid = half_paid or any(_role(one.quantity, spelt) == "paid" for one in amounts)
        owed = _owed(amounts, spelt) if len(amounts) > 1 else None
        if owed is None:
            outcome = self._one_of(candidates, spelt)
            return doubted(outcome) if some_paid else outcome
        about = any(one.quantity.bound for one in amounts)
        return doubted(self._checked(owed)) if about else self._checked(owed)

    def _meant(self, candidates: Sequence[_Amount]) -> Sequence[_Amount]:
        """Those that are named with a word of the question, or for its time; all where none is."""
        if len(candidates) < 2:
            return candidates
        cues = [cue for word, cue in _MEANT if word in self.asked]
        named = [one for one in candidates if any(cue.search(one.quantity.before) for cue in cues)]
        timed = [one for one in candidates if one.quantity.per and one.quantity.per.removeprefix("个") in self.asked]
        return named or timed or candidates

    def _one_of(self, candidates: Sequence[_Amount], spelt: str) -> Outcome:
        candidates = self._meant(candidates)
        chosen = quantities.chosen([replace(one.quantity, value=one.yuan) for one in candidates])
        if chosen is None:
            return problem("field.money.several")
        if not chosen.total and _TIMES.search(spelt):
            return problem("field.money.each")
        if "利润" in self.asked and _LOSS.search(chosen.before):
            return problem("field.money.negative")
        outcome = self._checked(chosen.value or Decimal(0))
        if chosen.per and not self._is_asked(chosen.per):
            return problem("field.money.each") if isinstance(outcome, Understood) else outcome
        if _SLANG.match(chosen.unit):
            return problem("field.money.not_understood")
        return doubted(outcome) if _is_part(chosen, spelt) else outcome

    def _is_asked(self, per: str) -> bool:
        """Whether the question is about so much for each of that; a bill is one of a month."""
        if per.endswith("月") and "要收" in self.asked:
            return True
        return bool(re.search(f"(?:每|一)个?{per.removeprefix('个')[:1] or per}", self.asked))

    def _checked(self, yuan: Decimal) -> Outcome:
        wrong = self._unacceptable(yuan)
        return wrong or Understood(f"{yuan:.2f}", Message("field.money.shown", {"amount": _grouped(yuan)}))

    def _unacceptable(self, yuan: Decimal) -> NotUnderstood | None:
        if yuan < 0:
            return problem("field.money.negative")
        if yuan % _FEN:
            return problem("field.money.decimals")
        if yuan < self.min:
            return problem("field.money.too_small", min=_grouped(Decimal(self.min)), amount=_grouped(yuan))
        if self.max is not None and yuan > self.max:
            return problem("field.money.too_large", max=_grouped(Decimal(self.max)), amount=_grouped(yuan))
        return None


def _without_what_is_unpaid(spelt: str) -> str:
    """The text with the amount alone, where there is one beside what was not paid of it."""
    rest = _NOTHING_OF_IT.sub(" ", spelt)
    return rest if numerals.find(rest) else spelt


def _range(amounts: Sequence[_Amount], candidates: Sequence[_Amount], spelt: str) -> NotUnderstood | None:
    ends = quantities.span(spelt, [one.quantity for one in amounts])
    if ends is None or not any(one.quantity is ends[1] for one in candidates) or amounts[-1].quantity.total:
        return None
    low, high = (_grouped(one.value or Decimal(0)) for one in ends)
    return problem("field.money.range", low=low, high=high)


def _amounts(text: str) -> list[_Amount]:
    """The amounts in `text`; none if one of its numerals cannot be read."""
    result: list[_Amount] = []
    end, unit = -1, ""
    for found in quantities.find(text):
        if found.value is None:
            return []
        following = _UNIT.match(text, found.end)
        own = (following[1] or "") if following else ""
        counts_else = not own and (bool(_OTHER_THINGS.match(text, found.end)) or _is_count(found))
        part = _smaller_part(found, own, unit) if found.start == end and not counts_else else None
        if part is not None:
            result[-1] = result[-1].with_part(part, found)
        elif not counts_else:
            result.append(_amount(found, own, text[: found.start]))
        end, unit = (following.end() if following else found.end), own
    return result


def _is_part(one: Quantity, spelt: str) -> bool:
    """Whether it is a limit, or something may be taken from it or added to it."""
    return one.bound or bool(_OPEN_ENDED.search(one.before) or (_SHARE.search(spelt) and not one.total))


def _candidates(amounts: Sequence[_Amount], spelt: str) -> Sequence[_Amount]:
    """Those that are said to be money, if any are, without what is paid besides."""
    named = [one for one in amounts if one.named] or amounts
    return [one for one in named if not _is_beside(one.quantity, spelt)] or named


def _is_beside(one: Quantity, spelt: str) -> bool:
    return bool(_BESIDE.search(one.before) or _BESIDE_AFTER.match(spelt, one.end))


def _is_count(found: Quantity) -> bool:
    """Whether a small bare number counts something (一瓶茅台), or is part of a name (Q3)."""
    small = found.value is not None and found.value < 100 and found.body[-1] not in "万亿"
    counts = bool(_NOUN.match(found.unit)) and not _NO_NOUN.match(found.unit)
    return small and (counts or bool(re.search("[a-z]$", found.before)))


def _owed(amounts: Sequence[_Amount], spelt: str) -> Decimal | None:
    """What of several amounts is still owed: said to be left, or the whole without what was paid."""
    sums: dict[str, list[Decimal]] = {}
    for one, yuan in zip(amounts, _in_one_scale(amounts), strict=True):
        sums.setdefault(_role(one.quantity, spelt), []).append(yuan)
    if amounts[-1].quantity.total and "paid" not in sums:
        return None
    left, whole = (set[Decimal](sums.get(role, [])) for role in ("left", ""))
    if len(left) == 1:
        return left.pop()
    if sums.keys() != {"", "paid"} or len(whole) != 1:
        return None
    rest = whole.pop() - sum(sums["paid"], Decimal(0))
    return rest if rest > 0 else None


def _in_one_scale(amounts: Sequence[_Amount]) -> list[Decimal]:
    """Beside amounts in 万 a bare number is in 万, too: 八十八万给了三十."""
    tens = any(one.named and "万" in one.quantity.body for one in amounts)
    return [one.yuan * _TEN_THOUSAND if tens and _is_short(one) else one.yuan for one in amounts]


def _is_short(one: _Amount) -> bool:
    return not one.named and one.yuan < _TEN_THOUSAND and "千" not in one.quantity.body


def _role(one: Quantity, spelt: str) -> str:
    if _WHOLE_BEFORE.search(one.before):
        return ""
    if _REST.search(one.before) or _OWED_AFTER.match(spelt, one.end):
        return "left"
    if _OWED.search(one.before):
        return "owed"
    return "paid" if _PAID.search(one.before) or _PAID_AFTER.match(spelt, one.end) else ""


def _amount(found: Quantity, unit: str, before: str) -> _Amount:
    named = unit or _MARK.search(before) or _LONG.fullmatch(found.body) or re.search("[万亿]", found.body)
    return _Amount((found.value or Decimal(0)) * _TENTH.get(unit, Decimal(1)), bool(named), found)


def _smaller_part(numeral: Quantity, unit: str, previous: str) -> Decimal | None:
    """What a numeral right after "元" or "角" adds in yuan: 五块五, 3块25, 3元2角, 两毛五."""
    value, digits = numeral.value or Decimal(0), len(numeral.body)
    if previous in _YUAN and unit in _TENTH:
        return value * _TENTH[unit]
    if previous in _YUAN and not unit:
        if digits == 1 and value < 10:
            return value * _TENTH["角"]
        return value * _FEN if digits == 2 and numeral.body.isascii() else None
    if previous in {"角", "毛"} and unit in {"", "分"} and digits == 1:
        return value * _FEN if value < 10 else None
    return None


def _grouped(yuan: Decimal) -> str:
    return f"{yuan:,.0f}" if yuan == yuan.to_integral_value() else f"{yuan:,.2f}"
