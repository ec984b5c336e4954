"""A town in which every part of the product runs in a process of its own, between real servers."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from ruamel.yaml import YAML

from backend.contract.client import BackendClient, Retry
from backend.contract.models.log_ins import LogIn
from backend.contract.models.messengers import BindIn
from backend.rules.policy.file import BUILT_IN
from bot.demonstration import Page
from dialogs.delivery.notifier import LEASE_SECONDS
from embedded import EmbeddedPostgres, EmbeddedValkey
from tests.botapi import BotAccount, BotApiServer, ChatDriver
from tests.failures.parts import CHECKOUT, Part, bare_environment
from tests.processes import program

SCENARIO = "street-lamp"
SCENARIOS = Path(__file__).parent / "scenarios"
DISTRICTS = (
    *("梅园区", "兰园区", "竹溪区", "菊园区", "松岭区", "柳河区", "桃源区", "杏林区", "枫桥区", "莲湖区"),
    *("石门区", "白云区", "青山区", "红旗区", "黄山区", "金沙区", "银川区", "铜山区", "铁西区", "锡山区"),
)

_CHANNEL_TOKEN = "svc_of_the_failure_tests"
_ENTERPRISE_TOKEN, _STAFF_TOKEN = "1001:enterprise", "1002:staff"
_PASSWORD = re.compile(r"^  (\S+)\s+(\S+)$", re.MULTILINE)
_STAFF_CHATS = 9_000
"""First Telegram id of staff; enterprises begin at 1."""


@dataclass(frozen=True)
class Handler:
    """The one member of staff of a department, which has a district of its own."""

    username: str
    password: str
    district: str
    chat: ChatDriver
    """With the staff bot, to which they are bound."""
    client: BackendClient
    """Logged in."""


@dataclass
class Town:
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    telegram: BotApiServer
    backend: Part
    worker: Part
    bot: Part
    client: BackendClient
    """As the channels."""
    web_url: str
    handlers: Sequence[Handler]
    enterprise_bot: BotAccount

    @property
    def parts(self) -> tuple[Part, Part, Part]:
        return self.backend, self.worker, self.bot

    def enterprise_chat(self, number: int) -> ChatDriver:
        """The private chat of an enterprise's person with the bot."""
        return self.telegram.user(number, f"厂长{number}").chat_with(self.enterprise_bot)

    async def query(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.postgres.url)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    async def ready(self, *parts: Part, seconds: float = 60.0) -> None:
        """Wait until these parts do their work."""
        async with asyncio.timeout(seconds), aiohttp.ClientSession() as session:
            if self.backend in parts:
                await _answers(session, self.client_url + "/readyz")
            if self.bot in parts:
                await _answers(session, self.web_url + "/")

    @property
    def client_url(self) -> str:
        return self.client.transport.base_url

    async def flush_valkey(self) -> float:
        """Forget every session and receipt; when, as Unix time."""
        await asyncio.to_thread(self.valkey.flush)
        return self.now()

    @staticmethod
    def now() -> float:
        """Unix time."""
        return time.time()

    async def read_staff_pages(self) -> None:
        """Every handler looks at the staff page: notices for it wait until somebody does."""
        async with AsyncExitStack() as stack:
            for one in self.handlers:
                log_in = {"username": one.username, "password": one.password}
                await stack.enter_async_context(Page.opened(self.web_url, "staff", one.username, _say_nothing, log_in))
            await self.until(
                "SELECT id FROM notice WHERE done_at IS NULL AND channel = 'web-staff'", LEASE_SECONDS + 30
            )

    async def until(self, sql: str, seconds: float) -> None:
        """Wait until the query finds nothing. Raises AssertionError with what it still finds."""
        deadline = time.monotonic() + seconds
        while rows := await self.query(sql):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s still {len(rows)}: {rows[:5]}\n{self.logs()}")
            await asyncio.sleep(0.25)

    def logs(self, lines: int = 15) -> str:
        """The last lines of what each part wrote."""
        return "\n".join(
            f"--- {part.name}, deaths {[death.code for death in part.deaths]}\n"
            + "\n".join(part.log.read_text("utf-8", errors="replace").splitlines()[-lines:])
            for part in self.parts
        )


@asynccontextmanager
async def raised_town(folder: Path, districts: int) -> AsyncIterator[Town]:
    """Start servers and parts; so many departments, each with one handler and one district."""
    async with AsyncExitStack() as stack:
        # Durable: what was committed must survive a kill -9 of the database too.
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, folder / "postgres")
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        valkey = await asyncio.to_thread(EmbeddedValkey.start, folder / "valkey")
        stack.push_async_callback(asyncio.to_thread, valkey.stop)
        telegram = await stack.enter_async_context(BotApiServer(limits="off"))
        enterprise_bot = telegram.add_bot(_ENTERPRISE_TOKEN, "jiesu_bot")
        staff_bot = telegram.add_bot(_STAFF_TOKEN, "jiesu_staff_bot")
        environment = _environment(folder, postgres, valkey, telegram, districts)
        passwords = await _load_city(environment)
        backend, worker, bot = (Part(name, environment, folder) for name in ("backend", "worker", "bot"))
        for part in (backend, worker, bot):
            await part.start()
        stack.push_async_callback(_stop_all, (backend, worker, bot))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = BackendClient.to(session, environment["BACKEND_URL"], _CHANNEL_TOKEN, Retry(budget=90.0, longest=0.5))
        handlers: list[Handler] = []
        web_url = f"http://{environment['BOT_LISTEN']}"
        town = Town(postgres, valkey, telegram, backend, worker, bot, client, web_url, handlers, enterprise_bot)
        await town.ready(backend)
        for at in range(districts):
            chat = telegram.user(_STAFF_CHATS + at, f"处理{at}").chat_with(staff_bot)
            handlers.append(await _employed(client, at, passwords, chat))
        await town.ready(bot)
        yield town


async def _stop_all(parts: Sequence[Part]) -> None:
    await asyncio.gather(*(part.stop() for part in parts))


async def _employed(client: BackendClient, at: int, passwords: dict[str, str], chat: ChatDriver) -> Handler:
    username = f"handler-{at}"
    log_in = await client.log_in(LogIn(username=username, password=passwords[username]))
    own = client.with_token(log_in.token)
    code = await own.make_binding_code()
    await client.acting_as(f"telegram-staff:{chat.id}").bind(BindIn(code=code.code), key=f"bind-{username}-{chat.id}")
    return Handler(username, passwords[username], DISTRICTS[at], chat, own)


def _environment(
    folder: Path, postgres: EmbeddedPostgres, valkey: EmbeddedValkey, telegram: BotApiServer, districts: int
) -> dict[str, str]:
    http, web = (f"127.0.0.1:{port}" for port in free_ports(2))
    return bare_environment(
        DATABASE_URL=postgres.url,
        REDIS_URL=valkey.url,
        DATA_DIR=str(folder / "data"),
        HTTP_LISTEN=http,
        BOT_LISTEN=web,
        BACKEND_URL=f"http://{http}",
        PUBLIC_URL=f"http://{web}",
        CHANNEL_TOKEN=_CHANNEL_TOKEN,
        SECRET_KEY="a secret of the failure tests",
        TELEGRAM_API_URL=telegram.url,
        TELEGRAM_ENTERPRISE_TOKEN=_ENTERPRISE_TOKEN,
        TELEGRAM_STAFF_TOKEN=_STAFF_TOKEN,
        SCENARIOS_PATH=str(SCENARIOS),
        POLICY_PATH=str(write_policy(folder)),
        CITY_PATH=str(_write_city(folder, districts)),
        LOG_LEVEL="INFO",
    )


def write_policy(folder: Path) -> Path:
    """The built-in policy without quiet hours, so that the tests pass at night too."""
    yaml = YAML()
    rules = yaml.load(BUILT_IN)
    rules["quiet_hours"] = None
    path = folder / "policy.yaml"
    yaml.dump(rules, path)
    return path


def _write_city(folder: Path, districts: int) -> Path:
    names = [(f"d{at}", DISTRICTS[at]) for at in range(districts)]
    tree = {
        "city": {
            "id": "town",
            "name": "榕江市",
            "name_en": "Rongjiang",
            "children": [{"id": id_, "name": name, "name_en": id_} for id_, name in names],
        },
        "departments": [
            {
                "code": f"lamps-{id_}",
                "name": f"{name}路灯所",
                "name_en": f"Lamps {id_}",
                "level": "county",
                "district": id_,
                "staff": [{"username": f"handler-{at}", "name": f"处理{at}", "roles": ["handler"]}],
            }
            for at, (id_, name) in enumerate(names)
        ],
        "duties": [
            {"scenario": SCENARIO, "district": id_, "lead": f"lamps-{id_}", "basis": "条例", "from": "2026-01-01"}
            for id_, _ in names
        ],
    }
    path = folder / "city.yaml"
    YAML().dump(tree, path)
    text = path.read_text("utf-8").replace("from: '2026-01-01'", "from: 2026-01-01")
    path.write_text(text, "utf-8")
    return path


async def _load_city(environment: dict[str, str]) -> dict[str, str]:
    code, output = await run_to_end(environment, "city", "load", environment["CITY_PATH"])
    assert code == 0, f"city load failed ({code}):\n{output}"
    return dict(_PASSWORD.findall(output))


async def run_to_end(environment: dict[str, str], *arguments: str) -> tuple[int | None, str]:
    """A subcommand's exit code, and what it printed."""
    command = (sys.executable, "-m", "jiesu", *arguments)
    output = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    async with program(*command, cwd=CHECKOUT, env=environment, **output) as process, asyncio.timeout(120.0):
        told, _ = await process.communicate()
    return process.returncode, told.decode()


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


async def _answers(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=5.0)) as response:
                if response.status == 200:
                    return
        await asyncio.sleep(0.1)


def _say_nothing(_line: str) -> None:
    pass
