"""The commands that the conversations around the form put on buttons: `verb[:argument...]`, at most 64 bytes.

The form's own commands (`dialogs.engine.commands`) are `verb:tag:field[:value]`, with at least two colons; where a
verb here has the same name (`done`, `skip`, `back`, `confirm`, `cancel`, `human`) it has no argument, so the two never
meet. Whatever concerns a ticket carries its number. Arguments hold no colon and no space.

What staff do has the verb of its act (`backend.contract.acts`): with a ticket `VERB:NUMBER[:VERSION]`, with a part of
it `VERB:NUMBER[:ASSIGNMENT[:VERSION]]`, and what the button chooses behind that.

Enterprise                                   | Staff
---------------------------------------------|-----------------------------------------------------------------
`menu`, `category:SEGMENT`,                  | `menu`, `queue:NAME[:CURSOR]`, `ticket:NUMBER`, `timeline:NUMBER`
`begin:SCENARIO[:FIRM/another]`              | `unit:CODE`, `person:ID`, `solved:-:-:yes/no`, `bind`, `code`
`tickets[:CURSOR]`, `ticket:NUMBER`          | `log_ins`, `end:LOG-IN`, `end_others[:yes]`, `failed[:CURSOR]`
`add:NUMBER`, `answer:NUMBER[:QUESTION]`     | `leave:TAG:FIELD` (of the form that is open), `retry`, `back`
`is_answer:NUMBER:QUESTION/no`               |
`correct:NUMBER[:FIELD[:also/this]]`         |
`withdraw:NUMBER`, `urge:NUMBER`             |
`rate:NUMBER`, `grade:NUMBER:GRADE`,         |
`solved:NUMBER:GRADE:yes/no`                 |
`progress`, `human`                          |
`resume:DRAFT`, `discard:DRAFT`              |
Enterprise: `retry` files again what is confirmed, `retry:errand` sends the open errand again.
`voice:right:ATTACHMENT`, `voice:again:...`   |
Both: `done`, `skip`, `confirm`, `cancel` (of the errand that is open), `language[:TAG]`, `files:NUMBER`.
`same:NUMBER:yes/no` (of a form) adds it to that ticket, or files it all the same.
`unfile:ATTACHMENT` takes one file back out of the errand that is open.
`as_story` files the text that was just typed under the scenario `other`; `another` says that the form that began with
it is the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.contract.acts import ACTS
from backend.contract.acts.act import On
from backend.contract.ticket_number import PATTERN

LIMIT = 64
"""Bytes: Telegram's limit of callback data, the narrowest of our channels."""


class Verb(StrEnum):
    """What a button does, besides the acts of staff."""

    MENU = "menu"
    CATEGORY = "category"
    BEGIN = "begin"
    AS_STORY = "as_story"
    ANOTHER = "another"
    TICKETS = "tickets"
    TICKET = "ticket"
    ADD = "add"
    ANSWER = "answer"
    IS_ANSWER = "is_answer"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    URGE = "urge"
    RATE = "rate"
    GRADE = "grade"
    SOLVED = "solved"
    PROGRESS = "progress"
    HUMAN = "human"
    RESUME = "resume"
    DISCARD = "discard"
    RETRY = "retry"
    LANGUAGE = "language"
    DONE = "done"
    SKIP = "skip"
    BACK = "back"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    QUEUE = "queue"
    TIMELINE = "timeline"
    LEAVE = "leave"
    UNIT = "unit"
    PERSON = "person"
    BIND = "bind"
    CODE = "code"
    LOG_INS = "log_ins"
    END = "end"
    END_OTHERS = "end_others"
    FAILED = "failed"
    FILES = "files"
    UNFILE = "unfile"
    VOICE = "voice"
    SAME = "same"


_ARGUMENT = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_NUMBER = re.compile(PATTERN, re.ASCII)
_ID = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_VERSION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_CURSOR = re.compile(r"c?[1-9][0-9]{0,14}", re.ASCII)
_LOG_IN = re.compile(r"p[0-9a-f]{16}|m[1-9][0-9]{0,14}", re.ASCII)
_DRAFT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

_OWN = frozenset(Verb)
_BARE = frozenset({Verb.DONE, Verb.SKIP, Verb.BACK, Verb.CONFIRM, Verb.CANCEL, Verb.HUMAN})


@dataclass(frozen=True)
class Command:
    """A pressed button of ours."""

    verb: str
    """A `Verb`, or an act's."""
    args: tuple[str, ...] = ()

    def arg(self, at: int) -> str:
        """The argument at a place, or empty."""
        return self.args[at] if at < len(self.args) else ""


def command(verb: str, *args: str | int) -> str:
    """The command of a button. Raises ValueError for one that no button can carry."""
    parts = [str(arg) for arg in args]
    if any(":" in part or " " in part for part in parts):
        raise ValueError(f"argument with a separator in {verb}: {parts}")
    text = ":".join([verb, *parts])
    if len(text.encode()) > LIMIT:
        raise ValueError(f"command longer than {LIMIT} bytes: {text}")
    return text


def parse(text: str) -> Command | None:
    """The command a button carried, or None for one that is not ours."""
    name, *args = text.split(":")
    verb = verb_of(name)
    if verb is None or (args and verb in _BARE) or not _well_formed(verb, args):
        return None
    return Command(verb, tuple(args))


def verb_of(name: str) -> str | None:
    """The verb of that name, or None."""
    return Verb(name) if name in _OWN else name if name in ACTS else None


def _well_formed(verb: str, args: list[str]) -> bool:
    """Whether each argument is of its kind; a web page can be made to send anything."""
    kinds = _KINDS.get(verb, ())
    return all((kinds[at] if at < len(kinds) else _ARGUMENT).fullmatch(arg) is not None for at, arg in enumerate(args))


_SUBJECTS: Mapping[On, tuple[re.Pattern[str], ...]] = {
    On.TICKET: (_NUMBER, _VERSION),
    On.ASSIGNMENT: (_NUMBER, _ID, _VERSION),
}
_KINDS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    **{act.verb: _SUBJECTS[act.on] for act in ACTS.values()},
    **dict.fromkeys((Verb.TICKET, Verb.ADD, Verb.IS_ANSWER, Verb.WITHDRAW, Verb.RATE, Verb.GRADE), (_NUMBER,)),
    **dict.fromkeys((Verb.CORRECT, Verb.FILES, Verb.TIMELINE, Verb.URGE, Verb.SAME), (_NUMBER,)),
    Verb.ANSWER: (_NUMBER, _ID),
    Verb.PERSON: (_ID,),
    Verb.TICKETS: (_ID,),
    Verb.END: (_LOG_IN,),
    Verb.FAILED: (_ID,),
    Verb.QUEUE: (_ARGUMENT, _CURSOR),
    Verb.UNFILE: (_DRAFT,),
    Verb.RESUME: (_DRAFT,),
    Verb.DISCARD: (_DRAFT,),
}
"""Kinds of the first arguments; others are plain words."""
