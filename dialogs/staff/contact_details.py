"""Shows name, telephone and enterprise behind a ticket to staff who may know; each look is logged."""

from __future__ import annotations

from backend.contract.acts import LOOK
from backend.contract.message import Message
from backend.contract.models.contacts import PersonOut
from dialogs.commands import Verb
from dialogs.exchange import button, lines
from dialogs.staff.work import Work


def tell(work: Work, number: str, person: PersonOut) -> None:
    missing = Message("look.none")
    text = lines(
        Message("look.head", {"number": number}),
        Message("look.name", {"value": person.name or missing}),
        Message("look.phone", {"value": person.phone or missing}),
        Message("look.enterprise", {"value": person.enterprise or missing}),
        Message("look.registered", {"value": person.enterprise_confirmed}) if person.enterprise_confirmed else None,
        Message("look.uscc", {"value": person.uscc}) if person.uscc else None,
        None if person.as_filed else Message("ticket.present_values"),
        Message("look.logged"),
    )
    again = (button("button.look", LOOK.verb, number), button("button.open_ticket", Verb.TICKET, number))
    work.say(text, again, topic=number, kept=Message("look.kept", {"number": number}))
