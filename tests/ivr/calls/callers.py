"""Callers who react: to words that the phone says they do what fits, by voice or by key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from tests.ivr.calls.speech import VOICE, sound
from tests.ivr.calls.tap import Captions


class Telephone(Protocol):
    """A peer in a call: baresip, or one of packets."""

    async def say(self, pcm: bytes) -> None: ...

    async def press(self, digits: str) -> None: ...

    async def hang_up(self) -> None: ...


class Transcript(Protocol):
    """What a caller is told, one thing after the other."""

    async def next(self) -> str: ...


Act = Callable[[Telephone], Awaitable[None]]


def says(text: str, voice: str = VOICE) -> Act:
    async def act(telephone: Telephone) -> None:
        await telephone.say(sound(text, voice))

    return act


def presses(keys: str) -> Act:
    async def act(telephone: Telephone) -> None:
        await telephone.press(keys)

    return act


def says_and_presses(text: str, keys: str, voice: str = VOICE) -> Act:
    speak, press = says(text, voice), presses(keys)

    async def act(telephone: Telephone) -> None:
        await speak(telephone)
        await press(telephone)

    return act


async def at_once(*calls: Coroutine[Any, Any, object]) -> None:
    """Several calls at a time; the first that goes wrong ends the others."""
    async with asyncio.TaskGroup() as group:
        for call in calls:
            group.create_task(call)


async def talk(telephone: Telephone, told: Captions, *cues: tuple[str, Act]) -> None:
    """Take the cues in their order. Raises AssertionError with the transcript for one that never comes."""
    for words, does in cues:
        await told.until(words)
        await does(telephone)


async def converse(
    telephone: Telephone, told: Transcript, answers: Mapping[str, Act], *, until: str, misheard: int = 0
) -> str:
    """Answer whatever is asked, in the order in which it is asked; returns what was said that holds the last words.

    Every answer must be asked for. `misheard`: how often in all a question may come again, for the recogniser errs in
    one phrase of a hundred; the answer is given again then. Raises AssertionError with the transcript.
    """
    left = dict(answers)
    while True:
        caption = await told.next()
        if until in caption:
            assert not left, f"never asked {list(left)} in:\n{told}"
            return caption
        asked = [words for words in answers if words in caption]
        if asked:
            question = max(asked, key=caption.rindex)
            misheard -= question not in left
            assert misheard >= 0, f"asked again: {question!r} in:\n{told}"
            left.pop(question, None)
            await answers[question](telephone)


async def listens(telephone: Telephone) -> None:
    """Does nothing but wait for what is said next."""
