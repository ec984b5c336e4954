"""What becomes of a worker's process when its keeper is stopped."""

import asyncio
from pathlib import Path

import psutil
import pytest

from ivr.sip.keeper import Keeper
from ivr.sip.orders import WorkerSettings
from ivr.sip.settings import SipSettings
from tests.ivr.contract import PATIENCE


@pytest.fixture
def keeper() -> Keeper:
    return Keeper(WorkerSettings(link="", port=5060, registers=False, certificate="", sip=SipSettings()))


async def test_a_worker_that_prints_nonsense_is_kept(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper itself died of it, and no worker ever came back."""
    raving = "echo ready\nread settings\nprintf '\\377\\n'\necho registered\nexec cat\n"
    monkeypatch.setattr("sys.executable", str(_program(tmp_path, raving)))
    keeping = asyncio.create_task(keeper.run())
    async with asyncio.timeout(PATIENCE):
        while not keeper.registered:  # noqa: ASYNC110 - a process prints
            await asyncio.sleep(0.01)
    await _stopped(keeping)


async def test_a_worker_that_cannot_be_started_now_is_started_later(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the machine has no memory left for a process."""
    monkeypatch.setattr("sys.executable", str(tmp_path / "missing"))
    monkeypatch.setattr("ivr.sip.keeper._FIRST_PAUSE", 0.1)
    keeping = asyncio.create_task(keeper.run())
    await asyncio.sleep(0.05)
    monkeypatch.setattr("sys.executable", str(_program(tmp_path, "echo ready\nexec cat\n")))
    async with asyncio.timeout(PATIENCE):
        await keeper.ready.wait()
    await _stopped(keeping)


def _program(folder: Path, script: str) -> Path:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o700)
    return program


async def _stopped(keeping: asyncio.Task[None]) -> None:
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_a_worker_that_dies_slowly_is_seen_off_though_its_keeper_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\necho ready\nread settings\nexec >&-\nexec sleep 600\n")
    dying.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(dying))
    monkeypatch.setattr("ivr.sip.keeper._CLOSING_SECONDS", 0.5)
    keeper = Keeper(WorkerSettings(link="", port=5060, registers=False, certificate="", sip=SipSettings()))
    keeping = asyncio.create_task(keeper.run())
    async with asyncio.timeout(PATIENCE):
        await keeper.ready.wait()
        pid = keeper.pid
        assert pid is not None
        while keeper.up:  # noqa: ASYNC110 - a process ends
            await asyncio.sleep(0.01)
        assert psutil.pid_exists(pid)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    assert not psutil.pid_exists(pid)
