"""Leads through a form with the engine, keeps its draft, and files it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from backend.contract.channels import channel_named
from backend.contract.errors import BackendError, FilesMissing, Invalid, KeyReused, QuotaReached
from backend.contract.message import Message, Words
from backend.contract.models.contacts import ContactIn
from backend.contract.models.filing import NewTicket, TicketReceipt
from backend.contract.models.same_matter import MatterIn
from backend.contract.words import TicketState
from dialogs import lost_files
from dialogs.commands import Command, Verb
from dialogs.drafts import form_of
from dialogs.engine import Step
from dialogs.engine.commands import FormCommand, tag_of
from dialogs.engine.proposing import with_proposed
from dialogs.enterprise import menu, seat, secrecy
from dialogs.enterprise.errand import OnPress
from dialogs.enterprise.visit import Visit
from dialogs.error_messages import explain, passes
from dialogs.events import Event, Press, Text
from dialogs.exchange import button, lines, listed
from dialogs.fields import Understood
from dialogs.form import Answer, Form, Pending, Phase, Spared
from dialogs.outputs import HandOver, Output, Say, SetLanguage, Submit
from dialogs.phrases import read_phrases
from dialogs.relevance import can_wait, relevance
from dialogs.session import Errand
from dialogs.templates.scenario import Scenario
from dialogs.templates.template import TextField
from dialogs.understanding import Fact, Reading
from dialogs.wording import Wording

_MOST_OFFERED = 3
"""Things that are offered after the filing; more look like another form."""

_LANGUAGES = {"zh": "zh_CN", "en": "en"}
_BEGUN_SINCE = timedelta(minutes=15)
"""A form that begins so soon after another was left may have been begun by mistake."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """What came before the form it is for."""

    story: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Attachment ids, each with the file's name."""
    unplaced: tuple[str, ...] = ()
    """Words that answered nothing."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """Given in another form to the same questions."""
    proposed: Mapping[str, Answer] = field(default_factory=dict)
    """Said in another form, and perhaps of this matter: asked about when their questions come."""


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
    draft = visit.id("draft", scenario_id)
    started = visit.deps.engine.start(scenario, draft, visit.language, facts, visit.now, spared=_spared(visit, sent))
    assert started.form is not None
    if sent != Sent():
        form = _with_story(started.form, scenario, sent)
        for words in sent.unplaced:
            form = visit.deps.engine.keep(scenario, form, words, visit.now)
        form = form.replace(proposed={**form.proposed, **sent.proposed})
        told, proposed = await _told(visit, scenario, started.form, sent)
        again = visit.deps.engine.tell(scenario, with_proposed(form, scenario, proposed), told, visit.now)
        # What was said at the start stays; the question is the first that is left.
        started = Step(again.form, (*started.outputs[:-1], *_carried(visit, sent), *again.outputs))
    if secrecy.is_wished(visit, "\n".join((sent.story, *sent.unplaced))):
        secrecy.promise(visit, scenario)
    await _take(visit, started)


def _spared(visit: Visit, sent: Sent) -> Spared:
    """Whoever told the story is spared more; callers nothing, for nobody offers it to them later."""
    if visit.medium != "chat":
        return Spared.NOTHING
    return Spared.LATER if sent.story else Spared.QUESTIONS


def _carried(visit: Visit, sent: Sent) -> tuple[Say, ...]:
    """What is not asked again, because another form has it."""
    labels = [one.label for one in sent.answers.values() if not one.known]
    return (Say(Message("form.carried", {"labels": listed(labels)})),) if labels and visit.medium == "chat" else ()


async def _told(visit: Visit, scenario: Scenario, form: Form, sent: Sent) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """What the words before the form tell of it, and what they are proposed to tell."""
    words = "\n".join((sent.story, *sent.unplaced)).strip()
    if not words:
        return (), ()
    context = visit.deps.engine.context(scenario, form, visit.now, visit.medium)
    reading = await visit.deps.understanding.understand(words, replace(context, question=None))
    return reading.facts, () if reading.proposal is None else reading.proposal.facts


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
        await _take(visit, visit.deps.engine.step(scenario, form, event, visit.now, _reading(visit, event)))
        return
    current = visit.deps.scenarios.get(form.scenario)
    if current is None:
        visit.session.park()
        menu.show(visit, Message("form.scenario_gone"))
        return
    await _take(visit, visit.deps.engine.migrate(current, form, visit.now))


def _reading(visit: Visit, event: Event) -> Reading | None:
    """Of the words in this event, if they are the ones that were read."""
    return visit.reading if isinstance(event, Text) and event is visit.incoming.event else None


async def keep_aside(visit: Visit, words: str) -> bool:
    """Keep these words with the open form, for who reads the ticket, and ask again. False where nothing but words is
    asked for, or no form is asking.
    """
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    if form is None or scenario is None or visit.session.errand is not None or form.phase is Phase.SUBMITTING:
        return False
    question = scenario.by_id.get(form.current)
    if question is not None and question.type == "text":
        return False
    visit.session.form = visit.deps.engine.keep(scenario, form, words, visit.now)
    await ask_again(visit)
    return True


def turn_to_question(visit: Visit, field: str) -> None:
    """Open a question of the form that was asked before: what is said now answers it."""
    form = visit.session.form
    if visit.session.errand is not None or form is None or form.phase is Phase.SUBMITTING or form.current == field:
        return
    scenario = visit.deps.scenarios.find(form.scenario, form.version)
    if scenario is not None and field in scenario.by_id:
        fix = Press(FormCommand("fix", tag_of(form.draft), field).encoded())
        visit.session.form = visit.deps.engine.step(scenario, form, fix, visit.now).form


async def fill(visit: Visit, answers: Mapping[str, Answer]) -> None:
    """Take these as answers of the open form, and ask what is left."""
    form = visit.session.form
    assert form is not None
    for name in answers:
        form = form.replace(**form.done_with(name))
    visit.session.form = form.replace(answers={**form.answers, **answers}, reopened="")
    await ask_again(visit)


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
        await forget(visit, form)
        return False
    if keep or scenario is None:
        await put_aside(visit)
        return False
    ended = visit.deps.engine.hand_over(scenario, form, visit.now)
    handed = _handed(ended)
    if callback:
        handed = {**handed, "answers": [*handed.get("answers", ()), unconfirmed()]}
    # From here on like a confirmed form: filed again and again until the backend has it.
    form = form.replace(phase=Phase.SUBMITTING, current="", filed={**handed, "callback": callback})
    await _take(visit, Step(form, (Submit(form.draft, form.filed or {}),)))
    return True


def unconfirmed() -> dict[str, Any]:
    """Tells who reads the ticket that its person never said that it is right, as an answer of the form."""
    said = {short: Wording(tag).text(Message("phone.unconfirmed")) for short, tag in _LANGUAGES.items()}
    label = {short: Wording(tag).text(Message("phone.unconfirmed_label")) for short, tag in _LANGUAGES.items()}
    return {"field": "unconfirmed", "label": label, "value": True, "shown": said}


def _handed(ended: Step) -> Mapping[str, Any]:
    return next(output.form for output in ended.outputs if isinstance(output, HandOver))


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
        session.cancelled = tuple(one for one in session.cancelled if one != draft)
        visit.deps.drafts.keep(session.form, visit.backend)
        visit.say(
            Message("form.resumed", {"title": visit.scenario_title(form.scenario), "kept": _kept_labels(visit, form)})
        )
    await ask_again(visit)


async def resumed_in_words(visit: Visit) -> bool:
    """Take up what was left, where somebody says that they go on with it; whether they said so. In a form that was
    begun by mistake since, the one before is meant.
    """
    session = visit.session
    form, left = session.form, [one for one in session.parked.values() if one.phase is not Phase.SUBMITTING]
    if not read_phrases().asks_to_resume(visit.text) or not (left or form):
        return False
    if form is not None and not _was_left_for(form, left[-1:]):
        scenario = visit.deps.scenarios.find(form.scenario, form.version)
        question = None if scenario is None else scenario.by_id.get(form.current)
        if question is None or question.type == "text":
            return False
        await ask_again(visit)
    elif form is None and len(left) > 1:
        menu.show(visit)
    else:
        await resume(visit, left[-1].draft)
    return True


def _was_left_for(form: Form, left: Sequence[Form]) -> bool:
    """Whether what was left last may have been left by mistake for this form, in which nothing was said yet."""
    return not was_answered(form) and any(form.started_at - one.updated_at <= _BEGUN_SINCE for one in left)


def was_answered(form: Form) -> bool:
    """Whether anything was answered in it, be it with words that were not understood."""
    return bool(form.last_text or form.last_command or form.partial)


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
    visit.session.cancelled = tuple(draft.id for draft in page.items if draft.cancelled)
    forms = [form for draft in page.items if (form := form_of(draft)) is not None]
    forms.sort(key=lambda form: form.updated_at)
    for form in forms:
        visit.session.form = form
        visit.session.park()
    visit.session.forget_cancelled(visit.now)
    return any(draft not in visit.session.cancelled for draft in visit.session.parked)


async def reopen(visit: Visit) -> None:
    """After a loss: say plainly what was kept, and ask the latest form's question again."""
    draft, form = [item for item in visit.session.parked.items() if item[0] not in visit.session.cancelled][-1]
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
            if not await _asked_if_same(visit, output, before):
                await _file(visit, output)
        case HandOver():
            await _hand_over(visit, output, before)
        case SetLanguage():
            await set_language(visit, output.language)
        case _:
            visit.said.append(output)


async def _drop(visit: Visit, form: Form) -> None:
    """A cancelled form: a chat can take it up again for a day, and the menu is there again."""
    if not form.has_own_words or channel_named(visit.incoming.person.channel).is_telephone:
        await forget(visit, form)
        menu.show(visit)
        return
    visit.session.form = form.replace(pending=Pending.NONE, updated_at=visit.now)
    visit.deps.drafts.keep(visit.session.form, visit.backend, cancelled=True)
    visit.session.park()
    visit.session.cancelled = (*visit.session.cancelled, form.draft)
    menu.show(visit, Message("form.cancelled_kept"))


async def forget(visit: Visit, form: Form) -> None:
    """The draft is not wanted any more."""
    try:
        await visit.deps.drafts.forget(form.draft, visit.backend)
    except BackendError as error:
        log.warning("draft not deleted", extra={"action": "drop_draft", "code": error.code})


async def _asked_if_same(visit: Visit, submit: Submit, before: Form | None) -> bool:
    """Whether the person is asked first if this is what they reported before. By phone a seat sees to that later; and
    where it cannot be found out now, it is filed.
    """
    telephone = channel_named(visit.incoming.person.channel).is_telephone
    if telephone or visit.files_anyway or before is None or before.phase is not Phase.CONFIRMING:
        return False
    known = {name: submit.form[name] for name in MatterIn.model_fields if name in submit.form}
    try:
        found = await visit.backend.find_same(MatterIn.model_validate(known))
    except (BackendError, ValidationError):
        return False
    if not found.items:
        return False
    one = found.items[0]
    visit.session.form = before
    at = one.created_at.isoformat()
    visit.open_errand(Verb.SAME, one.number, title=one.title, state=str(one.state), at=at)
    ask_if_same(visit)
    return True


def ask_if_same(visit: Visit) -> None:
    """Ask whether the form is the matter of that ticket."""
    errand = visit.session.errand
    assert errand is not None
    when = visit.when(datetime.fromisoformat(errand.args["at"]))
    told: dict[str, Words | int] = {"number": errand.number, "title": errand.args["title"], "when": when}
    answered = errand.args["state"] == TicketState.COMPLETED
    same = button("same.rate", Verb.RATE, errand.number)
    if not answered:
        same = button("same.add", Verb.SAME, errand.number, "yes")
    key = "same.answered" if answered else "same.ask"
    visit.say(Message(key, told), (same,), (button("same.new", Verb.SAME, errand.number, "no"),))


async def file_anyway(visit: Visit) -> None:
    """It is a matter of its own. Raises BackendError."""
    form = visit.session.form
    assert form is not None
    visit.files_anyway = True
    await go_on(visit, _confirm(form))


def as_filed(visit: Visit) -> Mapping[str, Any]:
    """What the open form, which is at its summary, would be filed as."""
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    assert form is not None
    assert scenario is not None
    step = visit.deps.engine.step(scenario, form, _confirm(form), visit.now)
    return next(output.form for output in step.outputs if isinstance(output, Submit))


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
    visit.session.told, visit.session.danger_at = (), None
    if submit.form.get("callback"):
        seat.told(visit, receipt.number)
        return
    row = (button("button.open_ticket", Verb.TICKET, receipt.number), button("button.menu", Verb.MENU))
    visit.say(Message("form.filed", {"number": receipt.number}), row, topic=receipt.number)
    _offer_the_rest(visit, form, receipt.number)
    visit.filed = True


def _offer_the_rest(visit: Visit, form: Form, number: str) -> None:
    """What a department can act without was not asked; whoever likes adds it now, by phone later if at all."""
    if channel_named(visit.incoming.person.channel).is_telephone:
        return
    scenario = visit.deps.scenarios.find(form.scenario, form.version)
    if scenario is None:
        return
    left = [one for one in relevance(scenario, form).questions if can_wait(scenario, form, one)]
    if left:
        labels = listed([one.spec.localized_label for one in left[:_MOST_OFFERED]])
        visit.say(Message("form.more_helps", {"labels": labels}), (button("button.add", Verb.ADD, number),))


async def _send(visit: Visit, filed: Mapping[str, Any], form: Form) -> TicketReceipt:
    """File it; without the files that are not kept any more, which the person is told. Raises BackendError."""
    if visit.is_urgent:
        filed = {**filed, "urgent": True}
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
    """File what there is for a seat, who needs a sentence on the matter or a telephone: without, ask for one, and keep
    the form for it.
    """
    if form is None or not _tells_matter(form):
        visit.session.form = form
        await seat.ask(visit)
        return
    if await seat.lacks_phone(visit) and all(one.type != "phone" for one in form.answers.values()):
        visit.session.form = form
        visit.open_errand(Verb.HUMAN, stage="phone", matter="yes")
        seat.ask_phone(visit)
        return
    try:
        await _file_for_seat(visit, form, output.form)
    except (BackendError, ValidationError) as error:
        visit.session.form = form
        _log_refused(output.form, error)
        visit.say(Message("human.not_now"), (button("button.human", Verb.HUMAN),))


async def hand_over_with(visit: Visit, errand: Errand, *, callback: bool) -> bool:
    """File the open form for a seat, with what was said to the question what it is about. Returns whether there is
    one that can be filed. Raises BackendError.
    """
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    if form is None or scenario is None:
        return False
    if scenario.template.story in form.answers:
        form = visit.deps.engine.keep(scenario, form, errand.text, visit.now)
        form = form.replace(extras=(*form.extras, *_as_extras(errand.files)))
    else:
        form = _with_story(form, scenario, Sent(errand.text, errand.files))
    phone = errand.args.get("phone")
    if phone is not None:
        form = _with_phone(form, scenario, phone, visit.now)
    handed = _handed(visit.deps.engine.hand_over(scenario, form, visit.now))
    contact = {**(handed.get("contact") or {}), **({"phone": phone} if phone else {})}
    await _file_for_seat(visit, form, {**handed, "contact": contact or None, "callback": callback})
    visit.session.errand = None
    return True


def _with_phone(form: Form, scenario: Scenario, phone: str, now: datetime) -> Form:
    """The form with that telephone, so that no seat is told to ask for it."""
    for question in scenario.questions:
        outcome = question.parser.parse(phone, now) if question.spec.prefill == "contact.phone" else None
        if isinstance(outcome, Understood):
            answer = Answer(question.type, outcome.value, outcome.shown, question.spec.localized_label)
            form = form.replace(answers={**form.answers, question.id: answer})
    return form


async def _file_for_seat(visit: Visit, form: Form, filed: Mapping[str, Any]) -> None:
    """Raises BackendError, ValidationError."""
    await visit.deps.drafts.settle(form.draft)
    try:
        receipt = await _send(visit, filed, form)
    except KeyReused:
        visit.session.form = None
        visit.say(Message("form.filed_before"), (button("button.tickets", Verb.TICKETS),))
        return
    visit.session.form, visit.session.danger_at = None, None
    seat.told(visit, receipt.number)


def _tells_matter(form: Form) -> bool:
    """Whether the person said in words of their own what it is about, or gave a telephone."""
    return bool(form.unplaced) or any(
        not answer.known and answer.type in ("text", "phone") for answer in form.answers.values()
    )


def _log_refused(form: Mapping[str, Any], error: Exception) -> None:
    """Without the error's text: it would hold what the person wrote."""
    extra = {"action": "file_ticket", "scenario": form.get("scenario"), "draft": form.get("draft")}
    log.error("form refused", extra={**extra, "error": type(error).__name__})


async def _kept(visit: Visit, draft: str) -> Form | None:
    page = await visit.backend.list_drafts()
    return next((form_of(one) for one in page.items if one.id == draft), None)


def _confirm(form: Form) -> Press:
    return Press(FormCommand("confirm", tag_of(form.draft)).encoded())


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
    told = {scenario.template.story: sent.story, scenario.template.headline: _headline(scenario, sent.story)}
    story = {
        name: Answer("text", words, words, scenario.by_id[name].spec.localized_label)
        for name, words in told.items()
        if name and words
    }
    extras = (*form.extras, *_as_extras(sent.files))
    return form.replace(
        answers={**form.answers, **sent.answers, **story}, extras=extras, current="", phase=Phase.ASKING
    )


def _headline(scenario: Scenario, story: str) -> str:
    """How the story begins, as far as fits in a line; empty where the template has no line for it."""
    question = scenario.by_id.get(scenario.template.headline)
    if question is None or not isinstance(question.spec, TextField):
        return ""
    line, most = " ".join(story.split()), question.spec.max_length
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _as_extras(files: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    return tuple({"id": one, "kind": "file", "name": name} for one, name in files.items())


async def _press_resume(visit: Visit, pressed: Command) -> None:
    await resume(visit, pressed.arg(0))


async def _press_discard(visit: Visit, pressed: Command) -> None:
    await discard(visit, pressed.arg(0))


ON_PRESS: Mapping[str, OnPress] = {Verb.RESUME: _press_resume, Verb.DISCARD: _press_discard}
