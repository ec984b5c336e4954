"""Collects words and files for an errand until the person says that is all."""

from __future__ import annotations

from collections.abc import Mapping

from backend.contract.message import Message, Words
from dialogs.commands import Verb, command
from dialogs.events import Media, Place, Press, Rejected, SharedPhone, Text
from dialogs.exchange import Exchange, button, paragraphs
from dialogs.fields.text import cleaned
from dialogs.outputs import Ask, Button, Expect, Rows
from dialogs.refusal import refusal
from dialogs.session import Errand

MOST_TEXT = 5000
"""Characters, as `Prose` of the contract has it."""
MOST_FILES = 20


def ask_for(
    exchange: Exchange,
    prompt: Words,
    *,
    send: str = "button.send",
    problem: Words | None = None,
    about: Words | None = None,
    singly: bool = False,
) -> None:
    """Ask for words and files; what is there already is told, with a button to send it. The prompt is said until the
    first thing sent in answer to it; `about` names the ticket ever after, for who has several open. `singly`: each of
    several files has a button that takes it back.
    """
    errand = exchange.session.errand
    assert errand is not None
    cancel = button("button.cancel", Verb.CANCEL)
    if not errand.text and not errand.files:
        exchange.said.append(Ask("", prompt, Expect.MEDIA, problem=problem, controls=((cancel,),)))
        return
    counts: dict[str, Words | int] = {"characters": len(errand.text), "files": len(errand.files)}
    got: Words = (
        Message("collecting.got", counts)
        if about is None
        else Message("collecting.got_for", {**counts, "number": about})
    )
    if isinstance(exchange.incoming.event, Press):
        got = paragraphs(prompt, got)
    row = (button(send, Verb.DONE), cancel)
    options = _take_back(errand) if singly and len(errand.files) > 1 else ()
    exchange.said.append(Ask("", got, Expect.MEDIA, problem=problem, options=options, controls=(row,)))


def _take_back(errand: Errand) -> Rows:
    return tuple(
        (Button(Message("engine.take_back", {"at": at, "name": name}), command(Verb.UNFILE, attachment)),)
        for at, (attachment, name) in enumerate(errand.files.items(), start=1)
    )


def take_back(exchange: Exchange, attachment: str) -> None:
    """One file was wrong: it is no part of the errand any more."""
    errand = exchange.session.errand
    assert errand is not None
    files = {one: name for one, name in errand.files.items() if one != attachment}
    exchange.session.errand = errand.replace(files=files)


def collect(exchange: Exchange) -> Words | None:
    """Take what the event brings into the errand. Returns what was wrong with it, if anything."""
    errand = exchange.session.errand
    assert errand is not None
    event = exchange.incoming.event
    match event:
        case Text(recording=None) if exchange.text:
            return _add_text(exchange, errand, exchange.text, event)
        case Media() | Text() if exchange.files:
            return _add_files(exchange, errand)
        case Place():
            place = f"{event.label} ({event.latitude:.6f}, {event.longitude:.6f})".strip()
            return _add_text(exchange, errand, place)
        case SharedPhone():
            return _add_text(exchange, errand, event.phone)
        case Rejected():
            return rejected(event)
    return Message("collecting.not_usable")


def first_files(files: Mapping[str, str], most: int) -> dict[str, str]:
    """The first ones, in the order sent."""
    return dict(list(files.items())[:most])


def rejected(event: Rejected) -> Message:
    """Why a file was not kept, and what to do."""
    return refusal(event.reason)


def _add_text(exchange: Exchange, errand: Errand, text: str, event: Text | None = None) -> Words | None:
    if event is not None and event.edited:
        whole = _corrected(errand.text, text, event)
    else:
        whole = f"{errand.text}\n{text}".strip()
    if len(whole) > MOST_TEXT:
        return Message("collecting.too_long", {"limit": MOST_TEXT, "over": len(whole) - MOST_TEXT})
    exchange.session.errand = errand.replace(text=whole)
    return None


def _corrected(whole: str, text: str, event: Text) -> str:
    """The words of an edited message in the place of what it said before; one that is no part of them changes nothing.

    Where the channel does not tell which message it was, it takes the place of the only one so far.
    """
    if not event.message:
        return text if "\n" not in whole else f"{whole}\n{text}"
    before = cleaned(event.before)
    head, found, tail = f"\n{whole}\n".rpartition(f"\n{before}\n") if before else ("", "", "")
    return f"{head}\n{text}\n{tail}".strip("\n") if found else whole


def _add_files(exchange: Exchange, errand: Errand) -> Words | None:
    files = {**errand.files, **exchange.files}
    exchange.session.errand = errand = errand.replace(files=first_files(files, MOST_FILES))
    problem = _add_text(exchange, errand, exchange.text) if exchange.text else None
    return Message("collecting.too_many", {"limit": MOST_FILES}) if len(files) > MOST_FILES else problem
