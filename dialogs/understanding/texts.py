"""Learns which part of a message a name, a place or another short text is, and who gives none.

陈志强 of 你好，我叫陈志强，强盛的强; none of 问这个干嘛.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from dialogs.finder.evasion import plain, terms
from dialogs.linear import LinearClassifier

_SENTENCES: Final = Path(__file__).with_name("sentences") / "texts.jsonl"
_CLAUSE: Final = re.compile(r"(?:[^,，.。;；!！?？、\n \t]|(?<=[A-Za-z0-9])[. ](?=[A-Za-z0-9]))+")
_OF: Final = "\0"
"""Between what is asked for, where in the message a clause stands, and what it says."""
_IN, _OUT = "in", "out"
_TOLD, _OPEN, _DECLINED = "told", "open", "declined"
_ENOUGH: Final = 50
"""Messages of a kind."""
_ENDS: Final = 8
"""Characters that are said before or after the text in its clause at most: 我的名字叫做, 就可以了."""
_SUPPORT: Final = 2
"""Messages that have to have the same beginning or end cut off."""
_PRECISION: Final = 0.75
"""... of those that begin or end so."""


class Asked(StrEnum):
    """What a text question wants."""

    PERSON = "person"
    FIRM = "firm"
    PLACE = "place"
    SHORT = "short"
    """A number, a month, a window, a line about something."""
    LONG = "long"
    """Reasons and replies: the whole message is kept."""


class Sentence(BaseModel):
    """One line: what was said, and what of it was kept, or how it gave nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: Asked
    say: str
    keep: str = ""
    none: str = ""
    """`open`: nothing is decided; `declined`: they cannot tell, or do not want to."""


@dataclass(frozen=True)
class Piece:
    """What of a message answers."""

    asked: Asked
    message: str
    words: str
    """The part that answers."""
    evades: float
    """By how much the message sounds more like none than like an answer; below 0 rather like one."""
    declines: float
    """By how much it sounds more like declining than like anything else."""


class TextReader:
    """Learnt from whole messages of people. May be used from several threads."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._whole = LinearClassifier(
            [(f"{one.asked}{_OF}{plain(one.say)}", one.none or _TOLD) for one in sentences], _of_both
        )
        self._known = Counter(one.asked for one in sentences)
        told = [one for one in sentences if one.keep and one.asked is not Asked.LONG]
        self._clauses = LinearClassifier(list(_labelled(told)), _of_clause)
        self._before = _Ends(_cuts(told, before=True))
        self._after = _Ends(_cuts(told, before=False))

    def read(self, asked: Asked, text: str) -> Piece | None:
        """None where too little was told of the kind to go by."""
        if self._known[asked] < _ENOUGH:
            return None
        margins = self._whole.margins(f"{asked}{_OF}{plain(text)}")
        told, unsettled, declined = (margins[one] for one in (_TOLD, _OPEN, _DECLINED))
        words = text if asked is Asked.LONG else self._cut(asked, text)
        return Piece(asked, text, words, max(unsettled, declined) - told, declined - max(unsettled, told))

    def _cut(self, asked: Asked, text: str) -> str:
        spans = [(found.start(), found.end()) for found in _CLAUSE.finditer(text)]
        if not spans:
            return text
        first, last = 0, len(spans) - 1
        if len(spans) > 1:
            margins = [self._clauses.margins(said)[_IN] for said in _clauses(asked, text, spans)]
            first, last = _best_run(margins)
        start, end = spans[first][0], spans[last][1]
        start += self._before.length(text[start : spans[first][1]])
        tail = text[max(start, spans[last][0]) : end][::-1]
        return text[start : end - self._after.length(tail)]


class _Ends:
    """What stands before or after a text in its clause often enough to be cut off."""

    def __init__(self, clauses: Iterable[tuple[str, int]]) -> None:
        """`clauses`, read from that end, with how much of each was cut off."""
        all_of = list(clauses)
        cut = Counter(clause[:length] for clause, length in all_of if 0 < length <= _ENDS)
        begun = {end: sum(clause.startswith(end) and len(clause) > len(end) for clause, _ in all_of) for end in cut}
        self._known = frozenset(
            end for end, times in cut.items() if times >= _SUPPORT and times >= _PRECISION * begun[end]
        )

    def length(self, clause: str) -> int:
        """Characters to cut off; something is always left."""
        longest = min(_ENDS, len(clause) - 1)
        return next((size for size in range(longest, 0, -1) if clause[:size] in self._known), 0)


@cache
def text_reader() -> TextReader:
    """The reader, taught once a process."""
    lines = _SENTENCES.read_text("utf-8").splitlines()
    return TextReader([Sentence.model_validate(json.loads(line)) for line in lines])


def _best_run(margins: Sequence[float]) -> tuple[int, int]:
    """The first and last of neighbours that together are likeliest to be in."""
    runs = ((first, last) for first in range(len(margins)) for last in range(first, len(margins)))
    return max(runs, key=lambda run: sum(margins[run[0] : run[1] + 1]))


def _clauses(asked: Asked, text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    for place, (start, end) in enumerate(spans):
        where = "first" if place == 0 else "last" if place == len(spans) - 1 else "mid"
        yield _OF.join((asked, where, text[start:end]))


def _labelled(told: Iterable[Sentence]) -> Iterator[tuple[str, str]]:
    for one in told:
        spans = [(found.start(), found.end()) for found in _CLAUSE.finditer(one.say)]
        begin = one.say.find(one.keep)
        for said, (start, end) in zip(_clauses(one.asked, one.say, spans), spans, strict=True):
            inside = begin >= 0 and start < begin + len(one.keep) and begin < end
            yield said, _IN if inside else _OUT


def _cuts(told: Iterable[Sentence], *, before: bool) -> Iterator[tuple[str, int]]:
    """The clause in which the kept text begins (or ends, then read backwards) and how much of it comes before."""
    for one in told:
        begin = one.say.find(one.keep)
        end = begin + len(one.keep)
        for found in _CLAUSE.finditer(one.say):
            if before and found.start() <= begin < found.end():
                yield found[0], begin - found.start()
            if not before and found.start() < end <= found.end():
                yield found[0][::-1], found.end() - end


def _of_both(sample: str) -> Iterator[str]:
    """Terms whatever is asked for, and the same as terms of that."""
    asked, _, said = sample.partition(_OF)
    for term in terms(said):
        yield term
        yield f"{asked}{_OF}{term}"


def _of_clause(sample: str) -> Iterator[str]:
    asked, where, said = sample.split(_OF)
    yield f"{asked}{_OF}{where}"
    yield f"{asked}{_OF}{min(len(said), 12)}"
    if any(map(str.isdigit, said)):
        yield f"{asked}{_OF}digit"
    for term in terms(plain(said)):
        yield term
        yield f"{asked}{_OF}{term}"
    yield from (f"{asked}{_OF}^{said[:n]}" for n in (1, 2))
    yield from (f"{asked}{_OF}${said[-n:]}" for n in (1, 2))
