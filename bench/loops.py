"""Bench `loops`: whole loops a second over HTTP beside the same rows by raw asyncpg, 16 at a time.

Worker and web page run beside the backend, as in an installation; nobody has the page open, so it delivers nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import asyncpg
import psutil

from bench.figures import Figure, Goal
from bench.floor import Floor, Recorder, Recording
from bench.http import Http
from bench.rounds import Series, play_round
from bench.servers import Program, Servers, backend, web_channel, worker
from bench.tickets import Loops

GOAL = Goal("<=", 2.6)
_HANDLERS = 2


@dataclass(frozen=True)
class Size:
    rounds: int = 6
    seconds: float = 5.0
    """Of each side in each round."""
    concurrency: int = 16
    warming: float = 4.0
    """Seconds of each side before the first round."""
    enterprises: int = 64


@dataclass
class _Measured:
    ours: Series
    floor: Series
    recording: Recording
    cpu: float = 0.0
    """Seconds that the backend's process worked for `ours`."""
    beside_cpu: float = 0.0
    """Seconds that worker and channel worked meanwhile."""
    database_cpu: float = 0.0
    floor_database_cpu: float = 0.0
    """Seconds that PostgreSQL worked for each side."""


async def run(servers: Servers, size: Size) -> list[Figure]:
    """Rows for the table; the ratio of `loop` is that of the times, which is the one the goal is about."""
    async with (
        backend(servers) as served,
        worker(servers) as working,
        web_channel(servers, served) as channel,
        _pool(servers, size) as pool,
    ):
        http = Http(served.url)
        loops = Loops(http, servers.service_token, _HANDLERS, size.enterprises)
        await loops.bind_handlers(servers.passwords)
        await loops.meet_enterprises()
        recording = await _record(loops, pool)
        floor = Floor(pool, recording)
        measured = _Measured(Series(), Series(), recording)
        for play in (loops.play, floor.play):
            await play_round(play, concurrency=size.concurrency, seconds=size.warming)
        # Statistics as a database has them that was not born a moment ago: autovacuum looks once a minute.
        await pool.execute("ANALYZE")
        for _ in range(size.rounds):
            await _round(measured, loops, floor, size, (served.program, working, channel), servers)
        http.close()
        for beside in (working, channel):
            beside.insist()
    return _figures(measured)


async def _round(
    measured: _Measured, loops: Loops, floor: Floor, size: Size, programs: Sequence[Program], servers: Servers
) -> None:
    began = _database_cpu(servers)
    measured.floor.rounds.append(await play_round(floor.play, concurrency=size.concurrency, seconds=size.seconds))
    between, before = _database_cpu(servers), [one.cpu_seconds() for one in programs]
    measured.ours.rounds.append(await play_round(loops.play, concurrency=size.concurrency, seconds=size.seconds))
    backend_cpu, *beside = (one.cpu_seconds() - cpu for one, cpu in zip(programs, before, strict=True))
    measured.cpu += backend_cpu
    measured.beside_cpu += sum(beside)
    measured.floor_database_cpu += between - began
    measured.database_cpu += _database_cpu(servers) - between


async def _record(loops: Loops, pool: asyncpg.Pool) -> Recording:
    async with pool.acquire() as connection:
        recorder = Recorder(connection)
        await recorder.begin()
        await loops.play(after_write=recorder.note)
    return recorder.recording


@contextlib.asynccontextmanager
async def _pool(servers: Servers, size: Size) -> AsyncIterator[asyncpg.Pool]:
    async def reset(_connection: object) -> None:
        """Nothing to reset; the default would cost the floor a statement each time."""

    pool = asyncpg.create_pool(servers.database_url, min_size=size.concurrency, max_size=size.concurrency, reset=reset)
    async with pool:
        yield pool


def _figures(measured: _Measured) -> list[Figure]:
    ours, floor = measured.ours, measured.floor
    rows = measured.recording.rows().values()
    p50, p99 = ours.quantile(0.5) * 1000, ours.quantile(0.99) * 1000
    floor_p50, floor_p99 = floor.quantile(0.5) * 1000, floor.quantile(0.99) * 1000
    database = measured.database_cpu / ours.count * 1000
    floor_database = measured.floor_database_cpu / floor.count * 1000
    return [
        Figure("loops", ours.rate, "1/s", floor.rate, floor.rate / ours.rate, GOAL),
        Figure("loop p50", p50, "ms", floor_p50, p50 / floor_p50),
        Figure("loop p99", p99, "ms", floor_p99, p99 / floor_p99),
        Figure("loop transactions", len(measured.recording.transactions), "", len(measured.recording.transactions)),
        Figure("loop rows inserted", sum(one[0] for one in rows), "", sum(one[0] for one in rows)),
        Figure("loop rows updated", sum(one[1] for one in rows), "", sum(one[1] for one in rows)),
        Figure("loop CPU of the backend", measured.cpu / ours.count * 1000, "ms"),
        Figure("loop CPU of worker and channel", measured.beside_cpu / ours.count * 1000, "ms"),
        Figure("loop CPU of PostgreSQL", database, "ms", floor_database, database / floor_database),
    ]


def _database_cpu(servers: Servers) -> float:
    """CPU seconds of PostgreSQL's processes; those behind a pool live as long as the bench."""
    postmaster = int((servers.postgres.data_dir / "cluster" / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(postmaster)
    return sum(times.user + times.system for times in (one.cpu_times() for one in [server, *server.children()]))
