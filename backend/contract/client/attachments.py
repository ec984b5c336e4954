"""The attachments' part of the API client: files as streams."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.contract.client.transport import Call, Resource, Upload
from backend.contract.models.attachments import AttachmentOut, TranscriptIn

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Download:
    """A file on its way."""

    name: str
    media_type: str
    size: int | None
    """Bytes, if told."""
    chunks: AsyncIterator[bytes]


class Attachments(Resource):
    async def upload(
        self, content: bytes | Callable[[], AsyncIterable[bytes]], *, name: str = "", key: str
    ) -> AttachmentOut:
        """Send a file; give a function that opens the stream anew, so that a broken upload can be repeated."""
        return await self._ask(AttachmentOut, "POST", "/attachments", Upload(content, name), key=key)

    async def set_transcript(self, attachment_id: str, request: TranscriptIn, *, key: str) -> AttachmentOut:
        """What is said in a recording of one's own, written down."""
        return await self._ask(AttachmentOut, "PUT", f"/attachments/{attachment_id}/transcript", request, key=key)

    @asynccontextmanager
    async def download(self, attachment_id: str) -> AsyncIterator[Download]:
        """Fetch a file within the block; the head is tried again, a stream that breaks is not."""
        call = Call("GET", f"/attachments/{attachment_id}")
        async with self.transport.opened(call, stream=True) as response:
            disposition = response.content_disposition
            yield Download(
                name=(disposition.filename if disposition else None) or attachment_id,
                media_type=response.content_type,
                size=response.content_length,
                chunks=response.content.iter_chunked(_CHUNK),
            )
