"""Reads an amount of money in yuan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from typing_extensions import override

from backend.contract.message import Message
from dialogs.fields import numerals
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, problem

_FOREIGN = re.compile(
    "[$€£₩฿]|(?<![a-z])(?:usd|hkd|eur|gbp|jpy|mop|twd|krw|euros?|dollars?|pounds?)(?![a-z])"
    "|[美欧日港澳台韩英][元币磅金镑]|新台币|澳门元|港纸|卢布|泰铢"
)
_UNIT = re.compile(r"\s*(?:多|来|余)?\s*(元|块|圆|圓|角|毛|分|rmb|cny|yuan)?(?:人民币|钱|整|正)*\s*")
_YUAN = frozenset({"元", "块", "圆", "圓", "rmb", "cny", "yuan"})
_MARK = re.compile(r"(?:¥|rmb|cny|人民币)\s*$")
_TENTH = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分": Decimal("0.01")}
_FEN = Decimal("0.01")


@dataclass(frozen=True)
class _Amount:
    yuan: Decimal
    named: bool
    """Said to be money, or written in 万 or 亿: preferred to a bare number beside it."""


@dataclass(frozen=True)
class Money(Parser):
    """Yuan between `min` and `max`, both included. The value is a string with two decimals: `"1234.50"`."""

    min: Decimal | int = 0
    max: Decimal | int | None = None

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        spelt = numerals.spelt(text)
        if _FOREIGN.search(spelt):
            return problem("field.money.currency")
        if numerals.vague(spelt) or "半" in spelt:
            return problem("field.money.vague")
        amounts = _amounts(spelt)
        if amounts is None or not amounts:
            return problem("field.money.not_understood")
        candidates = {amount.yuan for amount in amounts if amount.named} or {amount.yuan for amount in amounts}
        if len(candidates) > 1:
            return problem("field.money.several")
        return self._checked(candidates.pop())

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


def _amounts(text: str) -> list[_Amount] | None:
    """The amounts in `text`; None if one of its numerals cannot be read."""
    result: list[_Amount] = []
    end, unit = -1, ""
    for numeral in numerals.find(text):
        if numeral.value is None:
            return None
        following = _UNIT.match(text, numeral.end)
        own = (following[1] or "") if following else ""
        part = _smaller_part(numeral, own, unit) if numeral.start == end else None
        if part is not None:
            result[-1] = _Amount(result[-1].yuan + part, named=True)
        else:
            marked = bool(_MARK.search(text[: numeral.start]))
            named = bool(own) or marked or numeral.body[-1] in "万亿" or "万" in numeral.body
            result.append(_Amount(numeral.value * _TENTH.get(own, Decimal(1)), named))
        end, unit = (following.end() if following else numeral.end), own
    return result


def _smaller_part(numeral: numerals.Numeral, unit: str, previous: str) -> Decimal | None:
    """What a numeral right after "元" or "角" adds in yuan: 五块五, 3元2角, 两毛五."""
    value = numeral.value or Decimal(0)
    if previous in _YUAN and unit in _TENTH:
        return value * _TENTH[unit]
    if previous in _YUAN and not unit and len(numeral.body) == 1 and value < 10:
        return value * _TENTH["角"]
    if previous in {"角", "毛"} and unit in {"", "分"} and len(numeral.body) == 1 and value < 10:
        return value * _FEN
    return None


def _grouped(yuan: Decimal) -> str:
    return f"{yuan:,.0f}" if yuan == yuan.to_integral_value() else f"{yuan:,.2f}"
