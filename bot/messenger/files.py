"""Keeps the files that people send."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable

import aiohttp

from backend.contract.client.attachments import Attachments
from backend.contract.errors import AttachmentRefused, BackendError, Forbidden
from dialogs.events import Upload


class NotKept(Exception):
    """A file a person sent could not be kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """A code of the backend's refusals, `attachment-unavailable`, or `forbidden`."""


async def keep(client: Attachments, opened: Callable[[], AsyncIterable[bytes]], name: str, key: str) -> Upload:
    """Keep a file of the account acted for; the same key again keeps it once. Raises NotKept."""
    try:
        kept = await client.upload(opened, name=name, key=key)
    except (AttachmentRefused, Forbidden) as error:
        raise NotKept(error.code) from error
    except (BackendError, aiohttp.ClientError, TimeoutError) as error:
        raise NotKept("attachment-unavailable") from error
    return Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name)
