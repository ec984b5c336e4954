"""Recognises edited messages: an edit may change nothing, come too late, or correct an answer."""

from __future__ import annotations

import dataclasses

from dialogs.events import Event, Gone, Media, Text
from dialogs.fields.text import cleaned
from dialogs.session import Session

_KEPT = 20
"""Messages of which the words are kept."""
_LONGEST = 5000
"""Characters kept of one; an edit of a longer message cannot be told from a new one."""


def recognise_edit(session: Session, event: Event | Gone) -> Event | Gone | None:
    """The event as the conversation is to take it; None where nothing is to be done.

    Nothing is done for an edit that changes no word, for one older than an edit that came already, and for a message
    whose correction came before it.
    """
    if isinstance(event, Text) and event.message:
        return _edited(session, event) if event.edited else _written(session, event)
    if isinstance(event, Media) and event.message:
        late = _is_corrected(session, event.message)
        _keep_first(session, event.message, event.caption)
        return dataclasses.replace(event, caption="") if late else event
    return event


def forget_words(session: Session, event: Event | Gone) -> None:
    """Keep nothing of what this message says."""
    if isinstance(event, Text):
        session.heard.pop(event.message, None)


def _written(session: Session, event: Text) -> Text | None:
    if _is_corrected(session, event.message):
        return None
    _keep_first(session, event.message, event.text)
    return event


def _edited(session: Session, event: Text) -> Text | None:
    said, known = cleaned(event.text), session.heard.get(event.message)
    if known is not None and (event.version < known[0] or said == known[1]):
        session.heard[event.message] = (max(event.version, known[0]), known[1])
        return None
    newest = known is None and _is_newest(session, event.message)
    _keep(session, event.message, event.version, said)
    if newest:  # its first version has not come yet
        return dataclasses.replace(event, edited=False)
    return dataclasses.replace(event, before=known[1] if known else "")


def _is_corrected(session: Session, message: str) -> bool:
    known = session.heard.get(message)
    return known is not None and known[0] > 0


def _keep_first(session: Session, message: str, said: str) -> None:
    if message not in session.heard and cleaned(said):
        _keep(session, message, 0, cleaned(said))


def _keep(session: Session, message: str, version: int, said: str) -> None:
    others = {key: value for key, value in session.heard.items() if key != message}
    session.heard = {**dict(list(others.items())[1 - _KEPT :]), message: (version, said[:_LONGEST])}


def _is_newest(session: Session, message: str) -> bool:
    """Whether it was written after all that was heard in its chat, as the numbers of messages tell."""
    chat, _, number = message.rpartition("/")
    heard = [key.rpartition("/") for key in session.heard]
    numbers = [int(one) for place, _, one in heard if place == chat]
    return bool(numbers) and int(number) > max(numbers)
