"""Takes a ticket back 撤回, after asking once."""

from __future__ import annotations

from backend.contract.message import Message, Words
from backend.contract.models.contact_requests import WithdrawIn
from backend.contract.words import Permission
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import tickets
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.visit import Visit
from dialogs.exchange import button
from dialogs.outputs import Ask, Expect

_LIMIT = 1000
"""Characters of the reason."""


async def begin(visit: Visit, pressed: Command) -> None:
    """Ask whether it is meant. Raises BackendError."""
    number = pressed.arg(0)
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.WITHDRAW):
        tickets.tell(visit, ticket, Message("withdraw.not_now"))
        return
    visit.open_errand(Verb.WITHDRAW, number, title=ticket.title)
    ask(visit)


def ask(visit: Visit, problem: Words | None = None) -> None:
    errand = visit.session.errand
    assert errand is not None
    args: dict[str, Words | int] = {"number": errand.number, "title": errand.args.get("title", "")}
    prompt = Message("withdraw.sure", args)
    if errand.text:
        prompt = Message("withdraw.sure_reason", {**args, "reason": errand.text})
    controls = ((button("button.withdraw_yes", Verb.CONFIRM), button("button.withdraw_no", Verb.CANCEL)),)
    visit.said.append(Ask("", prompt, Expect.TEXT, problem=problem, controls=controls))


async def take(visit: Visit) -> None:
    """Words typed meanwhile are the reason; the button still has to be pressed."""
    errand = visit.session.errand
    assert errand is not None
    visit.session.errand = errand.replace(text=visit.text[:_LIMIT])
    ask(visit, None if visit.text else Message("withdraw.words_only"))


async def send(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    key = errand.key("withdraw", errand.text)
    ticket = await visit.backend.withdraw(errand.number, WithdrawIn(reason=errand.text), key=key)
    visit.session.errand = None
    visit.say(
        Message("withdraw.done", {"number": ticket.number}),
        (button("button.tickets", Verb.TICKETS), button("button.menu", Verb.MENU)),
        topic=ticket.number,
    )


ERRAND = ErrandKind(
    verb=Verb.WITHDRAW,
    begin={Verb.WITHDRAW: begin},
    take=take,
    send=send,
    sent_by=(Verb.CONFIRM,),
    again=lambda errand: command(Verb.WITHDRAW, errand.number),
)
