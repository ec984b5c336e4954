"""Draws what is said, by either side, as messages of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from backend.contract.models.notices import NoticeOut
from bot.web.protocol import (
    Bubble,
    ButtonOut,
    EventFrame,
    EventIn,
    MediaIn,
    PlaceIn,
    PressIn,
    RejectedIn,
    RunOut,
    TextIn,
)
from dialogs.chat import ChatMessage, present
from dialogs.exchange import Reply
from dialogs.fields.typed import narrow
from dialogs.outputs import Output
from dialogs.wording import Span

_SEPARATORS = re.compile(r"[\s\-_.]+")
_CODE = re.compile(r"\d{8}|\d{6}", re.ASCII)
"""What may be a retrieval code, typed to follow a ticket; a date or a postcode hidden with it has been told anyway."""
_HIDDEN = "••••••"


def own_bubble(frame: EventFrame, at: datetime) -> Bubble | None:
    """What the person did, for their other pages and for later; None for what leaves no trace."""
    text = _own_text(frame.event)
    if not text:
        return None
    of = frame.event.of if isinstance(frame.event, PressIn) else ""
    bubble = Bubble(key=f"{frame.id}.you", who="you", at=at, text=[RunOut(text=text)], event=frame.id, of=of)
    if isinstance(frame.event, TextIn) and _CODE.fullmatch(_SEPARATORS.sub("", narrow(text))):
        return bubble.model_copy(update={"kept": [RunOut(text=_HIDDEN)]})
    return bubble


def answer_bubbles(reply: Reply, event: str, at: datetime) -> list[Bubble]:
    """The answers to an event; their keys are the same whenever the event is repeated."""
    messages = (message for output in reply.outputs for message in present(output, reply.language))
    return [
        _bubble(
            message, f"{event}.{place}", reply.language, at, event=event, question=reply.question, ended=reply.ended
        )
        for place, message in enumerate(messages)
    ]


def notice_bubbles(outputs: Iterable[Output], notice: NoticeOut, at: datetime) -> list[Bubble]:
    """A notice; the last of its messages asks to be acknowledged."""
    messages = [message for output in outputs for message in present(output, notice.language)]
    last = len(messages) - 1
    return [
        _bubble(message, f"{notice.key}.{place}", notice.language, at, notice=notice.key if place == last else "")
        for place, message in enumerate(messages)
    ]


def _bubble(
    message: ChatMessage,
    key: str,
    language: str,
    at: datetime,
    *,
    event: str = "",
    notice: str = "",
    question: str | None = None,
    ended: Iterable[str] = (),
) -> Bubble:
    return Bubble(
        key=key,
        who="us",
        at=at,
        language=language,
        text=_runs(message.text),
        kept=None if message.kept is None else _runs(message.kept),
        rows=[[ButtonOut(label=one.label, command=one.command) for one in row] for row in message.rows],
        expects=message.expects,
        share=message.share if message.keyboard == "share_location" else "",
        files=list(message.attachments),
        notice=notice,
        event=event,
        question=question,
        ended=sorted(ended),
        replaces=message.replaces,
    )


def _runs(spans: Iterable[Span]) -> list[RunOut]:
    return [RunOut(text=span.text, bold=span.bold) for span in spans]


def _own_text(event: EventIn) -> str:
    match event:
        case TextIn():
            return event.text
        case PressIn():
            return event.label
        case MediaIn():
            names = "\n".join(f"{'🎤' if one.spoken else '📎'} {one.name or one.kind}" for one in event.uploads)
            return f"{names}\n{event.caption}".strip()
        case RejectedIn():
            return f"📎 {event.name}" if event.name else ""
        case PlaceIn():
            return f"📍 {event.latitude:.5f}, {event.longitude:.5f}"
    return ""
