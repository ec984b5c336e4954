"""Takes and makes calls by SIP in worker processes."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from backend.contract.faults import system_reason
from backend.contract.message import Message
from ivr.audiosocket.codec import Decoder, ProtocolError
from ivr.audiosocket.codec import Message as Frame
from ivr.call import CallHandler, MediaCall
from ivr.refusal import Refusal
from ivr.sip import keeper as keepers
from ivr.sip.dialling import NotReached, Unreached, uri
from ivr.sip.doorman import needed
from ivr.sip.failed import WorkersFailed
from ivr.sip.keeper import Keeper, Refused, unheard
from ivr.sip.link import SIZES, Details, LinkCall, LinkKind
from ivr.sip.orders import Dial, WorkerSettings
from ivr.sip.settings import SipSettings, Tls
from ivr.switchboard import Switchboard
from scratch import ScratchFolder

log = logging.getLogger(__name__)

_CLOSING_SECONDS = 5.0


class SipWorkers:
    """One process a port of the settings, each with its own calls, so that a fault in one ends only those.

    A PBX is given all of them, and tries the next when one answers 486 (busy).
    """

    def __init__(self, settings: SipSettings, on_call: CallHandler, *, refused: Refused = unheard) -> None:
        """`refused` is told of calls that are not taken, within a second or two."""
        self._settings = settings
        self._refused = refused
        self._board = Switchboard(on_call)
        self._folder = ScratchFolder("jiesu-sip-")
        self._link = str(self._folder.path / "link")
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._keepers: dict[int, Keeper] = {}
        self._keeping: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def calls(self) -> int:
        """Calls under way, both ways."""
        return self._board.calls

    @property
    def pids(self) -> list[int]:
        """The workers that run, by port."""
        return [keeper.pid for keeper in self._keepers.values() if keeper.pid is not None]

    @property
    def up(self) -> int:
        """How many workers take calls."""
        return sum(keeper.up for keeper in self._keepers.values())

    @property
    def has_trunk(self) -> bool:
        """Whether numbers can be dialled."""
        return self._settings.trunk is not None

    @property
    def registered(self) -> dict[int, bool]:
        """Whether the registration holds, by the port of each worker that keeps one."""
        return {port: keeper.registered for port, keeper in self._keepers.items() if keeper.settings.registers}

    async def start(self) -> None:
        """Returns once every worker takes calls. Raises WorkersFailed."""
        if sys.platform != "linux" and needed(self._settings.host, self._settings.allowed):
            raise WorkersFailed(Message("sip.only_on_linux"))
        try:
            self._keepers = {one.port: Keeper(one, self._refused) for one in self._worker_settings()}
        except WorkersFailed:
            self._folder.close()
            raise
        self._server = await asyncio.start_unix_server(self._accept, self._link)
        self._keeping = [
            asyncio.create_task(keeper.run(), name=f"sip worker {port}") for port, keeper in self._keepers.items()
        ]
        try:
            async with asyncio.timeout(keepers.READY_SECONDS):
                await asyncio.gather(*(keeper.ready.wait() for keeper in self._keepers.values()))
        except TimeoutError:
            await self.stop()
            ports = ", ".join(map(str, self._settings.ports))
            raise WorkersFailed(Message("sip.not_ready", {"host": self._settings.host, "ports": ports})) from None
        log.info("taking calls by SIP", extra={"action": "sip_started", "ports": self._settings.ports})

    async def stop(self, drain_seconds: float = 0) -> None:
        """Take no more calls, let those under way finish for a while, end the rest, stop the workers."""
        self._stopping = True
        if self._server is not None:
            self._server.close()  # a worker that finds nobody here to talk refuses the call
            await asyncio.sleep(0)  # a link that was being accepted becomes a task now
        await self._board.stop(drain_seconds)
        for task in tuple(self._opening):
            task.cancel()
        if self._links:
            await asyncio.wait(self._links, timeout=_CLOSING_SECONDS)
        await _cancelled(self._keeping)
        await _cancelled(self._links)
        self._folder.close()

    async def dial(self, target: str, *, ring_seconds: float | None = None) -> MediaCall:
        """Call a number (by the trunk) or a SIP address; returns once it was answered. The caller talks and hangs up.

        The call's `caller` is the one who was called: who is at the other end. `ring_seconds` is the settings' unless
        given. Raises NotReached, and ValueError for what cannot be dialled.
        """
        order = Dial(str(uuid4()), uri(target, self._settings), ring_seconds or self._settings.ring_seconds)
        free = [keeper for keeper in self._keepers.values() if keeper.up and keeper.load < self._settings.max_calls]
        if not free or self._stopping:
            raise NotReached(Unreached.FAILED)
        return await min(free, key=lambda keeper: (keeper.load, keeper.settings.port)).dial(order)

    def _worker_settings(self) -> list[WorkerSettings]:
        trunk, tls = self._settings.trunk, self._settings.tls
        certificate = _joined(tls, self._folder.path / "certificate.pem") if tls is not None else ""
        return [
            WorkerSettings(
                link=self._link,
                port=port,
                registers=trunk is not None and trunk.expiry > 0 and (number == 0 or trunk.every_worker),
                certificate=certificate,
                sip=self._settings,
            )
            for number, port in enumerate(self._settings.ports)
        ]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._call(reader, writer), name="sip link")
        for tasks in (self._links, self._opening):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder(SIZES)
        try:
            opening = await _opening(reader, decoder)
            if opening is None:
                return
            details, rest = opening
            if self._stopping:
                if details.dialled is None:
                    self._refused(Refusal.CLOSED, 1)
            else:
                await self._carry(LinkCall.opened(reader, writer, decoder, details, self._settings), details, rest)
        except (ProtocolError, OSError):
            log.exception("a SIP worker spoke nonsense", extra={"action": "sip_link_broken"})
        finally:
            writer.close()

    async def _carry(self, call: LinkCall, details: Details, rest: list[Frame]) -> None:
        self._opening.discard(asyncio.current_task())
        keeper = self._keepers[details.worker]
        if details.dialled is not None and not keeper.connected(details.dialled, call):
            return
        keeper.calls += 1
        try:
            await self._board.carry(call, call.run(rest), taken=details.dialled is not None)
        finally:
            keeper.calls -= 1


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    ending = tuple(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


def _joined(tls: Tls, path: Path) -> str:
    """The stack takes certificate and key from one file; its folder is ours alone. Raises WorkersFailed."""
    try:
        path.write_bytes(tls.key.read_bytes() + b"\n" + tls.certificate.read_bytes())
    except OSError as error:
        told = {"file": str(error.filename), "reason": system_reason(error)}
        raise WorkersFailed(Message("sip.certificate_unreadable", told)) from error
    return str(path)


async def _opening(reader: asyncio.StreamReader, decoder: Decoder) -> tuple[Details, list[Frame]] | None:
    """None if the caller was gone before the call was answered."""
    messages: list[Frame] = []
    while not messages:
        data = await reader.read(4096)
        if not data:
            return None
        messages = decoder.feed(data)
    if messages[0].kind != LinkKind.DETAILS:
        raise ProtocolError("the first message is not the details")
    return Details.decode(messages[0].payload), messages[1:]
