"""The command line of jiesu: what each of its processes is made of, and what can be asked of it."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import aiohttp
import typer
import uvloop
from aiohttp import web

import preflight
import wiring
from backend import database
from backend.actions import (
    accounts,
    city_views,
    load_city,
    organisation_entries,
    organisation_file,
    register,
    second_factor,
    service_tokens,
)
from backend.actions.first_passwords import hand_out_passwords
from backend.api import logs
from backend.api.app import api_document, build_app
from backend.api.health import METERS
from backend.api.serving import serving
from backend.contract.client import BackendClient
from backend.contract.errors import BackendError, Forbidden, Unauthenticated, Unavailable
from backend.contract.faults import NamedFault, OperatorError, Problem, suggestion, system_reason
from backend.contract.message import Message, Words
from backend.contract.words import Scope
from dialogs.wording import Wording
from embedded import throwaway_dir
from ivr import voice
from ivr.speech import delivery
from locales import closest_language
from settings import (
    ListenAddress,
    Settings,
    SettingsError,
    describe_settings,
    load_settings,
    misspelt,
    read_settings,
    terminal_language,
)

if TYPE_CHECKING:
    import authoring
    from bot.app import Bots
    from dialogs.templates.scenario import Scenario
    from ivr.app import Phone
    from ivr.voice import corpus

# What only one command needs is imported in it: the libraries of channels and phone would double the memory of a
# backend or worker. tests/test_memory.py watches over it.

TemplateFolder = Annotated[
    Path | None, typer.Option("--scenarios", help="folder of request templates, instead of SCENARIOS_PATH")
]
CityFile = Annotated[Path | None, typer.Option("--city", help="organisation file, instead of CITY_PATH")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="policy file, instead of POLICY_PATH")]
Language = Annotated[str | None, typer.Option(help="zh or en; else what the terminal speaks (LANG)")]

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
enterprises_app = typer.Typer(help="Enterprises: their registered names.", no_args_is_help=True)
app.add_typer(enterprises_app, name="enterprises")
staff_app = typer.Typer(help="Accounts of staff: passwords, people who leave.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens of other programs that use the API.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(token_app, name="token")
models_app = typer.Typer(help="Models that are fetched: the phone's ear.", no_args_is_help=True)
app.add_typer(models_app, name="models")
prompts_app = typer.Typer(help="What the phone says, rendered ahead.", no_args_is_help=True)
app.add_typer(prompts_app, name="prompts")


@app.command()
def run(scenarios: TemplateFolder = None, city: CityFile = None, policy: PolicyFile = None) -> None:
    """Everything in one process: databases of its own unless given, backend, worker, web chat, bots."""
    _execute(_run_all, _settings(scenarios, city, policy, making=True))


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
def ivr() -> None:
    """The phone alone: SIP, AudioSocket, and the call button's addresses on IVR_LISTEN."""
    _execute(_run_ivr, needs_redis=True)


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
        typer.echo(f"{mark} {row.name} = {row.value}\n      {_wording(None).text(row.description)}")


@app.command()
def openapi() -> None:
    """The OpenAPI 3.1 document of the backend."""
    typer.echo(json.dumps(api_document(), ensure_ascii=False, indent=2))


@city_app.command("load")
def city_load(file: Annotated[Path, typer.Argument(help="organisation file; see docs/production.md")]) -> None:
    """Bring the organisation to what the file says; passwords of new staff are shown once."""

    async def load(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        url = await wiring.open_database(chosen, stack)
        await database.migrate(url)
        async with database.opened(url, 3):
            loaded = await load_city.load_city(file, await wiring.today(chosen))
            await hand_out_passwords(_show_passwords)
        say("city.loaded", departments=loaded.departments, duties=loaded.duties)

    with _told_in(_wording(None)):
        organisation_file.read_organisation(file)  # before a database is made in vain
    _execute(load)


@enterprises_app.command("import")
def enterprises_import(file: Annotated[Path, typer.Argument(help="CSV of credit codes and registered names")]) -> None:
    """Confirm the registered names that the register's list has; all of it or nothing."""

    async def load() -> None:
        done = await register.import_register(file)
        say("register.done", made=done.made, confirmed=done.confirmed, unchanged=done.unchanged)

    _with_database(load)


@staff_app.command("password")
def staff_password(username: str) -> None:
    """A new random password, shown once; ends the person's sessions, and their accounts in messengers are unbound."""
    _with_database(lambda: _show_new_password(username, accounts.reset_password))


@staff_app.command("dismiss")
def staff_dismiss(username: str) -> None:
    """Close the account of somebody who left: no log-in, no messenger account, no notices."""

    async def dismiss() -> None:
        await accounts.dismiss(username)
        say("account.shut_out", name=username)

    _with_database(dismiss)


@staff_app.command("readmit")
def staff_readmit(username: str) -> None:
    """Open a closed account again, with a new password that is shown once."""
    _with_database(lambda: _show_new_password(username, accounts.readmit))


@staff_app.command("reset-totp")
def staff_reset_totp(username: str) -> None:
    """Forget the authenticator app of somebody who lost it; log-ins and messengers end, the auditor sees it."""

    async def reset() -> None:
        await second_factor.reset(username, await database.present())
        say("account.app_forgotten", name=username)

    _with_database(reset)


@token_app.command("issue")
def token_issue(
    name: Annotated[str, typer.Argument(help="of the program; the same name again replaces its token")],
    scope: Annotated[list[Scope] | None, typer.Option(help="what it may do; repeat for several")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="channel it speaks for; repeat for several")] = None,
) -> None:
    """A token for another program, shown once. Without a scope it may read the city and look up progress."""

    async def issue() -> None:
        typer.echo(await service_tokens.issue_token(name, scope or [], channel or []))

    _with_database(issue)


@token_app.command("revoke")
def token_revoke(name: str) -> None:
    """Shut a program out; a token works for 15 more seconds at most."""

    async def revoke() -> None:
        await service_tokens.revoke_token(name)
        say("token.revoked", name=name)

    _with_database(revoke)


@token_app.command("list")
def token_list() -> None:
    """The programs that have a token, with scopes and channels; tokens themselves are not stored."""

    async def show() -> None:
        for one in await service_tokens.list_services():
            typer.echo(f"{one.name:<24} {','.join(one.scopes) or '-'}  {','.join(one.channels) or '-'}")

    _with_database(show)


@models_app.command("fetch")
def models_fetch() -> None:
    """Have the speech model, downloading 44 MB unless it is there; prints its folder."""
    chosen = _settings()
    with _told_in(_wording(None)):
        if chosen.vosk_model_path is None:
            delivery.fetch(chosen.models_dir)
        typer.echo(delivery.locate(chosen.models_dir, chosen.vosk_model_path))


@prompts_app.command("build")
def prompts_build(
    folder: Annotated[Path, typer.Argument(help="of the prompts")] = voice.BUILT_IN,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Render the texts that have no audio yet, in your city's words, and drop what nothing says any more."""
    from ivr.speech import model
    from ivr.voice import audition, building, rendering

    chosen = _settings(scenarios, city, policy)
    wanted = _spoken_texts(chosen)
    with _told_in(_wording(None)):
        ear = model.load(delivery.locate(chosen.models_dir, chosen.vosk_model_path))
        renderer = rendering.Renderer(chosen.models_dir / "kokoro", audition.Audition(ear))
    count = building.build(
        folder, wanted, renderer.render, told=lambda done, due: say("prompt.progress", done=done, due=due)
    )
    say("prompt.rendered", count=count)


@prompts_app.command("check")
def prompts_check(
    folder: Annotated[Path, typer.Argument(help="of the prompts")] = voice.BUILT_IN,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Name every text without audio, and audio without a text; fails if there is one."""
    from ivr.voice import building

    wanted = _spoken_texts(_settings(scenarios, city, policy))
    faults = [*building.unsayable(wanted), *building.check(folder, wanted)]
    for fault in faults:
        typer.echo(_wording(None).fault(fault), err=True)
    say("prompt.checked", count=len(wanted), faults=len(faults))
    raise typer.Exit(1 if faults else 0)


@scenarios_app.command("check")
def scenarios_check(
    scenarios: TemplateFolder = None, city: CityFile = None, policy: PolicyFile = None, language: Language = None
) -> None:
    """Name every mistake as file:line, with a suggestion; exits with 1 if there is one."""
    import authoring

    chosen, wording = _settings(scenarios, city, policy), _wording(language)
    faults = authoring.check(chosen)
    for fault in faults:
        typer.echo(wording.fault(fault), err=True)
    folder = authoring.folder(chosen)
    count = len(list(folder.glob("[!_]*.yaml")))
    told = Message("template.checked", {"folder": str(folder), "count": count, "faults": len(faults)})
    typer.echo(wording.text(told))
    raise typer.Exit(1 if faults else 0)


@scenarios_app.command("show")
def scenarios_show(
    scenario: str,
    language: Language = None,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """A template as a person meets it: its questions, options and conditions, and who handles it."""
    import authoring
    from dialogs import console

    wording = _wording(language)
    written = _written(_settings(scenarios, city, policy), wording)
    found = _scenario(scenario, written, wording)
    typer.echo(console.show(found, wording.language, authoring.handled_by(written, scenario)))


@scenarios_app.command("schema")
def scenarios_schema() -> None:
    """JSON Schema of a template, for editors."""
    from dialogs.templates.schema import scenario_schema

    typer.echo(json.dumps(scenario_schema(), ensure_ascii=False, indent=2))


@scenarios_app.command("try")
def scenarios_try(
    scenario: str,
    language: Language = None,
    scenarios: TemplateFolder = None,
    city: CityFile = None,
    policy: PolicyFile = None,
) -> None:
    """Fill a template here on the command line; nothing is filed."""
    from dialogs import console
    from dialogs.engine import Engine

    wording = _wording(language)
    written = _written(_settings(scenarios, city, policy), wording)
    zone = written.policy.zone()
    engine = Engine(render=lambda words, tag: Wording(tag).text(words), timezone=zone)
    found = _scenario(scenario, written, wording)
    console.try_(found, engine, wording.language, lambda: datetime.now(zone))


# --- running ------------------------------------------------------------------------------------------------------

Part = Callable[[Settings, AsyncExitStack, asyncio.Event], Coroutine[Any, Any, None]]


async def _run_all(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_all(chosen)
    storage = await wiring.open_storage(chosen, stack)
    await database.migrate(storage.database_url)
    deps = await wiring.open_deps(chosen, storage, stack)
    await wiring.enact_policy(chosen, deps)
    await wiring.first_city(chosen)
    await wiring.admit_channels(chosen)
    ground = wiring_channels.load_ground(chosen, await city_views.view_city(await deps.context()))
    phone = await wiring_channels.make_phone(chosen, deps.redis, ground, deps.clock, stack)
    bots = await wiring_channels.make_bots(chosen, deps.redis, ground, deps.clock, stack)
    server = build_app(deps)
    server[METERS].registry.register(phone.meters.registry)
    bots.add_routes(server)
    wiring_channels.add_call_button(chosen, phone, server)
    url = await stack.enter_async_context(serving(server, *chosen.http_listen))
    rounds = await stack.enter_async_context(wiring.working(deps, chosen.worker_concurrency))
    await stack.enter_async_context(wiring.worker_status(chosen, rounds, deps.clock))
    await stack.enter_async_context(bots.running())
    await stack.enter_async_context(phone.running())
    await stack.enter_async_context(wiring_channels.phone_status(chosen, phone, deps.redis, deps.clock))
    await hand_out_passwords(_show_passwords)
    _show_addresses(url, bots)
    _show_phone(chosen, phone)
    _show_how_to_stop()
    await stop.wait()


async def _run_backend(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    await preflight.check_backend(chosen)
    deps = await wiring.open_deps(chosen, await wiring.open_storage(chosen, stack), stack)
    await _check_migrated()
    await wiring.enact_policy(chosen, deps)
    await wiring.admit_channels(chosen)
    url = await stack.enter_async_context(serving(build_app(deps), *chosen.http_listen))
    typer.echo(f"backend  {url}/api/v1/openapi.json")  # no words: to read them takes 3 MB, which would stay taken
    await stop.wait()


async def _run_worker(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    await preflight.check_worker(chosen)
    deps = await wiring.open_deps(chosen, await wiring.open_storage(chosen, stack), stack)
    await _check_migrated()
    await wiring.enact_policy(chosen, deps)
    rounds = await stack.enter_async_context(wiring.working(deps, chosen.worker_concurrency))
    url = await stack.enter_async_context(wiring.worker_status(chosen, rounds, deps.clock))
    typer.echo(f"worker  {url}/readyz" if url else "worker  -")
    await stop.wait()


async def _run_bot(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_bot(chosen)
    redis = await wiring.open_given_redis(chosen, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = BackendClient.to(session, chosen.backend_url, chosen.channel_token.get_secret_value())
    clock = await wiring.watched_clock(client.ask_time, stack)
    ground = wiring_channels.load_ground(chosen, await client.view_city())
    bots = await wiring_channels.make_bots(chosen, redis, ground, clock, stack)
    server = web.Application()
    bots.add_routes(server)
    wiring_channels.add_bot_status(server, redis, clock)
    url = await stack.enter_async_context(serving(server, *chosen.bot_listen))
    await stack.enter_async_context(bots.running())
    _show_addresses(url, bots)
    _show_how_to_stop()
    await stop.wait()


async def _run_ivr(chosen: Settings, stack: AsyncExitStack, stop: asyncio.Event) -> None:
    import wiring_channels

    await preflight.check_ivr(chosen)
    redis = await wiring.open_given_redis(chosen, stack)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = BackendClient.to(session, chosen.backend_url, chosen.channel_token.get_secret_value())
    clock = await wiring.watched_clock(client.ask_time, stack)
    ground = wiring_channels.load_ground(chosen, await client.view_city())
    phone = await wiring_channels.make_phone(chosen, redis, ground, clock, stack)
    server = web.Application()
    wiring_channels.add_call_button(chosen, phone, server)
    await stack.enter_async_context(serving(server, *chosen.ivr_listen))
    await stack.enter_async_context(phone.running())
    await stack.enter_async_context(wiring_channels.phone_status(chosen, phone, redis, clock))
    _show_phone(chosen, phone)
    await stop.wait()


async def _run_demo(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    import wiring_channels
    from bot.demonstration import DemonstrationError, demonstrate

    folder = stack.enter_context(throwaway_dir())
    address = ListenAddress("127.0.0.1", wiring.free_port())
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
    storage = await wiring.open_storage(throwaway, stack)
    await database.migrate(storage.database_url)
    deps = await wiring.open_deps(throwaway, storage, stack)
    await wiring.enact_policy(throwaway, deps)
    await load_city.load_city(organisation_file.DEMO_CITY, await wiring.today(chosen))
    passwords: dict[str, str] = {}
    await hand_out_passwords(passwords.update)
    await wiring.admit_channels(throwaway)
    ground = wiring_channels.load_ground(throwaway, await city_views.view_city(await deps.context()))
    bots = await wiring_channels.make_bots(throwaway, deps.redis, ground, deps.clock, stack)
    server = build_app(deps)
    bots.add_routes(server)
    url = await stack.enter_async_context(serving(server, *address))
    await stack.enter_async_context(wiring.working(deps, 1))
    await stack.enter_async_context(bots.running())
    try:
        say("run.demonstrated", number=await demonstrate(url, passwords, typer.echo))
    except DemonstrationError as error:
        _fail([str(error)])


async def _check_migrated() -> None:
    if await database.pending_migrations():
        raise OperatorError(Message("start.old_database"))


def _with_database(work: Callable[[], Awaitable[None]]) -> None:
    """Do this with the database that is there; such a command makes nothing in a folder without one."""
    chosen = _settings()
    if not wiring.has_database(chosen):
        _fail([_wording(None).text(Message("cli.no_data", {"folder": str(chosen.data_dir.absolute())}))])

    async def part(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
        await stack.enter_async_context(database.opened(await wiring.open_database(chosen, stack), 3))
        await _check_migrated()
        await work()

    _execute(part, chosen)


async def _migrate(chosen: Settings, stack: AsyncExitStack, _stop: asyncio.Event) -> None:
    applied = await database.migrate(await wiring.open_database(chosen, stack))
    for name in applied:
        typer.echo(name)
    if not applied:
        say("run.migrated")


# --- the command line ---------------------------------------------------------------------------------------------


def _execute(
    part: Part,
    chosen: Settings | None = None,
    *,
    needs_servers: bool = False,
    needs_redis: bool = False,
    quiet: bool = False,
) -> None:
    """Run a part until it ends or a signal asks it to; faults of set-up end with a line for each, not a traceback."""
    chosen = chosen or _settings(making=True)
    logs.configure(chosen.log_format, "WARNING" if quiet else chosen.log_level)
    missing = [
        name
        for name, value in (("DATABASE_URL", chosen.database_url), ("REDIS_URL", chosen.redis_url))
        if value is None and (needs_servers or (needs_redis and name == "REDIS_URL"))
    ]
    with _told_in(_wording(None)):
        if missing:
            raise SettingsError(*(NamedFault(name, Message("start.not_set")) for name in missing))
        # uvloop takes a quarter off the backend's CPU for a request: docs/performance.md.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_signal(part, chosen))


@contextmanager
def _told_in(wording: Wording) -> Iterator[None]:
    """Ends the process with a line for each fault of set-up."""
    try:
        yield
    except OperatorError as error:
        _fail(wording.faults(error))
    except BackendError as error:
        _fail([wording.fault(_unanswered(error))])
    except OSError as error:
        told = Message("start.refused_by_system", {"reason": system_reason(error)})
        _fail([wording.fault(NamedFault(str(error.filename), told) if error.filename else told)])


def _unanswered(error: BackendError) -> Problem:
    """Why the backend does not serve a channel that starts."""
    match error:
        case Unavailable():
            return NamedFault("BACKEND_URL", Message("start.no_backend"))
        case Unauthenticated() | Forbidden():
            return NamedFault("CHANNEL_TOKEN", Message("start.token_unknown"))
    return Message("start.backend_refused", {"detail": error.detail})


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


def _settings(
    scenarios: Path | None = None, city: Path | None = None, policy: Path | None = None, *, making: bool = False
) -> Settings:
    """What is given to the command wins over the environment and `.env`. `making`: also secrets that are needed."""
    given = {"scenarios_path": scenarios, "city_path": city, "policy_path": policy}
    wording = _wording(None)
    for fault in misspelt():
        typer.echo(wording.fault(fault), err=True)
    with _told_in(wording):
        load = load_settings if making else read_settings
        return load(**{name: path for name, path in given.items() if path is not None})
    raise AssertionError


def _wording(language: str | None) -> Wording:
    """In which a command speaks."""
    return Wording(closest_language(language or terminal_language()))


def say(key: str, **args: Words | int) -> None:
    """A text of the catalogues, as the terminal speaks."""
    typer.echo(_wording(None).text(Message(key, args)))


def _fail(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(2)


def _spoken_texts(chosen: Settings) -> tuple[corpus.Wanted, ...]:
    from ivr.voice import corpus

    written = _written(chosen, _wording(None))
    return corpus.wanted(written.scenarios, organisation_entries.names(written.city, written.policy))


def _written(chosen: Settings, wording: Wording) -> authoring.Written:
    import authoring

    with _told_in(wording):
        return authoring.read(chosen)
    raise AssertionError


def _scenario(name: str, written: authoring.Written, wording: Wording) -> Scenario:
    found = written.scenarios.get(name)
    if found is None:
        reason: Words = Message("template.none", {"id": name})
        if hint := suggestion(name, written.scenarios):
            reason = Message("fault.with_hint", {"reason": reason, "hint": hint})
        _fail([wording.text(reason)])
        raise AssertionError
    return found


async def _show_new_password(username: str, make: Callable[[str], Awaitable[str]]) -> None:
    say("account.password", name=username, password=await make(username))


def _show_passwords(passwords: Mapping[str, str]) -> None:
    say("run.passwords")
    for username, password in passwords.items():
        typer.echo(f"  {username:<24} {password}")
    sys.stdout.flush()  # a terminal or pipe that is gone is noticed now, before they are stored


def _show_addresses(url: str, bots: Bots) -> None:
    say("run.pages", url=url)
    say("run.api", url=url)
    for name in bots.telegram_names:
        say("run.telegram", name=name)


def _show_phone(chosen: Settings, phone: Phone) -> None:
    ways: list[Words] = [f"sip:{chosen.sip_listen}"] if chosen.sip_listen is not None else []
    ways += [f"audiosocket:{chosen.audiosocket_listen}"] if chosen.audiosocket_listen is not None else []
    ways += [Message("run.call_button")] if chosen.call_button else []
    for way in ways or [Message("run.phone_off")]:
        say("run.phone", way=way)
    if ways and not phone.hears:
        say("run.keys_only")


def _show_how_to_stop() -> None:
    say("run.how_to_stop")


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Chinese ends no command, as on stderr
    app()


if __name__ == "__main__":
    main()
