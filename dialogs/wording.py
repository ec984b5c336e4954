"""Puts words into a person's language: catalogue entries by key, and texts that templates carry themselves."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from backend.contract.faults import OperatorError, Problem
from backend.contract.message import Localized, Message, Words
from locales import LANGUAGES, catalogue, closest_language

log = logging.getLogger(__name__)

# Private-use characters mark bold inside a formatted text, so that nothing a person wrote can look like markup.
_BOLD, _PLAIN = "\ue000", "\ue001"
_MARKED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_RUNS = re.compile(f"([{_BOLD}{_PLAIN}])")


@dataclass(frozen=True)
class Span:
    """A run of text in one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Wording:
    """One language's words. An unknown language is spoken to in Chinese."""

    language: str

    def text(self, words: Words) -> str:
        """Plain text."""
        return _RUNS.sub("", self.marked(words))

    def fault(self, fault: Problem) -> str:
        """`file:line: what, and a suggestion`, or a name instead of the place; what has neither stands alone."""
        if isinstance(fault, Message):
            return self.text(fault)
        reason = fault.reason
        if fault.hint is not None:
            reason = Message("fault.with_hint", {"reason": fault.reason, "hint": fault.hint})
        return f"{fault.place}: {self.text(reason)}"

    def faults(self, error: OperatorError) -> list[str]:
        """A line for each."""
        return [self.fault(fault) for fault in error.faults]

    def spans(self, words: Words) -> tuple[Span, ...]:
        """The text with its emphasis: `**...**` of the catalogues."""
        spans: list[Span] = []
        bold = False
        for run in _RUNS.split(self.marked(words)):
            if run in (_BOLD, _PLAIN):
                bold = run == _BOLD
            elif run:
                spans.append(Span(run, bold))
        return tuple(spans)

    def marked(self, words: Words) -> str:
        """The text with emphasis still marked, to be part of another text."""
        match words:
            case Message(key, args):
                return self.entry(key, {name: self._argument(value) for name, value in args.items()})
            case Localized():
                return words.best(self.language)
        return words

    def entry(self, key: str, args: Mapping[str, object]) -> str:
        """A catalogue text with its placeholders filled; what is missing is logged and shows as its own name."""
        text = _texts(closest_language(self.language)).get(key)
        if text is None:
            log.error("text missing", extra={"key": key, "language": self.language})
            return key
        return text.format_map(_Arguments(args)) if "{" in text else text

    def _argument(self, value: Words | int) -> str | int:
        return value if isinstance(value, int) else self.marked(value)


class _Arguments(dict[str, object]):
    def __missing__(self, name: str) -> str:
        log.error("placeholder without a value", extra={"placeholder": name})
        return f"{{{name}}}"


@cache
def _texts(language: str) -> Mapping[str, str]:
    """A language's texts with bold marked, completed by the language that others fall back to."""
    own = {key: _MARKED.sub(f"{_BOLD}\\1{_PLAIN}", text) for key, text in catalogue(language).items()}
    return own if language == LANGUAGES[0] else {**_texts(LANGUAGES[0]), **own}
