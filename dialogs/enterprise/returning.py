"""Tells who comes back after an hour where they were, in one line."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.contract.channels import channel_named
from backend.contract.message import Message, Words
from dialogs.engine.commands import decode
from dialogs.enterprise.visit import Visit
from dialogs.events import Gone, Press, Start, Text
from dialogs.form import Form, Phase
from dialogs.session import Errand, named

AWAY = timedelta(hours=1)
"""After so long nobody has in mind what was asked; and what they say has nothing to do with what they said then."""


def is_back(last_at: datetime | None, now: datetime) -> bool:
    return last_at is not None and now - last_at >= AWAY


def remind(visit: Visit) -> None:
    """Say what is open, before what they say now is taken for it."""
    errand, form = visit.session.errand, visit.session.form
    if channel_named(visit.incoming.person.channel).is_telephone or _says_itself(visit):
        return
    where = _errand(visit, errand) if errand is not None else None if form is None else _form(visit, form)
    if where is not None:
        visit.say(where)


def _says_itself(visit: Visit) -> bool:
    """Whether the event is about something of its own, whatever is open."""
    event = visit.incoming.event
    match event:
        case Start() | Gone():
            return True
        case Press(command):
            return decode(command) is None
        case Text():
            return event.edited
    return False


def _errand(visit: Visit, errand: Errand) -> Words | None:
    if visit.unplaced is not None:
        return None
    return Message("turn.back_to_ticket", {"number": named(errand)}) if errand.number else None


def _form(visit: Visit, form: Form) -> Words | None:
    scenario = visit.deps.scenarios.find(form.scenario, form.version)
    if scenario is None or form.phase is Phase.SUBMITTING:
        return None
    title = visit.scenario_title(form.scenario)
    question = scenario.by_id.get(form.current)
    if question is None:
        return Message("turn.back_to_summary", {"title": title})
    return Message("turn.back_to_form", {"title": title, "label": question.spec.localized_label})
