"""Carries answers into a form: of the form that was the wrong one, or of the person's last ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from backend.contract.errors import BackendError
from backend.contract.message import Localized, Message, Words
from backend.contract.models.tickets import TicketOut
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.enterprise import forms
from dialogs.enterprise.visit import Visit
from dialogs.exchange import listed
from dialogs.fields import Understood
from dialogs.fields.typed import fold
from dialogs.form import Answer, Form, Phase
from dialogs.outputs import Button
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding.intents import other_matter

_PLACES = ("district", "address")
_JUST_LEFT = timedelta(minutes=15)
"""For so long what was said in a form that was left may belong to the one that is begun instead."""
_TELLS = 10
"""Characters that tell a matter of their own, where fewer only name it: 隔壁工地半夜施工太吵 beside 噪声."""


async def change_to(visit: Visit, scenario_id: str) -> None:
    """Begin the form of another matter with all that was said: nobody tells it twice. A form in which nothing was
    answered yet was the wrong one, and is gone; another is kept for later, with the story that belongs to it if
    another one was told now.
    """
    before, scenario = visit.session.form, visit.deps.scenarios[scenario_id]
    assert before is not None
    old = visit.deps.scenarios.find(before.scenario, before.version)
    sent = forms.Sent() if old is None else _all_said(before, old, scenario)
    reading = visit.reading
    if reading is not None and len(fold(other_matter(reading.said.plain))) >= _TELLS:
        same = not forms.was_answered(before)
        sent = replace(sent, story="\n".join((sent.story, visit.text)).strip() if same else visit.text)
    await leave_wrong(visit)
    await forms.begin(visit, scenario_id, {}, sent)


async def leave_wrong(visit: Visit) -> None:
    """Forget a form in which nothing was answered: what was said before it is carried elsewhere."""
    form = visit.session.form
    if form is not None and not forms.was_answered(form):
        visit.session.form = None
        await forms.forget(visit, form)


def _all_said(before: Form, old: Scenario, new: Scenario) -> forms.Sent:
    """What was told and sent in a form, for another one: answers that have no question there are told in words."""
    shared, story = _shared(before, old, new), story_of(before, old)
    placed = (*shared, old.template.story, old.template.headline)
    words = [
        str(answer.value)
        for field, answer in before.answers.items()
        if answer.type == "text" and field not in placed and field in old.by_id and not old.by_id[field].spec.prefill
    ]
    shared.pop(new.template.story, None)
    shared.pop(new.template.headline, None)
    if not story and words:
        story, *words = words
    files = {str(one["id"]): str(one.get("name", "")) for one in before.extras}
    return forms.Sent(story, files, (*words, *before.unplaced), shared)


def story_of(form: Form, scenario: Scenario) -> str:
    """What was told in it."""
    told = form.answers.get(scenario.template.story)
    return "" if told is None else str(told.value)


def from_left(visit: Visit, scenario_id: str) -> forms.Sent:
    """What a form that was left just now says of place, person and firm; and its story, to be asked about. Nothing in
    calls, where nothing can be looked over.
    """
    if visit.medium != "chat":
        return forms.Sent()
    new, left = visit.deps.scenarios.get(scenario_id), _just_left(visit)
    old = None if left is None else visit.deps.scenarios.find(left.scenario, left.version)
    if new is None or left is None or old is None or old.id == scenario_id or new.template.hidden_reporter:
        return forms.Sent()
    said = _all_said(left, old, new)
    places = {
        field: answer
        for field, answer in said.answers.items()
        if new.by_id[field].spec.prefill or answer.type in _PLACES
    }
    story = new.by_id[new.template.story]
    words = "\n".join((said.story, *said.unplaced)).strip()
    asked = {story.id: Answer("text", words, words, story.spec.localized_label)} if words else {}
    return forms.Sent(answers=places, proposed=asked)


def _just_left(visit: Visit) -> Form | None:
    forms_left = [*visit.session.parked.values(), *([visit.session.form] if visit.session.form else [])]
    form = forms_left[-1] if forms_left else None
    if form is None or form.phase is Phase.SUBMITTING or visit.now - form.updated_at > _JUST_LEFT:
        return None
    return form


def _shared(before: Form, old: Scenario, new: Scenario) -> dict[str, Answer]:
    """Answers to questions that both ask, of one kind and, where there are options, with the same ones."""
    return {
        question.id: before.answers[question.id]
        for question in new.questions
        if question.id in before.answers
        and (asked := old.by_id.get(question.id)) is not None
        and (asked.type, asked.options) == (question.type, question.options)
    }


async def fill_as(visit: Visit, ticket: TicketOut | None) -> None:
    """Answer what is open of place, person and firm as the ticket has it, and say so; what is wrong can be changed.

    Also the question that stands, if the ticket has an answer to it. Raises BackendError.
    """
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    if form is None or scenario is None:
        return
    known = {} if ticket is None else await _known(visit, form, scenario, ticket)
    if not known:
        visit.say(Message("wish.no_last"))
        await forms.ask_again(visit)
        return
    shown = [Message("wish.as_last_one", {"label": one.label, "shown": one.shown}) for one in known.values()]
    rows = [(_change(form, field, one),) for field, one in known.items()]
    visit.say(Message("wish.as_last", {"answers": listed(shown)}), *rows)
    await forms.fill(visit, known)


def _change(form: Form, field: str, answer: Answer) -> Button:
    label = Message("engine.correct_it", {"label": answer.label})
    return Button(label, FormCommand("fix", tag_of(form.draft), field).encoded())


async def _known(visit: Visit, form: Form, scenario: Scenario, ticket: TicketOut) -> dict[str, Answer]:
    said = {one.field: one for one in ticket.answers if not one.is_open}
    facts = await _facts(visit, ticket)
    found = {}
    for question in scenario.questions:
        wanted = question.spec.prefill or question.type in _PLACES or question.id == form.current
        if not wanted or question.id in form.answers or question.id in form.settled:
            continue
        if question.id in said and question.id == form.current:
            shown = Localized(said[question.id].shown)
            found[question.id] = Answer(question.type, said[question.id].value, shown, question.spec.localized_label)
        elif answer := _read(visit, question, facts.get(question.spec.prefill or question.type)):
            found[question.id] = answer
    return found


async def _facts(visit: Visit, ticket: TicketOut) -> Mapping[str, str | None]:
    """By `prefill`, and by type for what is no fact."""
    try:
        enterprise = (await visit.backend.view_contact()).enterprise
    except BackendError:
        enterprise = None
    same = enterprise is not None and ticket.enterprise in (None, enterprise.name)
    return {
        "contact.name": ticket.contact_name,
        "contact.phone": ticket.contact_phone,
        "contact.district": ticket.district,
        "district": ticket.district,
        "address": ticket.address,
        "enterprise.name": ticket.enterprise,
        "enterprise.uscc": enterprise.uscc if enterprise is not None and same else None,
    }


def _read(visit: Visit, question: Question, value: Any) -> Answer | None:
    outcome = question.parser.parse(value, visit.now.astimezone(visit.zone)) if value else None
    if not isinstance(outcome, Understood):
        return None
    shown: Words = outcome.shown
    return Answer(question.type, outcome.value, shown, question.spec.localized_label)
