"""The acts of staff as operations: an act's description declares it, and one action does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from backend.actions import (
    accept,
    answer_at_once,
    answer_interim,
    ask,
    ask_at_desk,
    close,
    confirm_name,
    decide_return,
    dispatch,
    fill_in,
    note_contact,
    propose_return,
    reassign,
    reject,
    reply,
    sign,
)
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operation, Operations
from backend.api.parameters import IdPath, TicketPath
from backend.contract import acts
from backend.contract.acts.act import AnyAct, On
from backend.contract.models.tickets import TicketOut

on_tickets = Operations("tickets")
on_assignments = Operations("assignments")

_Action = Callable[..., Awaitable[TicketOut]]

# A look at a person and the record of a call are operations of `tickets`: the one keeps no answer, the other is sent
# by the phone line too.
ACTIONS: Mapping[AnyAct, _Action] = {
    acts.ACCEPT: accept.accept,
    acts.REJECT: reject.reject,
    acts.ANSWER_AT_ONCE: answer_at_once.answer_at_once,
    acts.DISPATCH: dispatch.dispatch,
    acts.ASK_AT_DESK: ask_at_desk.ask_at_desk,
    acts.FILL_IN: fill_in.fill_in,
    acts.CONFIRM_NAME: confirm_name.confirm_name,
    acts.CLOSE: close.close,
    acts.SIGN: sign.sign,
    acts.NOTE_CONTACT: note_contact.note_contact,
    acts.ANSWER_INTERIM: answer_interim.answer_interim,
    acts.ASK: ask.ask,
    acts.REPLY: reply.reply,
    acts.PROPOSE_RETURN: propose_return.propose_return,
    acts.REASSIGN: reassign.reassign,
    acts.DECIDE_RETURN: decide_return.decide_return,
}


def _on_ticket(action: _Action) -> Callable[[Call[TicketPath, Nothing, Any]], Awaitable[TicketOut]]:
    return lambda call: action(call.context, call.actor, call.path.number, call.body)


def _on_assignment(action: _Action) -> Callable[[Call[IdPath, Nothing, Any]], Awaitable[TicketOut]]:
    return lambda call: action(call.context, call.actor, call.path.id, call.body)


for _act, _action in ACTIONS.items():
    _of_ticket = _act.on is On.TICKET
    (on_tickets if _of_ticket else on_assignments).all.append(
        Operation(
            name=_act.operation,
            method="POST",
            path=_act.address("{number}" if _of_ticket else "{id}"),
            summary=_act.summary,
            access=Access.STAFF,
            status=200,
            keyed=True,
            path_model=TicketPath if _of_ticket else IdPath,
            query_model=Nothing,
            body_model=_act.request,
            answer_model=_act.gives,
            handler=_on_ticket(_action) if _of_ticket else _on_assignment(_action),
        )
    )
