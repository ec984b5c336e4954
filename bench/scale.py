"""Bench `scale`: lists, claims, look-ups and background work on years of a city's tickets; BENCH_TICKETS says how many.

Each row is the 95th of 100 hundredths, warm, and its median before it. Everything runs by the actions that serve the
API and the worker, with their own statements and their Python, without HTTP; what changes rows is rolled back.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import psutil

from backend import database, models
from backend.actions import contacts, housekeeping, notices, queries, queues, reckon, retention
from backend.api.health import Meters
from backend.contract.models.notices import ClaimIn
from backend.contract.models.tickets import Lookup
from backend.contract.words import Role, Scope
from backend.database import query
from backend.rules import ticket_number
from backend.rules.actor import Actor, ActorKind
from backend.rules.policy.file import load_policy
from backend.storage import dues, expired
from backend.storage.directory import read_directory
from backend.work.context import Context
from bench import history
from bench.figures import Figure, Goal
from bench.history import History
from bench.servers import CHECKOUT, Servers, backend, free_port, program

QUICK = Goal("<=", 10.0)
"""Milliseconds."""
BATCH = Goal("<=", 1.0)
"""Seconds."""
SMALL = Goal("<=", 90.0)
"""Megabytes."""
_PAGE = 50
_SECRET = b"of a bench"
_STAFF_READS = {
    Role.HANDLER: ("mine", "unit"),
    Role.LEADER: ("mine", "unit"),
    Role.SEAT: ("desk", "all"),
    Role.DISPATCHER: ("desk", "difficult"),
    Role.SUPERVISOR: ("difficult", "all", "unit"),
    Role.OFFICE: get_args(queues.QueueName),
}


@dataclass(frozen=True)
class Size:
    tickets: int = field(default_factory=lambda: int(os.environ.get("BENCH_TICKETS", "1000000")))
    warming: int = 10
    runs: int = 100
    batches: int = 5
    processes: bool = True
    """Whether the backend's and the worker's memory is measured, too."""


class _Undo(Exception):
    """Takes back what was measured."""


async def run(servers: Servers, size: Size) -> list[Figure]:
    found = await _memory(servers) if size.processes else []
    began = time.perf_counter()
    past = await history.load(servers.database_url, size.tickets)
    found += [
        Figure("tickets", size.tickets, ""),
        Figure("rows in all", sum(past.rows.values()), ""),
        Figure("loading", time.perf_counter() - began, "s"),
    ]
    async with database.opened(servers.database_url, 3):
        found.append(Figure("size of the database", await _gigabytes(), "GB"))
        found.append(Figure("load of the machine before", psutil.getloadavg()[0], ""))
        with TemporaryDirectory() as folder:
            bench = _Bench(size, past, await _context(past, Path(folder)))
            await bench.lists()
            await bench.claims()
            await bench.look_ups()
            await bench.batches()
        found += bench.found
    return found


class _Bench:
    def __init__(self, size: Size, past: History, context: Context) -> None:
        self._size, self._past, self._context = size, past, context
        self.found: list[Figure] = []

    async def lists(self) -> None:
        for role, names in _STAFF_READS.items():
            actor = _staff(role, self._past)
            for name in names:
                await self._pages(f"{role.value}: {name}", actor, name)
        await self._pages("enterprise: own tickets", self._contact())
        await self._pages("caller: own tickets", replace(self._contact(), phone="+8613800000001"))
        auditor, context = _staff(Role.AUDITOR, self._past), self._context
        cursor = str(self._past.tickets - 49 * _PAGE)
        await self._quick("auditor: looks, page 1", lambda: queries.list_looks(context, auditor, None, _PAGE))
        await self._quick("auditor: looks, page 50", lambda: queries.list_looks(context, auditor, cursor, _PAGE))

    async def _pages(self, name: str, actor: Actor, queue: str | None = None) -> None:
        """The first page, and the 50th or the last there is."""
        context = self._context

        async def read(cursor: str | None) -> str | None:
            return (await queues.list_tickets(context, actor, cursor, _PAGE, None, queue)).next

        await self._quick(f"{name}, page 1", lambda: read(None))
        cursor, number = await read(None), 1
        while cursor is not None and number < 49:
            after = await read(cursor)
            if after is None:
                break
            cursor, number = after, number + 1
        if cursor is not None:
            last = cursor
            await self._quick(f"{name}, page {number + 1}", lambda: read(last))

    async def claims(self) -> None:
        context = self._context
        service = Actor(ActorKind.SERVICE, name="bench", scopes=frozenset(Scope), channels=_CHANNELS)

        def claim(addresses: list[str] | None, *channels: str) -> Callable[[], Awaitable[Any]]:
            return lambda: notices.claim(context, service, ClaimIn(channels=list(channels), addresses=addresses))

        await self._quick("claim: a due row", lambda: dues.claim(context.now))
        await self._quick("claim: nothing due", lambda: dues.claim(context.now.replace(year=2000)))
        await self._quick("claim: the next due row", lambda: dues.seconds_to_next(context.now))
        await self._quick("claim: notices of the bots", claim(None, "telegram", "telegram-staff"))
        await self._quick("claim: notices of the phone", claim(None, "phone"))
        await self._quick("claim: one open page", claim(self._past.web_addresses[:1], "web"))
        await self._quick("claim: 100 open pages", claim(self._past.web_addresses, "web"))
        await self._quick("claim: a page of staff", claim([str(self._past.biggest_unit)], "web-staff"))
        await self._quick("metrics", lambda: Meters().measure(context.now))

    async def look_ups(self) -> None:
        context, past = self._context, self._past
        number = f"{past.tickets // 2:012d}"
        office = _staff(Role.OFFICE, past)
        code = ticket_number.new_retrieval_code(lambda _: 1)
        digest = ticket_number.digest(_SECRET, number, code)
        await query("UPDATE ticket SET code_digest = $2 WHERE number = $1", number, digest)
        anybody = Actor(ActorKind.SERVICE, name="bench")
        chat = await query("SELECT chat, topic FROM topic ORDER BY id DESC LIMIT 1")
        await self._quick("look-up: a ticket by number", lambda: queries.view_ticket(context, office, number))
        await self._quick("look-up: its events", lambda: queries.list_events(context, office, number, None, _PAGE))
        await self._quick(
            "look-up: by number and code",
            lambda: queries.look_up(context, anybody, Lookup(number=number, code=code)),
        )
        await self._quick("look-up: a contact by account", lambda: contacts.contact_actor(context, "telegram", "v10"))
        await self._quick(
            "look-up: a contact by telephone", lambda: contacts.contact_actor(context, "phone", "+8613800000008")
        )
        await self._quick("look-up: the file of a new number", lambda: _first_sight(context))
        if chat:
            await self._quick("look-up: a topic", lambda: models.Topic.get_or_none(**dict(chat[0])))

    async def batches(self) -> None:
        context = self._context
        await self._batch("batch: housekeeping", lambda: housekeeping.tidy(context))
        then = context.now.replace(year=context.now.year - 2)
        for name, removal in {
            "staff unread": expired.STAFF_NOTICES_UNREAD,
            "notices": expired.NOTICES,
            "dues": expired.DUES,
            "looks": expired.LOOKS,
            "calls": expired.CALLS,
        }.items():
            remove = partial(expired.remove, removal, then, timedelta(0), housekeeping.AT_A_TIME)
            await self._batch(f"batch: housekeeping, {name}", remove)
        await self._batch("batch: retention", lambda: retention.forget(context))
        await self._batch("batch: reckoning again", lambda: reckon.reckon_again(context))

    def _contact(self) -> Actor:
        id_ = self._past.busiest_contact
        return Actor(ActorKind.CONTACT, id=id_, channel="telegram", identity_id=id_)

    async def _quick(self, name: str, call: Callable[[], Awaitable[object]]) -> None:
        for _ in range(self._size.warming):
            await _seconds(call)
        times = sorted([await _seconds(call) for _ in range(self._size.runs)])
        p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
        self.found += [Figure(f"{name}, p50", p50, "ms"), Figure(f"{name}, p95", p95, "ms", goal=QUICK)]

    async def _batch(self, name: str, call: Callable[[], Awaitable[object]]) -> None:
        """The slowest of a few."""
        slowest = max([await _seconds(call) for _ in range(self._size.batches)])
        self.found.append(Figure(name, slowest, "s", goal=BATCH))


async def _seconds(call: Callable[[], Awaitable[object]]) -> float:
    """How long it takes in a transaction that is open already; what it changed is taken back."""
    took = 0.0
    try:
        async with database.transaction():
            began = time.perf_counter()
            await call()
            took = time.perf_counter() - began
            raise _Undo
    except _Undo:
        return took


async def _first_sight(context: Context) -> Actor:
    return await contacts.contact_actor(context, "phone", "+8619999999999")


_CHANNELS = frozenset({"telegram", "telegram-staff", "web", "web-staff", "phone"})


def _staff(role: Role, past: History) -> Actor:
    return Actor(ActorKind.STAFF, id=1, department_id=past.biggest_unit, roles=frozenset({role}), channel="web-staff")


async def _context(past: History, folder: Path) -> Context:
    policy = load_policy(None)
    directory = await read_directory()
    return Context(past.now, lambda: past.now, policy, policy.calendar(), directory, policy.zone(), _SECRET, folder)


async def _gigabytes() -> float:
    return float((await query("SELECT pg_database_size(current_database()) AS bytes"))[0]["bytes"]) / 1e9


# --- memory -------------------------------------------------------------------------------------------------------


async def _memory(servers: Servers) -> list[Figure]:
    """Of the backend and a worker at rest, before there is anything to do."""
    async with backend(servers) as served:
        await asyncio.sleep(2)
        ours = _megabytes(served.program.process.pid)
    async with _worker(servers) as pid:
        await asyncio.sleep(2)
        workers = _megabytes(pid)
    return [
        Figure("memory of the backend at rest", ours, "MB", goal=SMALL),
        Figure("memory of the worker at rest", workers, "MB", goal=SMALL),
    ]


@asynccontextmanager
async def _worker(servers: Servers) -> AsyncIterator[int]:
    log = servers.folder / "worker.log"
    environment = servers.environment(WORKER_STATUS_LISTEN=f"127.0.0.1:{free_port()}")
    async with program([str(CHECKOUT / "jiesu.py"), "worker"], environment, log) as running, asyncio.timeout(60):
        while not re.search("(?m)^worker  ", log.read_text(errors="replace")):
            running.insist()
            await asyncio.sleep(0.1)
        yield running.process.pid


def _megabytes(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20
