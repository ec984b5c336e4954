"""Leads through a form with the engine, keeps its draft, and files it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from backend.contract.errors import BackendError, FilesMissing, Invalid, KeyReused, QuotaReached
from backend.contract.message import Message
from backend.contract.models.contacts import ContactIn
from backend.contract.models.filing import NewTicket, TicketReceipt
from dialogs import lost_files
from dialogs.commands import Command, Verb
from dialogs.drafts import form_of
from dialogs.engine import Step
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.enterprise import menu, seat
from dialogs.enterprise.errand import OnPress
from dialogs.enterprise.visit import Visit
from dialogs.error_messages import explain, passes
from dialogs.events import Event, Press
from dialogs.exchange import button, lines, listed
from dialogs.form import Answer, Form, Phase
from dialogs.outputs import HandOver, Output, SetLanguage, Submit
from dialogs.templates.scenario import Scenario

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """What came before the form it is for."""

    story: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Attachment ids, each with the file's name."""
    unplaced: tuple[str, ...] = ()
    """Words that answered nothing."""


async def begin(visit: Visit, scenario_id: str, facts: Mapping[str, str], sent: Sent) -> None:
    """Start a form; one that is open is put aside, with its draft. `facts` are known of the person, by `prefill`
    name.
    """
    scenario = visit.deps.scenarios.get(scenario_id)
    if scenario is None:
        menu.show(visit, Message("menu.gone"))
        return
    await put_aside(visit)
    visit.session.errand = None
    started = visit.deps.engine.start(scenario, visit.id("draft", scenario_id), visit.language, facts, visit.now)
    assert started.form is not None
    if sent != Sent():
        form = _with_story(started.form, scenario, sent)
        for words in sent.unplaced:
            form = visit.deps.engine.keep(scenario, form, words, visit.now)
        again = visit.deps.engine.step(scenario, form, _repeat(form), visit.now)
        # What was said at the start stays; the question is the first that is left.
        started = Step(again.form, (*started.outputs[:-1], *again.outputs))
    await _take(visit, started)


async def put_aside(visit: Visit) -> None:
    """Keep the open form for later and say so; one that is confirmed is filed, now or as soon as that is possible."""
    if visit.session.form is not None and visit.session.form.phase is Phase.SUBMITTING:
        await ask_again(visit)
    form = visit.session.form
    if form is None:
        return
    if form.phase is Phase.SUBMITTING:
        visit.session.park()
    elif not form.is_blank:
        visit.deps.drafts.keep(form, visit.backend)
        visit.say(Message("form.put_aside", {"title": visit.scenario_title(form.scenario)}))
        visit.session.park()
    else:
        visit.session.form = None


async def go_on(visit: Visit, event: Event) -> None:
    """Give the event to the open form."""
    form = visit.session.form
    assert form is not None
    scenario = visit.deps.scenarios.find(form.scenario, form.version)
    if scenario is not None:
        await _take(visit, visit.deps.engine.step(scenario, form, event, visit.now))
        return
    current = visit.deps.scenarios.get(form.scenario)
    if current is None:
        visit.session.park()
        menu.show(visit, Message("form.scenario_gone"))
        return
    await _take(visit, visit.deps.engine.migrate(current, form, visit.now))


async def ask_again(visit: Visit) -> None:
    """Ask the open question of the form once more, without counting anything as a mistake."""
    if visit.session.form is not None:
        await go_on(visit, _repeat(visit.session.form))


async def ask_next(visit: Visit) -> None:
    """Ask it if nothing else is open: after an errand that may be over now."""
    if visit.session.errand is None:
        await ask_again(visit)


async def stale(visit: Visit) -> None:
    """A button of something that is over: say so, and show where we are."""
    if visit.session.form is not None:
        visit.say(Message("menu.stale"))
        await ask_again(visit)
    else:
        menu.show(visit, Message("menu.stale"))


async def to_human(visit: Visit) -> None:
    """The person wants a human instead of the open form."""
    form = visit.session.form
    assert form is not None
    visit.session.errand = None
    await go_on(visit, Press(FormCommand("human", tag_of(form.draft)).encoded()))


async def leave(visit: Visit, *, callback: bool, keep: bool) -> bool:
    """The person is gone in the middle of the open form: file what was said as an incomplete ticket for a seat.

    `keep`: leave it a draft instead. Returns whether it is filed, now or as soon as the backend is there.
    """
    form = visit.session.form
    assert form is not None
    scenario = visit.deps.scenarios.find(form.scenario, form.version) or visit.deps.scenarios.get(form.scenario)
    if form.phase is Phase.SUBMITTING:
        await ask_again(visit)
        return True
    if not form.has_own_words:
        visit.session.form = None
        await _forget(visit, form)
        return False
    if keep or scenario is None:
        await put_aside(visit)
        return False
    ended = visit.deps.engine.hand_over(scenario, form, visit.now)
    handed = next(output.form for output in ended.outputs if isinstance(output, HandOver))
    # From here on like a confirmed form: filed again and again until the backend has it.
    form = form.replace(phase=Phase.SUBMITTING, current="", filed={**handed, "callback": callback})
    await _take(visit, Step(form, (Submit(form.draft, form.filed or {}),)))
    return True


async def file_waiting(visit: Visit) -> None:
    """File every confirmed form that could not be filed before; whatever else the person is doing stays as it is."""
    session = visit.session
    present = session.form
    for form in session.waiting_forms():
        session.parked.pop(form.draft, None)
        session.form = form
        await ask_again(visit)
        if present is not None and form.draft == present.draft:
            present = session.form
        else:
            session.park()
    session.form = present


async def resume(visit: Visit, draft: str) -> None:
    """Go on with a form that was left: the open one, a parked one, or a draft the backend kept."""
    session = visit.session
    session.errand = None
    if session.form is None or session.form.draft != draft:
        form = session.parked.get(draft) or await _kept(visit, draft)
        if form is None:
            menu.show(visit, Message("form.draft_gone"))
            return
        await put_aside(visit)
        session.parked.pop(draft, None)
        session.form = form
        visit.say(
            Message("form.resumed", {"title": visit.scenario_title(form.scenario), "kept": _kept_labels(visit, form)})
        )
    await ask_again(visit)


async def discard(visit: Visit, draft: str) -> None:
    """The person does not want to go on with it."""
    await visit.deps.drafts.forget(draft, visit.backend)
    visit.session.parked.pop(draft, None)
    if visit.session.form is not None and visit.session.form.draft == draft:
        visit.session.form = None
    menu.show(visit, Message("form.discarded"))


async def restore(visit: Visit) -> bool:
    """Look for drafts when the session is new: it may have been lost. Returns True when a form was brought back."""
    await visit.deps.drafts.catch_up(visit.backend)
    try:
        page = await visit.backend.list_drafts()
    except QuotaReached:
        raise
    except BackendError as error:
        log.warning("drafts not read", extra={"action": "restore_draft", "code": error.code})
        return False
    visit.session.restored = True
    forms = [form for draft in page.items if (form := form_of(draft)) is not None]
    forms.sort(key=lambda form: form.updated_at)
    for form in forms:
        visit.session.form = form
        visit.session.park()
    return bool(forms)


async def reopen(visit: Visit) -> None:
    """After a loss: say plainly what was kept, and ask the latest form's question again."""
    draft, form = list(visit.session.parked.items())[-1]
    del visit.session.parked[draft]
    visit.session.form = form
    title = visit.scenario_title(form.scenario)
    visit.say(Message("form.restored", {"title": title, "kept": _kept_labels(visit, form)}))
    await ask_again(visit)


async def set_language(visit: Visit, language: str) -> None:
    """From now on in this language; the backend is told, for notices."""
    visit.session.language = language
    if visit.session.form is not None:
        visit.session.form = visit.session.form.replace(language=language)
    try:
        request = ContactIn.model_validate({"language": language})
        await visit.backend.update_contact(request, key=visit.id("language", language))
    except BackendError as error:
        # The ticket carries its own language; only notices of older tickets would keep the old one.
        log.warning("language not kept", extra={"action": "update_contact", "code": error.code})


async def _take(visit: Visit, step: Step) -> None:
    """Do what the engine decided: keep the form, show, file, hand over."""
    before = visit.session.form
    visit.session.form = step.form
    for output in step.outputs:
        await _act(visit, output, before)
    form = visit.session.form
    if step.form is None:
        if before is not None and not any(isinstance(output, HandOver) for output in step.outputs):
            await _drop(visit, before)
    elif form is not None and not form.is_blank and form != before:
        visit.deps.drafts.keep(form, visit.backend)


async def _act(visit: Visit, output: Output, before: Form | None) -> None:
    match output:
        case Submit():
            await _file(visit, output)
        case HandOver():
            await _hand_over(visit, output, before)
        case SetLanguage():
            await set_language(visit, output.language)
        case _:
            visit.said.append(output)


async def _drop(visit: Visit, form: Form) -> None:
    """A cancelled form: its draft goes too, and the menu is there again."""
    await _forget(visit, form)
    menu.show(visit)


async def _forget(visit: Visit, form: Form) -> None:
    try:
        await visit.deps.drafts.forget(form.draft, visit.backend)
    except BackendError as error:
        log.warning("draft not deleted", extra={"action": "drop_draft", "code": error.code})


async def _file(visit: Visit, submit: Submit) -> None:
    form = visit.session.form
    assert form is not None
    await visit.deps.drafts.settle(submit.draft)
    try:
        receipt = await _send(visit, submit.form, form)
    except KeyReused:
        # An answer got lost and the form was changed since: the first filing stands.
        visit.session.form = None
        visit.say(Message("form.filed_before"), (button("button.tickets", Verb.TICKETS),))
        return
    except (BackendError, ValidationError) as error:
        await _not_filed(visit, visit.session.form or form, error)
        return
    visit.session.form = None
    visit.session.told = ()
    if submit.form.get("callback"):
        seat.told(visit, receipt.number)
        return
    row = (button("button.open_ticket", Verb.TICKET, receipt.number), button("button.menu", Verb.MENU))
    visit.say(Message("form.filed", {"number": receipt.number}), row, topic=receipt.number)


async def _send(visit: Visit, filed: Mapping[str, Any], form: Form) -> TicketReceipt:
    """File it; without the files that are not kept any more, which the person is told. Raises BackendError."""
    try:
        return await visit.backend.file_ticket(NewTicket.model_validate(filed), key=form.draft)
    except FilesMissing as error:
        visit.session.form, lost = lost_files.from_form(form, error)
        visit.say(lines(lost, Message("lost_files.add_later")))
        request = NewTicket.model_validate(lost_files.without_ids(filed, error))
        return await visit.backend.file_ticket(request, key=form.draft)


async def _not_filed(visit: Visit, form: Form, error: BackendError | ValidationError) -> None:
    """The form stays: to be sent again by itself if that can help, else to be corrected or taken over by a person."""
    if isinstance(error, BackendError) and not isinstance(error, Invalid):
        if passes(error):
            kept = explain(error) if isinstance(error, QuotaReached) else Message("form.kept")
            visit.say(kept, (button("button.retry", Verb.RETRY),))
            return
        problem = explain(error)
    else:
        _log_refused({"scenario": form.scenario, "draft": form.draft}, error)
        problem = Message("form.refused")
    scenario = visit.deps.scenarios.find(form.scenario, form.version)
    assert scenario is not None
    step = visit.deps.engine.refused(scenario, form, problem, visit.now)
    visit.session.form = step.form
    visit.said += step.outputs


async def _hand_over(visit: Visit, output: HandOver, form: Form | None) -> None:
    """File what there is for a seat; with nothing at all in it, ask for a word first."""
    if form is None or not form.has_own_words:
        await seat.ask(visit)
        return
    await visit.deps.drafts.settle(output.draft)
    try:
        receipt = await _send(visit, output.form, form)
        visit.session.form = None
    except KeyReused:
        visit.say(Message("form.filed_before"), (button("button.tickets", Verb.TICKETS),))
        return
    except (BackendError, ValidationError) as error:
        visit.session.form = form
        _log_refused(output.form, error)
        visit.say(Message("human.not_now"), (button("button.human", Verb.HUMAN),))
        return
    seat.told(visit, receipt.number)


def _log_refused(form: Mapping[str, Any], error: Exception) -> None:
    """Without the error's text: it would hold what the person wrote."""
    extra = {"action": "file_ticket", "scenario": form.get("scenario"), "draft": form.get("draft")}
    log.error("form refused", extra={**extra, "error": type(error).__name__})


async def _kept(visit: Visit, draft: str) -> Form | None:
    page = await visit.backend.list_drafts()
    return next((form_of(one) for one in page.items if one.id == draft), None)


def _repeat(form: Form) -> Press:
    return Press(FormCommand("repeat", tag_of(form.draft)).encoded())


def _kept_labels(visit: Visit, form: Form) -> Message:
    """In the order of the questions: the backend's JSON keeps none."""
    scenario = visit.deps.scenarios.get(form.scenario)
    order = list(scenario.by_id) if scenario is not None else []
    given = sorted(form.answers, key=lambda field: order.index(field) if field in order else len(order))
    labels = [form.answers[field].label for field in given]
    if not labels:
        return Message("form.kept_nothing")
    return Message("form.kept_answers", {"labels": listed(labels)})


def _with_story(form: Form, scenario: Scenario, sent: Sent) -> Form:
    """The form with what was sent before it began."""
    question = scenario.by_id[scenario.template.story]
    label = question.spec.localized_label
    story = {question.id: Answer("text", sent.story, sent.story, label)} if sent.story else {}
    extras = tuple({"id": one, "kind": "file", "name": name} for one, name in sent.files.items())
    return form.replace(answers={**form.answers, **story}, extras=extras, current="", phase=Phase.ASKING)


async def _press_resume(visit: Visit, pressed: Command) -> None:
    await resume(visit, pressed.arg(0))


async def _press_discard(visit: Visit, pressed: Command) -> None:
    await discard(visit, pressed.arg(0))


ON_PRESS: Mapping[str, OnPress] = {Verb.RESUME: _press_resume, Verb.DISCARD: _press_discard}
