"""Emergencies in what a person writes: the right number first, and alone where somebody has to be called now.

Then what was written waits, with all that is open, until its person goes on: by the button, or by whatever they write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from backend.contract.channels import channel_named
from backend.contract.message import Localized, Message
from dialogs.commands import Verb, command
from dialogs.enterprise import forms, voice
from dialogs.enterprise.visit import Visit
from dialogs.events import Incoming, Press, Text
from dialogs.exchange import button
from dialogs.phrases import read_phrases
from dialogs.understanding.emergencies import Emergency
from dialogs.understanding.threads import read_aside

_IN_DANGER = timedelta(minutes=10)
"""For so long after an alarm who presses for help means that, whatever is open."""
_HURRIES = re.compile(
    "快[点些]|快啲|快来|赶紧|赶快|来不及|怎么还(?:没|不)|还没(?:有)?(?:人)?来|救[命人我]|动不了|撑不住|顶不住|出不来|没反应|没气|打不通"
    "|hurry|help (?:me|us|him|her)|quick|nobody is coming|what do i do"
)
_IN_FULL_AGAIN = timedelta(minutes=5)
"""After which a number is told as if for the first time."""


async def heed(visit: Visit) -> bool:
    """Tell the numbers; whether the conversation waits. A chat tells them as long as there is danger in the words, and
    a hint once a ticket. On the phone each is told once: there a caller is offered to be put through.
    """
    words = voice.words_in(visit)
    reader = visit.deps.emergencies if visit.text else visit.deps.heard_emergencies
    found = await read_aside(words, reader.found_in, words, visit.asked) if words else ()
    told = [one for one in found if _is_to_tell(visit, one)]
    for emergency in told:
        _tell(visit, emergency)
    if not told and _is_pressing(visit):
        _say_again(visit)
    elif not _must_wait(visit, told):
        return False
    visit.session.danger_at = visit.now
    visit.session.held = _joined(visit.session.held, visit.text)
    visit.say(Message("emergency.waits"), (button("button.go_on", Verb.CONFIRM),))
    return True


async def released(visit: Visit) -> Sequence[Incoming]:
    """This event, after what had waited for it; words of both are one message. They never answer a question that asks
    for anything but words.
    """
    held, visit.session.held = visit.session.held, ""
    incoming, event = visit.incoming, visit.incoming.event
    if not held:
        return (incoming,)
    visit.of_danger = True
    waited = replace(incoming, event=Text(held))
    command_typed = read_phrases().command(visit.text) if isinstance(event, Text) else ""
    goes_on = command_typed in (Verb.CONFIRM, Verb.DONE) or (
        isinstance(event, Press) and event.command == command(Verb.CONFIRM)
    )
    is_more = isinstance(event, Text) and not event.edited and not command_typed
    words = _joined(held, visit.text) if is_more else held
    if await forms.keep_aside(visit, words):
        return () if goes_on or is_more else (incoming,)
    if isinstance(event, Text) and is_more:
        return (replace(incoming, event=replace(event, text=words)),)
    return (waited,) if goes_on else (waited, incoming)


def _is_pressing(visit: Visit) -> bool:
    """Whether somebody in danger presses for help: 快点啊, 怎么还没来人. It is not their tickets that they mean."""
    at, event = visit.session.danger_at, visit.incoming.event
    if at is None or visit.now - at > _IN_DANGER or _is_telephone(visit) or not visit.session.alarmed:
        return False
    return isinstance(event, Text) and not event.edited and _HURRIES.search(visit.text.lower()) is not None


def _say_again(visit: Visit) -> None:
    """The numbers that were told last, each in a line."""
    names = {
        rule.number: Localized({tag.split("_")[0]: name for tag, name in rule.name.items()})
        for rule in visit.deps.city.emergencies
    }
    for number in visit.session.alarmed:
        visit.say(Message("emergency.again", {"name": names.get(number, number), "number": number}), call=number)


def _is_to_tell(visit: Visit, emergency: Emergency) -> bool:
    once = emergency.grade == "hint" or _is_telephone(visit)
    return not once or emergency.rule not in visit.session.told


def _tell(visit: Visit, emergency: Emergency) -> None:
    session, number = visit.session, emergency.number
    key = "emergency.call"
    if emergency.grade == "hint":
        key = "emergency.hint"
    elif not _is_telephone(visit):
        before = session.alarmed.get(number)
        if before is not None and visit.now - before < _IN_FULL_AGAIN:
            key = "emergency.again"
        else:
            session.alarmed[number] = visit.now
    if emergency.rule not in session.told:
        session.told = (*session.told, emergency.rule)
    told = Message(key, {"name": emergency.name, "number": number})
    visit.say(told, call="" if emergency.grade == "hint" else number)


def _must_wait(visit: Visit, found: Sequence[Emergency]) -> bool:
    """While an emergency waits, what only may be one waits with it."""
    is_typed = isinstance(visit.incoming.event, Text) and not visit.is_edit
    waiting = ("certain", "possible") if visit.session.held else ("certain",)
    return not _is_telephone(visit) and is_typed and any(one.grade in waiting for one in found)


def _is_telephone(visit: Visit) -> bool:
    return channel_named(visit.incoming.person.channel).is_telephone


def _joined(before: str, text: str) -> str:
    return f"{before}\n{text}" if before else text
