"""Reopens the form of a ticket that came incomplete: what the enterprise said stands, what was left open is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from backend.contract.message import Localized, Words
from backend.contract.models.tickets import TicketOut
from dialogs import fields
from dialogs.fields import Understood
from dialogs.form import Answer, Form
from dialogs.relevance import relevance
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question, Scenario

_PERSONS = ("enterprise.", "contact.name", "contact.phone")
"""Facts with a place of their own in the ticket, where they are masked, or not shown at all."""


def left_open(ticket: TicketOut) -> list[dict[str, Any]]:
    """The entries of the ticket's form that have no answer yet."""
    return [entry.model_dump(mode="json") for entry in ticket.answers if entry.is_open]


def reopened(scenario: Scenario, ticket: TicketOut, draft: str, language: str, now: datetime) -> Form:
    """A form that asks what the ticket lacks, and whatever becomes relevant by that. `draft` is its UUID.

    Everything else is settled; an optional question without an answer is skipped, so that it can be answered too.
    """
    opened = {entry["field"] for entry in left_open(ticket)}
    form = Form(scenario.id, scenario.version, draft, language, started_at=now, updated_at=now)
    given = [*_told(scenario, ticket), *_persons(scenario, ticket)]
    form = form.replace(answers={field: answer for field, answer in given if field not in opened})
    # Which question a place belongs to depends on which were asked at all.
    form = form.replace(answers={**form.answers, **dict(_places(scenario, ticket, form, opened))})
    missing = [one for one in scenario.questions if one.id not in opened and one.id not in form.answers]
    asked = relevance(scenario, form)
    settled = {one.id for one in missing if _kept_elsewhere(one, ticket, asked=one.id in asked)}
    skipped = tuple(one.id for one in missing if one.id in asked and one.id not in settled)
    return form.replace(settled=(*form.answers, *sorted(settled)), skipped=skipped)


def taken_over(form: Form, before: Form) -> Form:
    """`form`, reopened from a newer state of the ticket, with what was done in `before` as far as it is still open."""
    own = {one: answer for one, answer in before.answers.items() if not answer.known and one not in form.settled}
    untold = {one for one in (*before.skipped, *form.skipped) if one not in own and one not in form.settled}
    put_off = {one: to for one, to in before.deferred.items() if one not in own and one not in form.settled}
    return form.replace(
        answers={**form.answers, **own},
        skipped=tuple(sorted(untold - put_off.keys())),
        deferred=put_off,
        extras=before.extras,
    )


_Given = Iterator[tuple[str, Answer]]


def _told(scenario: Scenario, ticket: TicketOut) -> _Given:
    """What the form itself holds, and the matter's kind, story and district."""
    for entry in ticket.answers:
        question = scenario.by_id.get(entry.field)
        if question is not None and "zh" in entry.shown and _fits(question, entry.value):
            value = [] if question.type == "attachment" else entry.value
            yield question.id, _known(question, value, Localized(entry.shown))
    template = scenario.template
    if (kind := scenario.by_id.get("kind")) is not None:
        label = next((kind.label_of(one) for one in kind.options if one.id == ticket.kind), None)
        yield kind.id, _known(kind, str(ticket.kind), label or str(ticket.kind))
    yield template.story, _known(scenario.by_id[template.story], ticket.story, ticket.story)
    if ticket.district is not None:
        where = scenario.by_id[template.district]
        path = find_district(district_nodes(where.parser), ticket.district)
        yield where.id, _known(where, ticket.district, district_title(path) if path else ticket.district)


def _persons(scenario: Scenario, ticket: TicketOut) -> _Given:
    """The people, as far as they are shown."""
    shown = {
        "enterprise.name": ticket.enterprise,
        "contact.name": ticket.contact_name,
        "contact.phone": ticket.contact_phone,
    }
    for question in scenario.questions:
        if text := shown.get(str(question.spec.prefill)):
            yield question.id, _known(question, text, text)


def _places(scenario: Scenario, ticket: TicketOut, form: Form, opened: set[str]) -> _Given:
    """Address and point, each at the first question it can have answered."""
    asked = [one for one in relevance(scenario, form).questions if one.id not in opened]
    for question in [one for one in asked if one.type == "address"][:1]:
        if ticket.address is not None and question.id not in form.answers:
            yield question.id, _known(question, ticket.address, ticket.address)
    for question in [one for one in asked if one.type == "location"][:1]:
        if ticket.location is not None and question.id not in form.answers:
            point = ticket.location
            outcome = fields.Location().accept(point.latitude, point.longitude, point.label)
            if isinstance(outcome, Understood):
                yield question.id, _known(question, outcome.value, outcome.shown)


def _known(question: Question, value: Any, shown: Words) -> Answer:
    return Answer(question.type, value, shown, question.spec.localized_label, known=True)


def _kept_elsewhere(question: Question, ticket: TicketOut, *, asked: bool) -> bool:
    """Whether an answer may be there that cannot be shown here: then it is neither asked nor overwritten."""
    if any(entry.field == question.id for entry in ticket.answers):
        return True
    if question.type == "attachment":
        return bool(ticket.attachments)
    fact = str(question.spec.prefill)
    if not fact.startswith(_PERSONS):
        return False
    if ticket.hidden_reporter:
        return asked
    return fact == "enterprise.uscc" and ticket.enterprise is not None


def _fits(question: Question, value: Any) -> bool:
    """Whether a question of this type takes the value: the ticket may be of an earlier version of the scenario."""
    if value is None or isinstance(value, bool) != (question.type == "boolean"):
        return False
    match question.type:
        case "boolean" | "attachment":
            return True
        case "number":
            return isinstance(value, int | float)
        case "money":
            return _is_number(value)
        case "multi_choice":
            return isinstance(value, list)
        case "address" | "location":
            return isinstance(value, str | Mapping)
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
