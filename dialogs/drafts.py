"""Keeps half-filled forms in the backend too, a moment behind, so that losing the session store loses nothing."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backend.contract.client import ContactClient
from backend.contract.errors import BackendError, NotFound
from backend.contract.models.drafts import DraftIn, DraftOut
from dialogs.form import Form

log = logging.getLogger(__name__)


@dataclass
class _Waiting:
    form: Form
    backend: ContactClient
    task: asyncio.Task[None]
    writing: Form | None = None
    """What is on its way now."""
    ended: bool = False
    cancelled: bool = False


class DraftKeeper:
    """Writes each form once the person pauses; several quick answers make one write."""

    def __init__(self, delay: float = 5.0, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """`delay`: seconds from an answer to the write."""
        self._delay = delay
        self._sleep = sleep
        self._waiting: dict[str, _Waiting] = {}

    def keep(self, form: Form, backend: ContactClient, *, cancelled: bool = False) -> None:
        """Write this form soon; a later one of the same draft takes its place."""
        if waiting := self._waiting.get(form.draft):
            waiting.form, waiting.backend, waiting.cancelled = form, backend, cancelled
            return
        task = asyncio.create_task(self._write_later(form.draft), name=f"draft {form.draft}")
        self._waiting[form.draft] = _Waiting(form, backend, task, cancelled=cancelled)

    async def catch_up(self, backend: ContactClient) -> None:
        """Write now what is still to be written for this person."""
        behind = [draft for draft, waiting in self._waiting.items() if waiting.backend == backend]
        await asyncio.gather(*(self._write_now(self._waiting.pop(draft)) for draft in behind))

    async def settle(self, draft: str) -> None:
        """Drop what is still to be written of a draft that ends now. A write under way is waited for: cut off, it might
        still arrive, after the end.
        """
        waiting = self._waiting.pop(draft, None)
        if waiting is not None:
            waiting.ended = True
            await _stop(waiting)

    async def forget(self, draft: str, backend: ContactClient) -> None:
        """The person does not want this draft any more. Raises BackendError."""
        await self.settle(draft)
        try:
            await backend.drop_draft(draft, key=_key(draft, "gone"))
        except NotFound:
            pass  # it never got as far as the backend

    async def flush(self) -> None:
        """Write everything now; for shutdown."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        await asyncio.gather(*(self._write_now(one) for one in waiting))

    async def _write_now(self, waiting: _Waiting) -> None:
        waiting.ended = True
        await _stop(waiting)
        if waiting.form is not waiting.writing:
            await self._write(waiting)

    async def _write_later(self, draft: str) -> None:
        await self._sleep(self._delay)
        waiting = self._waiting[draft]
        waiting.writing = waiting.form
        await self._write(waiting)
        if waiting.ended or self._waiting.get(draft) is not waiting:
            return  # whoever took it out goes on with it
        del self._waiting[draft]
        if waiting.form is not waiting.writing:  # answered again while this was being written
            self.keep(waiting.form, waiting.backend, cancelled=waiting.cancelled)

    async def _write(self, waiting: _Waiting) -> None:
        form = waiting.form
        request = DraftIn(scenario=form.scenario, form=form.to_json(), cancelled=waiting.cancelled)
        try:
            await waiting.backend.save_draft(form.draft, request, key=_key(form.draft, form.updated_at.isoformat()))
        except BackendError as error:
            # The session still has the form, and the next answer writes it again.
            log.warning("draft not kept", extra={"action": "save_draft", "code": error.code})


def form_of(draft: DraftOut) -> Form | None:
    """The form a draft holds, or None for one that this program cannot read any more."""
    try:
        return Form.from_json(draft.form)
    except ValueError:
        log.warning("draft not readable", extra={"action": "restore_draft", "draft": draft.id})
        return None


async def _stop(waiting: _Waiting) -> None:
    if waiting.writing is None:
        waiting.task.cancel()
    await asyncio.wait([waiting.task])


def _key(draft: str, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(draft), what))
