"""The embedded servers keep their data over every kind of death, and let nobody in."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

import embedded
from dialogs.wording import Wording
from embedded import EmbeddedPostgres, EmbeddedServerError, EmbeddedValkey, throwaway_dir

ROOT = Path(embedded.__file__).parent


async def query(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.fixture
def home() -> Iterator[Path]:
    with throwaway_dir() as path:
        yield path


async def test_postgres_is_utf8_in_utc_on_loopback_behind_a_password(postgres: EmbeddedPostgres) -> None:
    assert await query(postgres.url, "SHOW server_encoding") == "UTF8"
    assert await query(postgres.url, "SHOW timezone") == "UTC"
    assert await query(postgres.url, "SHOW max_connections") == "100"
    assert await query(postgres.url, "SHOW listen_addresses") == "127.0.0.1"
    assert int(await query(postgres.url, "SHOW server_version_num")) >= 180000
    with pytest.raises(asyncpg.InvalidPasswordError):
        await query(f"postgres://jiesu:wrong@127.0.0.1:{postgres.port}/jiesu", "SELECT 1")


def test_valkey_is_on_loopback_behind_a_password(valkey: EmbeddedValkey) -> None:
    once = Retry(NoBackoff(), 0)
    with redis.Redis(port=valkey.port, retry=once) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.config_get("bind", "appendonly") == {"bind": "127.0.0.1", "appendonly": "yes"}


def test_passwords_and_logs_are_private(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
    for server in (postgres, valkey):
        for name in ("password", "log"):
            assert stat.S_IMODE((server.data_dir / name).stat().st_mode) == 0o600


def test_no_password_shows_in_the_list_of_processes(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
    secrets = {(server.data_dir / "password").read_text() for server in (postgres, valkey)}
    shown = [word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()]
    assert not [word for word in shown if any(secret in word for secret in secrets)]


async def test_errors_are_logged_without_the_row(postgres: EmbeddedPostgres, database_url: str) -> None:
    await query(database_url, "CREATE TABLE person (phone text PRIMARY KEY)")
    for expectation in (None, asyncpg.UniqueViolationError):
        statement = query(database_url, "INSERT INTO person VALUES ('13800138000')")
        if expectation is None:
            await statement
        else:
            with pytest.raises(expectation):
                await statement
    log = (postgres.data_dir / "log").read_text()
    assert "person_pkey" in log
    assert "13800138000" not in log


async def test_postgres_keeps_its_data_and_address_over_restart_and_kill(home: Path) -> None:
    with EmbeddedPostgres.start(home / "postgres") as server:
        await query(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        await asyncio.to_thread(server.restart)
        assert await query(server.url, "SELECT number FROM kept") == 7
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.restart)
        assert await query(server.url, "SELECT number FROM kept") == 7
    with EmbeddedPostgres.start(home / "postgres", durable=False) as again:
        assert await query(again.url, "SELECT number FROM kept") == 7


def test_valkey_keeps_its_data_and_address_over_restart_and_kill(home: Path) -> None:
    with EmbeddedValkey.start(home / "valkey") as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "7")
        server.restart()
        assert client.get("kept") == b"7"
        server.kill()
        server.restart()
        assert client.get("kept") == b"7"
        server.flush()
        assert client.get("kept") is None
        client.set("kept", "8")
    with EmbeddedValkey.start(home / "valkey") as again, redis.Redis.from_url(again.url) as client:
        assert client.get("kept") == b"8"


OWNER = """
import sys, time
from pathlib import Path
from embedded import EmbeddedPostgres, EmbeddedValkey
home = Path(sys.argv[1])
servers = [EmbeddedPostgres.start(home / "postgres", durable=False), EmbeddedValkey.start(home / "valkey")]
print(*(server.url for server in servers), flush=True)
time.sleep(600)
"""


def start_owner(home: Path) -> tuple[subprocess.Popen[str], str, str]:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert owner.stdout is not None
    postgres_url, valkey_url = owner.stdout.readline().split()
    return owner, postgres_url, valkey_url


async def test_servers_whose_owner_was_killed_are_taken_over(home: Path) -> None:
    owner, postgres_url, valkey_url = await asyncio.to_thread(start_owner, home)
    await query(postgres_url, "CREATE TABLE kept AS SELECT 7 AS number")
    with redis.Redis.from_url(valkey_url) as client:
        client.set("kept", "7")
    with owner:
        owner.kill()
    assert await query(postgres_url, "SELECT 1") == 1, "the orphan should still run"

    with EmbeddedPostgres.start(home / "postgres", durable=False) as server:
        assert await query(server.url, "SELECT number FROM kept") == 7
    with EmbeddedValkey.start(home / "valkey") as valkey, redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"7"
    left = [process for process in psutil.process_iter() if _works_below(process, home)]
    assert left == []


def _works_below(process: psutil.Process, home: Path) -> bool:
    try:
        return process.cwd().startswith(str(home))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def test_ctrl_c_in_the_terminal_reaches_the_owner_alone(home: Path) -> None:
    with EmbeddedPostgres.start(home / "postgres", durable=False), EmbeddedValkey.start(home / "valkey"):
        servers = [process for process in psutil.process_iter() if _works_below(process, home)]
        assert {process.name() for process in servers} == {"postgres", "valkey-server"}
        assert os.getsid(0) not in {os.getsid(process.pid) for process in servers}


async def test_a_stale_pid_file_that_names_a_living_process_does_not_stop_the_start(home: Path) -> None:
    with EmbeddedPostgres.start(home / "postgres", durable=False) as server:
        server.kill()
        pid_file = home / "postgres" / "cluster" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with EmbeddedPostgres.start(home / "postgres", durable=False) as again:
        assert await query(again.url, "SELECT 1") == 1


async def test_a_cluster_half_made_is_made_again(home: Path) -> None:
    (home / "postgres" / "cluster.new" / "base").mkdir(parents=True)
    if os.geteuid() == 0:
        (home / "postgres").chmod(0o711)
    with EmbeddedPostgres.start(home / "postgres", durable=False) as server:
        assert await query(server.url, "SELECT 1") == 1


def test_a_folder_in_use_is_refused(valkey: EmbeddedValkey) -> None:
    with pytest.raises(EmbeddedServerError) as told:
        EmbeddedValkey.start(valkey.data_dir)
    assert Wording("en").faults(told.value)[0].startswith(f"DATA_DIR: {valkey.data_dir} is in use by another jiesu;")
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"DATA_DIR: {valkey.data_dir} 正由另一个 jiesu 使用；")


def test_a_port_in_use_is_named(home: Path, valkey: EmbeddedValkey) -> None:
    with pytest.raises(EmbeddedServerError) as told:
        EmbeddedValkey.start(home / "valkey", port=valkey.port)
    assert (
        Wording("en").faults(told.value)[0].startswith(f"valkey-server did not start on port {valkey.port}; its log:\n")
    )
    assert (
        Wording("zh_CN")
        .faults(told.value)[0]
        .startswith(f"valkey-server 没能在端口 {valkey.port} 上启动；它的日志：\n")
    )
    assert "in use" in Wording("zh_CN").faults(told.value)[0]


def test_stopping_twice_is_harmless(home: Path) -> None:
    server = EmbeddedValkey.start(home / "valkey")
    server.stop()
    server.stop()


def test_the_owner_ends_servers_on_sigterm_only_when_it_says_so(home: Path) -> None:
    owner, _, valkey_url = start_owner(home)
    with owner:
        owner.send_signal(signal.SIGTERM)
    with redis.Redis.from_url(valkey_url) as client:
        assert client.ping()
    EmbeddedPostgres.start(home / "postgres", durable=False).stop()
    EmbeddedValkey.start(home / "valkey").stop()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")


@needs_root
def test_root_is_told_of_a_folder_that_its_servers_cannot_reach(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir()
    closed.chmod(0o700)
    with pytest.raises(EmbeddedServerError) as told:
        EmbeddedPostgres.start(closed / "postgres")
    assert (
        Wording("en").faults(told.value)[0].startswith(f"DATA_DIR: {closed}/postgres cannot be reached by the account")
    )
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"DATA_DIR: 账号 nobody 到不了 {closed}/postgres，")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_root_runs_copies_of_programs_that_its_servers_cannot_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded._Account, "may_enter", lambda self, path: "site-packages" not in path.parts)
    monkeypatch.setattr(embedded, "SHARED_DIR", home / "shared")
    home.chmod(0o755)
    with EmbeddedPostgres.start(home / "postgres", durable=False), EmbeddedValkey.start(home / "valkey"):
        running = [Path(process.exe()) for process in psutil.Process().children() if _works_below(process, home)]
        assert running
        assert all(program.is_relative_to(home / "shared") for program in running)
