"""The callers of bench `calls`, in a process of their own: `python -m bench.callers`, a plan as JSON on standard input.

Each caller is the packet-level telephone of the tests. It says its utterances one after the other, each once the prompt
before it has ended, and notes when things happened on the clock that all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import monotonic

import uvloop

from tests.ivr import recordings
from tests.ivr.sip import g711
from tests.ivr.sip.phone import Habits, Phone

LOUD_DB = -45.0
_LOUD = 32768**2 * 10 ** (LOUD_DB / 10)
"""Mean power of a sample."""
_POWER = {law: [sample**2 for sample in g711.LINEAR[law]] for law in g711.LINEAR}
_QUIET_PACKETS = 10
"""Soft packets, 200 ms, after which a prompt has ended."""
_PATIENCE = 180.0
"""Seconds: twenty stories at once wait for their turn to be transcribed."""


@dataclass(frozen=True)
class Plan:
    port: int
    callers: int
    says: list[list[tuple[str, str]]]
    """For each caller the voice and the name of its utterances; for barge-in the keys it presses, voice empty."""


@dataclass
class Spoken:
    """One utterance or key."""

    name: str
    ended: float
    """When its last loud packet left; of a key, when its first did. Seconds of the monotonic clock."""
    answered: float = 0.0
    """When the first loud packet after it came."""
    last_loud: float = 0.0
    """When the last loud packet before half a second of silence came; for keys."""


@dataclass
class Report:
    caller: str
    spoken: list[Spoken] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    """Seconds between consecutive packets received."""


class Telephone(Phone):
    """Notes of each packet when it came and whether it was loud, once: the callers share their cores with the phone."""

    def __init__(self, habits: Habits | None = None) -> None:
        super().__init__(habits)
        self.heard_at: list[tuple[float, bool]] = []
        self.news = asyncio.Event()
        self.spoke_at = 0.0
        """When the last loud packet left."""

    def _packet(self, kind: int, time: int, payload: bytes, marker: bool = False) -> None:
        super()._packet(kind, time, payload, marker)
        if _loud(kind, payload):
            self.spoke_at = monotonic()

    def _media(self, packet: bytes, source: tuple[str, int]) -> None:
        del source
        self.heard_at.append((monotonic(), _loud(packet[1] & 0x7F, packet[12:])))
        self.news.set()


class Caller:
    def __init__(self, phone: Telephone, caller: str) -> None:
        self._phone = phone
        self.report = Report(caller)

    async def run(self, says: list[tuple[str, str]]) -> Report:
        for voice, name in says:
            if voice:
                await self._prompt_over(monotonic())
                await self._say(voice, name)
            else:
                await self._interrupt(name)
        self.report.gaps = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(self._phone.heard_at)]
        return self.report

    async def _say(self, voice: str, name: str) -> None:
        await self._phone.say(recordings.pcm(voice, name))
        spoken = Spoken(name, self._phone.spoke_at)
        self.report.spoken.append(spoken)
        spoken.answered = await self._loud_after(spoken.ended)

    async def _interrupt(self, key: str) -> None:
        """Press a key while the next prompt is sounding."""
        began = await self._loud_after(monotonic())
        await asyncio.sleep(0.4)
        spoken = Spoken(key, monotonic(), began)
        self.report.spoken.append(spoken)
        await self._phone.press(key)
        await asyncio.sleep(0.3)  # the next prompt begins after a second of silence
        spoken.last_loud = max(at for at, loud in self._since(began) if loud)

    async def _loud_after(self, begin: float) -> float:
        return await self._first(lambda: next((at for at, loud in self._since(begin) if loud), 0.0))

    async def _prompt_over(self, begin: float) -> float:
        """Something loud, then nothing loud for a while."""

        def over() -> float:
            heard = self._since(begin - 3.0)
            quiet = len(heard) >= _QUIET_PACKETS and not any(loud for _, loud in heard[-_QUIET_PACKETS:])
            return heard[-1][0] if quiet and any(loud for _, loud in heard) else 0.0

        return await self._first(over)

    async def _first(self, look: Callable[[], float]) -> float:
        async with asyncio.timeout(_PATIENCE):
            while not (found := look()):
                self._phone.news.clear()
                await self._phone.news.wait()
        return found

    def _since(self, begin: float) -> list[tuple[float, bool]]:
        heard = self._phone.heard_at
        return heard[bisect_right(heard, (begin, True)) :]


def _loud(law: int, codes: bytes) -> bool:
    return law in _POWER and sum(map(_POWER[law].__getitem__, codes)) > _LOUD * len(codes)


async def _call(plan: Plan, number: int) -> Report:
    await asyncio.sleep(0.07 * number)
    name = f"+86139{number:08d}"
    phone = await Telephone.dial(plan.port, name)
    try:
        return await Caller(phone, name).run(plan.says[number])
    finally:
        await phone.close()


async def _main() -> None:
    plan = Plan(**json.loads(sys.stdin.read()))
    reports = await asyncio.gather(*(_call(plan, number) for number in range(plan.callers)))
    print(json.dumps([asdict(report) for report in reports]))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())
