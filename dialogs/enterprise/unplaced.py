"""Takes what is sent outside any form or errand, and asks what it belongs to: a ticket, a scenario, something new."""

from __future__ import annotations

from dataclasses import replace

from backend.contract.errors import BackendError
from backend.contract.message import Message
from backend.contract.models.contacts import ContactIn
from backend.contract.models.tickets import TicketSummary
from backend.contract.words import TicketState
from dialogs.collecting import collect, rejected
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import carrying, corrections, firms, forms, menu, progress, tickets
from dialogs.enterprise.errand import ErrandKind, for_a_seat
from dialogs.enterprise.visit import Visit
from dialogs.events import Media, Place, Rejected, SharedPhone, Text
from dialogs.exchange import button
from dialogs.finder import GENERAL, Match, only_one, specific
from dialogs.form import Phase
from dialogs.outputs import Button, Output, Say
from dialogs.phrases import read_phrases
from dialogs.session import Errand
from dialogs.understanding import Wish, is_nonsense, parts_of

_MOST_TICKETS = 3
_SHOWN = 30
"""Characters by which people know their own words again."""
_MOST_SCENARIOS = 3
_NOT = "not"
"""Argument of the errand: the scenario whose form began with these words, and was the wrong one."""
_NEARLY = 0.35
"""Score of a scenario that is offered although most likely none of them is meant."""
_LOOKS = {
    Wish.PROGRESS: button("button.progress", Verb.PROGRESS),
    Wish.TICKETS: button("button.tickets", Verb.TICKETS),
}
_AWAITED = tickets.OPEN | {TicketState.COMPLETED}


async def take(visit: Visit) -> None:
    """Raises BackendError."""
    event = visit.incoming.event
    match event:
        case Text() if number := progress.ticket_number(visit.text):
            await progress.look(visit, number)
        case Text() if read_phrases().asks_progress(visit.text) and (found := await _open_only(visit)):
            await (tickets.show(visit, found[0].number) if len(found) == 1 else tickets.show_list(visit))
        case Text() if not visit.text:
            menu.show(visit)
        case Text() if _is_insult(visit) or is_nonsense(visit.text):
            await _says_nothing(visit)
        case Text() | Media() | Place():
            await _ask_where(visit)
        case SharedPhone():
            await _keep_phone(visit, event.phone)
        case Rejected():
            menu.show(visit, rejected(event))
        case _:
            menu.show(visit, Message("menu.not_usable"))


async def _says_nothing(visit: Visit) -> None:
    """It is no matter, and no part of one."""
    told = Message("loose.insulted" if _is_insult(visit) else "loose.says_nothing")
    if visit.unplaced is None:
        menu.show(visit, told)
        return
    visit.say(told)
    await _ask_again(visit)


def _is_insult(visit: Visit) -> bool:
    intent = None if visit.reading is None else visit.reading.intent
    return intent is not None and intent.wish is Wish.INSULT


async def _ask_where(visit: Visit) -> None:
    """Keep what was sent, and ask what it belongs to: an open ticket, a scenario, or something new."""
    if visit.is_back and visit.unplaced is not None:
        _leave_behind(visit, visit.unplaced)
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.FILES:
        visit.open_errand(Verb.FILES, stage="where")
        _take_as_new(visit)
    problem = collect(visit)
    if problem is not None:
        visit.say(problem)
    if visit.is_of_danger and visit.session.errand is not None:
        visit.session.errand = visit.session.errand.with_args(danger="yes")
    await _tell_apart(visit)
    if not await _begun_at_once(visit):
        await _ask_again(visit)


async def _tell_apart(visit: Visit) -> None:
    """Keep each matter's own words, where one message tells of several."""
    errand = visit.session.errand
    assert errand is not None
    args = {name: one for name, one in errand.args.items() if not name.startswith(firms.MATTER)}
    found: dict[str, str] = {}
    parts = [] if args.get("danger") or visit.medium != "chat" else parts_of(errand.text)
    for part in parts if len(parts) > 1 else ():
        sure = only_one(specific(await visit.deps.finder.find(part, _MOST_SCENARIOS)))
        known = sure.scenario if sure is not None else next(reversed(found), "")
        if known:
            found[known] = f"{found.get(known, '')}\n{part}".strip()
    if len(found) > 1:
        args |= {f"{firms.MATTER}{scenario}": words for scenario, words in found.items()}
    visit.session.errand = errand.replace(args=args)


async def offer_next(visit: Visit) -> None:
    """Once a matter is filed: the one that was told along with it, with its own words."""
    if visit.session.errand is not None or not visit.session.also:
        return
    (scenario, words), *rest = visit.session.also.items()
    visit.session.also = dict(rest)
    visit.session.errand = visit.open_errand(Verb.FILES, stage="where").replace(text=words)
    rows = ((menu.begin_choice(visit, scenario),), (button("button.menu", Verb.MENU),))
    visit.say(Message("loose.next", {"words": _shortened(words)}), *rows)


async def _begun_at_once(visit: Visit) -> bool:
    """Begin the form where only one matter can be meant; nothing is filed before a yes. Not where the words may belong
    to a ticket, and not in calls, where nothing can be looked at.
    """
    errand = visit.session.errand
    assert errand is not None
    if visit.medium != "chat" or not isinstance(visit.incoming.event, Text) or errand.args or not errand.text:
        return False
    ranked = await _ranked(visit, errand.text)
    best = only_one(ranked)
    # Whose utility fails has a matter, though no template be made for water.
    of_a_utility = any(_says(one, "emergency.hint") for one in visit.said) and not specific(ranked[:1])
    scenario = best.scenario if best is not None else GENERAL if of_a_utility else ""
    if not scenario or await _open_tickets(visit):
        return False
    before = len(visit.said)
    await firms.begin(visit, scenario)
    told = Message("loose.begun", {"title": visit.scenario_title(scenario)})
    line = Say(told, ((button("loose.another", Verb.ANOTHER),),))
    visit.said[before:] = [line if _says(one, "engine.begin") else one for one in visit.said[before:]]
    return True


def _says(output: Output, key: str) -> bool:
    return isinstance(output, Say) and isinstance(output.text, Message) and output.text.key == key


def is_another(visit: Visit) -> bool:
    """Whether what was typed says that the form which just began with these words is the wrong one."""
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    if form is None or scenario is None or forms.was_answered(form) or not carrying.story_of(form, scenario):
        return False
    question, pick = scenario.by_id.get(form.current), read_phrases().pick(visit.text)
    return pick is not None and pick.none and question is not None and question.type != "boolean"


async def is_new_matter(visit: Visit) -> bool:
    """Whether who comes back after a while tells another matter than the one that only began then."""
    form = visit.session.form
    if form is None or not visit.is_back or forms.was_answered(form):
        return False
    sure = only_one(await visit.deps.finder.find(visit.text, _MOST_SCENARIOS))
    return sure is not None and sure.scenario != form.scenario


async def another(visit: Visit, _: Command | None = None) -> None:
    """The form that is open is the wrong one: ask again what its words belong to, without it. Raises BackendError."""
    form = visit.session.form
    scenario = None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
    if form is None or scenario is None or form.phase is Phase.SUBMITTING:
        await forms.stale(visit)
        return
    text = "\n".join((carrying.story_of(form, scenario), *form.unplaced)).strip()
    files = {str(one["id"]): str(one.get("name", "")) for one in form.extras}
    await carrying.leave_wrong(visit)
    await forms.put_aside(visit)
    errand = visit.open_errand(Verb.FILES, stage="where")
    visit.session.errand = errand.replace(text=text, files=files).with_args(**{_NOT: form.scenario})
    await _ask_again(visit)


async def ask_which(visit: Visit) -> None:
    """The same choice again, for a yes that may mean several."""
    visit.say(Message("loose.which"))
    await _ask_again(visit)


def _leave_behind(visit: Visit, before: Errand) -> None:
    """What was sent long ago and never placed does not belong to what is sent now."""
    visit.session.errand = None
    if before.text:
        visit.say(Message("loose.left_words", {"words": _shortened(before.text)}))
    else:
        visit.say(Message("loose.left_files", {"count": len(before.files)}))


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


async def _ask_again(visit: Visit) -> None:
    """Ask what the words and files kept so far belong to."""
    errand = visit.session.errand
    assert errand is not None
    several = firms.told_apart(errand)
    found = () if errand.args.get("danger") else tuple(several) or await _matters(visit, errand)
    open_tickets = await _open_tickets(visit)
    rows: list[tuple[Button, ...]] = [(_ticket_choice(one),) for one in open_tickets]
    if corrections.wished(errand.text) or corrections.new_phone(visit, errand.text):
        rows = [(_correction(one),) for one in open_tickets if one.state in tickets.OPEN] + rows
    rows += [(menu.begin_choice(visit, scenario),) for scenario in found]
    rows += [(one,) for one in _proposed(visit)]
    rows.append((button("button.as_story", Verb.AS_STORY), button("button.human", Verb.HUMAN)))
    rows.append((button("button.menu", Verb.MENU),))
    key = "loose.files" if errand.files and not errand.text else "loose.matches" if found else "loose.text"
    key = "loose.several" if several else key
    visit.say(Message(key), *rows)


async def _matters(visit: Visit, errand: Errand) -> tuple[str, ...]:
    """Scenarios that all that was said may be about. Where most likely none of them is meant, only one that nearly
    might be.
    """
    found = await _ranked(visit, errand.text)
    least = _NEARLY if found and found[0].scenario == GENERAL else 0
    return tuple(
        one.scenario for one in specific(found) if one.score >= least and one.scenario != errand.args.get(_NOT)
    )


async def _ranked(visit: Visit, text: str) -> tuple[Match, ...]:
    if visit.reading is not None and visit.reading.matters and visit.reading.said.given == text:
        return visit.reading.matters
    return await visit.deps.finder.find(text, _MOST_SCENARIOS) if text else ()


def _proposed(visit: Visit) -> tuple[Button, ...]:
    """What a language model took the words for: a look at something, which a press confirms."""
    proposal = None if visit.reading is None else visit.reading.proposal
    look = None if proposal is None or proposal.wish is None else _LOOKS.get(proposal.wish)
    return () if look is None else (look,)


def _take_as_new(visit: Visit) -> None:
    """A correction of something sent off long ago is a message like any other: it may belong to a ticket."""
    event = visit.incoming.event
    if isinstance(event, Text) and event.edited:
        visit.incoming = replace(visit.incoming, event=replace(event, edited=False))


def _correction(ticket: TicketSummary) -> Button:
    label = Message("loose.correct_ticket", {"ticket": tickets.ticket_label(ticket)})
    return Button(label, command(Verb.CORRECT, ticket.number, "phone"))


def _ticket_choice(ticket: TicketSummary) -> Button:
    label = tickets.ticket_label(ticket)
    if ticket.state is TicketState.COMPLETED:
        return Button(Message("loose.rate_ticket", {"ticket": label}), command(Verb.RATE, ticket.number))
    if ticket.waiting:
        return Button(Message("loose.answer_ticket", {"ticket": label}), command(Verb.ANSWER, ticket.number))
    return Button(Message("loose.add_to_ticket", {"ticket": label}), command(Verb.ADD, ticket.number))


async def _open_tickets(visit: Visit) -> list[TicketSummary]:
    """Those the message may belong to, the ones that wait for an answer or a rating first."""
    try:
        page = await visit.backend.list_tickets(limit=20)
    except BackendError:
        return []  # the menu still helps
    found = [one for one in page.items if one.state in _AWAITED]
    return sorted(found, key=lambda one: not one.waiting and one.state is not TicketState.COMPLETED)[:_MOST_TICKETS]


async def _open_only(visit: Visit) -> list[TicketSummary]:
    """The tickets that a question about progress can mean."""
    return [one for one in await _open_tickets(visit) if one.state in tickets.OPEN]


async def _keep_phone(visit: Visit, phone: str) -> None:
    digits = "".join(character for character in phone if character.isdigit())
    await visit.backend.update_contact(ContactIn(phone=f"+{digits}"), key=visit.id("phone"))
    menu.show(visit, Message("menu.phone_kept"))


async def _help(visit: Visit) -> None:
    visit.say(Message("loose.help"))
    await _ask_again(visit)


ERRAND = ErrandKind(
    verb=Verb.FILES,
    on_press={Verb.ANOTHER: another},
    take=take,
    left=for_a_seat,
    unplaced=True,
    help=_help,
    dropped=Message("loose.dropped"),
)
