"""Everything that is neither words nor buttons: files, places, phone numbers, silence."""

from __future__ import annotations

from typing import Any, assert_never

from backend.contract.message import Message, Words
from dialogs import fields
from dialogs.engine.commanding import obey
from dialogs.engine.commands import FormCommand
from dialogs.engine.turn import Step, Turn, defer, go_on, hand_over, keep_words, miss, record, why
from dialogs.engine.typing import answer_typed, drop_pending
from dialogs.events import Defer, Media, Place, Rejected, SharedPhone, Silence, Unsupported, Upload
from dialogs.fields import Understood
from dialogs.form import Form, Pending
from dialogs.refusal import refusal
from dialogs.templates.scenario import Question

_MOST_EXTRAS = 9
"""Files kept although none was asked for; more would crowd out those that were."""
_MOST_RECORDINGS = 20
"""Of all such files, where a further one says an answer: filing takes so many, those that were asked for first."""


Received = Media | Rejected | Place | SharedPhone | Silence | Defer | Unsupported


def received(turn: Turn, event: Received) -> Step:
    match event:
        case Media():
            return files(turn, event)
        case Rejected():
            return rejected(turn, event)
        case Place():
            return place(turn, event)
        case SharedPhone():
            return phone(turn, event)
        case Silence():
            return silence(turn, event)
        case Defer():
            return put_off(turn, event)
        case Unsupported():
            return unsupported(turn, event)
    assert_never(event)


def files(turn: Turn, event: Media) -> Step:
    """Files for the present question; or, if it wants none, kept for the ticket all the same."""
    turn = drop_pending(turn)
    question = turn.current()
    if question is not None and question.type == "attachment":
        return _asked_files(turn, question, event)
    room = max(0, _MOST_EXTRAS - len(turn.form.extras))
    held = {extra["id"] for extra in turn.form.extras}
    new = [_kept(upload, "") for upload in event.uploads if upload.attachment not in held]
    turn = turn.change(extras=(*turn.form.extras, *new[:room]))
    if len(new) > room:
        turn = turn.say("engine.too_many_files", max=_MOST_EXTRAS)
    elif new:
        turn = turn.say("engine.file_kept", count=len(new))
    if event.caption and question is not None:
        return answer_typed(turn, question, event.caption)
    return go_on(keep_words(turn, event.caption))


def with_recording(form: Form, upload: Upload) -> Form:
    """The form with a voice message that says an answer."""
    held = {extra["id"] for extra in form.extras}
    if upload.attachment in held or len(held) >= _MOST_RECORDINGS:
        return form
    return form.replace(extras=(*form.extras, _kept(upload, "")))


def rejected(turn: Turn, event: Rejected) -> Step:
    """A file the backend did not keep. Not counted as a mistake: an album brings several at once."""
    return go_on(drop_pending(turn), refusal(event.reason))


def place(turn: Turn, event: Place) -> Step:
    """A shared location answers the present question, or the next one about a place."""
    turn = drop_pending(turn)
    present = turn.current()
    question = _wanting(turn, ("location", "address"))
    if question is None:
        return miss(turn, Message("engine.place_unwanted"))
    outcome = fields.Location().accept(event.latitude, event.longitude, event.label)
    if not isinstance(outcome, Understood):
        return miss(turn, outcome.problem)
    if question != present:
        turn = turn.say("engine.kept_for", label=question.spec.localized_label)
    return go_on(record(turn, question, _place_value(question, outcome), outcome.shown))


def phone(turn: Turn, event: SharedPhone) -> Step:
    """A vouched number answers the present question, or the next one about a phone."""
    turn = drop_pending(turn)
    present = turn.current()
    question = _wanting(turn, ("phone",))
    if question is None:
        return miss(turn, Message("engine.phone_unwanted"))
    outcome = question.parser.parse(event.phone, turn.now)
    if not isinstance(outcome, Understood):
        return miss(turn, outcome.problem)
    if question != present:
        turn = turn.say("engine.kept_for", label=question.spec.localized_label)
    return go_on(record(turn, question, outcome.value, outcome.shown))


def silence(turn: Turn, _: Silence) -> Step:
    """Nobody answers; to the offer of a human that is a yes in the end, and never an endless loop."""
    if turn.form.pending is Pending.HUMAN:
        return hand_over(turn, why(turn.form.misses))
    return miss(turn, Message("engine.no_input"), no_input=True)


def put_off(turn: Turn, event: Defer) -> Step:
    """The present question cannot be answered in this channel; at the summary nothing is left to put off."""
    turn = drop_pending(turn)
    question = turn.current()
    return go_on(turn) if question is None else defer(turn, question, event.to)


def unsupported(turn: Turn, _: Unsupported) -> Step:
    turn = drop_pending(turn)
    question = turn.current()
    return miss(turn, Message(f"engine.wanted.{question.type}" if question is not None else "engine.summary_hint"))


def _asked_files(turn: Turn, question: Question, event: Media) -> Step:
    parser = question.parser
    assert isinstance(parser, fields.Attachment)
    taken: list[Any] = list(turn.form.partial)
    problem: Words | None = None
    for number, upload in enumerate(event.uploads):
        if any(one["id"] == upload.attachment for one in taken):
            continue
        outcome = parser.accept(upload.media_type, upload.size, len(taken))
        if isinstance(outcome, Understood):
            taken.append(_kept(upload, event.caption if number == 0 else ""))
        else:
            problem = outcome.problem
            turn = keep_words(turn, event.caption) if number == 0 else turn
    turn = turn.change(partial=tuple(taken), last_command="")
    if len(taken) >= parser.max_count and problem is None:
        return obey(turn, FormCommand("done", "", question.id))
    if problem is not None and len(taken) < parser.max_count:
        return miss(turn, problem)
    return go_on(turn, problem)


def _kept(upload: Upload, caption: str) -> dict[str, Any]:
    kept = {"id": upload.attachment, "kind": upload.kind, "name": upload.name}
    return {**kept, "caption": caption} if caption else kept


def _wanting(turn: Turn, types: tuple[str, ...]) -> Question | None:
    """The present question if it is of one of the types, else the first unanswered one, the preferred type first."""
    present = turn.current()
    if present is not None and present.type in types:
        return present
    for kind in types:
        for question in turn.relevance().questions:
            if question.type == kind and question.id not in (*turn.form.answers, *turn.form.settled):
                return question
    return None


def _place_value(question: Question, outcome: Understood) -> Any:
    """An address keeps the coordinates beside its text."""
    if question.type == "location" or not isinstance(outcome.value, dict):
        return outcome.value
    text = outcome.shown if isinstance(outcome.shown, str) else ""
    return {**outcome.value, "text": text}
