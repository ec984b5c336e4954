"""The command line of jiesu, and its composition root: the only file that imports every part."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
import uvloop
from aiohttp import web
from redis.asyncio import BlockingConnectionPool, Redis

from backend import database
from backend.actions import organisation, staff
from backend.actions.due_effects import plan_housekeeping
from backend.api import logs
from backend.api.app import api_document, build_app, serving
from backend.api.deps import Deps
from backend.api.wakes import Wakes
from backend.contract.client import BackendClient
from backend.contract.errors import BackendError
from backend.contract.models import CityOut
from backend.contract.wakes import listen
from backend.contract.words import Scope
from backend.rules.policy import PolicyError, load_policy
from backend.worker import Worker
from bot.app import CHANNELS, Bots, BotSettings
from bot.demonstration import DemonstrationError, demonstrate
from dialogs import console
from dialogs.engine import Engine
from dialogs.templates import loader
from dialogs.templates.faults import ScenarioFaults
from dialogs.templates.schema import scenario_schema
from dialogs.wording import Wording
from embedded import EmbeddedPostgres, EmbeddedServerError, EmbeddedValkey, throwaway_dir
from ivr.speech import delivery
from settings import ListenAddress, Settings, SettingsError, describe_settings, load_settings

SCENARIOS = loader.BUILT_IN

_REDIS_CONNECTIONS = 50
"""Of one process."""
_REDIS_WAIT = 10.0
"""Seconds a call may wait for one of them."""

app = typer.Typer(
    help="接诉 jiesu: how a city answers its businesses.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenarios_app = typer.Typer(help="Request templates: check them, read them, try them.", no_args_is_help=True)
city_app = typer.Typer(help="The organisation: districts, departments, staff, duty list.", no_args_is_help=True)
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(city_app, name="city")
staff_app = typer.Typer(help="Accounts of staff: passwords, people who leave.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens of other programs that use the API.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(token_app, name="token")
models_app = typer.Typer(help="Models that are fetched: the phone's ear.", no_args_is_help=True)
app.add_typer(models_app, name="models")


@app.command()
def run() -> None:
    """Everything in one process: databases of its own unless given, backend, worker, web chat, bots."""
    _execute(_run_all)


@app.command()
def backend() -> None:
    """The backend's API alone. Needs DATABASE_URL and REDIS_URL."""
    _execute(_run_backend, needs_servers=True)


@app.command()
def worker() -> None:
    """The worker alone: deadlines, warnings, escalation, reminders. Any number may run."""
    _execute(_run_worker, needs_servers=True)


@app.command()
def bot() -> None:
    """The channels alone: web chat on BOT_LISTEN, and the Telegram bots whose tokens are set."""
    _execute(_run_bot, needs_redis=True)


@app.command()
def demo() -> None:
    """Play one whole loop on throw-away storage and show both sides; fails if any step fails."""
    _execute(_run_demo, quiet=True)


@app.command()
def migrate() -> None:
    """Bring the database up to date, then leave."""
    _execute(_migrate)


@app.command()
def settings() -> None:
    """All settings with their present values; secrets are not shown."""
    for row in describe_settings(_settings()):
        mark = " " if row.is_default else "*"
        typer.echo(f"{mark} {row.name} = {row.value}\n      {row.description}")


@app.command()
def openapi() -> None:
    """The OpenAPI 3.1 document of the backend."""
    typer.echo(json.dumps(api_document(), ensure_ascii=False, indent=2))


@city_app.command("load")
def city_load(file: Annotated[Path, typer.Argument(help="organisation file; see docs/production.md")]) -> None:
    """Bring the organisation to what the file says; passwords of new staff are shown once."""

    async def load(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        storage = await _storage(chosen, stack)
        await database.migrate(storage.database_url)
        async with database.opened(storage.database_url, 3):
            loaded = await organisation.load_city(file, _today(chosen))
        _show_passwords(loaded.passwords)
        typer.echo(f"{loaded.departments} departments, {loaded.duties} duties")

    _execute(load)


@staff_app.command("password")
def staff_password(username: str) -> None:
    """A new random password, shown once; ends the person's sessions."""
    _execute(_with_database(lambda: _show_new_password(username, staff.reset_password)))


@staff_app.command("dismiss")
def staff_dismiss(username: str) -> None:
    """Close the account of somebody who left: no log-in, no messenger account, no notices."""

    async def dismiss() -> None:
        await staff.dismiss(username)
        typer.echo(f"{username} is shut out")

    _execute(_with_database(dismiss))


@staff_app.command("readmit")
def staff_readmit(username: str) -> None:
    """Open a closed account again, with a new password that is shown once."""
    _execute(_with_database(lambda: _show_new_password(username, staff.readmit)))


@token_app.command("issue")
def token_issue(
    name: Annotated[str, typer.Argument(help="of the program; the same name again replaces its token")],
    scope: Annotated[list[Scope] | None, typer.Option(help="what it may do; repeat for several")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="channel it speaks for; repeat for several")] = None,
) -> None:
    """A token for another program, shown once. Without a scope it may read the city and look up progress."""

    async def issue() -> None:
        typer.echo(await staff.issue_token(name, scope or [], channel or []))

    _execute(_with_database(issue))


@token_app.command("revoke")
def token_revoke(name: str) -> None:
    """Shut a program out; a token works for 15 more seconds at most."""

    async def revoke() -> None:
        await staff.revoke_token(name)
        typer.echo(f"{name} is shut out")

    _execute(_with_database(revoke))


@token_app.command("list")
def token_list() -> None:
    """The programs that have a token, with scopes and channels; tokens themselves are not stored."""

    async def show() -> None:
        for one in await staff.list_services():
            typer.echo(f"{one.name:<24} {','.join(one.scopes) or '-'}  {','.join(one.channels) or '-'}")

    _execute(_with_database(show))


@models_app.command("fetch")
def models_fetch() -> None:
    """Have the speech model, downloading 44 MB unless it is there; prints its folder."""
    chosen = _settings()
    try:
        if chosen.vosk_model_path is None:
            delivery.fetch(chosen.models_dir)
        typer.echo(delivery.locate(chosen.models_dir, chosen.vosk_model_path))
    except delivery.ModelUnavailable as error:
        _fail([str(error)])


@scenarios_app.command("check")
def scenarios_check(
    folder: Annotated[Path, typer.Argument(help="folder of templates")] = SCENARIOS,
) -> None:
    """Name every mistake as file:line; fails if there is one."""
    faults = loader.check(folder)
    for fault in faults:
        typer.echo(fault, err=True)
    typer.echo(f"{len(list(folder.glob('[!_]*.yaml')))} scenarios, {len(faults)} mistakes")
    raise typer.Exit(1 if faults else 0)


@scenarios_app.command("show")
def scenarios_show(scenario: str, language: str = "zh_CN", folder: Path = SCENARIOS) -> None:
    """A template as a person meets it: its questions, options and conditions."""
    typer.echo(console.show(_scenario(scenario, folder), language))


@scenarios_app.command("schema")
def scenarios_schema() -> None:
    """JSON Schema of a template, for editors."""
    typer.echo(json.dumps(scenario_schema(), ensure_ascii=False, indent=2))


@scenarios_app.command("try")
def scenarios_try(scenario: str, language: str = "zh_CN", folder: Path = SCENARIOS) -> None:
    """Fill a template here on the command line; nothing is filed."""
    zone = load_policy(None).zone()
    engine = Engine(render=lambda words, tag: Wording(tag).text(words), timezone=zone)
    console.try_(_scenario(scenario, folder), engine, language, lambda: datetime.now(zone))


# --- running ------------------------------------------------------------------------------------------------------

Part = Callable[[Settings, AsyncExitStack, asyncio.Event], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Storage:
    database_url: str
    redis_url: str


async def _run_all(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    storage = await _storage(chosen, stack)
    await database.migrate(storage.database_url)
    deps = await _deps(chosen, storage, stack)
    await stack.enter_async_context(database.opened(storage.database_url, chosen.db_pool_size))
    passwords = await _first_city(chosen)
    await _admit_channels(chosen)
    bots = await _bots(chosen, deps.redis, await organisation.view_city(await deps.context()), stack)
    server = build_app(deps)
    bots.add_routes(server)
    url = await stack.enter_async_context(serving(server, *chosen.http_listen))
    await stack.enter_async_context(_working(deps, chosen.worker_concurrency))
    await stack.enter_async_context(bots.running())
    _show_passwords(passwords)
    _show_addresses(url, bots)
    await stop.wait()


async def _run_backend(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    deps = await _deps(chosen, await _storage(chosen, stack), stack)
    await stack.enter_async_context(database.opened(deps.database_url, chosen.db_pool_size))
    await _check_migrated()
    await _admit_channels(chosen)
    url = await stack.enter_async_context(serving(build_app(deps), *chosen.http_listen))
    typer.echo(f"backend  {url}/api/v1/openapi.json")
    await stop.wait()


async def _run_worker(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    deps = await _deps(chosen, await _storage(chosen, stack), stack)
    await stack.enter_async_context(database.opened(deps.database_url, chosen.db_pool_size))
    await _check_migrated()
    await stack.enter_async_context(_working(deps, chosen.worker_concurrency))
    typer.echo("worker is running")
    await stop.wait()


async def _run_bot(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    redis = await _redis((await _storage(chosen, stack)).redis_url, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = BackendClient(session, chosen.backend_url, chosen.channel_token.get_secret_value())
    bots = await _bots(chosen, redis, await client.view_city(), stack)
    server = web.Application()
    bots.add_routes(server)
    url = await stack.enter_async_context(serving(server, *chosen.bot_listen))
    await stack.enter_async_context(bots.running())
    _show_addresses(url, bots)
    await stop.wait()


async def _run_demo(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    folder = stack.enter_context(throwaway_dir())
    address = ListenAddress("127.0.0.1", _free_port())
    throwaway = chosen.model_copy(
        update={
            "data_dir": folder,
            "attachments_dir": folder / "attachments",
            "database_url": None,
            "redis_url": None,
            "http_listen": address,
            "backend_url": f"http://{address}",
            "public_url": f"http://{address}",
            "telegram_enterprise_token": None,
            "telegram_staff_token": None,
        }
    )
    storage = await _storage(throwaway, stack)
    await database.migrate(storage.database_url)
    deps = await _deps(throwaway, storage, stack)
    await stack.enter_async_context(database.opened(storage.database_url, throwaway.db_pool_size))
    passwords = (await organisation.load_city(organisation.DEMO_CITY, _today(chosen))).passwords
    await _admit_channels(throwaway)
    bots = await _bots(throwaway, deps.redis, await organisation.view_city(await deps.context()), stack)
    server = build_app(deps)
    bots.add_routes(server)
    url = await stack.enter_async_context(serving(server, *address))
    await stack.enter_async_context(_working(deps, 1))
    await stack.enter_async_context(bots.running())
    try:
        await demonstrate(url, passwords, typer.echo)
    except DemonstrationError as error:
        _fail([str(error)])


async def _check_migrated() -> None:
    if await database.pending_migrations():
        _fail(["the database is not up to date; run `jiesu migrate`"])


def _with_database(work: Callable[[], Awaitable[None]]) -> Part:
    """A part that opens the database, does this, and is done."""

    async def part(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        storage = await _storage(chosen, stack)
        await stack.enter_async_context(database.opened(storage.database_url, 3))
        await _check_migrated()
        await work()

    return part


async def _migrate(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    storage = await _storage(chosen, stack)
    applied = await database.migrate(storage.database_url)
    typer.echo("\n".join(applied) or "the database is up to date")


# --- wiring -------------------------------------------------------------------------------------------------------


async def _storage(chosen: Settings, stack: AsyncExitStack) -> Storage:
    """The servers named in the settings, or private ones below DATA_DIR that stop with us."""
    database_url = chosen.database_url.get_secret_value() if chosen.database_url else None
    redis_url = chosen.redis_url.get_secret_value() if chosen.redis_url else None
    if database_url is None:
        postgres = await asyncio.to_thread(EmbeddedPostgres.start, chosen.data_dir / "postgres")
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        database_url = postgres.url
    if redis_url is None:
        valkey = await asyncio.to_thread(EmbeddedValkey.start, chosen.data_dir / "valkey")
        stack.push_async_callback(asyncio.to_thread, valkey.stop)
        redis_url = valkey.url
    return Storage(database_url, redis_url)


async def _deps(chosen: Settings, storage: Storage, stack: AsyncExitStack) -> Deps:
    policy = load_policy(chosen.policy_path)
    return Deps(
        database_url=storage.database_url,
        redis=await _redis(storage.redis_url, stack),
        policy=policy,
        calendar=policy.calendar(),
        timezone=policy.zone(),
        secret=chosen.secret_key.get_secret_value().encode(),
        attachments=chosen.attachments_dir,
        pool_size=chosen.db_pool_size,
        attachment_bytes=chosen.attachment_limit_bytes,
        metrics_token=chosen.metrics_token.get_secret_value() if chosen.metrics_token else None,
    )


async def _redis(url: str, stack: AsyncExitStack) -> Redis:
    # A crowd waits for a connection; the plain pool would raise for every caller above its limit.
    pool = BlockingConnectionPool.from_url(
        url, max_connections=_REDIS_CONNECTIONS, timeout=_REDIS_WAIT, socket_connect_timeout=3.0, socket_keepalive=True
    )
    redis = Redis.from_pool(pool)
    stack.push_async_callback(redis.aclose)
    return redis


async def _bots(chosen: Settings, redis: Redis | None, city: CityOut, stack: AsyncExitStack) -> Bots:
    assert redis is not None
    bot_settings = BotSettings(
        backend_url=chosen.backend_url,
        channel_token=chosen.channel_token.get_secret_value(),
        secret=chosen.secret_key.get_secret_value().encode(),
        public_url=chosen.public_url,
        zone=load_policy(chosen.policy_path).zone(),
        scenarios=chosen.scenarios_path or SCENARIOS,
        session_hours=chosen.session_hours,
        attachment_bytes=chosen.attachment_limit_bytes,
        telegram_api_url=chosen.telegram_api_url,
        telegram_tokens={
            name: token.get_secret_value()
            for name, token in (
                ("telegram", chosen.telegram_enterprise_token),
                ("telegram-staff", chosen.telegram_staff_token),
            )
            if token is not None
        },
        webhook_secret=(
            chosen.telegram_webhook_secret.get_secret_value()
            if chosen.telegram_mode == "webhook" and chosen.telegram_webhook_secret
            else None
        ),
    )
    return await stack.enter_async_context(Bots.built(bot_settings, city, redis))


@asynccontextmanager
async def _working(deps: Deps, count: int) -> AsyncIterator[None]:
    """Workers for the length of a block; at its end each finishes the row in hand."""
    wakes = Wakes(deps.redis)
    async with wakes.running():
        workers = [Worker(deps.context, wakes.add) for _ in range(count)]
        await plan_housekeeping(await deps.context())
        tasks = [asyncio.create_task(one.run(), name="worker") for one in workers]
        stopping = asyncio.Event()

        def heard(name: str) -> None:
            for one in workers if name == "due" else ():
                one.notice()

        listener = asyncio.create_task(listen(deps.redis, heard, stopping), name="worker-wakes")
        try:
            yield
        finally:
            stopping.set()
            for one in workers:
                one.stop()
            await asyncio.gather(*tasks, listener)


async def _first_city(chosen: Settings) -> dict[str, str]:
    """Load the organisation file, or the demo city, into a database that has none; passwords of new staff."""
    if chosen.city_path is None and await database.query("SELECT 1 FROM department LIMIT 1"):
        return {}
    loaded = await organisation.load_city(chosen.city_path or organisation.DEMO_CITY, _today(chosen))
    return dict(loaded.passwords)


async def _admit_channels(chosen: Settings) -> None:
    await staff.admit_service(staff.OWN_SERVICE, chosen.channel_token.get_secret_value(), Scope, CHANNELS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _today(chosen: Settings) -> date:
    return datetime.now(load_policy(chosen.policy_path).zone()).date()


# --- the command line ---------------------------------------------------------------------------------------------


def _execute(part: Part, *, needs_servers: bool = False, needs_redis: bool = False, quiet: bool = False) -> None:
    """Run a part until it ends or a signal asks it to; faults of set-up end with a line for each, not a traceback."""
    chosen = _settings()
    logs.configure(chosen.log_format, "WARNING" if quiet else chosen.log_level)
    missing = [
        name
        for name, value in (("DATABASE_URL", chosen.database_url), ("REDIS_URL", chosen.redis_url))
        if value is None and (needs_servers or (needs_redis and name == "REDIS_URL"))
    ]
    if missing:
        _fail([f"{name}: is not set; a part that runs alone needs it (`jiesu run` brings its own)" for name in missing])
    try:
        # uvloop takes a quarter off the backend's CPU for a request: docs/performance.md.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signal(part, chosen))
    except (PolicyError, organisation.OrganisationError, ScenarioFaults) as error:
        _fail(str(error).splitlines())
    except BackendError as error:
        _fail([error.detail])
    except (EmbeddedServerError, OSError) as error:
        _fail([str(error)])


async def _until_signal(part: Part, chosen: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        work = asyncio.create_task(part(chosen, stack, stop))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not work.done():
            # Serving parts return by themselves; one that is still setting up is cut short.
            _, pending = await asyncio.wait({work}, timeout=1.0)
            for task in pending:
                task.cancel()
        try:
            await work
        except asyncio.CancelledError:
            pass


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(list(error.problems))
        raise AssertionError from error


def _fail(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(2)


def _scenario(name: str, folder: Path) -> Any:
    try:
        found = loader.load_scenarios(folder)
    except ScenarioFaults as error:
        _fail(str(error).splitlines())
        raise AssertionError from error
    if name not in found:
        _fail([f"there is no scenario {name}; there are: {', '.join(sorted(found))}"])
    return found[name]


async def _show_new_password(username: str, make: Callable[[str], Awaitable[str]]) -> None:
    typer.echo(f"Password of {username}, shown this once: {await make(username)}")


def _show_passwords(passwords: dict[str, str] | Any) -> None:
    if passwords:
        typer.echo("\nPasswords of new staff, shown this once:")
        for username, password in passwords.items():
            typer.echo(f"  {username:<24} {password}")


def _show_addresses(url: str, bots: Bots) -> None:
    typer.echo(f"\n  企业 enterprises   {url}/\n  部门 staff         {url}/staff")
    typer.echo(f"  接口 API           {url}/api/v1/openapi.json")
    for name in bots.telegram_names:
        typer.echo(f"  Telegram           https://t.me/{name}")
    typer.echo("\nCtrl-C stops it; everything is kept.\n")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
