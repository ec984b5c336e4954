"""Sends a confirmed staff errand to the backend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from backend.contract.message import Message
from backend.contract.models import (
    AnswerAtOnceIn,
    AskIn,
    CloseIn,
    ConfirmNameIn,
    DecideReturnIn,
    DispatchIn,
    InterimIn,
    LookIn,
    NoteContactIn,
    ProposeReturnIn,
    RejectIn,
    ReplyIn,
    TicketOut,
)
from dialogs.commands import Verb
from dialogs.exchange import button, lines
from dialogs.session import Errand
from dialogs.staff.work import Work


async def send(work: Work, errand: Errand) -> TicketOut | None:
    """The ticket afterwards; None when the answer was shown already. Raises BackendError."""
    return await _SENDERS[errand.verb](work, errand)


async def look(work: Work, number: str, reason: str = "") -> None:
    """Show the person behind a ticket; the backend logs it."""
    person = await work.backend.look_at_person(number, LookIn(reason=reason))
    missing = Message("look.none")
    text = lines(
        Message("look.head", {"number": number}),
        Message("look.name", {"value": person.name or missing}),
        Message("look.phone", {"value": person.phone or missing}),
        Message("look.enterprise", {"value": person.enterprise or missing}),
        Message("look.registered", {"value": person.enterprise_confirmed}) if person.enterprise_confirmed else None,
        Message("look.uscc", {"value": person.uscc}) if person.uscc else None,
        None if person.as_filed else Message("ticket.present_values"),
        Message("look.logged"),
    )
    again = (button("button.look", Verb.LOOK, number), button("button.open_ticket", Verb.TICKET, number))
    work.say(text, again, topic=number, kept=Message("look.kept", {"number": number}))


def _version(errand: Errand) -> int:
    return int(errand.args["version"])


def _key(errand: Errand) -> str:
    """The same content at the same version of the ticket is the same act."""
    args = [f"{name}={value}" for name, value in sorted(errand.args.items()) if name not in ("seen", "suggested")]
    return errand.key(errand.verb, *args, errand.text, *errand.files)


async def _contacted(work: Work, errand: Errand) -> TicketOut:
    request = NoteContactIn(version=_version(errand), note=errand.args.get("note") or None)
    return await work.backend.note_contact(int(errand.args["assignment"]), request, key=_key(errand))


async def _interim(work: Work, errand: Errand) -> TicketOut:
    request = InterimIn(version=_version(errand), text=errand.args["text"])
    return await work.backend.answer_interim(int(errand.args["assignment"]), request, key=_key(errand))


async def _ask(work: Work, errand: Errand) -> TicketOut:
    request = AskIn(version=_version(errand), text=errand.args["text"])
    return await work.backend.ask(int(errand.args["assignment"]), request, key=_key(errand))


async def _ask_at_desk(work: Work, errand: Errand) -> TicketOut:
    request = AskIn(version=_version(errand), text=errand.args["text"])
    return await work.backend.ask_at_desk(errand.number, request, key=_key(errand))


async def _reply(work: Work, errand: Errand) -> TicketOut:
    request = ReplyIn(
        version=_version(errand),
        text=errand.text,
        solved=errand.args["solved"] == "yes",
        attachments=list(errand.files),
    )
    return await work.backend.reply(int(errand.args["assignment"]), request, key=_key(errand))


async def _return(work: Work, errand: Errand) -> TicketOut:
    request = ProposeReturnIn(
        version=_version(errand),
        reason=errand.args["reason"],
        unit=errand.args.get("unit") or None,
        basis=errand.args.get("basis") or None,
    )
    return await work.backend.propose_return(int(errand.args["assignment"]), request, key=_key(errand))


async def _reject(work: Work, errand: Errand) -> TicketOut:
    request = RejectIn(version=_version(errand), reason=errand.args["reason"], basis=errand.args["basis"])
    return await work.backend.reject(errand.number, request, key=_key(errand))


async def _at_once(work: Work, errand: Errand) -> TicketOut:
    request = AnswerAtOnceIn(version=_version(errand), text=errand.args["text"])
    return await work.backend.answer_at_once(errand.number, request, key=_key(errand))


async def _close(work: Work, errand: Errand) -> TicketOut:
    request = CloseIn(version=_version(errand), reason=errand.args["reason"])
    return await work.backend.close(errand.number, request, key=_key(errand))


async def _confirm_name(work: Work, errand: Errand) -> TicketOut:
    request = ConfirmNameIn(version=_version(errand), name=errand.args["name"])
    return await work.backend.confirm_name(errand.number, request, key=_key(errand))


async def _dispatch(work: Work, errand: Errand) -> TicketOut:
    assists = errand.args.get("assists", "").split()
    request = DispatchIn(version=_version(errand), lead=errand.args["lead"], assists=assists)
    return await work.backend.dispatch(errand.number, request, key=_key(errand))


async def _decide(work: Work, errand: Errand) -> TicketOut:
    request = DecideReturnIn(
        version=_version(errand),
        approve=errand.args["approve"] == "yes",
        reason=errand.args["reason"],
        lead=errand.args.get("lead") or None,
    )
    return await work.backend.decide_return(int(errand.args["assignment"]), request, key=_key(errand))


async def _look(work: Work, errand: Errand) -> None:
    await look(work, errand.number, errand.args["reason"])


_SENDERS: Mapping[Verb, Callable[[Work, Errand], Awaitable[TicketOut | None]]] = {
    Verb.CONTACTED: _contacted,
    Verb.ASK: _ask,
    Verb.ASK_AT_DESK: _ask_at_desk,
    Verb.INTERIM: _interim,
    Verb.REPLY: _reply,
    Verb.RETURN: _return,
    Verb.REJECT: _reject,
    Verb.AT_ONCE: _at_once,
    Verb.CLOSE: _close,
    Verb.CONFIRM_NAME: _confirm_name,
    Verb.DISPATCH: _dispatch,
    Verb.DECIDE: _decide,
    Verb.LOOK: _look,
}
