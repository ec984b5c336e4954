"""The product's parts as processes of their own, watched over as a service manager would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

_PAUSE = 0.2
"""Seconds before a part that died is started again."""


@dataclass(frozen=True)
class Death:
    """One end of a part's process."""

    at: float
    """Unix time."""
    code: int
    """Exit code; negative: the signal that killed it."""
    asked: bool
    """Whether the test killed or stopped it."""


class Part:
    """`jiesu NAME` in a process, started again whenever it ends."""

    def __init__(self, name: str, environment: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self.deaths: list[Death] = []
        self.log = logs / f"{name}.log"
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._asked = False
        self._over = asyncio.Event()
        self._started = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once the process is there; it may take a while until it does its work."""
        self._watching = asyncio.create_task(self._watch(), name=f"watch {self.name}")
        async with asyncio.timeout(30.0):
            await self._started.wait()

    def kill(self) -> None:
        """SIGKILL. Harmless between two lives."""
        self._signal(signal.SIGKILL)

    async def terminate(self, patience: float = 60.0) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds it took. It is started again."""
        assert self._process is not None
        process, began = self._process, time.monotonic()
        self._signal(signal.SIGTERM)
        async with asyncio.timeout(patience):
            code = await process.wait()
        return code, time.monotonic() - began

    async def stop(self) -> None:
        """End it for good."""
        self._over.set()
        with contextlib.suppress(TimeoutError):
            await self.terminate()
        self.kill()
        if self._watching is not None:
            await self._watching

    @property
    def kills(self) -> list[float]:
        """When the test killed it, Unix time."""
        return [death.at for death in self.deaths if death.code == -signal.SIGKILL]

    @property
    def unasked(self) -> list[Death]:
        """Deaths that the test did not bring about."""
        return [death for death in self.deaths if not death.asked]

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._asked = True
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _watch(self) -> None:
        with self.log.open("ab") as log:
            while not self._over.is_set():
                self._asked = False
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "jiesu", self.name),
                    cwd=CHECKOUT,
                    env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                self._started.set()
                if self._over.is_set():  # stopped while it was being started
                    self.kill()
                code = await self._process.wait()
                self.deaths.append(Death(time.time(), code, self._asked))
                await asyncio.sleep(_PAUSE)


def bare_environment(**more: str) -> dict[str, str]:
    """What a process needs of ours, and no more: measuring coverage would slow the parts down several times."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}
