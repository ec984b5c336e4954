"""A process that runs the SIP stack and passes each call on over the link. Started by `ivr.sip.keeper`.

Settings come as one line on standard input, orders to dial after it; when that closes, the process ends. Lines go to
standard output when it is ready, when something changes, and once a second, so that it can be missed.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Sequence
from ipaddress import ip_network
from typing import Any, Final

from baresip import Account, BaresipError, Call, Event, StackEvent, UserAgent
from baresip.errors import split_status

from ivr.audiosocket.settings import Network
from ivr.pacer import Pacer
from ivr.sip import stack
from ivr.sip.bridge import Bridge
from ivr.sip.dialling import NotReached, Unreached
from ivr.sip.doorman import Doorman, NoDoorman, needed
from ivr.sip.doors import Doors, NoDoors, held_runtime
from ivr.sip.orders import (
    ALIVE,
    LOST,
    READY,
    REFUSED,
    REGISTERED,
    UNREACHED,
    Dial,
    WorkerSettings,
    read_order,
    read_settings,
)
from ivr.sip.outgoing import Outcomes
from ivr.sip.refusals import Refusals

log = logging.getLogger(__name__)

_REGISTER_SECONDS: Final = 40.0
"""Beyond the 32 s after which the stack gives a request up."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
"""Seconds from a failed registration to the next; twice as long each time."""


class Worker:
    """The stack with its agents, and the calls under way."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._doors = Doors(settings.sip.host, stack.places(settings).values())
        self._runtime = held_runtime(self._doors.shut)
        self._dead = asyncio.Event()
        self._runtime.on_dead = self._dead.set
        self._pacer = Pacer()
        self._bridges: set[asyncio.Task[None]] = set()
        self._dials: dict[str, Outcomes] = {}
        self._doorman: Doorman | None = None
        self._refusals = Refusals()
        self._outgoing: UserAgent | None = None
        self._registering: asyncio.Task[None] | None = None
        self._registered = False
        self._lost = asyncio.Event()

    async def serve(self, stdin: asyncio.StreamReader) -> None:
        """Take calls until standard input closes. Raises BaresipError, NoDoors or NoDoorman."""
        friends = await self._friends()  # before anything listens: names take time to look up
        await self._runtime.start(stack.config(self._settings))
        try:
            self._runtime.subscribe(self._refusals)
            await self._post_doorman(friends)
            registering = await self._create_agents()
            self._doors.open(friends)
            if registering is not None:
                self._registering = asyncio.create_task(self._stay_registered(registering), name="register")
            _tell(READY)
            await self._until_told_to_stop(stdin)
        finally:
            await self._close()

    async def _friends(self) -> Sequence[Network] | None:
        """Who may talk to the stack; None: everybody who reaches it."""
        sip = self._settings.sip
        if not needed(sip.host, sip.allowed):
            return None
        return (*sip.allowed, *await _trunk_addresses(self._settings))

    async def _post_doorman(self, friends: Sequence[Network] | None) -> None:
        """Before the doors open, so that the stack never hears a stranger."""
        if friends is None:
            return
        self._doorman = Doorman(friends, self._refusals.stranger)
        for transport, place in stack.places(self._settings).items():
            await self._doorman.guard(self._doors.at(place), answers=transport != "tls")

    async def _create_agents(self) -> UserAgent | None:
        """The one that registers is returned, where one does."""
        await self._create(stack.incoming(self._settings))
        self._outgoing = await self._create(stack.outgoing(self._settings))
        account = stack.registering(self._settings)
        if account is None:
            return None
        agent = await self._create(account)
        agent.on(self._on_registration)
        return agent

    async def _create(self, account: Account | str) -> UserAgent:
        """The stack gives a call to the agent that bears the number dialled, and only else to the one that takes all:
        an agent that did not listen would let its callers hear the ringing tone for ever.
        """
        agent = await UserAgent.create(self._runtime, account, transfer_policy="reject")
        agent.on_incoming(self._take)
        return agent

    async def _stay_registered(self, agent: UserAgent) -> None:
        """The stack renews the registration; once that has failed it takes its time, so it is begun anew here."""
        pause = _FIRST_PAUSE
        while True:
            self._lost.clear()
            try:
                await agent.register(timeout=_REGISTER_SECONDS)
                pause = _FIRST_PAUSE
                await self._lost.wait()
            except BaresipError:
                pass  # the event has told it
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _on_registration(self, event: StackEvent) -> None:
        if event.event is Event.REGISTER_OK and not self._registered:
            self._registered = True
            _tell(REGISTERED)
        elif event.event is Event.REGISTER_FAIL:
            self._registered = False
            self._lost.set()
            _tell(f"{LOST} {split_status(event.text or '')[0] or 0}")

    def _take(self, call: Call) -> None:
        self._keep(Bridge(call, self._settings, self._pacer, self._refusals.closed).run())

    def _keep(self, carrying: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(carrying, name="sip call")
        self._bridges.add(task)
        task.add_done_callback(self._bridges.discard)

    async def _dial(self, order: Dial) -> None:
        assert self._outgoing is not None
        outcomes = self._dials[order.id] = Outcomes()
        self._outgoing.on(outcomes)
        bridge: Bridge | None = None
        try:
            call = await self._outgoing.dial(order.uri)
            bridge = Bridge(call, self._settings, self._pacer)
            await outcomes.answered(call.handle, order.seconds)
            await bridge.run(order)
        except NotReached as why:
            _tell(f"{UNREACHED} {order.id} {why.reason} {why.status or 0}")
        except (BaresipError, ValueError) as error:
            log.warning("a call out failed: %s", type(error).__name__)
            _tell(f"{UNREACHED} {order.id} {Unreached.FAILED} 0")
        finally:
            self._outgoing.off(outcomes)
            del self._dials[order.id]
            if bridge is not None:
                await bridge.hang_up()

    async def _until_told_to_stop(self, stdin: asyncio.StreamReader) -> None:
        orders = asyncio.create_task(self._follow(stdin))
        try:
            while not orders.done() and not self._dead.is_set():
                await asyncio.wait({orders}, timeout=1)
                _tell(ALIVE)
                self._tell_refused()
        finally:
            orders.cancel()
            await asyncio.gather(orders, return_exceptions=True)

    def _tell_refused(self) -> None:
        """Once a second, not at each: whoever floods us shall not flood the other process, too."""
        for why, count in self._refusals.since().items():
            _tell(f"{REFUSED} {why} {count}")

    async def _follow(self, stdin: asyncio.StreamReader) -> None:
        while line := await stdin.readline():
            order = read_order(line)
            if isinstance(order, Dial):
                self._keep(self._dial(order))
            elif order.unwanted in self._dials:
                self._dials[order.unwanted].give_up()

    async def _close(self) -> None:
        tasks = {*self._bridges, *({self._registering} if self._registering else ())}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pacer.stop()
        await self._runtime.close()
        if self._doorman is not None:
            await self._doorman.leave()
        self._doors.close()


async def _trunk_addresses(settings: WorkerSettings) -> list[Network]:
    """Where the trunk's hosts are now: their answers must come through."""
    trunk = settings.sip.trunk
    found: list[Network] = []
    for place in (trunk.domain, trunk.proxy) if trunk is not None else ():
        host = place.rpartition(":")[0] or place
        try:
            addresses = await asyncio.get_running_loop().getaddrinfo(host, None) if host else []
        except OSError:
            log.warning("the trunk's host %s has no address; list its networks", host)
            continue
        found += [ip_network(address[4][0]) for address in addresses]
    return list(dict.fromkeys(found))


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _main() -> None:
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    settings = read_settings(await stdin.readline())
    try:
        await Worker(settings).serve(stdin)
    except (BaresipError, NoDoors, NoDoorman, ValueError) as error:
        sys.exit(f"SIP worker on port {settings.port}: {error}")


if __name__ == "__main__":
    # Warnings only: at the info level the stack's own lines hold callers' numbers.
    logging.basicConfig(level=logging.WARNING)
    # Ctrl-C reaches the whole group of processes; the parent lets calls finish and then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_main())
