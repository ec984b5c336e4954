"""Voice messages: what was heard is shown, and taken as typed once the person says that it is right.

The recording goes with the words, as an attachment with its transcript. Words that are not right can be said again or
typed; where there are none, the recording is taken as the file that it is.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import aiohttp

from backend.contract.client import ContactClient
from backend.contract.errors import BackendError
from backend.contract.message import Message
from backend.contract.models.attachments import TranscriptIn
from dialogs.collecting import MOST_FILES, first_files
from dialogs.commands import Command, Verb, parse
from dialogs.engine.receiving import with_recording
from dialogs.enterprise import forms
from dialogs.enterprise.visit import Visit
from dialogs.events import Event, Gone, Media, Press, Text, Upload
from dialogs.exchange import button
from dialogs.phrases import read_phrases
from dialogs.session import Spoken
from dialogs.speech.limits import LARGEST_BYTES, LONGEST_SECONDS
from dialogs.speech.voice_messages import Ears, NotHeard, Reason

log = logging.getLogger(__name__)

_RIGHT, _AGAIN = "right", "again"


async def hear(event: Event | Gone, backend: ContactClient, ears: Ears) -> str | Reason:
    """The words of a voice message, or why there are none; '' for any other event. Takes seconds."""
    spoken = event.spoken if isinstance(event, Media) else None
    if spoken is None:
        return ""
    if spoken.size > LARGEST_BYTES:
        return Reason.TOO_LONG
    try:
        async with backend.download(spoken.attachment) as file:
            sound = b"".join([chunk async for chunk in file.chunks])
        return await ears.words_of(sound)
    except NotHeard as failed:
        return failed.reason
    except (BackendError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("a voice message could not be fetched", extra={"reason": type(error).__name__})
        return Reason.BUSY


async def settled(visit: Visit) -> bool:
    """Whether this event was about a voice message and is dealt with; one that confirms goes on as typed words."""
    event, kept = visit.incoming.event, visit.session.spoken
    if isinstance(event, Media) and event.spoken is not None:
        return _shown(visit, event.spoken)
    if isinstance(event, Press) and (pressed := parse(event.command)) is not None and pressed.verb is Verb.VOICE:
        return await _pressed(visit, pressed, kept)
    if kept is None or isinstance(event, Gone) or visit.is_edit:
        return False
    if isinstance(event, Text):
        return await _typed(visit, kept)
    _leave(visit, kept)
    return False


async def _typed(visit: Visit, kept: Spoken) -> bool:
    """Whether it is right, or the right words; a command is what it always is."""
    answer = read_phrases().says_heard_right(visit.text)
    if answer is None and read_phrases().command(visit.text):
        _leave(visit, kept)
        return False
    if answer is False:
        return _say_again(visit)
    await _take(visit, kept, kept.words if answer else visit.text)
    return False


def words_in(visit: Visit) -> str:
    """What was typed or is heard with this event: an emergency does not wait until it is confirmed."""
    return visit.text or ("" if isinstance(visit.heard, Reason) else visit.heard)


def _shown(visit: Visit, upload: Upload) -> bool:
    """Show what was heard; a recording without words goes on as a file."""
    visit.session.spoken = None
    if isinstance(visit.heard, Reason):
        visit.say(Message(f"voice.not_heard.{visit.heard}", {"minutes": LONGEST_SECONDS // 60}))
        return False
    question = visit.session.question if visit.incoming.question is None else visit.incoming.question
    visit.session.spoken = Spoken(upload, visit.heard, question, visit.incoming.quotes)
    choices = [button(f"button.voice_{one}", Verb.VOICE, one, upload.attachment) for one in (_RIGHT, _AGAIN)]
    visit.say(Message("voice.heard", {"words": visit.heard}), tuple(choices))
    return True


async def _pressed(visit: Visit, pressed: Command, kept: Spoken | None) -> bool:
    if kept is None or pressed.arg(1) != kept.upload.attachment:
        await forms.stale(visit)
        return True
    if pressed.arg(0) == _AGAIN:
        return _say_again(visit)
    await _take(visit, kept, kept.words)
    return False


def _say_again(visit: Visit) -> bool:
    visit.session.spoken = None
    visit.say(Message("voice.say_again"))
    return True


async def _take(visit: Visit, kept: Spoken, words: str) -> None:
    """From here on as if they had been typed when the recording was sent."""
    visit.session.spoken = None
    event = Text(words, recording=kept.upload)
    question = None if kept.quotes else kept.question
    visit.incoming = replace(visit.incoming, event=event, question=question, quotes=kept.quotes)
    try:
        await visit.backend.set_transcript(kept.upload.attachment, TranscriptIn(text=words), key=visit.id("transcript"))
    except BackendError as error:
        # The words are what counts; staff have the recording besides.
        log.warning("a transcript was not kept", extra={"action": "set_transcript", "code": error.code})


def _leave(visit: Visit, kept: Spoken) -> None:
    """They do something else: the words count for nothing, the recording stays with what it was sent to."""
    session, matter = visit.session, kept.question.partition("/")[0]
    session.spoken = None
    if session.errand is not None and session.errand.id == matter:
        files = {**session.errand.files, kept.upload.attachment: kept.upload.name}
        session.errand = session.errand.replace(files=first_files(files, MOST_FILES))
    elif session.form is not None and session.form.draft == matter:
        session.form = with_recording(session.form, kept.upload)
