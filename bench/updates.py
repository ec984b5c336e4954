"""Bench `updates`: updates a second of the enterprise bot beside an aiogram echo bot with the same storage.

Many people walk a form by typing, all of them one answer at a time; the Bot API server, the bot, Valkey and the backend
are processes of their own. Both bots get the same texts from servers of the same kind, in turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bench.figures import Figure, Goal
from bench.rounds import Round, Series
from bench.servers import Program, Servers, backend, program
from tests.botapi.remote import RemoteBotApi, remote_server

GOAL = Goal(">=", 0.45)
TEXTS = (
    "/start other",
    "求助",
    "门口路灯不亮",
    "上周五起店门口的路灯一直不亮，晚上客人不敢进来，希望尽快派人来修好。",
    "城东区",
    "建设路18号",
    "跳过",
    "没有",
    "榕江市第一机械制造有限公司",
    "王经理",
    "13800138000",
)
"""From the start of the template `other` to its summary, which is not confirmed: nothing is filed."""
_TOKEN = "4711:bench"
_PATIENCE = 60.0
_LOOK = 0.01
_QUIET = 0.3
"""Seconds without a message after which a text is taken for answered."""


@dataclass(frozen=True)
class Size:
    rounds: int = 4
    people: int = 100
    """In each round, all of them new."""


@dataclass
class _Side:
    """One bot with its Bot API server."""

    api: RemoteBotApi
    bot: Program
    series: Series = field(default_factory=Series)
    answers: list[int] = field(default_factory=list)
    """Messages that the bot sends after each of the texts, seen with one person alone."""
    cpu: float = 0.0


async def run(servers: Servers, size: Size) -> list[Figure]:
    """Rows for the table; the ratio is that of the rates."""
    async with contextlib.AsyncExitStack() as stack:
        served = await stack.enter_async_context(backend(servers))
        ours = await stack.enter_async_context(_side("bench.telegram_bot", servers, served.url, 0))
        echo = await stack.enter_async_context(_side("bench.echo_bot", servers, served.url, 1))
        people = itertools.count(1000, size.people)
        for side in (ours, echo):
            await _learn(side)
            await _walk(side, next(people), size.people)
        for _ in range(size.rounds):
            for side in (echo, ours):
                before = side.bot.cpu_seconds()
                side.series.rounds.append(await _walk(side, next(people), size.people))
                side.cpu += side.bot.cpu_seconds() - before
    return _figures(ours, echo, size)


@contextlib.asynccontextmanager
async def _side(module: str, servers: Servers, backend_url: str, database: int) -> AsyncIterator[_Side]:
    async with remote_server(limits="off") as api:
        await api.add_bot(_TOKEN, "bench_bot")
        environment = servers.environment(
            BACKEND_URL=backend_url,
            REDIS_URL=f"{servers.redis_url.rpartition('/')[0]}/{database}",
            TELEGRAM_API_URL=api.url,
            TELEGRAM_ENTERPRISE_TOKEN=_TOKEN,
        )
        async with program(["-m", module], environment, servers.folder / f"{module}.log") as bot:
            yield _Side(api, bot)


async def _learn(side: _Side) -> None:
    """Let one person walk alone, to know how many messages answer each text."""
    first = 1
    for text in TEXTS:
        before = await _sent(side)
        await side.api.burst(_TOKEN, users=1, text=text, first_id=first)
        after = await _wait(side, before + 1)
        while (later := await _wait(side, after, pause=_QUIET)) != after:
            after = later
        side.answers.append(after - before)


async def _walk(side: _Side, first: int, people: int) -> Round:
    """All these people walk the form; each text goes to all of them before the next one."""
    times = []
    for text, answers in zip(TEXTS, side.answers, strict=True):
        awaited = await _sent(side) + answers * people
        began = time.perf_counter()
        await side.api.burst(_TOKEN, users=people, text=text, first_id=first)
        await _wait(side, awaited)
        times.append(time.perf_counter() - began)
    return Round(people * len(TEXTS) / sum(times), tuple(times))


async def _wait(side: _Side, messages: int, pause: float = 0.0) -> int:
    """Look every few milliseconds until the bot has sent so many messages; how many it has sent."""
    await asyncio.sleep(pause)
    async with asyncio.timeout(_PATIENCE):
        while (sent := await _sent(side)) < messages:
            side.bot.insist()
            await asyncio.sleep(_LOOK)
    return sent


async def _sent(side: _Side) -> int:
    return (await side.api.counters()).get("sendMessage", 0)


def _figures(ours: _Side, echo: _Side, size: Size) -> list[Figure]:
    updates = size.rounds * size.people * len(TEXTS)
    rate, floor = ours.series.rate, echo.series.rate
    cpu, floor_cpu = (side.cpu / updates * 1000 for side in (ours, echo))
    return [
        Figure("updates", rate, "1/s", floor, rate / floor, GOAL),
        Figure("update CPU of the bot", cpu, "ms", floor_cpu, cpu / floor_cpu),
        Figure("update messages sent", _each(ours.answers), "", _each(echo.answers)),
    ]


def _each(answers: Sequence[int]) -> float:
    return sum(answers) / len(answers)
