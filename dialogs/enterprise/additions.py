"""Adds words and files to a ticket 补充材料."""

from __future__ import annotations

from collections.abc import Sequence

from backend.contract.errors import BackendError, NotFound, WrongState
from backend.contract.message import Message
from backend.contract.models.contact_requests import AdditionIn
from backend.contract.models.tickets import QuestionOut
from backend.contract.words import Permission
from dialogs.collecting import ask_for, collect, take_back
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import answers, forms, tickets
from dialogs.enterprise.errand import ErrandKind, as_it_is
from dialogs.enterprise.visit import Visit
from dialogs.enterprise.yes_or_no import said_yes
from dialogs.events import Gone
from dialogs.exchange import button
from dialogs.outputs import Button
from dialogs.session import Errand

NONE = "no"
"""In place of a question: what was sent answers none."""
LEFT = "left"
"""Argument of an errand whose person is gone."""
_WHICH = "which"
"""Stage: they are asked which question it answers."""
_OPEN = "open"
"""Argument: the question, where only one is open."""
_MOST_ASKED = 3
_LABEL = 30
"""Characters of a question on a button."""


async def begin(visit: Visit, pressed: Command) -> None:
    """Ask what to add; what was sent just before without saying where to comes along. Raises BackendError."""
    number, before = pressed.arg(0), visit.unplaced
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.ADD):
        visit.session.errand = before
        tickets.tell(visit, ticket, Message("add.closed"))
        return
    errand = visit.open_errand(Verb.ADD, number, title=ticket.title)
    if before is not None:
        visit.session.errand = errand.replace(text=before.text, files=before.files)
    ask(visit)


def ask(visit: Visit) -> None:
    errand = visit.session.errand
    assert errand is not None
    prompt = Message("add.ask", {"number": errand.number, "title": errand.args.get("title", "")})
    ask_for(visit, prompt, singly=True)


async def take(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    said = None
    if errand.stage == _WHICH and visit.text:
        said = said_yes(visit.text, "add.is_the_answer", "add.is_no_answer")
    if said is not None and errand.args[_OPEN]:
        await decide(visit, errand.args[_OPEN] if said else NONE)
        return
    problem = collect(visit)
    prompt = Message("add.ask", {"number": errand.number, "title": errand.args.get("title", "")})
    ask_for(visit, prompt, problem=problem, singly=True)


async def send(visit: Visit) -> None:
    """The person said that is all; while a unit waits for an answer, they are asked once whether this is it. Raises
    BackendError, with everything kept.
    """
    errand = visit.session.errand
    assert errand is not None
    if not errand.text and not errand.files:
        ask(visit)
        return
    waiting = [] if _is_gone(visit, errand) else await _open_questions(visit, errand)
    if waiting:
        _ask_which(visit, errand, waiting)
    else:
        await _add(visit, errand)


async def decide(visit: Visit, question: str) -> None:
    """It answers this question, or `NONE`. Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if question == NONE:
        await _add(visit, errand)
        return
    visit.session.errand = errand.replace(verb=Verb.ANSWER, stage="").with_args(question=question)
    try:
        await answers.send(visit)
    except (WrongState, NotFound):  # answered or settled meanwhile: it stays an addition
        await _add(visit, errand)
    except BackendError:
        visit.session.errand = errand
        raise


async def _add(visit: Visit, errand: Errand) -> None:
    request = AdditionIn(text=errand.text, attachments=list(errand.files))
    ticket = await visit.backend.add_material(errand.number, request, key=errand.key("add", errand.text, *errand.files))
    visit.session.errand = None
    tickets.tell(visit, ticket, Message("add.done"))


async def _open_questions(visit: Visit, errand: Errand) -> list[QuestionOut]:
    ticket = await visit.backend.view_ticket(errand.number)
    return ticket.open_questions[-_MOST_ASKED:]


def _ask_which(visit: Visit, errand: Errand, waiting: Sequence[QuestionOut]) -> None:
    only = str(waiting[0].id) if len(waiting) == 1 else ""
    visit.session.errand = errand.replace(stage=_WHICH).with_args(**{_OPEN: only})
    no = (button("add.is_no_answer", Verb.IS_ANSWER, errand.number, NONE),)
    if only:
        yes = button("add.is_the_answer", Verb.IS_ANSWER, errand.number, only)
        visit.say(Message("add.is_it_the_answer", {"text": waiting[0].text}), (yes,), no)
        return
    rows = [
        (
            Button(
                Message("add.answers", {"text": one.text[:_LABEL]}),
                command(Verb.IS_ANSWER, errand.number, one.id),
            ),
        )
        for one in waiting
    ]
    visit.say(Message("add.which_answer"), *rows, no)


def _is_gone(visit: Visit, errand: Errand) -> bool:
    """Whether nobody is there to be asked."""
    return isinstance(visit.incoming.event, Gone) or bool(errand.args.get(LEFT))


async def _is_answer(visit: Visit, pressed: Command) -> None:
    """Whether what is being added answers a question."""
    errand = visit.session.errand
    if errand is None or (errand.verb, errand.number) != (Verb.ADD, pressed.arg(0)) or not ERRAND.holds(errand):
        await forms.stale(visit)
        return
    await decide(visit, pressed.arg(1))
    await forms.ask_next(visit)


async def _take_back(visit: Visit, pressed: Command) -> None:
    """One of the files sent so far was wrong."""
    errand = visit.session.errand
    if errand is None or errand.verb not in (Verb.ADD, Verb.ANSWER):
        await forms.stale(visit)
        return
    take_back(visit, pressed.arg(0))
    (answers.ask if errand.verb == Verb.ANSWER else ask)(visit)


ERRAND = ErrandKind(
    verb=Verb.ADD,
    begin={Verb.ADD: begin},
    on_press={Verb.UNFILE: _take_back, Verb.IS_ANSWER: _is_answer},
    take=take,
    send=send,
    sent_by=(Verb.DONE,),
    again=lambda errand: command(Verb.ADD, errand.number),
    left=as_it_is,
)
