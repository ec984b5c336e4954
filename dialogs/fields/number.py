"""Reads a quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields import numerals
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, problem
from dialogs.fields.typed import fold

_NONE = frozenset({"没有", "无", "一个也没有", "一个都没有", "没", "none", "nil", "zero"})
_HALF = re.compile(r"\s*[个天年月公小]?[斤里时顷吨]?半")


@dataclass(frozen=True)
class Number(Parser):
    """A number between `min` and `max`, both included. An approximation ("大概30人") counts as the number it names."""

    min: float | None = None
    max: float | None = None
    integer: bool = True
    unit: Words = ""
    """What is counted, for reading back: 人, 平方米, kWh."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        if fold(text) in _NONE:
            return self._checked(Decimal(0))
        spelt = numerals.spelt(text)
        if numerals.vague(spelt):
            return problem("field.number.vague")
        found = numerals.find(spelt)
        if len({numeral.value for numeral in found}) > 1:
            return problem("field.number.several")
        if not found or found[0].value is None:
            return problem("field.number.not_understood")
        value = found[0].value
        if "半" in spelt:
            if not _HALF.match(spelt, found[0].end):
                return problem("field.number.not_understood")
            value += Decimal("0.5")
        return self._checked(value)

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


def _plain(value: Decimal) -> str:
    return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():f}"
