"""Emergencies in what a person writes or says: what happens now, to whom, and which number helps.

A text is held against patterns of word classes (who or what is struck, and what happens to it). What was denied, is
over, happened long ago, is only feared, or is the topic of a rule, a drill or an insurance, does not count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, Literal

from backend.contract.faults import Refused
from backend.contract.message import Localized
from backend.contract.models.organisation import CityOut, EmergencyOut, EmergencySentences
from backend.contract.sentence_patterns import FAR, Element, parse_pattern
from dialogs.sound import Read
from dialogs.understanding.emergencies.learner import Learner, learner
from dialogs.understanding.emergencies.vocabulary import Hit, Vocabulary
from dialogs.understanding.emergencies.words import STOP, Cut, cut

Grade = Literal["certain", "possible", "hint"]
"""How sure it is that somebody has to be called now. `hint`: a supply failed, and its hotline helps sooner than we."""

_GRADES: Final[Sequence[Grade]] = ("hint", "possible", "certain")
_NEED: Final = 0.1
"""Margin of the learner above which a number is told though no pattern stands."""
_NO_NEED: Final = -0.6
"""Margin below which no pattern counts."""
_LEAST_WORDS: Final = 4
"""Shorter texts are names, numbers and answers: too little to learn from."""
_MOST_WORDS: Final = 20_000
"""Of one message."""
_MOST_WAYS: Final = 200
"""Places where one pattern is tried in a sentence: a text that only repeats a word is no reason to hang."""
_WORDS: Final = "="
"""Before the words of a pattern that have no class: a name that no office can give."""
_RULE: Final = "#"
"""Before a rule's id: the class of its plain words."""


@dataclass(frozen=True)
class Emergency:
    rule: str
    number: str
    """To call."""
    name: Localized
    """Who answers there."""
    grade: Grade = "possible"


@dataclass(frozen=True)
class _Row:
    """Elements in their order."""

    names: tuple[str, ...]
    reaches: tuple[int, ...]


@dataclass(frozen=True)
class _Case:
    """A pattern, and what it means."""

    tell: tuple[str, ...]
    """Rules."""
    grade: Grade
    lasting: bool
    rows: tuple[_Row, ...]
    without: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """One of the office's plain words, no pattern."""
        return self.rows[0].names[0].startswith(_RULE)


class Emergencies:
    """The rules of `CityOut.emergencies`, with `CityOut.emergency_sentences`."""

    def __init__(
        self,
        rules: Sequence[EmergencyOut],
        read: Read | None = None,
        sentences: EmergencySentences | None = None,
        learnt: Callable[[], Learner] = learner,
    ) -> None:
        """`read`: for texts that a recogniser wrote; there, words that sound much like the city's count too. `learnt`
        is asked beside the patterns, where there are any and the policy wants it.
        """
        self._rules, self._read, self._sentences = rules, read, sentences or EmergencySentences()
        self._learnt = learnt

    @classmethod
    def of(cls, city: CityOut, read: Read | None = None) -> Emergencies:
        return cls(city.emergencies, read, city.emergency_sentences)

    def warm_up(self) -> None:
        """Prepare what reading needs; seconds, for another thread."""
        self._language.vocabulary.warm_up()
        if self._learner is not None:
            self._learner.alarm("")

    def found_in(self, text: str, asked: str = "") -> tuple[Emergency, ...]:
        """Each number to call, in the policy's order, with the highest grade of what was told. `asked`: the words of
        the question that this answers; a yes to "is anybody hurt?" tells of somebody hurt.
        """
        met = self._met(text)
        if asked and not met and self._language.is_yes(text):
            met = {
                rule: min(grade, "possible", key=_GRADES.index) for rule, grade in self._met(asked, asked=True).items()
            }
        found: dict[str, Emergency] = {}
        for rule in self._rules:
            if rule.id not in met:
                continue
            grade, known = met[rule.id], found.get(rule.number)
            if known is None or _GRADES.index(grade) > _GRADES.index(known.grade):
                texts = {tag.split("_")[0]: name for tag, name in rule.name.items()}
                told = Emergency(rule.id, rule.number, Localized({"zh": rule.number, **texts}), grade)
                found[rule.number] = told
        return tuple(found.values())

    def _met(self, text: str, *, asked: bool = False) -> dict[str, Grade]:
        """Rules with their grades."""
        read = self._language.read(text, asked=asked)
        if read is None:
            return {}
        met = read.met()
        return met if asked else self._with_learnt(text, read, met)

    def _with_learnt(self, text: str, read: _Read, met: dict[str, Grade]) -> dict[str, Grade]:
        """What the patterns met, unless it sounds like an ordinary matter and has none of the office's plain words; or
        what it sounds like, where they met nothing.
        """
        alarms = {rule: grade for rule, grade in met.items() if grade != "hint"}
        if self._learner is None or (not alarms and not read.may_be_learnt_of()):
            return met
        margin = self._learner.alarm(text)
        if alarms:
            return _unless_calm(read, met) if margin < _NO_NEED else met
        return met | self._sounding_like(self._learner, text) if margin > _NEED else met

    def _sounding_like(self, learner: Learner, text: str) -> dict[str, Grade]:
        numbers = learner.numbers(text)
        return {rule.id: "possible" for rule in self._rules if rule.number in numbers and rule.grade != "hint"}

    @cached_property
    def _learner(self) -> Learner | None:
        return self._learnt() if self._sentences.cases and self._sentences.learnt else None

    @cached_property
    def _language(self) -> _Language:
        return _Language(self._rules, self._sentences, self._read)


def _unless_calm(read: _Read, met: dict[str, Grade]) -> dict[str, Grade]:
    """Hints, and what the office's plain words say."""
    kept = read.met(plain=True)
    return {rule: kept.get(rule, grade) for rule, grade in met.items() if grade == "hint" or rule in kept}


class _Language:
    """The city's words and patterns, ready to read with."""

    def __init__(self, rules: Sequence[EmergencyOut], sentences: EmergencySentences, read: Read | None) -> None:
        classes = dict(sentences.classes)
        cases = [*_cases_of(sentences, classes), *_plain_words(rules, classes)]
        named = {name for case in cases for row in case.rows for name in row.names}
        self.denied_along = frozenset(name for name in named if not name.startswith(_WORDS))
        """What one negation may deny together with what follows it."""
        classes |= _contexts(rules, sentences)
        sounding = _Sounding(rules, sentences)
        self.vocabulary = Vocabulary(classes, sounding.counts, read or _syllables, heard=read is not None)
        self._starts: dict[str, list[_Case]] = {}
        for case in cases:
            self._starts.setdefault(case.rows[0].names[0], []).append(case)

    def read(self, text: str, *, asked: bool = False) -> _Read | None:
        if not text or text.isspace():
            return None
        words = cut(text[:_MOST_WORDS])
        return _Read(self, words, self.vocabulary.hits(words), asked=asked)

    def is_yes(self, text: str) -> bool:
        """Whether it says yes at its beginning, or how many."""
        words = cut(text[:_MOST_WORDS])
        hits = [hit for hit in self.vocabulary.hits(words) if not hit.by_sound and hit.begin == 0]
        said_no = any(hit.name == "@no" for hit in hits)
        return not said_no and any(hit.name == "@yes" for hit in hits)

    def cases_from(self, names: Iterable[str]) -> Iterator[_Case]:
        for name in names:
            yield from self._starts.get(name, ())


class _Read:
    """One text, with the words that were found in it."""

    def __init__(self, language: _Language, text: Cut, hits: list[Hit], *, asked: bool) -> None:
        self._language, self._text, self._asked = language, text, asked
        kept = list(_unless_harmless(hits))
        self._hits: dict[str, list[Hit]] = {}
        for hit in sorted(kept):
            self._hits.setdefault(hit.name, []).append(hit)
        self._ending: dict[int, list[Hit]] = {}
        for hit in kept:
            self._ending.setdefault(hit.end, []).append(hit)
        self._clauses, self._sentences = self._cut_up()

    def may_be_learnt_of(self) -> bool:
        """Whether it is of some length and has no pattern of an alarm, not even one that does not count."""
        alarms = (case for case in self._language.cases_from(self._hits) if case.grade != "hint")
        return len(self._text.words) >= _LEAST_WORDS and not any(True for case in alarms for _ in self._places(case))

    def met(self, *, plain: bool = False) -> dict[str, Grade]:
        """Rules with their grades. `plain`: by the plain words alone."""
        met: dict[str, Grade] = {}
        for case in self._language.cases_from(self._hits):
            if plain and not case.is_plain:
                continue
            if all(_GRADES.index(case.grade) <= _GRADES.index(met[rule]) for rule in case.tell if rule in met) and all(
                rule in met for rule in case.tell
            ):
                continue
            grade = self._grade_of(case)
            for rule in case.tell if grade is not None else ():
                assert grade is not None
                met[rule] = max(grade, met.get(rule, "hint"), key=_GRADES.index)
        return met

    def _grade_of(self, case: _Case) -> Grade | None:
        """The best of the places where the pattern stands and counts; None if there is none."""
        best: Grade | None = None
        for place in self._places(case):
            if not self._counts(place, case):
                continue
            doubtful = any(hit.by_sound for hit in place) or self._in_clause("maybe", place)
            grade: Grade = "possible" if doubtful and case.grade == "certain" else case.grade
            if best is None or _GRADES.index(grade) > _GRADES.index(best):
                best = grade
            if best == case.grade:
                break
        return best

    # --- where a pattern stands -----------------------------------------------------------------------------------

    def _places(self, case: _Case) -> Iterator[list[Hit]]:
        if not all(name in self._hits for row in case.rows for name in row.names):
            return
        for place in islice(self._rows(case.rows, 0, []), _MOST_WAYS):
            sentence = self._sentences[place[0].begin]
            if not any(
                self._sentences[hit.begin] == sentence for name in case.without for hit in self._hits.get(name, ())
            ):
                yield place

    def _rows(self, rows: Sequence[_Row], at: int, before: list[Hit]) -> Iterator[list[Hit]]:
        if at == len(rows):
            yield before
            return
        row = rows[at]
        for first in self._hits[row.names[0]]:
            if before and not self._beside(before, first):
                continue
            for place in self._row(row, 1, [first]):
                yield from self._rows(rows, at + 1, [*before, *place])

    def _row(self, row: _Row, at: int, before: list[Hit]) -> Iterator[list[Hit]]:
        if at == len(row.names):
            yield before
            return
        last = before[-1]
        hits = self._hits[row.names[at]]
        for index in range(bisect_left(hits, Hit(last.end, 0, "")), len(hits)):
            hit = hits[index]
            if hit.begin - last.end > row.reaches[at]:
                return
            if self._sentences[hit.begin] == self._sentences[last.begin]:
                yield from self._row(row, at + 1, [*before, hit])

    def _beside(self, before: Sequence[Hit], hit: Hit) -> bool:
        """Whether it stands in the same sentence, not too far away, and is no part of what is there."""
        begin, end = min(one.begin for one in before), max(one.end for one in before)
        if any(hit.begin < one.end and one.begin < hit.end for one in before):
            return False
        far = hit.begin - end if hit.begin >= end else begin - hit.end
        return far <= FAR and self._sentences[hit.begin] == self._sentences[begin]

    # --- whether it counts ----------------------------------------------------------------------------------------

    def _counts(self, place: Sequence[Hit], case: _Case) -> bool:
        if self._asked:
            return True
        if any(self._is_denied(hit.begin) for hit in place):
            return False
        if case.grade == "hint":
            return True  # a supply that often fails is one's matter, and its hotline the way sooner
        begin, last = min(hit.begin for hit in place), max(place, key=lambda hit: hit.end)
        inside = {at for hit in place for at in range(hit.begin, hit.end)}
        checks: tuple[Callable[[], bool], ...] = (
            lambda: self._said_of("past", begin, last, inside),
            lambda: not case.lasting and self._said_of("lately", begin, last, inside),
            lambda: self._said_of("feared", begin, last, inside, far=False),
            lambda: not case.lasting and self._said_of("often", begin, last, inside, far=False),
            lambda: self._said_of("figurative", begin, last, inside, far=False),
            lambda: self._said_of("hearsay", begin, last, inside),
            lambda: self._is_topic(begin),
            lambda: self._is_over(begin, last),
        )
        return not any(check() for check in checks)

    def _is_denied(self, begin: int) -> bool:
        """A negation before the word; between the two only fillers, or other words that it denies as well."""
        ends = [begin]
        seen = {begin}
        while ends:
            end = ends.pop()
            for hit in self._ending.get(end, ()) if self._goes_on(end) else ():
                if hit.by_sound and not self._text.is_pinyin:
                    continue
                if hit.name in ("@no", "@asking"):
                    return True
                if (hit.name == "@filler" or hit.name in self._language.denied_along) and hit.begin not in seen:
                    seen.add(hit.begin)
                    ends.append(hit.begin)
        return False

    def _goes_on(self, at: int) -> bool:
        """Whether a word belongs to the clause of the one before it."""
        return 0 < at < len(self._clauses) and self._clauses[at] == self._clauses[at - 1]

    def _said_of(self, name: str, begin: int, last: Hit, inside: Collection[int], *, far: bool = True) -> bool:
        """Whether such a word stands in the clause of the last word, or before and nothing between begins anew."""
        clause, sentence = self._clauses[last.end - 1], self._sentences[begin]
        for hit in self._words(name):
            if hit.begin in inside:
                continue
            if self._clauses[hit.begin] == clause:
                return True
            if hit.begin >= begin:
                continue
            if (far or self._sentences[hit.begin] == sentence) and not self._begins_anew(hit.end, begin + 1):
                return True
        return False

    def _is_topic(self, begin: int) -> bool:
        """Whether it is about a rule, a drill, an insurance, not about what happens."""
        if "@urgent" in self._hits:
            return False
        sentence = self._sentences[begin]
        for hit in self._words("topic"):
            if self._sentences[hit.begin] != sentence or any(
                during.begin - hit.end in (0, 1, 2) for during in self._words("during")
            ):
                continue
            if hit.begin >= begin or not self._begins_anew(hit.end, begin + 1):
                return True
        return False

    def _is_over(self, begin: int, last: Hit) -> bool:
        clause = self._clauses[begin]
        return any(
            (hit.begin >= begin or self._clauses[hit.begin] == clause)
            and not self._is_denied(hit.begin)
            and not self._begins_anew(hit.end, last.begin)
            for hit in self._words("over")
        )

    def _begins_anew(self, begin: int, end: int) -> bool:
        return any(begin <= hit.begin < end for name in ("now", "turn") for hit in self._words(name))

    def _in_clause(self, name: str, place: Sequence[Hit]) -> bool:
        clauses = {self._clauses[hit.begin] for hit in place}
        return any(self._clauses[hit.begin] in clauses for hit in self._words(name))

    def _words(self, context: str) -> Sequence[Hit]:
        return [hit for hit in self._hits.get(f"@{context}", ()) if not hit.by_sound or self._text.is_pinyin]

    def _cut_up(self) -> tuple[list[int], list[int]]:
        """The clause and the sentence of each word."""
        turns = {hit.begin for hit in (*self._words("turn"), *self._words("now"))}
        clauses, sentences = [], []
        clause = sentence = 0
        for at, broken in enumerate(self._text.breaks):
            clause += broken != 0 or at in turns
            sentence += broken == STOP
            clauses.append(clause)
            sentences.append(sentence)
        return clauses, sentences


def _unless_harmless(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Without what stands in a harmless word, unless it is more than that word."""
    harmless = [hit for hit in hits if hit.name == "@harmless" and not hit.by_sound]
    if not harmless:
        yield from hits
        return
    covered: dict[int, list[Hit]] = {}
    for one in harmless:
        for at in range(one.begin, one.end):
            covered.setdefault(at, []).append(one)
    for hit in hits:
        over = [one for at in range(hit.begin, hit.end) for one in covered.get(at, ())]
        if not any(_hides(one, hit) for one in over):
            yield hit


def _hides(harmless: Hit, hit: Hit) -> bool:
    """Whether the harmless word holds the other, or overlaps it and is longer."""
    within = harmless.begin <= hit.begin and hit.end <= harmless.end
    return within or harmless.end - harmless.begin > hit.end - hit.begin


_NO_CONTEXTS: Final = ("classes", "cases", "learnt", "harmless", "by_sound", "by_sound_short")
_CONTEXTS: Final = tuple(name for name in EmergencySentences.model_fields if name not in _NO_CONTEXTS)


def _contexts(rules: Sequence[EmergencyOut], sentences: EmergencySentences) -> dict[str, list[str]]:
    """What may speak against a place, as classes."""
    found = {f"@{name}": set(getattr(sentences, name)) for name in _CONTEXTS}
    found["@harmless"] = {word for rule in rules for word in rule.exceptions} | set(sentences.harmless)
    found["@no"] = {word for rule in rules for word in rule.negations}
    found["@filler"] = {word for rule in rules for word in rule.fillers}
    return {name: sorted(words) for name, words in found.items()}


class _Sounding:
    """Which words count by their sound too."""

    def __init__(self, rules: Sequence[EmergencyOut], sentences: EmergencySentences) -> None:
        self._names = frozenset(sentences.by_sound) | {f"{_RULE}{rule.id}" for rule in rules}
        self._short = frozenset(sentences.by_sound_short) if sentences.by_sound else None

    def counts(self, name: str, word: str) -> bool:
        """A word of two syllables sounds like many others: only those count that the policy names."""
        return name in self._names and (len(word) != 2 or self._short is None or word in self._short)


def _cases_of(sentences: EmergencySentences, classes: dict[str, list[str]]) -> Iterator[_Case]:
    for case in sentences.cases:
        for text in case.patterns:
            for rows, without in _parsed(text, classes):
                yield _Case(tuple(case.tell), _grade(case.grade), case.lasting, rows, without)


def _plain_words(rules: Sequence[EmergencyOut], classes: dict[str, list[str]]) -> Iterator[_Case]:
    for rule in rules:
        if rule.words:
            name = f"{_RULE}{rule.id}"
            classes[name] = list(rule.words)
            yield _Case((rule.id,), _grade(rule.grade), lasting=False, rows=(_Row((name,), (0,)),), without=())


def _parsed(text: str, classes: dict[str, list[str]]) -> Iterator[tuple[tuple[_Row, ...], tuple[str, ...]]]:
    """The pattern, once for each row that may come first; nothing if a newer backend wrote what is not known here."""
    try:
        pattern = parse_pattern(text)
    except Refused:
        return
    rows = tuple(
        _Row(tuple(_name(one, classes) for one in row), tuple(one.reach for one in row)) for row in pattern.rows
    )
    if all(name in classes for row in rows for name in row.names):
        yield rows, pattern.without


def _name(element: Element, classes: dict[str, list[str]]) -> str:
    """Of the class; words that have none get one of their own."""
    if element.name:
        return element.name
    name = _WORDS + "|".join(element.words)
    classes.setdefault(name, list(element.words))
    return name


def _grade(text: str) -> Grade:
    return next((grade for grade in _GRADES if grade == text), "possible")


def _syllables(text: str) -> Sequence[str]:
    from dialogs.pinyin import syllables

    return syllables(text)
