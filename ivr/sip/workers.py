"""Takes calls by SIP in worker processes, and starts those anew that die or hang."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from ivr.audiosocket.codec import Decoder, Message, ProtocolError
from ivr.call import CallHandler
from ivr.sip.link import SIZES, Details, LinkCall, LinkKind
from ivr.sip.worker import READY, WorkerSettings
from ivr.switchboard import Switchboard

log = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS = 20.0
_SILENT_SECONDS = 10.0
"""A worker that gives no sign of life for so long is killed."""
_CLOSING_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds between a worker's death and its next start; twice as long each time it dies within a minute."""
_HEALTHY_SECONDS = 60.0


class WorkersFailed(RuntimeError):
    """A SIP worker did not become ready: most often its port is taken."""


class SipWorkers:
    """`workers` processes; the n-th listens on `port` + 2n (n from 0; the port after it is kept for TLS).

    A PBX is given all of them, and tries the next when one answers 486 (busy).
    """

    def __init__(
        self,
        host: str,
        port: int,
        on_call: CallHandler,
        *,
        workers: int = 1,
        max_calls: int = 20,
        max_seconds: float = 1800,
        rtp_timeout: int = 30,
    ) -> None:
        """`max_calls`: at once and in each worker; `max_seconds`: the longest call; `rtp_timeout`: seconds."""
        self._host = host
        self._ports = [port + 2 * number for number in range(workers)]
        self._max_calls = max_calls
        self._max_seconds = max_seconds
        self._rtp_timeout = rtp_timeout
        self._board = Switchboard(on_call)
        self._folder = tempfile.TemporaryDirectory(prefix="jiesu-sip-", ignore_cleanup_errors=True)
        self._link = str(Path(self._folder.name) / "link")
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._supervisors: list[asyncio.Task[None]] = []
        self._processes: dict[int, Process] = {}
        self._stopping = False

    @property
    def calls(self) -> int:
        """Calls under way."""
        return self._board.calls

    @property
    def pids(self) -> list[int]:
        """The workers that run, by port."""
        return [self._processes[port].pid for port in sorted(self._processes)]

    async def start(self) -> None:
        """Returns once every worker takes calls. Raises WorkersFailed."""
        self._server = await asyncio.start_unix_server(self._accept, self._link)
        ready = [asyncio.Event() for _ in self._ports]
        self._supervisors = [
            asyncio.create_task(self._supervise(port, event), name=f"sip worker {port}")
            for port, event in zip(self._ports, ready, strict=True)
        ]
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await asyncio.gather(*(event.wait() for event in ready))
        except TimeoutError:
            await self.stop()
            raise WorkersFailed(f"no SIP worker became ready on {self._host}, ports {self._ports}") from None
        log.info("taking calls by SIP", extra={"action": "sip_started", "ports": self._ports})

    async def stop(self, drain_seconds: float = 0) -> None:
        """Let calls under way finish for a while, end the rest, stop the workers."""
        self._stopping = True
        await self._board.stop(drain_seconds)
        if self._links:
            await asyncio.wait(self._links, timeout=_CLOSING_SECONDS)
        for task in (*self._supervisors, *self._links):
            task.cancel()
        await asyncio.gather(*self._supervisors, *self._links, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        self._folder.cleanup()

    async def _supervise(self, port: int, ready: asyncio.Event) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = time.monotonic()
            await self._run_worker(port, ready)
            pause = _FIRST_PAUSE if time.monotonic() - began > _HEALTHY_SECONDS else pause
            log.error("a SIP worker ended; it is started anew", extra={"action": "sip_worker_ended", "port": port})
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run_worker(self, port: int, ready: asyncio.Event) -> None:
        """Until it dies, or gives no sign of life and is killed."""
        settings = WorkerSettings(self._link, self._host, port, self._max_calls, self._rtp_timeout)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr.sip.worker", stdin=PIPE, stdout=PIPE, cwd=_ROOT
        )
        self._processes[port] = process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(settings.line())
            while True:
                async with asyncio.timeout(_READY_SECONDS if not ready.is_set() else _SILENT_SECONDS):
                    line = await process.stdout.readline()
                if not line:
                    return
                if line.decode().strip() == READY:
                    ready.set()
        except TimeoutError:
            log.error("a SIP worker hangs", extra={"action": "sip_worker_hangs", "port": port})  # noqa: TRY400
        finally:
            del self._processes[port]
            await _end(process)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._call(reader, writer), name="sip link")
        self._links.add(task)
        task.add_done_callback(self._links.discard)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder(SIZES)
        try:
            opening = await _opening(reader, decoder)
            if opening is None or self._stopping:
                return
            details, rest = opening
            call = LinkCall(
                reader,
                writer,
                decoder,
                id=details.id,
                caller=details.caller,
                called=details.called,
                max_seconds=self._max_seconds,
                # The stack itself notices dead callers, and knows of hold; this is for a stack that hangs.
                quiet_seconds=self._max_seconds,
            )
            await self._board.carry(call, call.run(rest))
        except (ProtocolError, OSError):
            log.exception("a SIP worker spoke nonsense", extra={"action": "sip_link_broken"})
        finally:
            writer.close()


async def _opening(reader: asyncio.StreamReader, decoder: Decoder) -> tuple[Details, list[Message]] | None:
    """None if the caller was gone before the call was answered."""
    messages: list[Message] = []
    while not messages:
        data = await reader.read(4096)
        if not data:
            return None
        messages = decoder.feed(data)
    if messages[0].kind != LinkKind.DETAILS:
        raise ProtocolError("the first message is not the details")
    return Details.decode(messages[0].payload), messages[1:]


async def _end(process: Process) -> None:
    """Ask, then kill."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
