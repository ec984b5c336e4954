"""Fills in a ticket that came incomplete 补录: the form engine asks a member of the desk exactly what is missing."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import ValidationError

from backend.contract.acts import FILL_IN
from backend.contract.acts.fill_in import FillInIn
from backend.contract.errors import BackendError, FilesMissing, Forbidden, NotFound, Stale, Unauthenticated, WrongState
from backend.contract.message import Localized, Message, Words
from backend.contract.models.tickets import TicketOut
from dialogs import lost_files
from dialogs.commands import Command, Verb
from dialogs.engine import MistakeLimits, Step
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.engine.completing import is_nothing, learned, still_open
from dialogs.engine.reopening import left_open, reopened, taken_over
from dialogs.error_messages import explain, passes
from dialogs.events import Defer, Event, Gone, Press, Text
from dialogs.exchange import button, lines, listed, paragraphs
from dialogs.form import Answer, Form, Phase
from dialogs.outputs import HandOver, SetLanguage, Submit
from dialogs.phrases import read_phrases
from dialogs.relevance import next_question
from dialogs.session import Errand, Session
from dialogs.staff import changes, ticket
from dialogs.staff.desk_wording import for_staff, means_leave
from dialogs.staff.work import Work, home
from dialogs.templates.scenario import Question, Scenario

UNLIMITED = MistakeLimits(sys.maxsize, sys.maxsize, sys.maxsize, sys.maxsize)
"""However often staff mistype, there is no other human to offer."""

_SLASH = {"/cancel": "cancel", "/done": "done"}
_COLLECTS = ("multi_choice", "attachment")
"""Types of questions that are answered bit by bit, until done."""


def is_open(session: Session) -> bool:
    """Whether the open errand is a form that is being filled in."""
    return session.form is not None and session.errand is not None and session.errand.verb == FILL_IN.verb


async def begin(work: Work, number: str, version: str = "") -> None:
    """Ask what the ticket lacks, if that may be given now; what is begun already goes on. Raises BackendError."""
    if is_open(work.session) and _errand(work).number == number:
        await again(work)
        return
    shown = await work.backend.view_ticket(number)
    if not shown.permits(FILL_IN.permission):
        _close(work)
        ticket.tell(work, shown, Message("trouble.wrong_state"))
        return
    if work.incoming.ticket and shown.hidden_reporter:  # it may ask who the reporter is
        ticket.tell_in_private(work, number)
        return
    errand = work.open_errand(FILL_IN.verb, number)
    scenario = work.scenarios.get(shown.scenario)
    form = reopened(scenario, shown, errand.id, work.language, work.now) if scenario is not None else None
    if scenario is None or form is None or next_question(scenario, form) is None:
        _close(work)
        ticket.tell(work, shown, Message("fill.no_form"))
        return
    work.session.form, work.session.errand = form, _seen(errand, shown)
    before = Message("errand.changed_before") if version not in ("", str(shown.version)) else None
    # Another program may have filed it, without a label in Chinese.
    labels = listed([Localized({"zh": entry["field"], **entry["label"]}) for entry in left_open(shown)])
    work.say(paragraphs(before, Message("fill.begin", {"number": number, "labels": labels})))
    await again(work)


async def take(work: Work) -> None:
    """What was sent while the form is open. Raises BackendError, all kept."""
    event, question = work.incoming.event, _current(work)
    if isinstance(event, Gone):
        return
    typed = work.text if isinstance(event, Text) and not event.edited else ""
    verb = _SLASH.get(typed.split("@")[0].split(" ")[0].lower(), "")
    if _form(work).phase is Phase.SUBMITTING and "cancel" in (verb, read_phrases().command(typed)):
        _cancelled(work)  # to the engine it is out of hand
    elif verb:
        await _obey(work, question, verb)
    elif question is not None and _leaves_open(question, typed):
        await _go_on(work, Defer("seat"))
    else:
        await _go_on(work, event)


async def press(work: Work, text: str) -> None:
    """A button of the form. Raises BackendError, all kept."""
    if is_open(work.session):
        await _go_on(work, Press(text))
    else:
        work.say(Message("menu.stale"), (home(),))


async def leave(work: Work, pressed: Command) -> None:
    """Keep a question open for later. Raises BackendError."""
    tag, field = pressed.arg(0), pressed.arg(1)
    if not is_open(work.session) or tag != tag_of(_form(work).draft):
        work.say(Message("menu.stale"), (home(),))
    elif _form(work).current == field:
        await _go_on(work, Defer("seat"))
    elif field not in _form(work).deferred:  # else the second press of a double tap
        work.say(Message("menu.stale"))
        await again(work)


async def again(work: Work) -> None:
    """Ask the open question once more; what is confirmed is sent again. Raises BackendError, all kept."""
    await _go_on(work, Press(FormCommand("repeat", tag_of(_form(work).draft)).encoded()))


async def _obey(work: Work, question: Question | None, verb: str) -> None:
    if verb == "done" and (question is None or question.type not in _COLLECTS):
        await again(work)
        return
    field = question.id if question is not None else ""
    await _go_on(work, Press(FormCommand(verb, tag_of(_form(work).draft), field).encoded()))


async def _go_on(work: Work, event: Event) -> None:
    form = _form(work)
    scenario = work.scenarios.find(form.scenario, form.version)
    if scenario is not None:
        await _take(work, scenario, work.engine.step(scenario, form, event, work.now))
        return
    current = work.scenarios.get(form.scenario)
    if current is None:
        number = _errand(work).number
        _close(work)
        await ticket.show(work, number, paragraphs(Message("fill.no_form"), _written(form)))
        return
    await _take(work, current, work.engine.migrate(current, form, work.now))


async def _take(work: Work, scenario: Scenario, step: Step) -> None:
    """Do what the engine decided: keep the form, show, send."""
    form, errand = _form(work), _errand(work)
    if any(isinstance(output, HandOver) for output in step.outputs):
        work.say(Message("fill.no_human"))
        await again(work)
        return
    if step.form is None:
        _cancelled(work)
        return
    work.session.form = step.form
    for output in step.outputs:
        match output:
            case Submit():
                await _submit(work, scenario, output, confirmed=form.phase is Phase.SUBMITTING)
            case SetLanguage():
                work.session.language = output.language
            case _:
                work.said.append(for_staff(output, scenario, step.form, errand.number))


async def _submit(work: Work, scenario: Scenario, submit: Submit, *, confirmed: bool) -> None:
    """`confirmed`: what is sent was made out before, and must be the same again."""
    form, errand = _form(work), _errand(work)
    opened = _opened(errand)
    content = dict(submit.form) if confirmed else learned(scenario, form, submit.form, opened)
    if is_nothing(content, opened):
        _close(work)
        await ticket.show(work, errand.number, Message("fill.nothing"))
        return
    work.session.form = form.replace(filed=content)
    try:
        done = await _send(work, errand, content)
    except (Stale, WrongState, NotFound, Forbidden) as error:
        if isinstance(error, Forbidden) and error.extra.get("unbound"):
            raise
        await _changed_meanwhile(work, error)
        return
    except FilesMissing as error:
        form, lost = lost_files.from_form(form, error)
        told = lines(lost, Message("lost_files.send_again"))
        await _take(work, scenario, work.engine.refused(scenario, form, told, work.now))
        return
    except (BackendError, ValidationError) as error:
        if isinstance(error, BackendError) and (passes(error) or isinstance(error, Unauthenticated)):
            raise
        await _take(work, scenario, work.engine.refused(scenario, form, Message("fill.refused"), work.now))
        return
    _close(work)
    key = "fill.done_partly" if still_open(content) else "fill.done"
    ticket.tell(work, done, Message(key, {"number": errand.number}))


async def _send(work: Work, errand: Errand, content: dict[str, Any]) -> TicketOut:
    version = errand.args["version"]
    request = FillInIn.model_validate({**content, "version": int(version)})
    key = errand.key(errand.verb, version, json.dumps(content, sort_keys=True, ensure_ascii=False))
    return await work.backend.do(FILL_IN, errand.number, request, key=key)


async def _changed_meanwhile(work: Work, error: Stale | WrongState | NotFound | Forbidden) -> None:
    """Somebody changed the ticket: go on from its present state with what is still missing. Raises BackendError."""
    form, errand = _form(work), _errand(work)
    if isinstance(error, NotFound):
        _close(work)
        work.say(paragraphs(explain(error), _written(form)), (home(),))
        return
    now = await work.backend.view_ticket(errand.number)
    scenario = work.scenarios.find(form.scenario, form.version)
    if not now.permits(FILL_IN.permission) or scenario is None:
        _close(work)
        ticket.tell(work, now, paragraphs(explain(error), _written(form)))
        return
    renewed = taken_over(reopened(scenario, now, form.draft, form.language, work.now), form)
    given = [answer.label for field, answer in _own(form) if field in renewed.settled]
    if given:
        ticket.tell(work, now, paragraphs(Message("fill.given_meanwhile", {"labels": listed(given)}), _written(form)))
    if given and not renewed.has_own_words:
        _close(work)
        return
    changed = lines(Message("errand.changed"), *changes.since(errand.args["seen"], now))
    work.session.form, work.session.errand = renewed, _seen(errand, now)
    await _take(work, scenario, work.engine.refused(scenario, renewed, changed, work.now))


def _seen(errand: Errand, shown: TicketOut) -> Errand:
    """The errand with what it knows of the ticket's present state."""
    opened = json.dumps(left_open(shown), ensure_ascii=False)
    return errand.with_args(version=str(shown.version), seen=changes.seen(shown), open=opened)


def _opened(errand: Errand) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(errand.args["open"])
    return found


def _leaves_open(question: Question, typed: str) -> bool:
    """The button's words; or to skip what cannot be skipped."""
    return means_leave(typed) or (question.spec.required and read_phrases().command(typed) == "skip")


def _current(work: Work) -> Question | None:
    form = _form(work)
    scenario = work.scenarios.find(form.scenario, form.version)
    return scenario.by_id.get(form.current) if scenario is not None else None


def _own(form: Form) -> list[tuple[str, Answer]]:
    return [(field, answer) for field, answer in form.answers.items() if not answer.known]


def _written(form: Form) -> Words | None:
    """What the person filled in, so that it is not lost when it cannot be sent."""
    shown = [Message("ticket.answer", {"label": one.label, "shown": one.shown}) for _, one in _own(form)]
    return Message("errand.written", {"text": lines(*shown)}) if shown else None


def _cancelled(work: Work) -> None:
    back = button("button.open_ticket", Verb.TICKET, _errand(work).number)
    _close(work)
    work.say(Message("errand.cancelled"), (back, home()))


def _close(work: Work) -> None:
    work.session.form = work.session.errand = None


def _form(work: Work) -> Form:
    assert work.session.form is not None
    return work.session.form


def _errand(work: Work) -> Errand:
    assert work.session.errand is not None
    return work.session.errand
