"""Hands somebody who asks for a person to a seat: files what they said, after asking for at least one sentence."""

from __future__ import annotations

from backend.contract.errors import BackendError, FilesMissing, KeyReused
from backend.contract.message import Message
from backend.contract.models.contacts import ContactIn
from backend.contract.models.filing import FieldAnswer, NewTicket
from backend.contract.words import Kind
from dialogs.collecting import first_files, rejected
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import forms, seat
from dialogs.enterprise.errand import ErrandKind, for_a_seat
from dialogs.enterprise.visit import Visit
from dialogs.events import Rejected, SharedPhone
from dialogs.exchange import button
from dialogs.fields import Phone, Understood
from dialogs.phrases import read_phrases
from dialogs.session import Errand
from dialogs.understanding import Wish, is_nonsense
from dialogs.wording import Wording

_TITLE = 60
"""Characters of the words that become the ticket's title."""
_GENERAL = "other"
_STORY_LIMIT = 5000
_MOST_FILES = 20

_NO_MATTER = frozenset({Wish.INSULT, Wish.GREETING, Wish.THANKS})
"""What somebody may say instead of what it is about."""

CALLBACK = "callback"
"""Argument of the errand: not empty when a seat shall call the person back."""
UNCONFIRMED = "unconfirmed"
"""... when the person never said that it is right."""
UNHEARD = "unheard"
"""... when the person was not understood, and never asked for a seat."""
KIND = "kind"
"""...: the kind of request they chose."""


async def take(visit: Visit) -> None:
    """What was sent after that."""
    errand = visit.session.errand
    assert errand is not None
    event = visit.incoming.event
    if isinstance(event, Rejected):
        seat.ask_words(visit, rejected(event))
        return
    if visit.is_edit:
        _ask_again(visit, errand)
        return
    number = event.phone if isinstance(event, SharedPhone) else visit.text
    phone = Phone(service=False).parse(number, visit.now.astimezone(visit.zone)) if number else None
    words = "" if _is_no_matter(visit) else visit.text
    if isinstance(phone, Understood):
        errand = errand.with_args(phone=str(phone.value))
        # It has a guarded place: in the title and the story it would be shown to everybody.
        words = "" if read_phrases().is_number_alone(words) else words
    errand = errand.replace(
        text=f"{errand.text}\n{words}".strip()[:_STORY_LIMIT],
        files=first_files({**errand.files, **visit.files}, _MOST_FILES),
    )
    visit.session.errand = errand
    if not _is_enough(errand):
        seat.ask_words(visit, Message("human.ask_matter"))
        return
    if errand.stage == "words" and not errand.args.get("phone") and not await seat.knows_phone(visit):
        visit.session.errand = errand.replace(stage="phone")
        seat.ask_phone(visit)
        return
    await file(visit)


def _ask_again(visit: Visit, errand: Errand) -> None:
    (seat.ask_phone if errand.stage == "phone" else seat.ask_words)(visit)


def _is_no_matter(visit: Visit) -> bool:
    """Whether what was typed is nothing that a person could see to."""
    intent = None if visit.reading is None else visit.reading.intent
    return is_nonsense(visit.text) or (intent is not None and intent.wish in _NO_MATTER)


def _is_enough(errand: Errand) -> bool:
    """A person is called for a telephone, or for a sentence on the matter; for a photo alone nobody knows what."""
    return bool(errand.text or errand.args.get("phone") or errand.args.get("matter"))


async def file_left(visit: Visit) -> None:
    """The person is gone: a seat shall deal with what there is, be it nothing at all. Raises BackendError."""
    errand = visit.session.errand
    assert errand is not None
    await _send(visit, callback=bool(errand.args.get(CALLBACK)))


async def file(visit: Visit) -> None:
    """Open the ticket for the seat."""
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.HUMAN or not _is_enough(errand):
        await seat.ask(visit)
        return
    try:
        await _send(visit, callback=False)
    except FilesMissing:
        raise
    except BackendError:
        # The words stay in the errand; pressing again sends them.
        visit.say(
            Message("human.not_now"),
            (button("button.retry", Verb.RETRY, "errand"), button("button.cancel", Verb.CANCEL)),
        )


async def _send(visit: Visit, *, callback: bool) -> None:
    errand = visit.session.errand
    assert errand is not None
    if await forms.hand_over_with(visit, errand, callback=callback):
        return
    wanted = Wording("zh_CN").text(Message("phone.unheard" if errand.args.get(UNHEARD) else "human.title"))
    story = errand.text or wanted
    phone = errand.args.get("phone")
    request = NewTicket(
        kind=Kind(errand.args.get(KIND) or Kind.HELP),
        scenario=_GENERAL,
        scenario_version=visit.deps.scenarios[_GENERAL].version if _GENERAL in visit.deps.scenarios else 1,
        language="en" if visit.language == "en" else "zh_CN",
        title=" ".join(story.split())[:_TITLE] or wanted,
        story=story,
        unclear=True,
        callback=callback,
        urgent=visit.is_urgent,
        contact=ContactIn(phone=phone) if phone else None,
        answers=[FieldAnswer.model_validate(forms.unconfirmed())] if errand.args.get(UNCONFIRMED) else [],
        attachments=list(errand.files),
    )
    try:
        receipt = await visit.backend.file_ticket(request, key=errand.id)
    except KeyReused:
        visit.session.errand = None
        visit.say(Message("form.filed_before"), (button("button.tickets", Verb.TICKETS),))
        return
    visit.session.errand, visit.session.danger_at = None, None
    seat.told(visit, receipt.number)


async def _begin(visit: Visit, _: Command) -> None:
    """What was sent before goes to a seat at once; so does a form that is open."""
    errand, before = visit.session.errand, visit.unplaced
    if errand is not None and errand.verb is Verb.HUMAN:
        _ask_again(visit, errand)
    elif before is not None and (before.text or before.files):
        visit.session.errand = taken = for_a_seat(before)
        if before.text and taken is not None and visit.is_urgent and await seat.lacks_phone(visit):
            visit.session.errand = taken.replace(stage="phone")
            seat.ask_phone(visit)
        elif before.text:
            await file(visit)
        else:
            seat.ask_words(visit)
    elif visit.session.form is not None:
        await forms.to_human(visit)
    else:
        await seat.ask(visit)


def _holds(errand: Errand) -> bool:
    """Also a number alone, which is no word of the story."""
    return bool(errand.text or errand.files or errand.args.get("phone"))


ERRAND = ErrandKind(
    verb=Verb.HUMAN,
    begin={Verb.HUMAN: _begin},
    take=take,
    send=file,
    holds=_holds,
    sent_by=(Verb.SKIP,),
    left=for_a_seat,
    send_left=file_left,
    again=lambda _: command(Verb.HUMAN),
)
