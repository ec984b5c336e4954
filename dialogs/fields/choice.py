"""Reads one or several of the options a question offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields import numerals
from dialogs.fields.clauses import Clause, clauses, cue, denied_twice, is_denied
from dialogs.fields.declining import Manner, declining
from dialogs.fields.dialect import standard
from dialogs.fields.outcome import Declined, NotUnderstood, Outcome, Parser, Understood, listed, problem
from dialogs.fields.typed import fold, narrow, position, words

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
_EVERYTHING = re.compile(
    "全都?(?:要|有|选|是|占|中|齐|可以|行|来)|(?:样样|每样|每项|哪样|哪个|统统|通通|所有|全部)的?(?:都|全|我)*(?:要|有|是|占|齐|选|中|$)|占全|全齐|[两三四五六七八九]样(?:都|全|占)|齐全|都要|都来|全来|都占"
    "|\\ball of (?:them|it|those|the above)\\b|\\beverything\\b"
)
_LOST = re.compile("[^,，。]{0,2}?(?:都|也|早|已经|给|被|弄|全)*(?:丢|不见|覆盖|撕|作废|扔|删)(?:了|掉)")
"""What they had once, behind its name: 合同丢了, 录像给覆盖了."""
_REST = re.compile(
    "(?:别的|其他的?|其它的?|其余的?|剩下的?|余下的?)(?:我|们|手续|材料|东西|也|就|基本|通通|统统)*(?:都|全|齐)(?!没|不)"
    "|\\b(?:the rest|everything else|all the others?|all others)\\b"
)
_ONLY = re.compile("除了(.+?)(?:以外|之外|外)?[,，]?(?:什么|别的|其他的?)?(?:东西)?(?:都|也|全)?(?:没有?|不)(?!能|行)")
_ALL_BUT = re.compile(
    r"除了?(.+?)(?:以外|之外|外|,)?(?:其他的?|别的)?(?:全部?|都)(?:有|是|要|选)*|all (?:but|except) (.+)"
)
_NO_THING = re.compile(
    "(?:什么|一样|一个|一点|半点)(?:东西)?(?:都|也)(?:没|拿不)|光杆|一无所有|两手空空|\\b(?:nothing|none)\\b"
)
_MAINLY = re.compile(
    "主要|最(?!近|后|多|少|早|晚|低)|关键|(?:^|[^也不])就是|只是|只有|卡在|重点|而是|还是|其实|尤其|特别是|当|\\b(?:mainly|mostly|worst|especially|but|only)\\b"
)
_CONCEDED = re.compile(
    "能忍|忍得|倒是?没|倒还|倒好|倒是(?=.*有)|算了|先不(?:说|管)|早(?:就)?(?:下来|办好|有|拿)|无所谓|不是重点|没用|干净|没问题|没毛病|好得很"
)
_BOTH = re.compile("又.{1,6}又|既.{1,6}又|都有|两样|\\bboth\\b")
_UNSURE_OPTION = words("不知道/不清楚/说不清/不晓得/不确定/do not know/not sure/unsure")
_NONE_OPTION = words("没有/都没有/什么都没有/无/none/nothing")
_NAMED, _TOLD, _BARE = 3.0, 2.0, 0.5
"""By a label or synonym, by what the template says it means, by a mere 没有. A single character says less."""
_FURTHER = 0.5
"""What a second hint at the same option adds."""
_CLEAR = 1.0
"""By how much the best has to be better than the next."""


@dataclass(frozen=True, eq=False)
class Option:
    """One possible answer."""

    id: str
    labels: tuple[str, ...]
    """Its names in every language the template has."""
    synonyms: tuple[str, ...] = ()
    """Further words by which people mean it; never shown."""
    means: tuple[str, ...] = ()
    """What people tell of when they mean it; `…` stands for anything between."""
    title: Words = ""
    """What is read back; the first label if empty."""

    @property
    def shown(self) -> Words:
        return self.title or self.labels[0]

    @cached_property
    def phrases(self) -> frozenset[str]:
        """Everything it is called, folded."""
        return frozenset({fold(phrase) for phrase in (self.id, *self.labels, *self.synonyms)} - {""})

    @cached_property
    def cues(self) -> tuple[tuple[re.Pattern[str], float], ...]:
        """What names or means it within a sentence, and how strongly."""
        named = [(phrase, _BARE if phrase in _NONE_OPTION else _NAMED) for phrase in self.phrases - {fold(self.id)}]
        told = [(phrase, _TOLD) for phrase in self.means]
        return tuple(
            (cue(phrase), weight - _CLEAR * (len(phrase) == 1))
            for phrase, weight in named + told
            if not phrase.isdigit()
        )

    def is_one_of(self, names: frozenset[str]) -> bool:
        return bool(names & self.phrases)


@dataclass(frozen=True)
class Choice(Parser):
    """Exactly one option: by number, id, label, synonym, a phrase that fits only one, or what a sentence tells of."""

    options: tuple[Option, ...]

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        return _parse_one(self.options, text)

    def denies(self, option: Option, text: str) -> bool:
        """Whether `text` says that it is not this one."""
        return option in _evidence(self.options, text).denied

    def is_thin(self, text: str) -> bool:
        """Whether `text` names no option, and only tells of something that one may mean."""
        if _by_name(self.options, fold(text)) is not None:
            return False
        return max(_evidence(self.options, text).affirmed.values(), default=0) < _NAMED

    def says_only_that(self, text: str) -> bool:
        """Whether `text` is a name or the number of an option."""
        folded = fold(text)
        return _ordinal(folded) is not None or _naming_alone(self.options, folded)


@dataclass(frozen=True)
class MultiChoice(Parser):
    """`min` to `max` options: `1 3`, `1、3`, `1-3`, labels joined by 、, 都有, 除了2都有, or what a sentence tells.

    The value keeps the options' order.
    """

    options: tuple[Option, ...]
    min: int = 1
    max: int | None = None

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        chosen = self._chosen(text)
        if isinstance(chosen, NotUnderstood | Declined):
            return chosen
        ids = {option.id for option in chosen}
        kept = tuple(option for option in self.options if option.id in ids)
        if len(kept) < self.min:
            return problem("field.multi_choice.too_few", min=self.min, count=len(kept))
        if self.max is not None and len(kept) > self.max:
            return problem("field.multi_choice.too_many", max=self.max, count=len(kept))
        shown = listed(tuple(option.shown for option in kept))
        return Understood([option.id for option in kept], shown or "—")

    def denies(self, option: Option, text: str) -> bool:
        """Whether `text` says that it is not this one."""
        return option in _evidence(self.options, text).denied

    def says_only_that(self, text: str) -> bool:
        """Whether `text` has nothing but names and numbers of options."""
        parts = [fold(part) for part in _SEPARATORS.split(narrow(text)) if fold(part)]
        return all(
            part in _ALL or part in _NONE or _ordinal(part) is not None or _naming_alone(self.options, part)
            for part in parts
        )

    def _chosen(self, text: str) -> tuple[Option, ...] | NotUnderstood | Declined:
        folded = fold(text)
        exact = _exactly(self.options, folded)
        if len(exact) == 1:
            return exact
        if folded in _ALL:
            return self._all
        if folded in _NONE:
            return () if self.min == 0 else problem("field.multi_choice.none", min=self.min)
        all_but = _ALL_BUT.fullmatch(numerals.spelt(text))
        if all_but and not isinstance(excluded := self._several(all_but[1] or all_but[2]), NotUnderstood | Declined):
            return tuple(option for option in self._all if option not in excluded)
        return self._several(text)

    @property
    def _all(self) -> tuple[Option, ...]:
        """What "all of them" means: not the option that says there is none, nor that nobody knows."""
        kept = tuple(one for one in self.options if not one.is_one_of(_NONE_OPTION | _UNSURE_OPTION))
        return kept or self.options

    def _several(self, text: str) -> tuple[Option, ...] | NotUnderstood | Declined:
        digits = narrow(text)
        if _bare_digits(digits, len(self.options)):
            return tuple(self.options[int(digit) - 1] for digit in digits)
        parts = [part for part in _SEPARATORS.split(digits) if part.strip()]
        named = [self._part(part) for part in parts]
        if named and all(isinstance(one, tuple) for one in named):
            return tuple(option for one in named if isinstance(one, tuple) for option in one)
        return self._told(text) or self._unread(text, named, parts)

    def _told(self, text: str) -> tuple[Option, ...]:
        """What a sentence tells of."""
        said = standard(narrow(text))
        evidence = _evidence(self.options, text)
        if only := _ONLY.search(said):
            return tuple(_evidence(self.options, only[1]).affirmed)
        if _REST.search(said):
            but = {*evidence.affirmed, *evidence.denied}
            return tuple(one for one in self._all if one not in but) if but else self._all
        some = tuple(
            one for one, weight in evidence.affirmed.items() if weight > _BARE and not one.is_one_of(_NONE_OPTION)
        )
        return some or (self._all if _EVERYTHING.search(said) else self._none(evidence, said))

    def _none(self, evidence: _Evidence, said: str) -> tuple[Option, ...]:
        """The option that says there is none, where that is said."""
        none = tuple(one for one in self.options if one.is_one_of(_NONE_OPTION))[:1]
        named = any(weight > _BARE for weight in evidence.affirmed.values())
        return none if _NO_THING.search(said) or named or (evidence.affirmed and not evidence.denied) else ()

    def _unread(
        self, text: str, named: list[tuple[Option, ...] | NotUnderstood], parts: list[str]
    ) -> tuple[Option, ...] | NotUnderstood | Declined:
        unknown = _for_the_unsure(self.options, text)
        if isinstance(unknown, Option):
            return (unknown,)
        if isinstance(unknown, Declined):
            return unknown
        for part, one in zip(parts, named, strict=True):
            if isinstance(one, NotUnderstood):
                return problem("field.multi_choice.part", part=part, count=len(self.options))
        return problem("field.multi_choice.not_understood", count=len(self.options))

    def _part(self, part: str) -> tuple[Option, ...] | NotUnderstood:
        """By number or name alone; "1-3" for three."""
        span = _SPAN.fullmatch(part)
        if span:
            first, last = int(span[1]), int(span[2])
            if 1 <= first < last <= len(self.options):
                return self.options[first - 1 : last]
        outcome = _by_name(self.options, fold(part))
        if isinstance(outcome, Understood):
            return tuple(option for option in self.options if option.id == outcome.value)
        return outcome or problem("field.multi_choice.not_understood", count=len(self.options))


@dataclass
class _Evidence:
    """Options that a text speaks of."""

    affirmed: dict[Option, float] = field(default_factory=dict)
    """With the strength of the best hint."""
    denied: set[Option] = field(default_factory=set)

    def add(self, option: Option, weight: float) -> None:
        """The strongest hint counts, and each further one a little."""
        known = self.affirmed.get(option)
        self.affirmed[option] = weight if known is None else max(weight, known) + _FURTHER

    def drop(self, options: set[Option]) -> None:
        """What was only mentioned goes where something else was meant."""
        if set(self.affirmed) - options:
            self.affirmed = {one: weight for one, weight in self.affirmed.items() if one not in options}


def _evidence(options: tuple[Option, ...], text: str) -> _Evidence:
    found = _Evidence()
    said = clauses(text)
    turned = any(clause.once for clause in said) and any(clause.by_now for clause in said)
    conceded: set[Option] = set()
    for clause in said:
        if turned and clause.once and not clause.by_now:
            continue
        beside = bool(_CONCEDED.search(clause.text))
        for option, weight, denied in _hits(options, clause):
            if denied:
                found.denied.add(option)
                continue
            conceded = conceded | {option} if beside else conceded - {option}
            found.add(option, weight + _CLEAR * bool(_MAINLY.search(clause.text)))
    found.drop(conceded)
    return found


def _hits(options: tuple[Option, ...], clause: Clause) -> Iterator[tuple[Option, float, bool]]:
    """What is named or meant in one clause; words inside longer ones that also fit do not count."""
    hits = [
        (found.start(), found.end(), weight, option)
        for option in options
        for pattern, weight in option.cues
        for found in pattern.finditer(clause.text)
    ]
    taken: list[tuple[int, int, Option]] = []
    for start, end, weight, option in sorted(hits, key=lambda hit: (hit[0] - hit[1], -hit[2])):
        inside = [own for first, last, own in taken if start < last and first < end]
        if inside and (option in inside or not any(first == start and last == end for first, last, _ in taken)):
            continue
        taken.append((start, end, option))
        yield option, weight, _is_set_aside(clause.text, start, end)


def _is_set_aside(text: str, start: int, end: int) -> bool:
    """Whether the words there are denied, or told of what is gone."""
    return bool(_LOST.match(text, end)) or (not denied_twice(text) and is_denied(text, start, end))


def _parse_one(options: tuple[Option, ...], text: str) -> Outcome:
    folded = fold(text)
    by_name = _by_name(options, folded)
    if by_name is not None:
        return by_name
    evidence = _evidence(options, text)
    evidence.drop(evidence.denied)
    ranked = sorted(evidence.affirmed.items(), key=lambda one: -one[1])
    if not ranked and (unknown := _for_the_unsure(options, text)) is not None:
        return unknown if isinstance(unknown, Declined) else _understood(unknown)
    clear = 2 * _CLEAR if _BOTH.search(standard(narrow(text))) else _CLEAR
    best = tuple(option for option, weight in ranked if ranked[0][1] - weight < clear)
    return _only(options, best or _beginning(options, folded))


def _only(options: tuple[Option, ...], candidates: tuple[Option, ...]) -> Outcome:
    if len(candidates) == 1:
        return _understood(candidates[0])
    if candidates:
        shown = tuple(option.shown for option in options if option in candidates)
        return problem("field.choice.ambiguous", candidates=listed(shown))
    return problem("field.choice.not_understood", count=len(options))


def _by_name(options: tuple[Option, ...], folded: str) -> Understood | NotUnderstood | None:
    """By its whole name or its number; None where the text is neither."""
    exact = _exactly(options, folded)
    if len(exact) == 1:
        return _understood(exact[0])
    number = _ordinal(folded)
    if number is None:
        return None
    index = number - 1 if number > 0 else len(options) + number
    if 0 <= index < len(options) and number != 0:
        return _understood(options[index])
    return problem("field.choice.out_of_range", count=len(options), number=number)


def _for_the_unsure(options: tuple[Option, ...], text: str) -> Option | Declined | None:
    """What is left for who does not know: an option that says so, if there is one."""
    manner = declining(text)
    if manner is None:
        return None
    unsure = [one for one in options if one.is_one_of(_UNSURE_OPTION)]
    if manner is Manner.UNKNOWING and unsure:
        return unsure[0]
    return Declined(Message("field.unsure"))


def _understood(option: Option) -> Understood:
    return Understood(option.id, option.shown)


def _exactly(options: tuple[Option, ...], folded: str) -> tuple[Option, ...]:
    return tuple(option for option in options if folded in option.phrases)


def _naming_alone(options: tuple[Option, ...], folded: str) -> bool:
    """Whether a name of an option is all but a few characters of the text."""
    return any(
        position(phrase, folded) >= 0 and len(folded) - len(phrase) <= 3 for o in options for phrase in o.phrases
    )


def _ordinal(folded: str) -> int | None:
    if folded in _ENGLISH_ORDINALS:
        return _ENGLISH_ORDINALS[folded]
    found = _ORDINAL.fullmatch(folded)
    if not found:
        return None
    values = numerals.find(found[1])
    return int(values[0].value) if len(values) == 1 and values[0].value is not None else None


def _beginning(options: tuple[Option, ...], folded: str) -> tuple[Option, ...]:
    """Options one of whose phrases contains the text: 电费 for 电费问题."""
    if not folded or (folded.isascii() and len(folded) < 3):
        return ()
    return tuple(option for option in options if any(position(folded, phrase) >= 0 for phrase in option.phrases))


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
