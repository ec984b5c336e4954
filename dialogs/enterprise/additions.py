"""Adds words and files to a ticket 补充材料."""

from __future__ import annotations

from backend.contract.models import AdditionIn
from dialogs.collecting import ask_for, collect
from dialogs.commands import Verb
from dialogs.enterprise import tickets
from dialogs.enterprise.visit import Visit
from dialogs.message import Message


async def begin(visit: Visit, number: str) -> None:
    """Ask what to add; what was sent just before without saying where to comes along. Raises BackendError."""
    loose = visit.session.errand
    ticket = await visit.backend.view_ticket(number)
    if "add" not in ticket.may:
        visit.session.errand = None
        tickets.tell(visit, ticket, Message("add.closed"))
        return
    errand = visit.open_errand(Verb.ADD, number, title=ticket.title)
    if loose is not None and loose.verb is Verb.FILES:
        visit.session.errand = errand.replace(text=loose.text, files=loose.files)
    ask(visit)


def ask(visit: Visit) -> None:
    errand = visit.session.errand
    assert errand is not None
    prompt = Message("add.ask", {"number": errand.number, "title": errand.args.get("title", "")})
    ask_for(visit, prompt)


async def take(visit: Visit) -> None:
    errand = visit.session.errand
    assert errand is not None
    problem = collect(visit)
    prompt = Message("add.ask", {"number": errand.number, "title": errand.args.get("title", "")})
    ask_for(visit, prompt, problem=problem)


async def send(visit: Visit) -> None:
    """The person said that is all. Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if not errand.text and not errand.files:
        ask(visit)
        return
    request = AdditionIn(text=errand.text, attachments=list(errand.files))
    ticket = await visit.backend.add_material(errand.number, request, key=errand.key("add", errand.text, *errand.files))
    visit.session.errand = None
    tickets.tell(visit, ticket, Message("add.done"))
