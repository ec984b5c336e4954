"""Moves a half-filled form to another version of its scenario, and says what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.engine.turn import Step, Turn, go_on
from dialogs.fields import Understood
from dialogs.fields.outcome import listed
from dialogs.form import Answer, Form, Misses, Pending, Phase
from dialogs.templates.parsers import district_nodes, find_district
from dialogs.templates.scenario import Question


def migrate(turn: Turn) -> Step:
    """Keep by field id every answer that the present version would accept; name those it would not."""
    form = turn.form
    kept = {field: answer for field, answer in form.answers.items() if _fits(turn, field, answer)}
    dropped = [answer.label for field, answer in form.answers.items() if field not in kept]
    turn = turn.change(
        extras=(*form.extras, *_unanswered_files(form, kept)),
        version=turn.scenario.version,
        answers=kept,
        skipped=tuple(field for field in form.skipped if _optional(turn, field)),
        deferred={field: to for field, to in form.deferred.items() if field in turn.scenario.by_id},
        reopened="",
        partial=(),
        current="",
        phase=Phase.ASKING,
        misses=Misses(),
        helped=0,
        pending=Pending.NONE,
        last_command="",
        filed=None,
    )
    turn = turn.say("engine.migrated", title=turn.scenario.template.localized_title)
    if dropped:
        turn = turn.say("engine.migrated_dropped", labels=listed(tuple(dropped)))
    return go_on(turn)


def _unanswered_files(form: Form, kept: Mapping[str, Answer]) -> tuple[Any, ...]:
    """Those sent for the question that was asked, unless its answer has them by now."""
    answered = [one["id"] for answer in kept.values() if answer.type == "attachment" for one in answer.value]
    return tuple(one for one in form.partial if isinstance(one, dict) and one["id"] not in answered)


def _optional(turn: Turn, field: str) -> bool:
    question = turn.scenario.by_id.get(field)
    return question is not None and not question.spec.required


def _fits(turn: Turn, field: str, answer: Answer) -> bool:
    question = turn.scenario.by_id.get(field)
    return question is not None and question.type == answer.type and _acceptable(turn, question, answer.value)


def _acceptable(turn: Turn, question: Question, value: Any) -> bool:
    options = {option.id for option in question.options}
    match question.type:
        case "choice":
            return value in options
        case "multi_choice":
            return set(value) <= options
        case "district":
            return bool(find_district(district_nodes(question.parser), str(value)))
        case "text" | "number" | "money" | "phone" | "uscc" | "date":
            return isinstance(question.parser.parse(str(value), turn.now), Understood)
    return True
