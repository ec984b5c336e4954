"""Presents a conversation's outputs as chat messages: text, buttons, and what kind of input fits next.

A channel (Telegram, the web page) only draws these; it knows no rule of the business. `Submit`, `HandOver` and
`SetLanguage` are done by the conversation itself and show nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backend.contract.message import Message, Words
from dialogs.outputs import Ask, Button, Expect, Output, Rows, Say, Summarise
from dialogs.wording import Span, Wording

Keyboard = Literal["inline", "share_phone", "share_location", "none"]

_SHARES: dict[Expect, tuple[Keyboard, str, str]] = {
    Expect.PHONE: ("share_phone", "chat.share_phone", "chat.share_phone_hint"),
    Expect.LOCATION: ("share_location", "chat.share_location", "chat.share_location_hint"),
}


@dataclass(frozen=True)
class ChatButton:
    label: str
    command: str
    """What pressing it sends back; at most 64 bytes of UTF-8."""


@dataclass(frozen=True)
class ChatMessage:
    """One message of a chat."""

    text: tuple[Span, ...]
    rows: tuple[tuple[ChatButton, ...], ...] = ()
    expects: Expect | None = None
    keyboard: Keyboard = "none"
    """`inline`: `rows` only. `share_*`: besides, a button by which the device gives the phone number or place."""
    share: str = ""
    """Label of the share button."""
    hint: str = ""
    """One sentence for channels that can only put the share button under a message of its own."""
    topic: str = ""
    """Ticket number this is about."""
    attachments: tuple[str, ...] = ()
    """Attachment ids to deliver with the text."""
    kept: tuple[Span, ...] | None = None
    """What is stored in place of the text, where that is not to be kept."""
    replaces: bool = False
    """True: if the message whose button was pressed shows this very text, exchange its buttons instead of sending."""

    @property
    def plain(self) -> str:
        return "".join(span.text for span in self.text)


def present(output: Output, language: str) -> tuple[ChatMessage, ...]:
    """The messages that show `output`; none for outputs that show nothing."""
    wording = Wording(language)
    match output:
        case Say():
            return (_said(output, wording),)
        case Ask():
            return (_asked(output, wording),)
        case Summarise():
            return (_summarised(output, wording),)
    return ()


def _said(say: Say, wording: Wording) -> ChatMessage:
    rows = _rows(say.choices, wording)
    return ChatMessage(
        wording.spans(say.text),
        rows,
        Expect.CHOICE if rows else None,
        "inline" if rows else "none",
        topic=say.topic,
        attachments=say.attachments,
        kept=None if say.kept is None else wording.spans(say.kept),
    )


def _asked(ask: Ask, wording: Wording) -> ChatMessage:
    rows = _rows(ask.brief or (*ask.options, *ask.controls), wording)
    keyboard: Keyboard = "inline" if rows else "none"
    share = hint = ""
    if ask.expect in _SHARES:
        keyboard, label, sentence = _SHARES[ask.expect]
        share, hint = wording.text(Message(label)), wording.text(Message(sentence))
    paragraphs = [ask.problem, _prompt(ask), ask.help] if not ask.brief else [ask.problem, _how_to_go_on(ask)]
    return ChatMessage(
        _paragraphs([wording.spans(words) for words in paragraphs if words]),
        rows,
        ask.expect,
        keyboard,
        share,
        hint,
        replaces=bool(ask.options) and ask.problem is None,
    )


def _prompt(ask: Ask) -> Words:
    at, total = ask.progress
    if total > 1:
        return Message("chat.question_of", {"at": at, "total": total, "prompt": ask.prompt})
    return Message("chat.question", {"prompt": ask.prompt})


def _how_to_go_on(ask: Ask) -> Words | None:
    """What happened has to be told; all else can be left to a person. Said where there is help to say."""
    return None if ask.story or ask.help is None else Message("chat.brief")


def _summarised(summary: Summarise, wording: Wording) -> ChatMessage:
    title = wording.spans(summary.title)
    lines = [
        wording.spans(Message("chat.summary_line", {"label": line.label, "shown": line.shown}))
        for line in summary.lines
    ]
    correct = tuple(
        Button(Message("chat.correct", {"label": line.label}), line.command) for line in summary.lines if line.command
    )
    rows = (*summary.controls, *(correct[at : at + 2] for at in range(0, len(correct), 2)))
    body: list[Span] = []
    for line in lines:
        body += [*([Span("\n")] if body else []), *line]
    return ChatMessage(
        _paragraphs([title, tuple(body)]),
        _rows(rows, wording),
        Expect.CHOICE,
        "inline",
    )


def _paragraphs(parts: list[tuple[Span, ...]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in parts:
        spans += [*([Span("\n\n")] if spans and part else []), *part]
    return tuple(spans)


def _rows(rows: Rows, wording: Wording) -> tuple[tuple[ChatButton, ...], ...]:
    return tuple(tuple(ChatButton(wording.text(choice.label), choice.command) for choice in row) for row in rows if row)
