"""Delivers notices to open pages; nobody is reachable whose page is closed, and their notices wait in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from backend.contract.models.notices import NoticeOut
from bot.web.bubbles import notice_bubbles
from bot.web.rooms import Rooms
from dialogs.delivery.delivery import UndeliverableError
from dialogs.notices import Notices

CONFIRM_SECONDS = 3.0
"""How long a notice waits to be seen before others get its place in hand."""
RETRY_SECONDS = 2
"""Until the next try, where the last page has closed meanwhile."""
UNSEEN_SECONDS = 30
"""The same, while it lies unseen on a page: who comes to see it later confirms it then, unless that is lost."""


class PageDelivery:
    """The pages of enterprises, or those of staff, as the notifier sees them."""

    def __init__(
        self,
        name: str,
        rooms: Rooms,
        notices: Notices,
        now: Callable[[], datetime],
        confirm_seconds: float = CONFIRM_SECONDS,
    ) -> None:
        self._name = name
        self._rooms = rooms
        self._notices = notices
        self._now = now
        self._confirm_seconds = confirm_seconds

    @property
    def name(self) -> str:
        return self._name

    def open_addresses(self) -> Sequence[str]:
        """Ids of those who have a page open."""
        return self._rooms.addresses(self._name)

    async def deliver(self, notice: NoticeOut) -> None:
        """Returns once somebody has seen it on a page; raises UndeliverableError."""
        now = self._now()
        bubbles = notice_bubbles(self._notices.outputs(notice, now), notice, now)
        shown = (f"{self._name}:{notice.address}", notice.key, bubbles)
        if not await self._rooms.deliver(*shown, self._confirm_seconds):
            retry = UNSEEN_SECONDS if self._rooms.is_open(shown[0]) else RETRY_SECONDS
            raise UndeliverableError("temporary", retry, partial(self._rooms.seen_at_last, *shown))
