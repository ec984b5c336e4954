"""What somebody wants of the conversation, rather than tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """The intents that can be said anywhere; docs/understanding.md explains each."""

    HUMAN = "human"
    PROGRESS = "progress"
    TICKETS = "tickets"
    MENU = "menu"
    BACK = "back"
    REPEAT = "repeat"
    SKIP = "skip"
    HELP = "help"
    CANCEL = "cancel"
    RESTART = "restart"
    CORRECT = "correct"
    SCENARIO = "scenario"
    SAME_AS_LAST = "same_as_last"
    WAIT = "wait"
    RATE = "rate"
    SOLVED = "solved"
    ADD = "add"
    WITHDRAW = "withdraw"
    URGE = "urge"
    LANGUAGE = "language"
    THANKS = "thanks"
    GREETING = "greeting"
    INSULT = "insult"
    CITIZEN = "citizen"
    STOP = "stop"
    WHY_NEEDED = "why_needed"
    WHO_SEES = "who_sees"
    ANONYMOUS = "anonymous"
    COST = "cost"
    HOW_LONG = "how_long"
    MACHINE = "machine"
    # Of a form alone:
    KEEP = "keep"
    DONE = "done"
    CONFIRM = "confirm"
    UNSURE = "unsure"
    """They cannot answer the question, or leave it to us."""


ABOUT_US = frozenset({Wish.WHY_NEEDED, Wish.WHO_SEES, Wish.ANONYMOUS, Wish.COST, Wish.HOW_LONG, Wish.MACHINE})
"""Questions that are answered by one sentence, after which what was asked is asked again."""


@dataclass(frozen=True)
class Intent:
    wish: Wish
    sure: bool = True
    """False where the words may be an answer as well: then one short question decides."""
    field: str = ""
    """Of a correction: the question that is meant; empty where several are, or none is named."""
    fields: tuple[str, ...] = ()
    """Of a correction whose name fits several: all of them."""
    value: str = ""
    """Of a correction: the words that are right, if they were said."""
    more: tuple[tuple[str, str], ...] = ()
    """Of a correction: further questions in the same message, each with the words that are right."""
    scenario: str = ""
    """Of another matter: the one that is meant, if that is clear."""
    grade: str = ""
    """Of a rating, a `Grade`."""
    solved: bool | None = None
    language: str = ""
    """`zh_CN` or `en`."""
