"""The person's own free rating 评价: grade, solved or not, a word or a recording; then what happens next is told."""

from __future__ import annotations

from backend.contract.message import Message, Words
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Grade, Permission, TicketState
from dialogs.collecting import MOST_FILES, collect, first_files
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import tickets
from dialogs.enterprise.errand import ErrandKind, for_a_seat
from dialogs.enterprise.visit import Visit
from dialogs.enterprise.yes_or_no import says_label
from dialogs.events import Text
from dialogs.exchange import button
from dialogs.fields import Boolean, Understood
from dialogs.notices import grade_choices
from dialogs.outputs import Ask, Button, Expect
from dialogs.phrases import read_phrases
from dialogs.session import Errand
from dialogs.understanding import Intent, Wish

_LIMIT = 2000
"""Characters of the comment."""
_GRADE = "grade"
"""Stage: the word is there already, the grade is asked."""
_SOLVED = "solved"
"""Stage: the grade was given, whether it is solved is asked."""
_COMMENT = "comment"
"""Stage: a word of their own is asked; without one it is sent as well."""
_BARE = 6
"""Characters up to which a yes or no tells nothing more."""
_ANSWERS = {"yes": True, "no": False}


async def begin(visit: Visit, number: str) -> None:
    """Offer the three grades; what was sent just before, not yet placed, becomes the word. Raises BackendError."""
    before = visit.unplaced
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.RATE):
        tickets.tell(visit, ticket, Message("rate.not_now"))
        return
    if before is not None:
        errand = visit.open_errand(Verb.RATE, number, _GRADE)
        chosen = _grade_in(before.text)
        visit.session.errand = errand.replace(text="" if chosen else before.text, files=before.files)
        if chosen:
            await grade(visit, number, chosen)
            return
    visit.say(Message("rate.ask", {"number": number, "title": ticket.title}), grade_choices(number), topic=number)


async def grade(visit: Visit, number: str, chosen: str) -> None:
    """A grade was chosen: was it solved? Raises BackendError."""
    if chosen not in set(Grade):
        await begin(visit, number)
        return
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.RATE):
        tickets.tell(visit, ticket, Message("rate.not_now"))
        return
    before = visit.session.errand
    asked = before is not None and (before.verb, before.number, before.stage) == (Verb.RATE, number, _GRADE)
    known = before.args.get(_SOLVED, "") if before is not None and asked else ""
    visit.open_errand(Verb.RATE, number, _SOLVED, grade=chosen)
    if known:
        await solved(visit, number, chosen, known)
    else:
        _ask_solved(visit)


async def in_words(visit: Visit, number: str, said: Intent) -> None:
    """A rating in the person's own words: what is not in them is asked, the words are the reason. Raises
    BackendError.
    """
    ticket = await visit.backend.view_ticket(number)
    if not ticket.permits(Permission.RATE):
        tickets.tell(visit, ticket, Message("rate.not_now"))
        return
    errand = visit.session.errand
    if errand is None or (errand.verb, errand.number) != (Verb.RATE, number):
        before = visit.unplaced
        errand = visit.open_errand(Verb.RATE, number, _GRADE)
        errand = errand if before is None else errand.replace(text=before.text, files=before.files)
    if not _grade_in(visit.text) and read_phrases().says_solved(visit.text) is None:
        errand = errand.replace(text=f"{errand.text}\n{visit.text}".strip())
    if not said.grade:
        visit.session.errand = errand.with_args(**{_SOLVED: "yes"}) if said.solved else errand
        visit.say(Message("rate.ask", {"number": number, "title": ticket.title}), grade_choices(number), topic=number)
        return
    visit.session.errand = errand = errand.replace(stage=_SOLVED).with_args(grade=said.grade)
    known = errand.args.get(_SOLVED, "") if said.solved is None else "yes" if said.solved else "no"
    if not known:
        _ask_solved(visit)
        return
    visit.session.errand = errand.replace(stage=_COMMENT).with_args(solved=known)
    (_ask_sure if errand.text else _ask_comment)(visit)


def _ask_sure(visit: Visit) -> None:
    """All of it was in words: what was understood is sent after a yes."""
    errand = visit.session.errand
    assert errand is not None
    answered = Message(f"rate.solved_{errand.args['solved']}")
    grade_given = Message(f"rate.{errand.args['grade']}")
    given: dict[str, Words | int] = {"grade": grade_given, "solved": answered, "words": errand.text}
    controls = ((button("rate.send", Verb.SKIP), button("button.cancel", Verb.CANCEL)),)
    visit.said.append(Ask("", Message("rate.sure", given), Expect.MEDIA, controls=controls))


async def solved(visit: Visit, number: str, chosen: str, answer: str) -> None:
    """Solved or not: a word of their own comes next."""
    if chosen not in set(Grade) or answer not in _ANSWERS:
        await begin(visit, number)
        return
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.RATE or errand.number != number:
        errand = visit.open_errand(Verb.RATE, number)
    visit.session.errand = errand.replace(stage=_COMMENT).with_args(grade=chosen, solved=answer)
    if visit.session.errand.text:
        await _send_word(visit)
    else:
        _ask_comment(visit)


async def typed_in_a_form(visit: Visit) -> bool:
    """Take a grade that was typed while a form is open for the one ticket that waits for it; False where none does.

    Raises BackendError.
    """
    chosen = "" if visit.is_edit else _grade_in(visit.text)
    if not chosen:
        return False
    page = await visit.backend.list_tickets(limit=20)
    waiting = [one.number for one in page.items if one.state is TicketState.COMPLETED]
    if len(waiting) != 1:
        return False
    await grade(visit, waiting[0], chosen)
    return True


async def _ask_again(visit: Visit) -> None:
    """Where the rating stands. Raises BackendError."""
    errand = visit.session.errand
    assert errand is not None
    if errand.stage == _GRADE:
        await begin(visit, errand.number)
        return
    (_ask_solved if errand.stage == _SOLVED else _ask_comment)(visit)


def _answers_now(visit: Visit) -> bool:
    """Whether what was typed is the grade, or the yes or no, that is asked."""
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.RATE or not isinstance(visit.incoming.event, Text) or visit.is_edit:
        return False
    if errand.stage == _COMMENT:
        return bool(errand.text) and _says_sure(visit) is not None
    said = _said(visit)
    if errand.stage == _GRADE:
        return bool(_grade_in(visit.text)) or (said is not None and said.wish is Wish.RATE)
    return bool(_solved_in(visit, errand))


def _said(visit: Visit) -> Intent | None:
    return None if visit.reading is None else visit.reading.intent


def _says_sure(visit: Visit) -> bool | None:
    """The answer to whether the rating shall go as it was understood."""
    phrases = read_phrases()
    if phrases.command(visit.text) == Verb.CONFIRM or says_label(visit.text, "rate.send"):
        return True
    return phrases.answer(visit.text)


async def take(visit: Visit) -> None:
    """What was typed, said or sent while rating. Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if errand.stage != _COMMENT:
        await _take_before_comment(visit, errand)
        return
    if visit.is_edit:
        _ask_comment(visit)
        return
    if errand.text and (sure := _says_sure(visit)) is not None:
        if sure:
            await send(visit)
        else:
            visit.session.errand = errand.replace(text="")
            await begin(visit, errand.number)
        return
    files = first_files({**errand.files, **visit.files}, MOST_FILES)
    visit.session.errand = errand = errand.replace(files=files)
    if not visit.text:
        _ask_comment(visit, None if visit.files else Message("rate.words_only"))
    else:
        visit.session.errand = errand.replace(text=visit.text)
        await _send_word(visit)


async def _take_before_comment(visit: Visit, errand: Errand) -> None:
    """The grade, or the yes or no, in words; anything else is kept as the word that goes along."""
    said = _said(visit)
    if errand.stage == _GRADE and (chosen := _grade_in(visit.text)):
        await grade(visit, errand.number, chosen)
    elif errand.stage == _GRADE and said is not None and said.wish is Wish.RATE:
        await in_words(visit, errand.number, said)
    elif _answers_now(visit):
        if _is_reason(visit):
            visit.session.errand = errand.replace(text=f"{errand.text}\n{visit.text}".strip())
        await solved(visit, errand.number, errand.args["grade"], _solved_in(visit, errand))
    elif errand.stage == _SOLVED:
        _ask_solved(visit, collect(visit) or Message("rate.word_kept"))
    else:
        if (problem := collect(visit)) is not None:
            visit.say(problem)
        await _ask_again(visit)


def _is_reason(visit: Visit) -> bool:
    """Whether the yes or no came with words that tell more."""
    return len(visit.text) > _BARE and read_phrases().says_solved(visit.text) is None


def _grade_in(text: str) -> str:
    """The grade whose label this is, in any language."""
    return next((one for one in Grade if says_label(text, f"rate.{one}")), "")


def _solved_in(visit: Visit, errand: Errand) -> str:
    """`yes` or `no` as typed; empty for other words, and where it is not asked."""
    phrases = read_phrases()
    if errand.stage != _SOLVED or phrases.command(visit.text) == Verb.CANCEL:
        return ""
    said = phrases.says_solved(visit.text)
    if said is None:
        read = Boolean().parse(visit.text, visit.now)
        said = bool(read.value) if isinstance(read, Understood) else None
    wish = _said(visit)
    if said is None and wish is not None and wish.wish is Wish.SOLVED:
        said = wish.solved
    return "" if said is None else "yes" if said else "no"


async def _send_word(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    over = len(errand.text) - _LIMIT
    if over > 0:
        visit.session.errand = errand.replace(text="")
        _ask_comment(visit, Message("collecting.too_long", {"limit": _LIMIT, "over": over}))
    else:
        await send(visit)


async def send(visit: Visit) -> None:
    """Raises BackendError, with everything kept."""
    errand = visit.session.errand
    assert errand is not None
    if errand.stage != _COMMENT:
        await _ask_again(visit)
        return
    given = Grade(errand.args["grade"])
    request = RateIn(
        grade=given, solved=_ANSWERS[errand.args["solved"]], comment=errand.text, attachments=list(errand.files)
    )
    key = errand.key("rate", given, errand.args["solved"], errand.text, *errand.files)
    ticket = await visit.backend.rate(errand.number, request, key=key)
    visit.session.errand = None
    row = (button("button.open_ticket", Verb.TICKET, ticket.number), button("button.menu", Verb.MENU))
    visit.say(_thanks(ticket, given), row, topic=ticket.number)


def _thanks(ticket: TicketOut, given: Grade) -> Words:
    if given is not Grade.DISSATISFIED:
        return Message("rate.thanks")
    return Message("rate.levelled_up" if ticket.difficult else "rate.redone")


def _ask_solved(visit: Visit, problem: Words | None = None) -> None:
    errand = visit.session.errand
    assert errand is not None
    row = tuple(
        Button(Message(f"rate.solved_{answer}"), command(Verb.SOLVED, errand.number, errand.args["grade"], answer))
        for answer in _ANSWERS
    )
    prompt = Message("rate.ask_solved", {"number": errand.number})
    controls = ((button("button.cancel", Verb.CANCEL),),)
    visit.said.append(Ask("", prompt, Expect.CHOICE, problem=problem, options=(row,), controls=controls))


def _ask_comment(visit: Visit, problem: Words | None = None) -> None:
    errand = visit.session.errand
    assert errand is not None
    why = errand.args["grade"] == Grade.DISSATISFIED
    controls = ((button("button.skip", Verb.SKIP), button("button.cancel", Verb.CANCEL)),)
    prompt = Message("rate.file_kept" if errand.files else "rate.ask_reason" if why else "rate.ask_comment")
    visit.said.append(Ask("", prompt, Expect.MEDIA, problem=problem, controls=controls))


async def _begin(visit: Visit, pressed: Command) -> None:
    await begin(visit, pressed.arg(0))


async def _press_grade(visit: Visit, pressed: Command) -> None:
    await grade(visit, pressed.arg(0), pressed.arg(1))


async def _press_solved(visit: Visit, pressed: Command) -> None:
    await solved(visit, pressed.arg(0), pressed.arg(1), pressed.arg(2))


def _holds(errand: Errand) -> bool:
    return bool(errand.text or errand.files or errand.stage == _COMMENT)


def _left(errand: Errand) -> Errand | None:
    """Where the grade was given, only what it implies was left unsaid; words without a grade are for a seat."""
    if errand.stage == _GRADE:
        return for_a_seat(errand)
    if errand.stage != _SOLVED:
        return errand
    implied = "no" if errand.args["grade"] == Grade.DISSATISFIED else "yes"
    return errand.replace(stage=_COMMENT).with_args(solved=implied)


ERRAND = ErrandKind(
    verb=Verb.RATE,
    begin={Verb.RATE: _begin, Verb.GRADE: _press_grade, Verb.SOLVED: _press_solved},
    take=take,
    answered_first=_answers_now,
    send=send,
    sent_by=(Verb.SKIP,),
    holds=_holds,
    again=lambda errand: command(Verb.RATE, errand.number),
    ask_again=_ask_again,
    left=_left,
)
