"""Which questions matter, given the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.contract.words import Kind
from dialogs.form import Answer, Form, Spared
from dialogs.templates.conditions import Value
from dialogs.templates.scenario import Question, Scenario


@dataclass(frozen=True)
class Relevance:
    questions: tuple[Question, ...]
    """The questions to be asked, in order."""
    values: Mapping[str, Value]
    """The value of every field for conditions; irrelevant and unanswered ones are empty."""

    def __contains__(self, field: str) -> bool:
        return any(question.id == field for question in self.questions)


def relevance(scenario: Scenario, form: Form) -> Relevance:
    """Conditions use earlier fields only, so one pass in order decides them all."""
    values: dict[str, Value] = {}
    if len(scenario.template.kinds) == 1:
        values["kind"] = scenario.template.kinds[0]
    shown: list[Question] = []
    for question in scenario.questions:
        values[question.id] = question.domain.empty
        if question.show_if is not None and not question.show_if.holds(values):
            continue
        shown.append(question)
        answer = form.answers.get(question.id)
        if answer is not None:
            values[question.id] = _comparable(answer)
    return Relevance(tuple(shown), values)


_ASKED_OF_A_QUESTION = ("contact.phone",)
"""Facts without which nobody can answer who only wants to know something."""


def can_wait(scenario: Scenario, form: Form, question: Question) -> bool:
    """Whether a department can act without it, so that it is offered after the filing: who only asks something (咨询)
    says what, where, and where to answer.
    """
    if form.spared is Spared.NOTHING or question.id == form.reopened or question.id in form.answers:
        return False
    if not question.spec.needed and form.spared is Spared.LATER:
        return True
    template = scenario.template
    told = question.id in ("kind", template.headline, template.story, template.district)
    return _only_asks(scenario, form) and not told and question.spec.prefill not in _ASKED_OF_A_QUESTION


def _only_asks(scenario: Scenario, form: Form) -> bool:
    answer, kinds = form.answers.get("kind"), scenario.template.kinds
    return (kinds == (Kind.CONSULTATION,)) if answer is None else answer.value == Kind.CONSULTATION


def next_question(scenario: Scenario, form: Form) -> Question | None:
    """The question to ask: the reopened one, else the first with no answer that was neither skipped nor put off, and
    cannot wait.
    """
    questions = relevance(scenario, form).questions
    for question in questions:
        if question.id == form.reopened:
            return question
    dealt = (form.answers, form.skipped, form.deferred, form.settled)
    for question in questions:
        if not any(question.id in dealt_with for dealt_with in dealt) and not can_wait(scenario, form, question):
            return question
    return None


def was_asked(form: Form, field: str) -> bool:
    """Whether the person dealt with the question themselves: going back leads there, not to facts known beforehand,
    nor to what was put off, which would be put off again. Where a ticket is completed later, what counts as skipped
    may never have been asked.
    """
    answer = form.answers.get(field)
    return field in form.skipped and not form.settled if answer is None else not answer.known


def _comparable(answer: Answer) -> Value:
    value = answer.value
    match answer.type:
        case "money":
            return float(value)
        case "multi_choice":
            return tuple(str(item) for item in value)
        case "attachment":
            return len(value)
        case "boolean" | "number":
            return value if isinstance(value, bool | int | float) else None
    if isinstance(value, dict):
        return str(value.get("text") or value.get("label") or value.get("code") or "")
    return str(value)
