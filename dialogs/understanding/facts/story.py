"""A message as clauses, with what in it is denied or only supposed."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from dialogs.understanding.normalise import Said

_LONGEST = 2000
"""Characters: more is a document, and its facts are read by people."""
_END = re.compile(
    r"[，。;；!！?？\n…]|,(?!\d{3}(?!\d))|\.(?!\d)(?=\s|$|[一-鿿])|(?<=[一-鿿0-9])\s+(?=[一-鿿])"
    r"|(?<=[一-鿿])\s+(?=[a-z0-9])|\s/\s"
)
_SUPPOSED = re.compile(
    r"如果|(?<!主)要是|假如|假设|万一|倘若|的话|会不会|怕不怕|就怕|担心|到时候|将来|举个例子|比如"
    r"|听说(?!.*(?:已经|了$))"
    r"|\b(?:if|would|in case|suppose)\b"
)
_OPEN_SUPPOSITION = re.compile(r"\s*(?:如果|要是|假如|万一|倘若|if\b)(?!.*[就那会])")
_DENIAL = re.compile(
    r"(?:没人|没有人|冇人|无人|nobody|no one|(?<!是)不是(?:来|要|因为|为了|问|讲|指|投诉|报)?"
    r"|并不是|并非(?:来自)?|不算|不要"
    r"|不用|不想|没有|没|未|不|别|无|唔系|唔|冇|不缺|不需要|"
    r"\bnot?\b|\bisn'?t\b|\bdon'?t\b|\bnot (?:a|an|the|about)\b)\s*(?:是|在|说|the"
    r"|a)?\s*(?:[一-鿿]{1,4}(?=的$))?(?:的)?$"
)
_NOT_THIS_BUT = re.compile(r"(?:(?<!是)不是|并非|唔系)(?!不|很|吗).*?(?=(?<![不还])是|$)")
_PASSED_OVER = re.compile(
    r"[^\s,，]{1,8}?(?:倒(?:是|没|不|还).*|[倒都也已经早就是]{0,3}(?:没有?(?:什么)?问题|没什么|不用管|解决了))"
)
"""What the one who tells sets aside: 味道倒没什么, 电费没问题."""
_IS_PASSED_OVER = re.compile(r"[^\s,，。;；!！?？]{0,4}?(?:倒(?:是|没|不|还)|没有?(?:什么)?问题|没什么|不用管|解决了)")


@dataclass(frozen=True)
class Clause:
    start: int
    end: int
    supposed: bool
    """Said of what may be, not of what is."""


@dataclass(frozen=True)
class Story:
    """One message, to be read for facts. Places in it are those of `plain`."""

    plain: str
    """Simplified, half width, lower case."""
    given: str
    """As it was written, character for character beside `plain`."""
    by_voice: bool = False

    @classmethod
    def of(cls, said: Said, *, by_voice: bool = False) -> Story:
        given = said.given if len(said.given) == len(said.plain) else said.plain
        given, plain = given[:_LONGEST], said.plain[:_LONGEST]
        return cls(re.sub(r"(?<=\d)o(?=[\d月日号年])", "0", plain), given, by_voice)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        found, start, carried = [], 0, False
        for end in [*_END.finditer(self.plain), None]:
            stop = len(self.plain) if end is None else end.start()
            words = self.plain[start:stop]
            if words.strip():
                supposed = bool(_SUPPOSED.search(words))
                found.append(Clause(start, stop, supposed or carried))
                # 如果他们再不付，我就去告: what follows from a supposition is one too.
                carried = (
                    supposed and bool(re.match(r"\s*(?:如果|(?<!主)要是|假如|万一|倘若|if\b)", words)) and not carried
                )
            start = stop if end is None else end.end()
        return tuple(found)

    def clause_at(self, place: int) -> Clause:
        starts = [one.start for one in self.clauses]
        return self.clauses[max(0, bisect_right(starts, place) - 1)]

    def is_supposed(self, place: int) -> bool:
        return self.clause_at(place).supposed

    @cached_property
    def as_so(self) -> str:
        """Without what is only supposed, said not to be, or set aside."""
        clauses = [self.plain[one.start : one.end] for one in self.clauses if not one.supposed]
        return " ".join(_PASSED_OVER.sub(" ", _NOT_THIS_BUT.sub(" ", clause)) for clause in clauses).replace("\n", " ")

    def is_passed_over(self, place: int) -> bool:
        """Whether what ends there is set aside by what follows."""
        return bool(_IS_PASSED_OVER.match(self.plain, place))

    def before(self, place: int) -> str:
        """What stands before a place in its clause."""
        return self.plain[self.clause_at(place).start : place]

    def is_denied(self, place: int) -> bool:
        return bool(_DENIAL.search(self.before(place)))
