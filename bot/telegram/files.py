"""Moves files between Telegram and the backend, as streams."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

from aiogram import Bot
from aiogram.methods import GetFile, SendDocument, SendPhoto, SendVideo, SendVoice, TelegramMethod
from aiogram.types import InputFile, Message

from backend.contract.client import BackendClient
from bot.messenger.errors import Refused, SendError
from bot.messenger.files import NotKept, keep
from bot.messenger.spot import Spot
from bot.telegram.drawing import chat_id
from bot.telegram.sender import Sender
from dialogs.events import Person, Upload

FETCH_LIMIT = 20 * 1024 * 1024
"""Bytes that a bot may fetch (core.telegram.org/bots/api#getfile)."""
PHOTO_LIMIT = 10 * 1024 * 1024
"""Bytes that may be sent as a photo (core.telegram.org/bots/api#sendphoto)."""
_FETCH_SECONDS = 50
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICE = frozenset({"audio/ogg", "application/ogg", "audio/opus"})

FileCall = TelegramMethod[Message]


@dataclass(frozen=True)
class Sent:
    """A file in a message, as Telegram describes it."""

    id: str
    size: int
    """Bytes; 0 if Telegram does not say."""
    name: str = ""


class Files:
    """Takes what people send into the backend, and gives back what the backend keeps."""

    def __init__(self, bot: Bot, sender: Sender, client: BackendClient) -> None:
        self._bot = bot
        self._sender = sender
        self._client = client

    async def take(self, person: Person, chat: int, sent: Sent, key: str) -> Upload:
        """Keep a file of this person's; the same key again keeps it once. Raises NotKept."""
        if sent.size > FETCH_LIMIT:
            raise NotKept("attachment-too-large")
        path = await self._path(chat, sent)

        def opened() -> AsyncIterable[bytes]:
            url = self._bot.session.api.file_url(self._bot.token, path)
            return self._bot.session.stream_content(url, timeout=_FETCH_SECONDS)

        return await keep(self._client.acting_as(person.key), opened, sent.name, key)

    async def give(self, account: str, attachment: str, spot: Spot) -> list[FileCall]:
        """Calls that send a kept file, the most fitting first; the next is for when Telegram refuses it.

        Raises BackendError.
        """
        client = self._client.acting_as(account)
        async with client.download(attachment) as head:
            name, media_type, size = head.name, head.media_type, head.size or 0
        file = _KeptFile(client, attachment, name)
        chat, topic = chat_id(spot), spot.topic
        calls: list[FileCall] = [SendDocument(chat_id=chat, message_thread_id=topic, document=file)]
        if media_type in _PHOTOS and size <= PHOTO_LIMIT:
            calls.insert(0, SendPhoto(chat_id=chat, message_thread_id=topic, photo=file))
        elif media_type in _VOICE:
            calls.insert(0, SendVoice(chat_id=chat, message_thread_id=topic, voice=file))
        elif media_type == "video/mp4":
            calls.insert(0, SendVideo(chat_id=chat, message_thread_id=topic, video=file))
        return calls

    async def _path(self, chat: int, sent: Sent) -> str:
        try:
            found = await self._sender.send(chat, GetFile(file_id=sent.id))
        except Refused as error:
            too_big = "too big" in error.description.lower()
            raise NotKept("attachment-too-large" if too_big else "attachment-unavailable") from error
        except SendError as error:
            raise NotKept("attachment-unavailable") from error
        if not found.file_path:
            raise NotKept("attachment-unavailable")
        return found.file_path


class _KeptFile(InputFile):
    """A file of the backend's; read anew for every try."""

    def __init__(self, client: BackendClient, attachment: str, name: str) -> None:
        super().__init__(filename=name)
        self._client = client
        self._attachment = attachment

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:  # noqa: ARG002
        async with self._client.download(self._attachment) as file:
            async for chunk in file.chunks:
                yield chunk
