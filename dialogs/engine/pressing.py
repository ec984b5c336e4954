"""Pressed buttons: whether they still count, and what they choose."""

from __future__ import annotations

from backend.contract.message import Message
from dialogs.engine.commanding import obey
from dialogs.engine.commands import CHOOSE, UNTICK, WHOLE, FormCommand, decode, file_tag, tag_of
from dialogs.engine.turn import Step, Turn, go_on, miss, record, side
from dialogs.engine.typing import drop_pending
from dialogs.fields import Understood
from dialogs.form import Pending
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question

_OF_QUESTION = frozenset({CHOOSE, UNTICK, WHOLE, "skip", "keep", "done", "clear", "back"})
"""Commands that belong to one question and count only while it is asked."""


def pressed(turn: Turn, text: str) -> Step:
    """A button, perhaps of an old message, perhaps pressed twice."""
    command = decode(text)
    if command is None or command.tag != tag_of(turn.form.draft):
        return stale(turn)
    if not _counts(turn, command):
        # The second press of a double tap: the first one has done it.
        return Step(turn.form, ()) if text == turn.form.last_command else stale(turn)
    if turn.form.pending is not Pending.NONE and command.verb not in ("yes", "no", "lang"):
        if command.verb == turn.form.pending:
            return side(turn, turn.form.pending)
        turn = drop_pending(turn)
    turn = turn.change(last_command=text)
    if command.verb not in (CHOOSE, UNTICK, WHOLE):
        return obey(turn, command)
    question = turn.current()
    assert question is not None
    return _choose(turn, question, command)


def stale(turn: Turn) -> Step:
    """Say that the button is of an earlier question, and ask the present one again."""
    if turn.form.pending is not Pending.NONE:
        return side(turn.say("engine.stale"), turn.form.pending)
    return go_on(turn.say("engine.stale"))


def _counts(turn: Turn, command: FormCommand) -> bool:
    question = turn.current()
    match command.verb:
        case "yes" | "no":
            return command.field == turn.form.pending and bool(command.field)
        case "confirm":
            return question is None
        case "fix":
            return _can_be_corrected(turn, command.field)
        case "unfile":
            return bool(turn.form.extras)
        case "unsay":
            return bool(turn.form.unplaced)
        case "lang":
            return command.value in ("zh_CN", "en")
    return command.verb not in _OF_QUESTION or _is_of(turn, question, command)


def _can_be_corrected(turn: Turn, field: str) -> bool:
    form = turn.form
    known = (*form.answers, *form.skipped, *form.deferred, form.current)
    return field in turn.relevance() and field in known and field not in form.settled


def _is_of(turn: Turn, question: Question | None, command: FormCommand) -> bool:
    """Whether it belongs to the question that is asked now."""
    if command.field != (question.id if question is not None else ""):
        return False
    if command.verb in (CHOOSE, UNTICK, WHOLE):
        return question is not None
    return command.verb != "keep" or bool(turn.form.reopened)


def _choose(turn: Turn, question: Question, command: FormCommand) -> Step:
    match question.type:
        case "choice" | "multi_choice":
            return _option(turn, question, command)
        case "boolean" if command.value in ("yes", "no"):
            shown = Message(f"field.boolean.{command.value}")
            return go_on(record(turn, question, command.value == "yes", shown))
        case "date":
            outcome = question.parser.parse(command.value, turn.now)
            if isinstance(outcome, Understood):
                return go_on(record(turn, question, outcome.value, outcome.shown))
            return miss(turn, outcome.problem)
        case "district":
            return _district(turn, question, command)
        case "attachment":
            others = tuple(one for one in turn.form.partial if file_tag(one) != command.value)
            return go_on(turn.change(partial=others))
    return stale(turn)


def _option(turn: Turn, question: Question, command: FormCommand) -> Step:
    for option in question.options:
        if option.id == command.value and question.type == "choice":
            return go_on(record(turn, question, option.id, question.label_of(option)))
        if option.id == command.value:
            return _tick(turn, command)
    return stale(turn)


def _tick(turn: Turn, command: FormCommand) -> Step:
    others = tuple(option for option in turn.form.partial if option != command.value)
    return go_on(turn.change(partial=(*others, command.value) if command.verb == CHOOSE else others))


def _district(turn: Turn, question: Question, command: FormCommand) -> Step:
    """A county opens into its townships; what has no parts, or is taken whole, is the answer."""
    path = find_district(district_nodes(question.parser), command.value)
    if not path:
        return stale(turn)
    if path[-1].children and command.verb == CHOOSE:
        return go_on(turn.change(partial=(command.value,)))
    return go_on(record(turn, question, command.value, district_title(path)))
