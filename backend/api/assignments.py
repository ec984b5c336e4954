"""Assignments: what a department does with its part of a ticket."""

from __future__ import annotations

from backend.actions import answer_interim, ask, decide_return, note_contact, propose_return, reply, sign
from backend.api.auth import Access
from backend.api.operations import Call, Nothing, Operations
from backend.api.parameters import IdPath
from backend.contract.models import (
    AskIn,
    DecideReturnIn,
    InterimIn,
    NoteContactIn,
    ProposeReturnIn,
    ReplyIn,
    SignIn,
    TicketOut,
)

operations = Operations("assignments")


@operations("POST", "/assignments/{id}/sign", Access.STAFF)
async def sign_assignment(call: Call[IdPath, Nothing, SignIn]) -> TicketOut:
    """Sign for it 签收; who signs handles it."""
    return await sign.sign(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/contact", Access.STAFF)
async def note_contact_of_assignment(call: Call[IdPath, Nothing, NoteContactIn]) -> TicketOut:
    """The unit got in touch with the enterprise, by phone or on the spot."""
    return await note_contact.note_contact(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/interim", Access.STAFF)
async def answer_interim_of_assignment(call: Call[IdPath, Nothing, InterimIn]) -> TicketOut:
    """Tell the enterprise how far it is 阶段性答复; may be repeated."""
    return await answer_interim.answer_interim(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/questions", Access.STAFF)
async def ask_enterprise(call: Call[IdPath, Nothing, AskIn]) -> TicketOut:
    """Ask the enterprise something; the clock stands until it answers."""
    return await ask.ask(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/reply", Access.STAFF)
async def reply_to_assignment(call: Call[IdPath, Nothing, ReplyIn]) -> TicketOut:
    """Answer for the department 回复."""
    return await reply.reply(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/return", Access.STAFF)
async def propose_return_of_assignment(call: Call[IdPath, Nothing, ProposeReturnIn]) -> TicketOut:
    """Propose a return 退单, naming the right unit or the legal basis."""
    return await propose_return.propose_return(call.context, call.actor, call.path.id, call.body)


@operations("POST", "/assignments/{id}/return/decision", Access.STAFF)
async def decide_return_of_assignment(call: Call[IdPath, Nothing, DecideReturnIn]) -> TicketOut:
    """Approve or refuse a return; for the office."""
    return await decide_return.decide_return(call.context, call.actor, call.path.id, call.body)
