"""Parts are asked to stop under load, and the all-in-one process is stopped and started again."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from backend.contract.client import BackendClient
from backend.contract.models.filing import NewTicket
from tests.failures.checks import assert_nothing_lost
from tests.failures.loops import all_live, departments_at_work, enterprises, quiet
from tests.failures.parts import CHECKOUT, bare_environment
from tests.failures.town import Town, free_ports, run_to_end, write_policy
from tests.processes import gone, program

pytestmark = [pytest.mark.failure, pytest.mark.slow]

_STOP_SECONDS = 30.0
"""Longest orderly stop: docker and systemd kill after 10 to 90 s, the compose file allows 30."""
_START_SECONDS = 120.0
_TOKEN = "svc_of_the_stopping_test"


async def test_graceful_stop(town: Town) -> None:
    people = enterprises(town, 24, within=16.0)
    stops = []
    async with departments_at_work(town, in_chat=2):
        living = asyncio.create_task(all_live(town, people, seconds=150.0))
        for part in town.parts:
            await asyncio.sleep(4.0)
            stops.append((part.name, *await part.terminate()))
            await town.ready(part)
        await living
    await quiet(town)
    figures = await assert_nothing_lost(town, people)
    assert figures.repeated == 0, "nothing was killed, yet a notice was told twice"
    assert all(code == 0 for _, code, _ in stops), f"exit codes are not 0: {stops}\n{town.logs()}"
    assert all(seconds < _STOP_SECONDS for *_, seconds in stops), f"stopping takes too long: {stops}\n{town.logs()}"


async def test_run_stops_on_sigint_and_keeps_everything(town_dir: Path) -> None:
    environment = _own_environment(town_dir)
    async with _running(environment) as (client, first):
        receipt = await client.acting_as("telegram:1").file_ticket(_ticket(), key="the-only-filing")
    assert "新账号的密码" in first.output(), "the passwords were never shown"
    async with _running(environment) as (client, second):
        kept = await client.acting_as("telegram:1").view_ticket(receipt.number)
        assert kept.story == _ticket().story
    assert "新账号的密码" not in second.output(), "the passwords were shown again"
    assert "Traceback" not in first.output() + second.output()


class _Output:
    """What a process wrote."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def output(self) -> str:
        return self._path.read_text("utf-8")


@asynccontextmanager
async def _running(environment: dict[str, str]) -> AsyncIterator[tuple[BackendClient, _Output]]:
    """`jiesu run` for the length of the block, then SIGINT as by Ctrl-C; it must end with 0 within seconds."""
    path = Path(environment["DATA_DIR"]).with_name(
        f"run-{len(list(Path(environment['DATA_DIR']).parent.iterdir()))}.log"
    )
    with path.open("wb") as log:
        command = (sys.executable, "-m", "jiesu", "run")
        async with program(*command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log) as process:
            await _started(process, _Output(path))
            async with aiohttp.ClientSession() as session:
                yield BackendClient.to(session, environment["BACKEND_URL"], _TOKEN), _Output(path)
            process.send_signal(signal.SIGINT)
            code = await gone(process, _STOP_SECONDS)
            assert code == 0, f"Ctrl-C ended with {code}\n{path.read_text('utf-8')}"


async def _started(process: asyncio.subprocess.Process, told: _Output) -> None:
    """Wait until it has said how to stop it, which comes last."""
    async with asyncio.timeout(_START_SECONDS):
        while "Ctrl-C" not in told.output():
            assert process.returncode is None, told.output()
            await asyncio.sleep(0.1)


def _own_environment(folder: Path) -> dict[str, str]:
    (port,) = free_ports(1)
    return bare_environment(
        DATA_DIR=str(folder / "data"),
        HTTP_LISTEN=f"127.0.0.1:{port}",
        BACKEND_URL=f"http://127.0.0.1:{port}",
        CHANNEL_TOKEN=_TOKEN,
        LC_ALL="C.UTF-8",
        POLICY_PATH=str(write_policy(folder)),
    )


def _ticket() -> NewTicket:
    return NewTicket.model_validate(
        {
            "kind": "help",
            "scenario": "power-cut",
            "scenario_version": 1,
            "title": "厂区停电",
            "story": "今天早上八点起整个厂区停电，生产线停了。",
            "district": "chengdong",
            "language": "zh_CN",
        }
    )


async def test_a_first_start_that_fails_makes_nothing_and_commands_work_beside_the_next(town_dir: Path) -> None:
    """Whoever starts it on a taken port never lost a password; whoever forgot one need not stop the city."""
    environment = _own_environment(town_dir)
    host, _, port = environment["HTTP_LISTEN"].rpartition(":")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, int(port)))
        taken.listen()
        code, output = await run_to_end(environment, "run")
    assert code == 2
    assert output.strip().startswith(f"HTTP_LISTEN: {host}:{port} 已被别的程序占用")
    assert not (Path(environment["DATA_DIR"]) / "postgres").exists()
    async with _running(environment) as (client, first):
        await client.view_city()
        for command in (("token", "list"), ("staff", "password", "power-1"), ("migrate",)):
            code, output = await run_to_end(environment, *command)
            assert code == 0, output
    assert "新账号的密码" in first.output()
