"""Runs a staff errand: asks its stages in order, shows everything for confirmation, sends it, and minds changes made
meanwhile by others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.contract.acts import ACTS
from backend.contract.acts.act import AnyAct, On, Stage, Wants
from backend.contract.errors import BackendError, Forbidden, Invalid, NotFound, Stale, WrongState
from backend.contract.message import Message, Words
from backend.contract.models.base import Request
from backend.contract.models.contacts import PersonOut
from backend.contract.models.tickets import TicketOut
from backend.contract.visible import visible
from dialogs.collecting import ask_for, collect
from dialogs.commands import Command, Verb, command
from dialogs.error_messages import explain
from dialogs.events import Rejected, Text
from dialogs.exchange import button, lines, listed, paragraphs
from dialogs.fields.text import cleaned
from dialogs.outputs import Ask, Button, Expect
from dialogs.session import Errand, named
from dialogs.staff import changes, contact_details, people, ticket
from dialogs.staff.stages import CONFIRM, act_in_hand, may_stay, next_stage, previous_stage, stage_of
from dialogs.staff.work import Work, short, unit_name
from dialogs.unsaved_changes import WORDS

_MOST_ASSISTS = 10


@dataclass(frozen=True)
class Subject:
    """What a button says an act is done with."""

    number: str
    assignment: str = ""
    version: str = ""
    """As last seen; empty where the button names none."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """What the button answers."""

    @classmethod
    def of(cls, act: AnyAct, pressed: Command) -> Subject:
        at = 2 if act.on is On.ASSIGNMENT else 1
        asked = [stage.name for stage in act.stages if stage.chosen]
        chosen = {name: "yes" if pressed.arg(at + 1 + place) == "yes" else "no" for place, name in enumerate(asked)}
        return cls(pressed.arg(0), pressed.arg(1) if act.on is On.ASSIGNMENT else "", pressed.arg(at), chosen)


async def begin(work: Work, act: AnyAct, pressed: Subject) -> None:
    """Open the ticket and ask the first stage, if it may still be done. Raises BackendError."""
    shown = await work.backend.view_ticket(pressed.number)
    assignment = pressed.assignment or _assignment_for(shown, act)
    if not permitted(shown, act, assignment):
        work.session.errand = None
        ticket.tell(work, shown, Message("trouble.wrong_state"))
        return
    args = {"version": str(shown.version), "seen": changes.seen(shown), "title": short(shown.title)}
    if act.on is On.ASSIGNMENT:
        args["assignment"] = assignment
    if _of_person(act):
        found = await work.backend.list_takers(int(assignment))
        if not found.items:
            ticket.tell(work, shown, Message("person.nobody"))
            return
        args["takers"] = people.kept(found)
    errand = work.open_errand(act.verb, pressed.number, **pressed.chosen, **args, **act.known(shown))
    changed = pressed.version not in ("", str(shown.version))
    work.session.errand = errand.replace(stage=next_stage(errand))
    ask(work, first=Message("errand.changed_before") if changed else None)


async def do_at_once(work: Work, act: AnyAct, pressed: Subject) -> None:
    """One press. A notice's button names no version: then the present one counts, for nothing was decided on it.
    Raises BackendError.
    """
    assignment, version = pressed.assignment, pressed.version
    if not version or (act.on is On.ASSIGNMENT and not assignment):
        shown = await work.backend.view_ticket(pressed.number)
        assignment, version = assignment or _assignment_for(shown, act), str(shown.version)
        if not permitted(shown, act, assignment):
            ticket.tell(work, shown, Message(f"do.{act.verb}.not_now"))
            return
    subject = assignment if act.on is On.ASSIGNMENT else pressed.number
    try:
        done = await work.backend.do(act, subject, act.written(int(version), {}), key=work.id(act.verb, subject))
    except Stale as error:
        await ticket.show(work, pressed.number, explain(error))
        return
    await _tell_done(work, act, pressed.number, done)


def permitted(shown: TicketOut, act: AnyAct, assignment: str) -> bool:
    return shown.permits(act.permission, int(assignment or 0) if act.on is On.ASSIGNMENT else None)


def _assignment_for(shown: TicketOut, act: AnyAct) -> str:
    """Id of the part on which the act is allowed, or empty."""
    return next((str(one.subject) for one in shown.permissions if one.permission == act.permission and one.subject), "")


def ask(work: Work, problem: Words | None = None, first: Words | None = None) -> None:
    """Ask the stage the errand is at."""
    errand = _errand(work)
    stage = stage_of(errand)
    if stage is None:
        _ask_confirmation(work, errand, problem)
        return
    prompt = Message(f"do.{errand.verb}.ask_{stage.name}{_chosen(errand)}", _told(errand))
    words: Words = paragraphs(first, prompt)
    match stage.wants:
        case Wants.MATERIAL:
            ask_for(work, words, send="button.next", problem=problem, about=named(errand))
        case Wants.UNIT | Wants.UNITS:
            _ask_units(work, errand, stage, words, problem)
        case Wants.PERSON:
            rows, controls = people.rows(errand), _stage_controls(errand, stage)
            work.said.append(Ask("", words, Expect.TEXT, problem=problem, options=rows, controls=controls))
        case Wants.YES_NO:
            row = tuple(
                Button(Message(f"rate.solved_{answer}"), command(Verb.SOLVED, "-", "-", answer))
                for answer in ("yes", "no")
            )
            work.said.append(Ask("", words, Expect.CHOICE, problem=problem, options=(row,), controls=_controls(errand)))
        case Wants.WORDS:
            controls = _stage_controls(errand, stage)
            work.said.append(Ask("", words, Expect.TEXT, problem=problem, controls=controls))


async def take(work: Work) -> None:
    """What was sent while the errand is open. Raises BackendError."""
    errand = _errand(work)
    stage = stage_of(errand)
    if stage is not None and stage.wants is Wants.MATERIAL:
        ask(work, collect(work))
    elif work.is_edit:
        ask(work, _corrected(work, errand))
    elif stage is None:
        ask(work, Message("errand.confirm_first"))
    elif isinstance(work.incoming.event, Rejected) or not work.text or work.files:
        ask(work, Message("errand.words_only"))
    elif problem := _unfit(stage, work.text):
        ask(work, problem)
    elif stage.wants is Wants.WORDS:
        await _answered(work, stage, work.text)
    elif stage.wants is Wants.YES_NO:
        ask(work)
    elif stage.wants is Wants.PERSON:
        await _person_named(work, errand, stage)
    else:
        _search(work, errand, stage)


def _corrected(work: Work, errand: Errand) -> Words:
    """A message sent before was changed: what it gave the errand is changed, and that is said; or that nothing is."""
    event = work.incoming.event
    before = cleaned(event.before) if isinstance(event, Text) else ""
    if errand.text:
        problem = collect(work)
        if problem is not None or _errand(work).text != errand.text:
            return problem or Message("errand.edited")
    for stage in ACTS[errand.verb].asked:
        if before and stage.wants is Wants.WORDS and errand.args.get(stage.name) == before:
            if problem := _unfit(stage, work.text):
                return problem
            work.session.errand = errand.with_args(**{stage.name: work.text})
            return Message("errand.edited")
    return Message("errand.edit_not_taken")


def _unfit(stage: Stage, text: str) -> Words | None:
    """What is wrong with these words for the stage."""
    if len(text) > stage.most:
        return Message("collecting.too_long", {"limit": stage.most, "over": len(text) - stage.most})
    if stage.wants is Wants.WORDS and visible(text) < stage.least:
        return Message("errand.too_short", {"least": stage.least})
    return None


async def press(work: Work, pressed: Command) -> None:
    """A button of the errand. Raises BackendError."""
    errand = work.session.errand
    if errand is None or act_in_hand(errand) is None:
        work.say(Message("menu.stale"))
        return
    stage = stage_of(errand)
    match pressed.verb:
        case Verb.BACK if previous_stage(errand) is not None:
            _back(work, errand)
        case Verb.CONFIRM if stage is None:
            await send(work)
        case _ if stage is None or not await _pressed_at(work, errand, stage, pressed):
            ask(work, Message("menu.stale"))


async def _pressed_at(work: Work, errand: Errand, stage: Stage, pressed: Command) -> bool:
    """Whether the button says something at this stage."""
    match pressed.verb:
        case Verb.SOLVED if stage.wants is Wants.YES_NO and pressed.arg(2) in ("yes", "no"):
            await _answered(work, stage, pressed.arg(2))
        case Verb.UNIT if work.unit(pressed.arg(0)):
            await _unit_chosen(work, errand, stage, pressed.arg(0))
        case Verb.PERSON if stage.wants is Wants.PERSON and pressed.arg(0) in people.takers(errand):
            await _answered(work, stage, pressed.arg(0))
        case Verb.DONE if stage.wants is Wants.MATERIAL and errand.text:
            await _go_on(work, errand)
        case Verb.DONE | Verb.SKIP if may_stay(errand, stage):
            await _go_on(work, errand)
        case _:
            return False
    return True


def _back(work: Work, errand: Errand) -> None:
    """Ask the stage before once more. What was written there is shown, to be taken up again; files stay."""
    earlier, present = previous_stage(errand), stage_of(errand)
    assert earlier is not None
    written = errand.text if earlier.wants is Wants.MATERIAL else errand.args.get(earlier.name, "")
    again = [one.name for one in (earlier, present) if one and one.wants is not Wants.MATERIAL and not one.prefilled]
    text = "" if earlier.wants is Wants.MATERIAL else errand.text
    work.session.errand = errand.with_args(**dict.fromkeys(again, "")).replace(stage=earlier.name, text=text)
    is_prose = earlier.wants in (Wants.MATERIAL, Wants.WORDS)
    ask(work, Message("errand.written", {"text": written}) if is_prose and written else None)


async def send(work: Work) -> None:
    """Do it. A ticket changed meanwhile is shown with what changed, and asked again. Raises BackendError, all kept."""
    errand = _errand(work)
    act, request = request_of(errand)
    subject = errand.args["assignment"] if act.on is On.ASSIGNMENT else errand.number
    try:
        done = await work.backend.do(act, subject, request, key=key_of(errand))
    except (Stale, WrongState, NotFound, Forbidden, Invalid) as error:
        if isinstance(error, Forbidden) and error.extra.get("unbound"):
            raise
        if isinstance(error, Invalid) and not _of_person(act):
            raise
        await _changed_meanwhile(work, errand, error)
        return
    work.session.errand = None
    await _tell_done(work, act, errand.number, done)


def request_of(errand: Errand) -> tuple[AnyAct, Request]:
    """What an errand has come to. Raises pydantic's ValidationError where something is missing."""
    act = ACTS[errand.verb]
    given = {**errand.args, "text": errand.text or errand.args.get("text", "")}
    return act, act.written(int(errand.args["version"]), given, tuple(errand.files))


def key_of(errand: Errand) -> str:
    """The same content at the same version of the ticket is the same act."""
    offered = ("seen", "suggested", "takers")
    args = [f"{name}={value}" for name, value in sorted(errand.args.items()) if name not in offered]
    return errand.key(errand.verb, *args, errand.text, *errand.files)


async def _tell_done(work: Work, act: AnyAct, number: str, done: TicketOut | PersonOut | None) -> None:
    told = Message(f"do.{act.verb}.done", {"number": number})
    match done:
        case TicketOut():
            ticket.tell(work, done, told)
        case PersonOut():
            contact_details.tell(work, number, done)
        case None:
            await ticket.show(work, number, told)


async def _changed_meanwhile(work: Work, errand: Errand, error: BackendError) -> None:
    if isinstance(error, NotFound):
        work.session.errand = None
        work.say(paragraphs(explain(error), _written(errand)))
        return
    now = await work.backend.view_ticket(errand.number)
    if not permitted(now, ACTS[errand.verb], errand.args.get("assignment", "")):
        work.session.errand = None
        ticket.tell(work, now, paragraphs(explain(error), _written(errand)))
        return
    changed = changes.since(errand.args.get("seen", ""), now)
    errand = errand.with_args(version=str(now.version), seen=changes.seen(now))
    work.session.errand = errand = await _with_takers(work, errand)
    ask(work, lines(Message("errand.changed"), *changed))


async def _with_takers(work: Work, errand: Errand) -> Errand:
    """Who can take it over now; who was chosen and cannot any more is asked for again. Raises BackendError."""
    for stage in ACTS[errand.verb].stages:
        if stage.wants is Wants.PERSON:
            errand = errand.with_args(
                takers=people.kept(await work.backend.list_takers(int(errand.args["assignment"])))
            )
            if errand.args.get(stage.name) not in people.takers(errand):
                return errand.with_args(**{stage.name: ""}).replace(stage=stage.name)
    return errand


def _of_person(act: AnyAct) -> bool:
    return any(stage.wants is Wants.PERSON for stage in act.stages)


def _written(errand: Errand) -> Words | None:
    """What the person wrote, so that it is not lost when the errand cannot go on."""
    text = errand.text or next((errand.args[name] for name in WORDS if errand.args.get(name)), "")
    return Message("errand.written", {"text": text}) if text else None


async def _answered(work: Work, stage: Stage, value: str) -> None:
    errand = _errand(work).with_args(**{stage.name: value})
    await _go_on(work, errand)


async def _go_on(work: Work, errand: Errand) -> None:
    work.session.errand = errand = errand.replace(stage=next_stage(errand))
    if errand.stage == CONFIRM and not ACTS[errand.verb].confirmed:
        await send(work)
        return
    ask(work)


async def _unit_chosen(work: Work, errand: Errand, stage: Stage, code: str) -> None:
    if stage.wants is Wants.UNIT:
        await _answered(work, stage, code)
        return
    chosen = errand.args.get(stage.name, "").split()
    if stage.wants is Wants.UNITS and code != errand.args.get("lead"):
        chosen = [one for one in chosen if one != code] if code in chosen else [*chosen, code]
        work.session.errand = errand.with_args(**{stage.name: " ".join(chosen[:_MOST_ASSISTS])})
    ask(work)


async def _person_named(work: Work, errand: Errand, stage: Stage) -> None:
    found = people.named(errand, work.text)
    if len(found) == 1:
        await _answered(work, stage, found[0])
    elif found:
        rows, controls = people.rows(errand, found), _stage_controls(errand, stage)
        which = Message("person.which", {"text": work.text[:40]})
        work.said.append(Ask("", which, Expect.CHOICE, options=rows, controls=controls))
    else:
        ask(work, Message("person.not_found", {"text": work.text[:40]}))


def _search(work: Work, errand: Errand, stage: Stage) -> None:
    found = work.units_named(work.text)
    if not found:
        ask(work, Message("unit.not_found", {"text": work.text[:40]}))
        return
    rows = tuple((Button(unit_name(one), command(Verb.UNIT, one.code)),) for one in found)
    work.said.append(
        Ask("", Message("unit.choose"), Expect.CHOICE, options=rows, controls=_stage_controls(errand, stage))
    )


def _ask_units(work: Work, errand: Errand, stage: Stage, prompt: Words, problem: Words | None) -> None:
    taken = {errand.args.get("lead", ""), *errand.args.get(stage.name, "").split()}
    codes = [code for code in errand.args.get("suggested", "").split() if code not in taken]
    rows = tuple((Button(unit_name(unit), command(Verb.UNIT, code)),) for code in codes if (unit := work.unit(code)))
    chosen = _unit_names(work, errand.args.get(stage.name, "")) if stage.wants is Wants.UNITS else None
    words = lines(prompt, Message("unit.chosen", {"units": chosen})) if chosen else prompt
    controls = _stage_controls(errand, stage)
    work.said.append(Ask("", words, Expect.TEXT, problem=problem, options=rows, controls=controls))


def _stage_controls(errand: Errand, stage: Stage) -> tuple[tuple[Button, ...], ...]:
    if not may_stay(errand, stage):
        return _controls(errand)
    any_chosen = bool(errand.args.get(stage.name))
    key = "button.next" if any_chosen else f"do.{errand.verb}.skip_{stage.name}"
    return _controls(errand, Button(Message(key), command(Verb.SKIP)))


def _ask_confirmation(work: Work, errand: Errand, problem: Words | None) -> None:
    act = ACTS[errand.verb]
    shown = [_confirm_line(work, errand, stage) for stage in act.asked]
    head = Message(f"do.{errand.verb}.confirm{_chosen(errand)}", {"number": named(errand)})
    files = Message("notice.files", {"count": len(errand.files)}) if errand.files else None
    rows = _controls(errand, button("button.confirm", Verb.CONFIRM))
    work.said.append(Ask("", paragraphs(head, lines(*shown, files)), Expect.CHOICE, problem=problem, options=rows))


def _chosen(errand: Errand) -> str:
    """How the keys of an act's texts end that was begun by one button of several: `_yes`."""
    return "".join(f"_{errand.args[stage.name]}" for stage in ACTS[errand.verb].stages if stage.chosen)


def _confirm_line(work: Work, errand: Errand, stage: Stage) -> Words | None:
    if stage.wants is Wants.MATERIAL:
        return Message("notice.quoted", {"text": errand.text})
    value = errand.args.get(stage.name, "")
    if not value:
        return None
    match stage.wants:
        case Wants.YES_NO:
            shown: Words = Message(f"rate.solved_{value}")
        case Wants.UNIT | Wants.UNITS:
            shown = _unit_names(work, value) or value
        case Wants.PERSON:
            shown = people.takers(errand).get(value, value)
        case _:
            shown = value
    return Message(f"confirm.{stage.name}", {"value": shown})


def _unit_names(work: Work, codes: str) -> Words | None:
    units = [unit_name(unit) for code in codes.split() if (unit := work.unit(code))]
    return listed(units) if units else None


def _told(errand: Errand) -> dict[str, Words | int]:
    """What a question tells of the ticket."""
    known = {name: errand.args.get(name) or Message("look.none") for name in ACTS[errand.verb].tells}
    return {"number": named(errand), **known}


def _controls(errand: Errand, *first: Button) -> tuple[tuple[Button, ...], ...]:
    back = (button("button.back", Verb.BACK),) if previous_stage(errand) is not None else ()
    return ((*first, *back, button("button.cancel", Verb.CANCEL)),)


def _errand(work: Work) -> Errand:
    errand = work.session.errand
    assert errand is not None
    return errand
