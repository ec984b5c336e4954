"""Asks who wants to talk to a person for one sentence, and tells them that a seat will be in touch."""

from __future__ import annotations

from backend.contract.channels import channel_named
from backend.contract.errors import BackendError
from backend.contract.message import Message, Words
from dialogs.commands import Verb
from dialogs.enterprise.visit import Visit
from dialogs.exchange import button
from dialogs.outputs import Ask, Expect


async def ask(visit: Visit) -> None:
    """Ask for a sentence; a phone number instead is enough too."""
    visit.open_errand(Verb.HUMAN, stage="words")
    ask_words(visit)


def ask_words(visit: Visit, problem: Words | None = None) -> None:
    controls = ((button("button.cancel", Verb.CANCEL),),)
    visit.said.append(Ask("", Message("human.ask"), Expect.TEXT, problem=problem, controls=controls))


def ask_phone(visit: Visit) -> None:
    controls = ((button("button.skip", Verb.SKIP), button("button.cancel", Verb.CANCEL)),)
    visit.said.append(Ask("", Message("human.ask_phone"), Expect.PHONE, controls=controls))


def kept(visit: Visit) -> None:
    """Say that what was said is safe, and goes its way later."""
    visit.say(Message("form.kept"))


def told(visit: Visit, number: str) -> None:
    """Say that a seat will be in touch."""
    visit.say(
        Message("human.coming", {"number": number}),
        (button("button.open_ticket", Verb.TICKET, number), button("button.menu", Verb.MENU)),
        topic=number,
    )


async def knows_phone(visit: Visit) -> bool:
    """Whether it is clear where to reach the person; who files for several firms may have left a number for each."""
    try:
        contact = await visit.backend.view_contact()
    except BackendError:
        return True  # filing will say that the service is away; no need to ask for more
    numbers = {one.phone for one in contact.speaks_as} or {contact.phone}
    return len(numbers) == 1 and None not in numbers


async def lacks_phone(visit: Visit) -> bool:
    """Whether a chat should ask where to reach the person; who calls is reached where they call from."""
    return not channel_named(visit.incoming.person.channel).is_telephone and not await knows_phone(visit)
