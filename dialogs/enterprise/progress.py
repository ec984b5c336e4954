"""Progress by number 查进度: one's own at once, another's with the retrieval code 查询码."""

from __future__ import annotations

import re

from backend.contract.errors import NotFound, TooMany
from backend.contract.message import Message, Words
from backend.contract.models.tickets import Lookup, Progress
from backend.contract.ticket_number import TicketNumberError, check
from dialogs.commands import Command, Verb
from dialogs.enterprise import tickets
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.visit import Visit
from dialogs.exchange import button, lines, listed
from dialogs.fields.typed import narrow
from dialogs.outputs import Ask, Expect
from dialogs.phrases import read_phrases

_SEPARATORS = re.compile(r"[\s\-_.]+")
_CODE = re.compile(r"\d{8}|\d{6}", re.ASCII)
"""8 digits; those given out first have 6."""


def ticket_number(text: str) -> str:
    """The ticket number that `text` is, however it is spaced; empty for what cannot be one."""
    try:
        return check(narrow(text))
    except TicketNumberError:
        return ""


def ask(visit: Visit, problem: Words | None = None) -> None:
    visit.open_errand(Verb.PROGRESS, stage="number")
    _ask(visit, "progress.ask_number", problem)


async def look(visit: Visit, number: str) -> None:
    """Own tickets are shown in full; for another the code is asked. Raises BackendError."""
    try:
        ticket = await visit.backend.view_ticket(number)
    except (NotFound, TooMany):  # not one's own, nor of the phone one calls from
        visit.open_errand(Verb.PROGRESS, number, "code")
        _ask(visit, "progress.ask_code")
        return
    visit.session.errand = None
    tickets.tell(visit, ticket)


async def take(visit: Visit) -> None:
    """Raises BackendError."""
    errand = visit.session.errand
    assert errand is not None
    if number := ticket_number(visit.text):
        await look(visit, number)
    elif errand.stage == "number" and read_phrases().asks_progress(visit.text):
        visit.session.errand = None
        await tickets.show_list(visit)
    elif errand.stage == "number":
        ask(visit, Message("progress.not_a_number" if any(map(str.isdigit, visit.text)) else "progress.no_number"))
    elif code := _CODE.fullmatch(_SEPARATORS.sub("", narrow(visit.text))):
        await _look_up(visit, errand.number, code[0])
    else:
        _ask(visit, "progress.ask_code", Message("progress.not_a_code"))


async def _look_up(visit: Visit, number: str, code: str) -> None:
    visit.is_code = True
    try:
        found = await visit.backend.look_up(Lookup(number=number, code=code))
    except NotFound:
        _ask(visit, "progress.ask_code", Message("progress.no_match", {"number": number}))
        return
    except TooMany:
        visit.session.errand = None
        visit.say(Message("progress.too_many"), (button("button.human", Verb.HUMAN), button("button.menu", Verb.MENU)))
        return
    visit.session.errand = None
    visit.say(_shown(visit, found), (button("button.menu", Verb.MENU),))


def _shown(visit: Visit, found: Progress) -> Words:
    state = Message("state.waiting") if found.waiting else Message(f"state.{found.state}")
    promised = found.promised_at if found.state in tickets.OPEN and not found.waiting else None
    return lines(
        Message("ticket.head", {"number": found.number, "title": found.title}),
        Message("ticket.state", {"state": state}),
        Message("ticket.created", {"when": visit.when(found.created_at)}),
        Message("ticket.promised", {"when": visit.when(promised)}) if promised else None,
        Message("notice.provisional") if promised and found.provisional else None,
        Message("ticket.units", {"units": listed(found.departments)}) if found.departments else None,
    )


def _ask(visit: Visit, key: str, problem: Words | None = None) -> None:
    ways = (button("button.tickets", Verb.TICKETS), button("button.human", Verb.HUMAN))
    cancel = (button("button.cancel", Verb.CANCEL),)
    controls = (ways, cancel) if key == "progress.ask_number" else (cancel,)
    visit.said.append(Ask("", Message(key), Expect.DIGITS, problem=problem, controls=controls))


async def _begin(visit: Visit, _: Command) -> None:
    ask(visit)


ERRAND = ErrandKind(verb=Verb.PROGRESS, begin={Verb.PROGRESS: _begin}, take=take, of_own_ticket=False)
