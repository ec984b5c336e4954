"""Corrects contact, telephone or enterprise on a ticket 更正; others go along only if the person says so."""

from __future__ import annotations

from collections.abc import Mapping

from backend.contract.message import Message, Words
from backend.contract.models.contact_requests import CorrectionIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import forms, tickets
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.visit import Visit
from dialogs.enterprise.yes_or_no import said_yes, says_label
from dialogs.events import SharedPhone, Text
from dialogs.exchange import button, listed, paragraphs
from dialogs.fields import Name, Phone, Understood
from dialogs.fields.text import cleaned
from dialogs.outputs import Ask, Button, Expect
from dialogs.phrases import read_phrases
from dialogs.session import Errand

ALSO, ONLY_THIS = "also", "this"
"""Whether the other tickets are corrected, too."""
_FIELD, _OTHERS = "field", "others"
"""Arguments of the errand: what is corrected, and the other tickets that could be meant."""
_WHICH, _VALUE, _WHETHER_ALL, _DECIDED = "which", "value", "whether all", "decided"
"""Stages: what is wanted next."""
_EXPECTS: Mapping[str, Expect] = {"name": Expect.TEXT, "phone": Expect.PHONE, "enterprise": Expect.TEXT}
"""What can be corrected."""
_PHONE = Phone(service=False)
_PHONES = ("电话", "手机", "手机号", "号码", "电话号码", "phone", "number")
_LONGEST = 200
"""Characters of a name, as `Line` of the contract has it."""


async def begin(visit: Visit, number: str) -> None:
    """Ask which of the three is wrong. Raises BackendError."""
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.CORRECT):
        visit.session.errand = None
        tickets.tell(visit, ticket, Message("correct.not_now"))
        return
    visit.session.errand = visit.open_errand(Verb.CORRECT, number, _WHICH).replace(text="")
    _ask_which(visit, number, ticket)


async def choose(visit: Visit, number: str, field: str) -> None:
    """This one is wrong: ask what is right. Raises BackendError."""
    if field not in _EXPECTS:
        await begin(visit, number)
        return
    before = visit.unplaced
    given = new_phone(visit, before.text) if field == "phone" and before is not None else ""
    errand = visit.open_errand(Verb.CORRECT, number, _VALUE, field=field).replace(text="")
    visit.session.errand = errand
    if given:
        await _settle(visit, errand, given)
    else:
        _ask_value(visit, field)


def new_phone(visit: Visit, text: str) -> str:
    """The number in one message such as 电话改成139…, or the number alone; or nothing."""
    if "\n" in text or not read_phrases().says_new_phone(text):
        return ""
    return _phone_in(visit, text)


def wished(text: str) -> bool:
    """Whether a message says no more than that the telephone number is to be corrected: 改电话, 更正联系信息."""
    name = read_phrases().to_correct(text)
    return says_label(text, "button.correct") or bool(name and says_label(name, "correct.phone")) or name in _PHONES


def _phone_in(visit: Visit, text: str) -> str:
    read = _PHONE.parse(text, visit.now)
    return str(read.value) if isinstance(read, Understood) else ""


async def take(visit: Visit) -> None:
    """What was typed. Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    said = said_yes(visit.text, "correct.also", "correct.only_this") if visit.text else None
    if errand.stage == _VALUE and not visit.is_edit:
        await _take_value(visit, errand)
    elif errand.stage == _WHETHER_ALL and said is not None:
        await decide(visit, also=said)
    elif errand.stage == _WHICH and (field := _named(visit.text)):
        await choose(visit, errand.number, field)
    elif errand.stage == _WHICH and (phone := _phone_in(visit, visit.text)):
        await _settle(visit, errand.with_args(**{_FIELD: "phone"}), phone)
    else:
        await _ask_again(visit, errand)


def _named(text: str) -> str:
    return next((field for field in _EXPECTS if says_label(text, f"correct.{field}")), "")


def _asks_for_others(errand: Errand | None, number: str, field: str) -> bool:
    """Whether this correction waits for the answer whether others are meant, too."""
    if errand is None or (errand.verb, errand.number, errand.stage) != (Verb.CORRECT, number, _WHETHER_ALL):
        return False
    return errand.args[_FIELD] == field


async def decide(visit: Visit, *, also: bool) -> None:
    """Whether the others are meant, too. Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    kept = errand.with_args(**{_OTHERS: errand.args[_OTHERS] if also else ""})
    visit.session.errand = kept.replace(stage=_DECIDED)
    await send(visit)


async def send(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if errand.stage != _DECIDED:
        await _ask_again(visit, errand)
        return
    field, also = errand.args[_FIELD], _numbers(errand)
    request = CorrectionIn.model_validate({field: errand.text, "also": also})
    done = await visit.backend.correct(
        errand.number, request, key=errand.key("correct", field, errand.text, *request.also)
    )
    visit.session.errand = None
    told = paragraphs(
        Message("correct.done", {"number": errand.number}),
        Message("correct.done_also", {"count": len(done.also)}) if done.also else None,
        Message("correct.phone_hint") if field == "phone" else None,
    )
    tickets.tell(visit, done.ticket, told)


async def _take_value(visit: Visit, errand: Errand) -> None:
    value, problem = _read(visit, errand.args[_FIELD])
    if problem is not None:
        _ask_value(visit, errand.args[_FIELD], problem)
        return
    await _settle(visit, errand, value)


async def _settle(visit: Visit, errand: Errand, value: str) -> None:
    """This is the right one; the person decides for their other tickets. Raises BackendError."""
    others = (await visit.backend.view_correctable(errand.number)).others
    errand = errand.replace(text=value, stage=_WHETHER_ALL if others else _DECIDED)
    visit.session.errand = errand.with_args(**{_OTHERS: ",".join(others)})
    if others:
        _ask_others(visit, visit.session.errand)
    else:
        await send(visit)


def _read(visit: Visit, field: str) -> tuple[str, Words | None]:
    """The value, and what is wrong with it."""
    event = visit.incoming.event
    if field == "phone":
        typed = event.phone if isinstance(event, SharedPhone) else visit.text
        read = _PHONE.parse(typed, visit.now)
        return (str(read.value), None) if isinstance(read, Understood) else ("", read.problem)
    value = cleaned(" ".join(visit.text.split())) if isinstance(event, Text) else ""
    if not value:
        return "", Message("correct.words_only")
    if field == "name" and isinstance(name := Name(max_chars=_LONGEST).parse(value, visit.now), Understood):
        value = str(name.value)
    over = len(value) - _LONGEST
    return value, Message("collecting.too_long", {"limit": _LONGEST, "over": over}) if over > 0 else None


async def _ask_again(visit: Visit, errand: Errand) -> None:
    if errand.stage == _VALUE:
        _ask_value(visit, errand.args[_FIELD])
    elif errand.stage == _WHETHER_ALL:
        _ask_others(visit, errand)
    elif errand.stage == _DECIDED:
        await send(visit)
    else:
        _ask_which(visit, errand.number, await visit.backend.view_ticket(errand.number))


def _ask_which(visit: Visit, number: str, ticket: TicketOut) -> None:
    there = {"name": ticket.contact_name, "phone": ticket.contact_phone, "enterprise": ticket.enterprise}
    args: dict[str, Words | int] = {name: value or Message("correct.nothing") for name, value in there.items()}
    rows = [(Button(Message(f"correct.{field}"), command(Verb.CORRECT, number, field)),) for field in _EXPECTS]
    _ask(visit, Message("correct.which", {"number": number, **args}), Expect.CHOICE, tuple(rows))


def _ask_value(visit: Visit, field: str, problem: Words | None = None) -> None:
    _ask(visit, Message(f"correct.ask_{field}"), _EXPECTS[field], problem=problem)


def _ask_others(visit: Visit, errand: Errand) -> None:
    numbers = _numbers(errand)
    which = listed([number[-5:] for number in numbers])
    yes = Button(Message("correct.also"), command(Verb.CORRECT, errand.number, errand.args[_FIELD], ALSO))
    no = Button(Message("correct.only_this"), command(Verb.CORRECT, errand.number, errand.args[_FIELD], ONLY_THIS))
    prompt = Message("correct.ask_others", {"count": len(numbers), "which": which, "value": errand.text})
    _ask(visit, prompt, Expect.CHOICE, ((yes,), (no,)))


def _ask(
    visit: Visit,
    prompt: Words,
    expect: Expect,
    options: tuple[tuple[Button, ...], ...] = (),
    problem: Words | None = None,
) -> None:
    controls = ((button("button.cancel", Verb.CANCEL),),)
    visit.said.append(Ask("", prompt, expect, problem=problem, options=options, controls=controls))


def _numbers(errand: Errand) -> list[str]:
    return [one for one in errand.args.get(_OTHERS, "").split(",") if one]


async def _press(visit: Visit, pressed: Command) -> None:
    number, field, others = (pressed.arg(at) for at in range(3))
    if not field:
        await begin(visit, number)
    elif not others:
        await choose(visit, number, field)
    elif not _asks_for_others(visit.session.errand, number, field):
        await forms.stale(visit)
    else:
        await decide(visit, also=others == ALSO)
        await forms.ask_next(visit)


ERRAND = ErrandKind(
    verb=Verb.CORRECT,
    begin={Verb.CORRECT: _press},
    take=take,
    send=send,
    again=lambda errand: command(Verb.CORRECT, errand.number, errand.args[_FIELD]),
)
