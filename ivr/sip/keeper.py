"""One SIP worker process as its keeper sees it: started, missed when silent, started anew, given orders."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ivr.refusal import Refusal
from ivr.sip.dialling import NotReached, Unreached
from ivr.sip.link import LinkCall
from ivr.sip.orders import (
    LOST,
    READY,
    REFUSED,
    REGISTERED,
    UNREACHED,
    Dial,
    GiveUp,
    Order,
    WorkerSettings,
    order_line,
    settings_line,
)

log = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).parents[2]
READY_SECONDS = 20.0
_SILENT_SECONDS = 10.0
"""A worker that gives no sign of life for so long is killed."""
_CLOSING_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between a worker's death and its next start; twice as long each time it dies within a minute."""
_HEALTHY_SECONDS = 60.0
_LATE_SECONDS = 5.0
"""How much later than told a worker may give a call up before it is taken for stuck."""


Refused = Callable[[Refusal, int], None]
"""Told of calls that were not taken: why, and how many."""


def unheard(_why: Refusal, _count: int) -> None:
    """Where nobody counts them."""


class Keeper:
    """Runs from `run` on until that is cancelled."""

    def __init__(self, settings: WorkerSettings, refused: Refused = unheard) -> None:
        self.settings = settings
        self._refused = refused
        self.ready = asyncio.Event()
        """Set for good once the worker took calls for the first time."""
        self.up = False
        """Whether it takes calls now."""
        self.registered = False
        self.calls = 0
        """Those under way."""
        self._process: Process | None = None
        self._dials: dict[str, asyncio.Future[LinkCall]] = {}

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def load(self) -> int:
        """Calls under way and on their way out."""
        return self.calls + len(self._dials)

    async def run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                await self._run_once()
            except (OSError, ValueError):  # no process to be had, or lines that make no sense: next time may be better
                log.exception("a SIP worker could not be kept", extra={"action": "sip_worker_lost", **self._where})
            pause = _FIRST_PAUSE if time.monotonic() - began > _HEALTHY_SECONDS else pause
            log.error("a SIP worker ended; it is started anew", extra={"action": "sip_worker_ended", **self._where})
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def dial(self, order: Dial) -> LinkCall:
        """Returns once the call was answered. Raises NotReached."""
        answer: asyncio.Future[LinkCall] = asyncio.get_running_loop().create_future()
        self._dials[order.id] = answer
        try:
            self._order(order)
            async with asyncio.timeout(order.seconds + _LATE_SECONDS):
                return await asyncio.shield(answer)
        except (TimeoutError, asyncio.CancelledError) as error:
            self._drop(order.id, answer)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise NotReached(Unreached.FAILED) from None
        finally:
            self._dials.pop(order.id, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at, whoever is left to hear of it

    def connected(self, dialled: str, call: LinkCall) -> bool:
        """A call that was dialled is answered; False if nobody wants it any more."""
        answer = self._dials.get(dialled)
        if answer is None or answer.done():
            return False
        answer.set_result(call)
        return True

    @property
    def _where(self) -> dict[str, int]:
        return {"port": self.settings.port}

    def _drop(self, id: str, answer: asyncio.Future[LinkCall]) -> None:
        if answer.done() and not answer.cancelled() and answer.exception() is None:
            answer.result().drop()
            return
        answer.cancel()
        self._order(GiveUp(id))

    def _order(self, order: Order) -> None:
        if self._process is None or self._process.stdin is None or self._process.stdin.is_closing():
            raise NotReached(Unreached.FAILED)
        self._process.stdin.write(order_line(order))

    async def _run_once(self) -> None:
        """Until the worker dies, or gives no sign of life and is killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr.sip.worker", stdin=PIPE, stdout=PIPE, cwd=_ROOT
        )
        self._process = process
        assert process.stdin is not None
        try:
            process.stdin.write(settings_line(self.settings))
            await self._listen(process)
        except TimeoutError:
            log.error("a SIP worker hangs", extra={"action": "sip_worker_hangs", **self._where})  # noqa: TRY400
        finally:
            self._process = None
            self.up = self.registered = False
            for answer in self._dials.values():
                if not answer.done():
                    answer.set_exception(NotReached(Unreached.FAILED))
            await _seen_off(process)

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None
        while True:
            async with asyncio.timeout(_SILENT_SECONDS if self.up else READY_SECONDS):
                line = await process.stdout.readline()
            if not line:
                return
            self._heed(line.decode(errors="replace").split())  # the native stack prints what it likes

    def _heed(self, words: list[str]) -> None:
        match words:
            case [word] if word == READY:
                self.up = True
                self.ready.set()
            case [word] if word == REGISTERED:
                self.registered = True
                log.info("registered at the trunk", extra={"action": "sip_registered", **self._where})
            case [word, status] if word == LOST:
                self._lost(int(status))
            case [word, why, count] if word == REFUSED:
                self._refused(Refusal(why), int(count))
            case [word, id, reason, status] if word == UNREACHED:
                answer = self._dials.get(id)
                if answer is not None and not answer.done():
                    answer.set_exception(NotReached(Unreached(reason), int(status) or None))

    def _lost(self, status: int) -> None:
        """Status 0: the registrar did not answer."""
        self.registered = False
        log.warning(
            "not registered at the trunk; it is tried again",
            extra={"action": "sip_registration_lost", "status": status, **self._where},
        )


async def _seen_off(process: Process) -> None:
    """Also when we are stopped while a worker that died by itself is being seen off."""
    ending = asyncio.create_task(_end(process), name="sip worker ends")
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        await ending
        raise


async def _end(process: Process) -> None:
    """Ask, then kill; its output is read to the end, for a pipe that is not stays open."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
