"""Brings the parts of an album, which a messenger delivers as single messages, together again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

QUIET_SECONDS = 0.8
"""An album is whole when no further part has come for so long; nobody gives a count."""
_REMEMBERED = 1000

MessageT = TypeVar("MessageT")
Parts = tuple[tuple[int, MessageT], ...]
"""Update ids with their messages, in order."""


@dataclass
class _Album(Generic[MessageT]):
    parts: dict[int, MessageT] = field(default_factory=dict)
    under_way: asyncio.Future[None] | None = None
    """Set while one part's handler handles the album; the others wait for it."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    taken: frozenset[int] = frozenset()
    """Update ids that were handled together."""


class Albums(Generic[MessageT]):
    """Handles each album once; every part's update ends with it, well or badly.

    So no part is confirmed to the messenger before the whole album is handled, and after a failure all parts come again
    and are still known to belong together.
    """

    def __init__(self, quiet: float = QUIET_SECONDS) -> None:
        """`quiet`: seconds without a further part after which an album is whole."""
        self._quiet = quiet
        self._albums: OrderedDict[Hashable, _Album[MessageT]] = OrderedDict()

    async def handle(
        self, key: Hashable, update_id: int, message: MessageT, work: Callable[[Parts[MessageT]], Awaitable[None]]
    ) -> None:
        """Take one part of the album `key`; `work` gets all of them. Raises whatever `work` raises, for each part."""
        album = self._album(key)
        if update_id in album.taken:
            return
        album.parts[update_id] = message
        album.heard.set()
        if album.under_way is not None:
            await asyncio.shield(album.under_way)
        elif not album.taken:
            await self._lead(album, work)
        if update_id not in album.taken:  # a straggler, far behind the others
            await work(((update_id, message),))
            album.taken |= {update_id}

    async def _lead(self, album: _Album[MessageT], work: Callable[[Parts[MessageT]], Awaitable[None]]) -> None:
        album.under_way = asyncio.get_running_loop().create_future()
        # Nobody may be waiting for it.
        album.under_way.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            await self._until_quiet(album)
            parts = tuple(sorted(album.parts.items()))
            await work(parts)
        except asyncio.CancelledError:
            album.under_way.cancel()
            raise
        except Exception as error:
            album.under_way.set_exception(error)
            raise
        else:
            album.taken |= {update_id for update_id, _ in parts}
            album.under_way.set_result(None)
        finally:
            album.under_way = None

    async def _until_quiet(self, album: _Album[MessageT]) -> None:
        while True:
            album.heard.clear()
            try:
                async with asyncio.timeout(self._quiet):
                    await album.heard.wait()
            except TimeoutError:
                return

    def _album(self, key: Hashable) -> _Album[MessageT]:
        album = self._albums.setdefault(key, _Album())
        self._albums.move_to_end(key)
        while len(self._albums) > _REMEMBERED:
            self._albums.popitem(last=False)
        return album
