"""A city's history, small: whatever lists, claims or looks something up reads about as many rows as it gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from backend import database
from backend.actions import notices, queries, queues
from backend.contract.errors import Forbidden
from backend.contract.models.notices import ClaimIn
from backend.contract.words import Role, Scope
from backend.database import query
from backend.rules.actor import Actor, ActorKind
from backend.storage import dues
from backend.work.context import Context
from bench import history, scale
from bench.servers import servers

pytestmark = pytest.mark.slow

TICKETS = 4000
PAGE = 20
MOST = 600
"""Rows that a page may read. Without an index of its own it reads all four thousand tickets."""
_READ = """
SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) AS read FROM pg_stat_xact_user_tables
WHERE relname IN ('ticket', 'assignment', 'notice', 'due', 'event', 'access_log', 'contact', 'identity', 'topic')
"""
"""Rows that this transaction has read so far of the tables that grow."""


async def test_every_queue_is_measured_and_a_page_reads_little_more_than_it_gives() -> None:
    """One database for both: to load it takes longer than to ask it."""
    async with servers() as given:
        size = scale.Size(tickets=TICKETS, warming=0, runs=2, batches=1, processes=False)
        found = {one.name for one in await scale.run(given, size)}
        for queue in get_args(queues.QueueName):
            assert f"office: {queue}, page 1, p95" in found
        past = history.History(TICKETS, await _now(given.database_url), 0, 1, ["v5"], {})
        async with database.opened(given.database_url, 3):
            unit = (await query("SELECT id FROM department WHERE code = 'unit-0'"))[0]["id"]
            context = await scale._context(past, Path("/nowhere"))
            for role in Role:
                for name in get_args(queues.QueueName):
                    reader = Actor(ActorKind.STAFF, 1, department_id=unit, roles=frozenset({role}))
                    await _check_queue(context, reader, name)
            await _check_others(context)


async def _check_queue(context: Context, actor: Actor, name: str) -> None:
    try:
        page = await queues.list_tickets(context, actor, None, PAGE, None, name)
    except Forbidden:
        return
    shown = await _rows_read(lambda: queues.list_tickets(context, actor, None, PAGE, None, name))
    assert shown <= MOST, f"{name} reads {shown} rows for a page of {PAGE}: it wants an index"
    if page.next is not None:
        after = page.next
        again = await _rows_read(lambda: queues.list_tickets(context, actor, after, PAGE, None, name))
        assert again <= MOST, f"{name} reads {again} rows for its second page"


async def _check_others(context: Context) -> None:
    own = Actor(ActorKind.CONTACT, 1, channel="telegram", identity_id=1)
    auditor = Actor(ActorKind.STAFF, 1, roles=frozenset({Role.AUDITOR}))
    service = Actor(ActorKind.SERVICE, name="x", scopes=frozenset(Scope), channels=scale._CHANNELS)
    every = list(scale._CHANNELS)
    for what, call in {
        "own tickets": lambda: queues.list_tickets(context, own, None, PAGE),
        "own tickets by phone": lambda: queues.list_tickets(
            context, Actor(ActorKind.CONTACT, 1, identity_id=1, phone="+86"), None, PAGE
        ),
        "looks": lambda: queries.list_looks(context, auditor, None, PAGE),
        "a due row": lambda: dues.claim(context.now),
        "the next due row": lambda: dues.seconds_to_next(context.now),
        "notices of channels": lambda: notices.claim(context, service, ClaimIn(channels=every, limit=PAGE)),
        "notices of a page": lambda: notices.claim(
            context, service, ClaimIn(channels=["web"], addresses=["v5"], limit=PAGE)
        ),
    }.items():
        read = await _rows_read(call)
        assert read <= MOST, f"{what} reads {read} rows: it wants an index"


class _Undo(Exception):
    pass


async def _rows_read(call: Callable[[], Awaitable[object]]) -> int:
    read = 0
    try:
        async with database.transaction():
            before = int((await query(_READ))[0]["read"])  # what is not yet in the statistics, of other calls too
            await call()
            read = int((await query(_READ))[0]["read"]) - before
            raise _Undo
    except _Undo:
        return read


async def _now(url: str) -> datetime:
    async with database.opened(url, 1):
        now: datetime = (await query("SELECT now() AS now"))[0]["now"]
        return now
