"""What becomes of a worker's process when its keeper is stopped."""

import asyncio
from pathlib import Path

import psutil
import pytest

from ivr.sip.keeper import Keeper
from ivr.sip.orders import WorkerSettings
from ivr.sip.settings import SipSettings
from tests.ivr.contract import PATIENCE


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
