"""Reads an answer to a question of a form: what its parser makes of it, besides what people say in place of one."""

from __future__ import annotations

import re
from datetime import datetime

from backend.contract.message import Message
from dialogs.fields import Boolean, Choice, Declined, Doubtful, MultiChoice, Outcome, Understood
from dialogs.fields.chatter import says_it_was_said, wants_secrecy, without_chatter
from dialogs.fields.declining import Manner, asks_back, declining, has_nothing, without_skipping
from dialogs.fields.name import EnterpriseName, Name
from dialogs.fields.outcome import doubted, problem
from dialogs.fields.self_correction import corrected
from dialogs.fields.typed import fold
from dialogs.templates.scenario import Question
from dialogs.understanding.texts import Asked, Piece, text_reader

_WORDS = ("text", "address")
"""Types of questions that take nearly every word for an answer."""
_WEIGHS_ITSELF = ("boolean", "multi_choice")
"""Types whose parsers notice for themselves what is taken back, and who cannot answer."""
_SHORT_NAME = 100
"""Characters that a text may have at most where it is a name or a number, and no story."""
_PARTS = re.compile(r"[,，.。;；!！?？\n]+")
_ABOUT_ONESELF = re.compile("[我俺你您们等先没冇不]|\\b(?:i|me|my|you|no|not)\\b", re.IGNORECASE)
_OF_ELSE = re.compile("(?:别的|别人|其他|其它|其余|隔壁|公摊|剩下的?)[^,，。]{0,3}(?:不|没)")
"""What is not known is something else: 我们门口40辆，隔壁的不知道."""
_SHORTEST_PART = 3
"""Characters of a part that tells something."""
_LONGEST_ANSWER = 500
"""... and where it is no story either."""
_PERHAPS_NONE, _SURELY_NONE = 0.05, 0.3
"""From the first on a short message is as likely no answer, and is asked back; from the second on it is none."""
_SHORT_EXCUSE, _SHORT_REPLY = 40, 12
"""Characters of what is learnt to be said instead of a text, and instead of a longer one; more tells something
besides.
"""
_LINE = "一句话"
"""In a question that asks for the matter in one line."""
_REMARK = re.compile(r"[（(][^（）()]*[）)]")
_LONGEST_EXCUSE = 24
"""Characters of what is said instead of a text."""


def read_answer(question: Question, text: str, now: datetime) -> Outcome:
    """What `text` says to `question`. Pure; takes a millisecond or two."""
    if question.type in _WORDS:
        return _words(question, text, now)
    outcome = question.parser.parse(text, now)
    if question.type in _WEIGHS_ITSELF:
        return outcome
    if (pair := corrected(text)) is not None and _is_answer(question.parser.parse(pair[0], now)):
        after = question.parser.parse(pair[1], now)
        if _is_answer(after):
            return after
    return _unless_declined(question, text, outcome, now)


def answers_alone(question: Question, text: str, now: datetime) -> bool:
    """Whether `text` gives the answer and says nothing else: 做肠粉的 says more than "a restaurant"."""
    if isinstance(question.parser, Boolean | Choice | MultiChoice):
        return question.parser.says_only_that(text)
    return isinstance(question.parser.parse(text, now), Understood)


def _unless_declined(question: Question, text: str, outcome: Outcome, now: datetime) -> Outcome:
    manner = declining(text)
    if manner is Manner.SKIP:
        beside = question.parser.parse(without_skipping(text), now)
        return beside if isinstance(beside, Understood) else _declined()
    if isinstance(outcome, Understood):
        names_it = question.type in ("choice", "district") or _OF_ELSE.search(text)
        return doubted(outcome) if manner is Manner.UNKNOWING and not names_it else outcome
    if manner is not None or (not question.spec.required and has_nothing(text)):
        return _declined()
    return outcome


def _words(question: Question, text: str, now: datetime) -> Outcome:
    """A text or an address: nearly everything is one, so only what is clearly something else is not."""
    if (chatter := _chatter(question, text)) is not None:
        return chatter
    piece = _piece(question, text)
    said = _address(question, text if piece is None else piece.words)
    outcome = question.parser.parse(said, now)
    if isinstance(outcome, Understood) and len(fold(text)) <= _LONGEST_EXCUSE * (1 + text.isascii()):
        outcome = _short_words(question, text, outcome, now)
    return outcome if piece is None else _weighed(question, outcome, piece)


def _piece(question: Question, text: str) -> Piece | None:
    """What was learnt of such answers makes of it. None of what tells something though it begins with not knowing, and
    of a remark in brackets, which the phone makes of what was only recorded.
    """
    asked = _asked_for(question)
    if (
        asked is None
        or _REMARK.fullmatch(text)
        or (question.spec.required and declining(text) is not None and _says_something(text))
    ):
        return None
    return text_reader().read(asked, text)


def _weighed(question: Question, outcome: Outcome, piece: Piece) -> Outcome:
    """The outcome, unless the message sounds like no answer."""
    most = _SHORT_REPLY if piece.asked is Asked.LONG else _SHORT_EXCUSE
    if not isinstance(outcome, Understood) or len(fold(piece.message)) > most or piece.evades <= _PERHAPS_NONE:
        return outcome
    if piece.evades <= _SURELY_NONE:
        return doubted(outcome)
    return _declined() if piece.declines > 0 or not question.spec.required else problem("field.not_an_answer")


def _asked_for(question: Question) -> Asked | None:
    """What kind of text is wanted; None for a story, or a line that sums it up, of which every word is kept."""
    if question.type == "address":
        return Asked.PLACE
    if isinstance(question.parser, Name):
        return Asked.PERSON
    if isinstance(question.parser, EnterpriseName):
        return Asked.FIRM
    if (
        question.spec.type == "text"
        and question.spec.max_length <= _LONGEST_ANSWER
        and _LINE not in question.spec.ask.zh
    ):
        return Asked.SHORT if question.spec.max_length <= _SHORT_NAME else Asked.LONG
    return None


def _short_words(question: Question, text: str, outcome: Outcome, now: datetime) -> Outcome:
    spec = question.spec
    if spec.type == "text" and spec.max_length > _SHORT_NAME:
        return _declined() if declining(text) is Manner.SKIP and not spec.required else outcome
    if spec.type == "text" and (pair := corrected(text)) is not None:
        after = question.parser.parse(pair[1], now)
        return after if isinstance(after, Understood) else outcome
    if _excuses(text, optional=not spec.required):
        return _declined()
    named = spec.type == "address" or spec.prefill is not None
    return problem(f"field.{spec.type}.not_understood") if named and asks_back(text) else outcome


def _chatter(question: Question, text: str) -> Outcome | None:
    """What words come to that are only of the talk."""
    if says_it_was_said(text):
        return problem("field.not_an_answer")
    refuses = question.spec.prefill and wants_secrecy(text) and not without_chatter(text)
    return _declined() if refuses else None


def _address(question: Question, text: str) -> str:
    """An address without what is said round it: 红星工业园B区6栋 of 刚说了呀 红星工业园B区6栋."""
    said = without_chatter(text) if question.type == "address" else ""
    return said or text


def _excuses(text: str, *, optional: bool) -> bool:
    """Whether a short text says why there is no answer."""
    manner = declining(text)
    if manner is not None and (manner is Manner.SKIP or not _says_something(text)):
        return True
    return optional and not any(map(str.isdigit, text)) and has_nothing(text)


def _says_something(text: str) -> bool:
    """Whether besides "I do not know" a part of it tells something: 不知道姓名，工号0213; 不知道几号，邮局对面."""
    parts = [part for part in _PARTS.split(text) if declining(part) is None and not _ABOUT_ONESELF.search(part)]
    return any(len(fold(part)) >= _SHORTEST_PART for part in parts)


def _is_answer(outcome: Outcome) -> bool:
    return isinstance(outcome, Understood | Doubtful)


def _declined() -> Declined:
    return Declined(Message("field.unsure"))
