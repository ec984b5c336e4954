"""The real parts a bench runs on: durable embedded servers, the demo city, and our programs as processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import asyncpg
import psutil

from backend import database
from backend.actions import service_tokens
from backend.actions.first_passwords import hand_out_passwords
from backend.actions.load_city import load_city
from backend.actions.organisation_file import DEMO_CITY
from embedded import EmbeddedPostgres, EmbeddedValkey, throwaway_dir
from tests import processes

CHECKOUT = Path(__file__).parents[1]
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Servers:
    folder: Path
    """Thrown away at the end."""
    postgres: EmbeddedPostgres
    redis_url: str
    service_token: str
    """The channels', which the backend lets in at its start."""
    passwords: Mapping[str, str]
    """Of the demo city's staff, by user name."""

    @property
    def database_url(self) -> str:
        return self.postgres.url

    def environment(self, **more: str) -> dict[str, str]:
        """What our programs are started with; nothing of the caller's own settings gets in."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        ours = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.folder / "data"),
            "CHANNEL_TOKEN": self.service_token,
            "SECRET_KEY": "of a bench, which has no secrets",
            "LOG_FORMAT": "json",
        }
        return kept | ours | more


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """PostgreSQL and Valkey that lose nothing, as an installation has them, with the demo city inside."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(throwaway_dir())
        postgres = stack.enter_context(await asyncio.to_thread(EmbeddedPostgres.start, folder / "postgres"))
        valkey = stack.enter_context(await asyncio.to_thread(EmbeddedValkey.start, folder / "valkey"))
        await _insist_on_durable_commits(postgres.url)
        token = service_tokens.SERVICE_PREFIX + secrets.token_urlsafe(32)
        await database.migrate(postgres.url)
        async with database.opened(postgres.url, 3):
            await load_city(DEMO_CITY, date(2026, 11, 1))
            passwords: dict[str, str] = {}
            await hand_out_passwords(passwords.update)
        yield Servers(folder, postgres, valkey.url, token, passwords)


@dataclass(frozen=True)
class Program:
    process: asyncio.subprocess.Process
    log: Path
    """What it prints."""

    def insist(self) -> None:
        """Raises RuntimeError with its last words if it has ended."""
        if self.process.returncode is not None:
            raise RuntimeError("a program ended:\n" + self.log.read_text(errors="replace")[-4000:])

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@contextlib.asynccontextmanager
async def program(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> AsyncIterator[Program]:
    """Run Python with these arguments for the length of a block; ended by SIGTERM, as an operator would."""
    with log.open("wb") as output:
        async with processes.program(
            sys.executable, *arguments, cwd=CHECKOUT, env=dict(environment), stdout=output, stderr=output
        ) as process:
            yield Program(process, log)


@dataclass(frozen=True)
class Backend:
    url: str
    program: Program


@contextlib.asynccontextmanager
async def backend(given: Servers) -> AsyncIterator[Backend]:
    """`jiesu backend` in a process of its own, ready."""
    listen = f"127.0.0.1:{free_port()}"
    environment = given.environment(HTTP_LISTEN=listen)
    log = given.folder / "backend.log"
    async with program(["jiesu.py", "backend"], environment, log) as running:
        await _wait_until_ready(f"http://{listen}/readyz", running)
        yield Backend(f"http://{listen}", running)


@contextlib.asynccontextmanager
async def worker(given: Servers) -> AsyncIterator[Program]:
    """`jiesu worker` beside it, ready."""
    listen = f"127.0.0.1:{free_port()}"
    environment = given.environment(WORKER_STATUS_LISTEN=listen)
    async with program(["jiesu.py", "worker"], environment, given.folder / "worker.log") as running:
        await _wait_until_ready(f"http://{listen}/readyz", running)
        yield running


@contextlib.asynccontextmanager
async def web_channel(given: Servers, served: Backend) -> AsyncIterator[Program]:
    """`jiesu bot` beside it with the web page, which nobody has open, ready."""
    listen = f"127.0.0.1:{free_port()}"
    environment = given.environment(BOT_LISTEN=listen, BACKEND_URL=served.url)
    async with program(["jiesu.py", "bot"], environment, given.folder / "bot.log") as running:
        await _wait_until_ready(f"http://{listen}/readyz", running)
        yield running


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _wait_until_ready(url: str, running: Program) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(_START_SECONDS):
        while True:
            running.insist()
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def _insist_on_durable_commits(url: str) -> None:
    """A floor without fsync would measure another thing than what an installation does."""
    connection = await asyncpg.connect(url)
    try:
        for name in ("fsync", "synchronous_commit"):
            if await connection.fetchval(f"SHOW {name}") != "on":
                raise RuntimeError(f"{name} is off")
    finally:
        await connection.close()
