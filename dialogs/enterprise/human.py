"""Hands somebody who asks for a person to a seat: files what they said, after asking for at least one sentence."""

from __future__ import annotations

from backend.contract.errors import BackendError, FilesMissing, KeyReused
from backend.contract.message import Message
from backend.contract.models.contacts import ContactIn
from backend.contract.models.filing import NewTicket
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
from dialogs.wording import Wording

_TITLE = 60
"""Characters of the words that become the ticket's title."""
_GENERAL = "other"
_STORY_LIMIT = 5000
_MOST_FILES = 20

CALLBACK = "callback"
"""Argument of the errand: not empty when a seat shall call the person back."""


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
    words = visit.text
    if isinstance(phone, Understood):
        errand = errand.with_args(phone=str(phone.value))
        # It has a guarded place: in the title and the story it would be shown to everybody.
        words = "" if read_phrases().is_number_alone(words) else words
    errand = errand.replace(
        text=f"{errand.text}\n{words}".strip()[:_STORY_LIMIT],
        files=first_files({**errand.files, **visit.files}, _MOST_FILES),
    )
    visit.session.errand = errand
    if not (errand.text or errand.files or errand.args.get("phone")):
        seat.ask_words(visit)
        return
    if errand.stage == "words" and not errand.args.get("phone") and not await _phone_known(visit):
        visit.session.errand = errand.replace(stage="phone")
        seat.ask_phone(visit)
        return
    await file(visit)


def _ask_again(visit: Visit, errand: Errand) -> None:
    (seat.ask_phone if errand.stage == "phone" else seat.ask_words)(visit)


async def file_left(visit: Visit) -> None:
    """The person is gone: a seat shall deal with what there is, be it nothing at all. Raises BackendError."""
    errand = visit.session.errand
    assert errand is not None
    await _send(visit, callback=bool(errand.args.get(CALLBACK)))


async def file(visit: Visit) -> None:
    """Open the ticket for the seat."""
    errand = visit.session.errand
    if errand is None or errand.verb is not Verb.HUMAN or not (errand.text or errand.files or errand.args.get("phone")):
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
    wanted = Wording("zh_CN").text(Message("human.title"))
    story = errand.text or wanted
    phone = errand.args.get("phone")
    request = NewTicket(
        kind=Kind.HELP,
        scenario=_GENERAL,
        scenario_version=visit.deps.scenarios[_GENERAL].version if _GENERAL in visit.deps.scenarios else 1,
        language="en" if visit.language == "en" else "zh_CN",
        title=" ".join(story.split())[:_TITLE] or wanted,
        story=story,
        unclear=True,
        callback=callback,
        contact=ContactIn(phone=phone) if phone else None,
        attachments=list(errand.files),
    )
    try:
        receipt = await visit.backend.file_ticket(request, key=errand.id)
    except KeyReused:
        visit.session.errand = None
        visit.say(Message("form.filed_before"), (button("button.tickets", Verb.TICKETS),))
        return
    visit.session.errand = None
    seat.told(visit, receipt.number)


async def _phone_known(visit: Visit) -> bool:
    """Whether it is clear where to reach the person; who files for several firms may have left a number for each."""
    try:
        contact = await visit.backend.view_contact()
    except BackendError:
        return True  # filing will say that the service is away; no need to ask for more
    numbers = {one.phone for one in contact.speaks_as} or {contact.phone}
    return len(numbers) == 1 and None not in numbers


async def _begin(visit: Visit, _: Command) -> None:
    """What was sent before goes to a seat at once; so does a form that is open."""
    errand, before = visit.session.errand, visit.unplaced
    if errand is not None and errand.verb is Verb.HUMAN:
        _ask_again(visit, errand)
    elif before is not None and (before.verb is Verb.FILES or before.text or before.files):
        visit.session.errand = for_a_seat(before)
        await file(visit)
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
