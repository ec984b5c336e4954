"""Reads one or several of the options a question offers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from backend.contract.message import Words
from dialogs.fields import numerals
from dialogs.fields.outcome import NotUnderstood, Outcome, Parser, Understood, listed, problem
from dialogs.fields.typed import denied, fold, narrow, position, words

_ORDINAL = re.compile(
    r"(?:我?(?:选择?|要)|option|no|number|第)* ?([0-9]{1,3}|[零一二两三四五六七八九十]{1,3})"
    r"(?:个|项|号|条|种|st|nd|rd|th)?(?:选项)?"
)
_ENGLISH_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "最后一个": -1}
_SEPARATORS = re.compile(r"[、,，;；/|\s+&]+|(?:和|与|及|跟|以及|还有|加)(?=.)|\band\b")
_SPAN = re.compile(r"\s*(\d{1,2})\s*(?:-|~|—|–|到|至|to)\s*(\d{1,2})\s*", re.ASCII)
_ALL = words(
    "全部/全部都有/全都有/都有/都是/都要/都选/全选/全都/全要/所有/以上都是/以上都有/两个都是/两个都有/每个都有"
    "/all/all of them/all of the above/everything/both"
)
_NONE = words(
    "都没有/没有/无/都不是/都不要/以上都不是/以上都没有/一个都没有/none/none of them/none of the above/neither"
)
_ALL_BUT = re.compile(
    r"除了?(.+?)(?:以外|之外|外|,)?(?:其他的?|别的)?(?:全部?|都)(?:有|是|要|选)*|all (?:but|except) (.+)"
)


@dataclass(frozen=True)
class Option:
    """One possible answer."""

    id: str
    labels: tuple[str, ...]
    """Its names in every language the template has."""
    synonyms: tuple[str, ...] = ()
    """Further words by which people mean it; never shown."""
    title: Words = ""
    """What is read back; the first label if empty."""

    @property
    def shown(self) -> Words:
        return self.title or self.labels[0]


@dataclass(frozen=True)
class Choice(Parser):
    """Exactly one option: by number, id, label, synonym, or a phrase that fits only one."""

    options: tuple[Option, ...]

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        return _parse_one(self.options, text)


@dataclass(frozen=True)
class MultiChoice(Parser):
    """`min` to `max` options: `1 3`, `1、3`, `1-3`, labels joined by 、, 都有, 除了2都有.

    The value keeps the options' order.
    """

    options: tuple[Option, ...]
    min: int = 1
    max: int | None = None

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        chosen = self._chosen(text)
        if isinstance(chosen, NotUnderstood):
            return chosen
        ids = {option.id for option in chosen}
        kept = tuple(option for option in self.options if option.id in ids)
        if len(kept) < self.min:
            return problem("field.multi_choice.too_few", min=self.min, count=len(kept))
        if self.max is not None and len(kept) > self.max:
            return problem("field.multi_choice.too_many", max=self.max, count=len(kept))
        shown = listed(tuple(option.shown for option in kept))
        return Understood([option.id for option in kept], shown or "—")

    def _chosen(self, text: str) -> tuple[Option, ...] | NotUnderstood:
        folded = fold(text)
        exact = _exactly(self.options, folded)
        if len(exact) == 1:
            return exact
        if folded in _ALL:
            return self.options
        if folded in _NONE:
            return () if self.min == 0 else problem("field.multi_choice.none", min=self.min)
        spaced = numerals.spelt(text)
        all_but = _ALL_BUT.fullmatch(spaced)
        if all_but:
            excluded = self._several(all_but[1] or all_but[2])
            if isinstance(excluded, NotUnderstood):
                return excluded
            return tuple(option for option in self.options if option not in excluded)
        return self._several(text)

    def _several(self, text: str) -> tuple[Option, ...] | NotUnderstood:
        digits = narrow(text)
        if _bare_digits(digits, len(self.options)):
            return tuple(self.options[int(digit) - 1] for digit in digits)
        whole = _parse_one(self.options, text)
        parts = [part for part in _SEPARATORS.split(digits) if part.strip()]
        if len(parts) < 2 and isinstance(whole, Understood):
            return tuple(option for option in self.options if option.id == whole.value)
        chosen: list[Option] = []
        for part in parts:
            found = self._part(part)
            if isinstance(found, NotUnderstood):
                # A label that has a separator of its own in it: find the labels in the text as a whole.
                mentioned = _mentioned(self.options, fold(text))
                return mentioned or problem("field.multi_choice.part", part=part, count=len(self.options))
            chosen.extend(found)
        return tuple(chosen) if chosen else problem("field.multi_choice.not_understood", count=len(self.options))

    def _part(self, part: str) -> tuple[Option, ...] | NotUnderstood:
        span = _SPAN.fullmatch(part)
        if span:
            first, last = int(span[1]), int(span[2])
            if 1 <= first < last <= len(self.options):
                return self.options[first - 1 : last]
        outcome = _parse_one(self.options, part)
        if isinstance(outcome, NotUnderstood):
            mentioned = _mentioned(self.options, fold(part))
            return mentioned or outcome
        return tuple(option for option in self.options if option.id == outcome.value)


def _parse_one(options: tuple[Option, ...], text: str) -> Outcome:
    folded = fold(text)
    exact = _exactly(options, folded)
    if len(exact) == 1:
        return _understood(exact[0])
    number = _ordinal(folded)
    if number is not None:
        index = number - 1 if number > 0 else len(options) + number
        if 0 <= index < len(options) and number != 0:
            return _understood(options[index])
        return problem("field.choice.out_of_range", count=len(options), number=number)
    candidates = exact or _mentioned(options, folded) or _beginning(options, folded)
    if len(candidates) == 1:
        return _understood(candidates[0])
    if candidates:
        return problem("field.choice.ambiguous", candidates=listed(tuple(option.shown for option in candidates)))
    return problem("field.choice.not_understood", count=len(options))


def _understood(option: Option) -> Understood:
    return Understood(option.id, option.shown)


def _phrases(option: Option) -> set[str]:
    return {fold(phrase) for phrase in (option.id, *option.labels, *option.synonyms)} - {""}


def _exactly(options: tuple[Option, ...], folded: str) -> tuple[Option, ...]:
    return tuple(option for option in options if folded in _phrases(option))


def _ordinal(folded: str) -> int | None:
    if folded in _ENGLISH_ORDINALS:
        return _ENGLISH_ORDINALS[folded]
    found = _ORDINAL.fullmatch(folded)
    if not found:
        return None
    values = numerals.find(found[1])
    return int(values[0].value) if len(values) == 1 and values[0].value is not None else None


def _mentioned(options: tuple[Option, ...], folded: str) -> tuple[Option, ...]:
    """Options one of whose phrases the text contains; a phrase inside a longer one that also fits does not count."""
    hits = [
        (option, phrase)
        for option in options
        for phrase in _phrases(option) - {fold(option.id)}
        if position(phrase, folded) >= 0 and not phrase.isdigit() and not denied(phrase, folded)
    ]
    kept = [option for option, phrase in hits if not any(phrase != other and phrase in other for _, other in hits)]
    return tuple(option for option in options if option in kept)


def _beginning(options: tuple[Option, ...], folded: str) -> tuple[Option, ...]:
    """Options one of whose phrases contains the text: 电费 for 电费问题."""
    if not folded or (folded.isascii() and len(folded) < 3):
        return ()
    return tuple(option for option in options if any(position(folded, phrase) >= 0 for phrase in _phrases(option)))


def _bare_digits(text: str, count: int) -> bool:
    """`13` for options 1 and 3, where no more than nine are offered and each digit names one."""
    return (
        count <= 9
        and len(text) > 1
        and text.isascii()
        and text.isdigit()
        and len(set(text)) == len(text)
        and all(1 <= int(digit) <= count for digit in text)
    )
