"""Draws a chat message as Telegram calls: escaped, split to Telegram's lengths, with its keyboard."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator, Sequence

from aiogram.enums import ParseMode
from aiogram.methods import SendMessage
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.messenger.spot import Spot
from dialogs.chat import ChatButton, ChatMessage
from dialogs.wording import Span

TEXT_LIMIT = 4096
"""UTF-16 units of one message, without markup (core.telegram.org/bots/api#sendmessage)."""
DATA_LIMIT = 64
"""Bytes of a button's callback data."""
BUTTON_LIMIT = 100
"""Buttons of one keyboard."""

_BORDERS = (("\n\n",), ("\n",), tuple("。！？；!?;"), tuple(" 　，、,"))
"""Where a text is best cut: after a paragraph, a line, a sentence, a word."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_JOINER = "\u200d"

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def chat_id(spot: Spot) -> int:
    """The chat, as the Bot API names it."""
    return int(spot.chat)


def is_private(spot: Spot) -> bool:
    """Whether it is the chat with one person."""
    return chat_id(spot) > 0


def draw(message: ChatMessage, spot: Spot) -> list[SendMessage]:
    """The calls that show the text and its buttons, in order; attachments are not among them.

    The buttons stand under the last part of a long text. A share button needs a keyboard of its own kind, so beside
    inline buttons it comes under a message with the hint; in groups Telegram has no share buttons.
    """
    texts = [to_html(part) for part in split(message.text)]
    inline = inline_keyboard(message.rows) if message.rows else None
    share = _share_keyboard(message) if is_private(spot) else None
    calls = [text_call(spot, text) for text in texts]
    if share is not None and (inline is not None or not calls):
        hint = html.escape(message.hint or message.share, quote=False)
        calls.append(text_call(spot, hint, share))
        share = None
    keyboard = inline or share
    if keyboard is not None and texts:
        at = len(texts) - 1
        calls[at] = text_call(spot, texts[at], keyboard)
    return calls


def text_call(spot: Spot, text: str, keyboard: Keyboard | None = None) -> SendMessage:
    """A message of HTML text; addresses in it are never shown as previews."""
    return SendMessage(
        chat_id=chat_id(spot),
        message_thread_id=spot.topic,
        text=text,
        parse_mode=ParseMode.HTML,
        link_preview_options=_NO_PREVIEW,
        reply_markup=keyboard,
    )


def to_html(spans: Sequence[Span]) -> str:
    """Spans as Telegram's HTML; whatever a person wrote stays text."""
    parts = []
    for span in spans:
        text = html.escape(span.text, quote=False)
        parts.append(f"<b>{text}</b>" if span.bold and text.strip() else text)
    return "".join(parts)


def units(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def split(spans: Sequence[Span], limit: int = TEXT_LIMIT) -> list[tuple[Span, ...]]:
    """The text in parts of at most `limit` units, cut where a reader would pause; blank parts are left out."""
    plain = "".join(span.text for span in spans)
    parts = []
    for start, end in _pieces(plain, limit):
        part = tuple(_slice(spans, start, end))
        if any(span.text.strip() for span in part):
            parts.append(part)
    return parts


def inline_keyboard(rows: Sequence[Sequence[ChatButton]]) -> InlineKeyboardMarkup:
    """Buttons under a message. Raises ValueError for what Telegram does not take."""
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTON_LIMIT:
        raise ValueError(f"{len(buttons)} buttons, but a keyboard holds {BUTTON_LIMIT}")
    for button in buttons:
        if not 1 <= len(button.command.encode()) <= DATA_LIMIT:
            raise ValueError(f"a button's command must have 1 to {DATA_LIMIT} bytes: {button.command!r}")
    return InlineKeyboardMarkup(
        inline_keyboard=[
            # Telegram refuses a label of white space only.
            [InlineKeyboardButton(text=button.label.strip() or "·", callback_data=button.command) for button in row]
            for row in rows
            if row
        ]
    )


def _share_keyboard(message: ChatMessage) -> ReplyKeyboardMarkup | None:
    if not message.keyboard.startswith("share_") or not message.share:
        return None
    phone = message.keyboard == "share_phone"
    button = KeyboardButton(text=message.share, request_contact=phone or None, request_location=not phone or None)
    return ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True)


def _pieces(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Beginning and end of each part of the text; white space at a cut belongs to neither side."""
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            end = _border(text, start, end)
        yield start, end
        start = end
        while 0 < start < len(text) and text[start].isspace():
            start += 1


def _reach(text: str, start: int, limit: int) -> int:
    """The furthest end of a part that begins at `start`."""
    left = limit
    for at in range(start, len(text)):
        left -= 2 if ord(text[at]) > 0xFFFF else 1
        if left < 0:
            return at
    return len(text)


def _border(text: str, start: int, end: int) -> int:
    """The best place for a cut between the middle of the part and its furthest end."""
    middle = start + (end - start) // 2
    for marks in _BORDERS:
        found = max(
            (text.rfind(mark, middle, end) + len(mark) for mark in marks if mark in text[middle:end]), default=0
        )
        if found > middle:
            return found
    while end > middle + 1 and (text[end - 1] == _JOINER or _belongs_to_previous(text[end])):
        end -= 1
    return end


def _belongs_to_previous(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char) in {"Mn", "Me", "Sk"}


def _slice(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    at = 0
    for span in spans:
        text = span.text[max(0, start - at) : max(0, end - at)]
        at += len(span.text)
        if text:
            yield Span(text, span.bold)
