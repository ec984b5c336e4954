"""One ticket as a member of staff sees it, with a button for each thing they may do now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.contract.acts import ACTS, LOOK
from backend.contract.acts.act import AnyAct, On
from backend.contract.events.desk import Rejected
from backend.contract.events.filing import Corrected
from backend.contract.events.part import ReturnProposed
from backend.contract.message import Localized, Message, Words
from backend.contract.models.tickets import AssignmentOut, FieldAnswerOut, RatingOut, ReturnOut, TicketOut
from backend.contract.models.timeline import EventOut
from backend.contract.words import AssignmentState, EventKind
from dialogs.commands import Verb, command
from dialogs.exchange import button, lines, listed, paragraphs
from dialogs.outputs import Button, Rows
from dialogs.quoting import quoted
from dialogs.session import named
from dialogs.staff.queues import marks
from dialogs.staff.stages import act_in_hand
from dialogs.staff.work import Work, home, unit_name

_EVENTS = 30

_OFFERED: Mapping[str, AnyAct] = {act.permission: act for act in ACTS.values() if not act.reads}


async def show(work: Work, number: str, first: Words | None = None) -> None:
    """Raises BackendError."""
    tell(work, await work.backend.view_ticket(number), first)


def tell(work: Work, ticket: TicketOut, first: Words | None = None) -> None:
    """The ticket, after `first` if there is something to say before."""
    work.say(paragraphs(first, _card(work, ticket), _still_open(work)), *_actions(ticket), topic=ticket.number)


def _still_open(work: Work) -> Words | None:
    """What is asked besides: words sent now still go there, whatever ticket is shown last."""
    errand = work.session.errand
    if errand is None or act_in_hand(errand) is None:
        return None
    return Message("errand.still_open", {"number": named(errand)})


def tell_in_private(work: Work, number: str) -> None:
    """Where to do what the other readers of a topic must not see: there may be some whom nobody keeps account of."""
    work.say(Message("topic.in_private", {"number": number}), topic=number)


async def show_timeline(work: Work, number: str) -> None:
    """What happened, in order. Raises BackendError."""
    page = await work.backend.list_events(number, limit=_EVENTS)
    if work.incoming.ticket and _reads_along(work, await work.backend.view_ticket(number)):
        page = page.model_copy(update={"items": [_without_words(one) for one in page.items]})
    text = lines(Message("timeline.head", {"number": number}), *(_event(work, one) for one in page.items))
    work.say(text, (button("button.open_ticket", Verb.TICKET, number), home()), topic=number)


async def send_files(work: Work, number: str) -> None:
    """Raises BackendError."""
    shown = await work.backend.view_ticket(number)
    if _reads_along(work, shown):
        tell_in_private(work, number)
        return
    ids = tuple(one.id for one in shown.attachments)
    work.say(Message("ticket.files", {"number": number, "count": len(ids)}), topic=number, attachments=ids)


def _reads_along(work: Work, ticket: TicketOut) -> bool:
    """Whether this would be read by a group that may not know what the desk knows of a hidden reporter."""
    return bool(work.incoming.ticket) and ticket.hidden_reporter


def _without_words(event: EventOut) -> EventOut:
    rating = event.rating and event.rating.model_copy(update=_WITHHELD)
    return event.model_copy(update={"rating": rating})


_WITHHELD: Mapping[str, Any] = {"comment": "", "heard": [], "withheld": True}


def _card(work: Work, ticket: TicketOut) -> Words:
    if _reads_along(work, ticket) and ticket.rating is not None:
        ticket = ticket.model_copy(update={"rating": ticket.rating.model_copy(update=_WITHHELD)})
    return paragraphs(
        _head(work, ticket),
        _left_open(ticket),
        _same_matters(ticket),
        Message("ticket.story", {"text": quoted(ticket.story)}),
        _recordings(ticket),
        _answers(ticket),
        _people(work, ticket),
        _talk(ticket),
        _additions(work, ticket),
        lines(*(_assignment(work, one) for one in ticket.assignments)) if ticket.assignments else None,
        Message("ticket.reply", {"text": ticket.reply}) if ticket.reply else None,
        _rating(ticket),
    )


def _head(work: Work, ticket: TicketOut) -> Words:
    kind = Message("ticket.kind", {"kind": Message(f"kind.{ticket.kind}"), "state": Message(f"state.{ticket.state}")})
    return lines(
        Message("ticket.head", {"number": ticket.number, "title": ticket.title}),
        Message("ticket.marked", {"marks": marks(ticket), "kind": kind}),
        Message("ticket.created", {"when": work.when(ticket.created_at)}),
        Message("ticket.promised", {"when": work.when(ticket.promised_at)}) if ticket.promised_at else None,
        Message("notice.provisional") if ticket.provisional and ticket.promised_at else None,
    )


def _same_matters(ticket: TicketOut) -> Words | None:
    """By number alone: a group may read along, and a title holds words of another enterprise."""
    numbers = tuple(one.number for one in ticket.same_matters)
    return Message("ticket.same_matters", {"numbers": listed(numbers)}) if numbers else None


def _left_open(ticket: TicketOut) -> Words | None:
    """What is still missing, by who is to give it: a seat asks for its part before anybody can handle the matter."""
    found: dict[str, tuple[Localized, list[Words]]] = {}
    for answer in ticket.answers:
        if answer.is_open and "zh" in answer.label and "zh" in answer.shown:
            found.setdefault(answer.shown["zh"], (Localized(answer.shown), []))[1].append(Localized(answer.label))
    left = [Message("ticket.left_open", {"labels": listed(labels), "shown": shown}) for shown, labels in found.values()]
    return lines(*left) if left else None


def _answers(ticket: TicketOut) -> Words | None:
    given = [_answer(one) for one in ticket.answers if not one.is_open]
    return lines(*given) if given else None


def _answer(answer: FieldAnswerOut) -> Words:
    """A field of the form, in the language of whoever reads it."""
    if "zh" not in answer.label or "zh" not in answer.shown:
        return ""
    return Message("ticket.answer", {"label": Localized(answer.label), "shown": Localized(answer.shown)})


def _recordings(ticket: TicketOut) -> Words | None:
    """What the machine heard in each recording; the recording itself is among the files."""
    texts = [one.transcript for one in ticket.attachments if one.rating_round is None and one.transcript is not None]
    return lines(*(Message("ticket.recording", {"text": quoted(text)}) for text in texts)) if texts else None


def _people(work: Work, ticket: TicketOut) -> Words:
    district = work.district(ticket.district) if ticket.district else ""
    place = [part for part in (district, ticket.address) if part]
    person = " ".join(part for part in (ticket.contact_name, ticket.contact_phone) if part)
    files = _files_of_others(ticket)
    return lines(
        Message("ticket.place", {"place": listed(place)}) if place else None,
        _enterprise(ticket),
        Message("ticket.contact", {"person": person}) if person else None,
        None if ticket.as_filed or ticket.hidden_reporter else Message("ticket.present_values"),
        Message("ticket.hidden") if ticket.hidden_reporter else None,
        Message("ticket.file_count", {"count": files}) if files else None,
    )


def _files_of_others(ticket: TicketOut) -> int:
    """How many files are not of a unit's answer, with which they are told."""
    of_units = {one for part in ticket.assignments for one in part.attachments}
    return sum(one.id not in of_units for one in ticket.attachments)


def _enterprise(ticket: TicketOut) -> Words | None:
    """As stated, against the registered name of the credit code."""
    if ticket.enterprise is None:
        return None
    if ticket.enterprise_confirmed is None:
        return Message("ticket.enterprise_stated", {"name": ticket.enterprise})
    if ticket.enterprise_confirmed == ticket.enterprise:
        return Message("ticket.enterprise_confirmed", {"name": ticket.enterprise})
    return Message("ticket.enterprise_other", {"name": ticket.enterprise, "registered": ticket.enterprise_confirmed})


def _talk(ticket: TicketOut) -> Words | None:
    parts = []
    for one in ticket.questions:
        parts.append(Message("ticket.asked", {"text": one.text}))
        parts.append(
            Message("ticket.answered", {"text": quoted(one.answer)}) if one.answer else Message("ticket.unanswered")
        )
    return lines(*parts) if parts else None


def _additions(work: Work, ticket: TicketOut) -> Words | None:
    """What the enterprise added since."""
    found = [
        lines(
            Message("ticket.added", {"when": work.when(one.at), "text": quoted(one.text)}),
            Message("notice.files", {"count": len(one.attachments)}) if one.attachments else None,
        )
        for one in ticket.additions
    ]
    return lines(*found) if found else None


def _return(one: ReturnOut) -> Words:
    """A proposed return with its reason, and what the office said."""
    decided = {True: "ticket.return_approved", False: "ticket.return_refused", None: ""}[one.approved]
    return lines(
        Message("ticket.return_reason", {"text": one.reason}) if one.reason else None,
        Message("notice.return_proposed.unit", {"unit": unit_name(one.unit)}) if one.unit else None,
        Message("notice.basis", {"basis": one.basis}) if one.basis else None,
        Message(decided, {"text": one.decision or "—"}) if decided else None,
    )


def _assignment(work: Work, one: AssignmentOut) -> Words:
    due: Words | None = None
    if one.state is AssignmentState.DISPATCHED and one.sign_due:
        due = Message("notice.sign_due", {"when": work.when(one.sign_due)})
    elif one.state is AssignmentState.SIGNED:
        due = _owed(work, one)
    args: dict[str, Words | int] = {
        "unit": unit_name(one.department),
        "role": Message(f"role.{one.role}"),
        "state": Message(f"assignment.{one.state}"),
    }
    return lines(
        Message("ticket.assignment", args),
        Message("ticket.handler", {"name": one.handler}) if one.handler else None,
        due,
        Message("ticket.paused") if one.waiting else None,
        Message("ticket.return_proposed") if one.return_proposed else None,
        *map(_return, one.returns),
        *_reply(one),
    )


def _reply(one: AssignmentOut) -> tuple[Words | None, ...]:
    """What the unit answered, and whether that solved the matter."""
    solved = None if one.solved is None else Message("rate.solved_yes" if one.solved else "rate.solved_no")
    return (
        Message("ticket.unit_reply", {"text": one.reply}) if one.reply else None,
        Message("confirm.solved", {"value": solved}) if solved else None,
        Message("ticket.unit_files", {"count": len(one.attachments)}) if one.attachments else None,
    )


def _owed(work: Work, one: AssignmentOut) -> Words | None:
    """What a unit that has signed still owes the enterprise, and by when."""
    limits = (
        ("notice.contact_due", one.contact_due if one.contacted_at is None else None),
        ("notice.interim_due", one.interim_due if one.interim_at is None else None),
        ("notice.resolve_due", one.resolve_due),
    )
    shown = [Message(key, {"when": work.when(limit)}) for key, limit in limits if limit is not None]
    return lines(*shown) if shown else None


def _rating(ticket: TicketOut) -> Words | None:
    if ticket.rating is None:
        return None
    files = [one for one in ticket.attachments if one.rating_round == ticket.rating.round]
    return lines(
        Message("ticket.rated", {"grade": Message(f"rate.{ticket.rating.grade}")}),
        _reason(ticket.rating),
        Message("ticket.rating_files", {"count": len(files)}) if files and not ticket.rating.withheld else None,
    )


def _reason(rating: RatingOut) -> Words | None:
    """What the person wrote or said with it."""
    if rating.withheld:
        return Message("ticket.rating_withheld")
    written = Message("notice.quoted", {"text": quoted(rating.comment)}) if rating.comment else None
    spoken = [Message("ticket.recording", {"text": quoted(text)}) for text in rating.heard]
    return lines(written, *spoken) if written or spoken else None


def _timeline_rating(rating: RatingOut) -> Words:
    solved = Message(f"timeline.rated_{'yes' if rating.solved else 'no'}")
    grade = Message("timeline.rated", {"grade": Message(f"grade.{rating.grade}"), "solved": solved})
    return lines(grade, _reason(rating))


def _event(work: Work, event: EventOut) -> Words:
    what = Message(f"event.{event.kind}" if isinstance(event.kind, EventKind) else "event.unknown")
    line = Message("timeline.line", {"when": work.when(event.at), "what": what, "who": _who(event)})
    typed = event.typed
    basis = typed.basis if isinstance(typed, Rejected | ReturnProposed) else None
    corrected = typed.fields if isinstance(typed, Corrected) else ()
    return lines(
        line,
        _timeline_rating(event.rating) if event.rating else None,
        Message("timeline.corrected", {"fields": listed([Message(f"corrected.{one}") for one in corrected])})
        if corrected
        else None,
        Message("notice.quoted", {"text": quoted(event.reason)}) if event.reason else None,
        Message("notice.basis", {"basis": basis}) if basis else None,
    )


def _who(event: EventOut) -> Words:
    if event.staff is not None:
        return Message("timeline.staff", {"unit": event.department or "", "name": event.staff})
    return event.department or Message(f"actor.{event.actor if event.actor in _ACTORS else 'service'}")


_ACTORS = frozenset({"contact", "staff", "system"})


def _actions(ticket: TicketOut) -> Rows:
    choices: list[Button] = []
    rows: list[tuple[Button, ...]] = []
    for one in ticket.permissions:
        act = _OFFERED.get(one.permission)
        if act is None:
            continue
        subject = (
            (ticket.number, one.subject, ticket.version) if act.on is On.ASSIGNMENT else (ticket.number, ticket.version)
        )
        if any(stage.chosen for stage in act.stages):
            rows.append(tuple(button(f"button.{act.verb}_{one}", act.verb, *subject, one) for one in ("yes", "no")))
        else:
            choices.append(button(f"button.{act.verb}", act.verb, *subject))
    extra = [button("button.look", LOOK.verb, ticket.number)] if ticket.permits(LOOK.permission) else []
    extra += [button("button.files", Verb.FILES, ticket.number)] if ticket.attachments else []
    pairs = [tuple(choices[at : at + 2]) for at in range(0, len(choices), 2)]
    looks = [
        (Button(Message("ticket.open_same", {"number": one.number}), command(Verb.TICKET, one.number)),)
        for one in ticket.same_matters
    ]
    return (*rows, *pairs, tuple(extra), *looks, (button("button.timeline", Verb.TIMELINE, ticket.number), home()))
