"""Answers a question that a department asked; the department's clock stands still until then."""

from __future__ import annotations

from backend.contract.message import Message, Words
from backend.contract.models.contact_requests import AnswerQuestionIn
from dialogs.collecting import ask_for, collect
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import tickets
from dialogs.enterprise.errand import ErrandKind, as_it_is
from dialogs.enterprise.visit import Visit
from dialogs.exchange import button


async def begin(visit: Visit, pressed: Command) -> None:
    """Show the question again and ask for the answer; without one, the only open one, or which. Raises BackendError."""
    number, question, before = pressed.arg(0), pressed.arg(1), visit.unplaced
    ticket = await visit.backend.view_ticket(number)
    if not question:
        which = tickets.answer_choices(ticket)
        if len(which) > 1:
            visit.say(Message("answer.which", {"number": number}), *which, topic=number)
            return
        question = next((str(one.id) for one in ticket.open_questions), "")
    asked = next((one for one in ticket.open_questions if str(one.id) == question), None)
    if asked is None:
        visit.session.errand = before
        tickets.tell(visit, ticket, Message("answer.closed"))
        return
    errand = visit.open_errand(Verb.ANSWER, number, question=question, asked=asked.text)
    if before is not None:
        visit.session.errand = errand.replace(text=before.text, files=before.files)
    ask(visit)


def ask(visit: Visit, problem: Words | None = None) -> None:
    errand = visit.session.errand
    assert errand is not None
    prompt = Message("answer.ask", {"number": errand.number, "text": errand.args.get("asked", "")})
    ask_for(visit, prompt, problem=problem, singly=True)


async def take(visit: Visit) -> None:
    ask(visit, collect(visit))


async def send(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if not errand.text and not errand.files:
        ask(visit)
        return
    text = errand.text or "—"
    request = AnswerQuestionIn(text=text, attachments=list(errand.files))
    key = errand.key("answer", text, *errand.files)
    ticket = await visit.backend.answer_question(int(errand.args["question"]), request, key=key)
    visit.session.errand = None
    row = (button("button.open_ticket", Verb.TICKET, ticket.number), button("button.menu", Verb.MENU))
    visit.say(
        Message("answer.done", {"number": ticket.number}), *tickets.answer_choices(ticket), row, topic=ticket.number
    )


ERRAND = ErrandKind(
    verb=Verb.ANSWER,
    begin={Verb.ANSWER: begin},
    take=take,
    send=send,
    sent_by=(Verb.DONE,),
    again=lambda errand: command(Verb.ANSWER, errand.number, errand.args["question"]),
    left=as_it_is,
)
