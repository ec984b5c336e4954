"""Calls by sipp: plain ones, late offers, hold, CANCEL that crosses the answer, lost messages, twenty at once."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ivr.audio import tone
from ivr.call import Digit, Ended, EndReason, MediaCall
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import loud_frames
from tests.ivr.sip import g711
from tests.ivr.sip.phone import free_port
from tests.processes import program

SCENARIOS = Path(__file__).parent / "sipp"
pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="Debian's sip-tester is not installed")


class Heard:
    """What became of each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, str, EndReason]] = []
        """Loud frames, keys, and why it ended."""

    async def __call__(self, call: MediaCall) -> None:
        audio, keys = b"", ""
        call.play(tone(440, 5))
        async for event in call.events():
            match event:
                case Digit(digit):
                    keys += digit
                case Ended(reason):
                    self.calls.append((loud_frames(audio), keys, reason))
                case _:
                    audio += event.frame


async def _sipp(folder: Path, port: int, scenario: str, *options: str) -> None:
    """Raises if any call did not go as its scenario has it."""
    (folder / "says.alaw").write_bytes(g711.encode(tone(700, 3)))
    command = ["sipp", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-sf", str(SCENARIOS / scenario)]
    command += ["-mp", str(free_port() & ~1), "-trace_err", "-nostdin", "-timeout", "60s", "-timeout_error"]
    output = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    async with program(*command, *options, cwd=folder, **output) as process, asyncio.timeout(90):
        told, _ = await process.communicate()
    assert process.returncode == 0, _errors(folder) or told.decode("latin-1")[-3000:]


def _errors(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("*_errors.log"))


async def _calls(folder: Path, scenario: str, *options: str, **settings: Any) -> Heard:
    heard, port = Heard(), free_port()
    running = SipWorkers(SipSettings(port=port, **settings), heard)
    await running.start()
    try:
        await _sipp(folder, port, scenario, *options)
    finally:
        await running.stop(drain_seconds=2)
    return heard


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_a_plain_call(tmp_path: Path, transport: str) -> None:
    heard = await _calls(tmp_path, "plain.xml", "-m", "2", "-t", transport)
    assert [call[1:] for call in heard.calls] == [("5", EndReason.HANGUP)] * 2
    assert all(loud >= 20 for loud, _, _ in heard.calls)


async def test_a_late_offer(tmp_path: Path) -> None:
    heard = await _calls(tmp_path, "late_offer.xml", "-m", "1")
    assert heard.calls[0][1:] == ("5", EndReason.HANGUP)
    assert heard.calls[0][0] >= 20


async def test_hold_and_resume(tmp_path: Path) -> None:
    heard = await _calls(tmp_path, "hold.xml", "-m", "1", rtp_timeout=1)
    assert heard.calls[0][1:] == ("5", EndReason.HANGUP)
    assert 20 <= heard.calls[0][0] <= 55  # of 75: nothing while held


async def test_calls_given_up_at_once(tmp_path: Path) -> None:
    heard = await _calls(tmp_path, "cancel.xml", "-m", "20", "-r", "50")
    assert {call[1:] for call in heard.calls} <= {("", EndReason.HANGUP)}


async def test_lost_messages_are_sent_again(tmp_path: Path) -> None:
    """Known of the stack: an INFO that comes again, since its answer was lost, counts as another press; and without any
    ACK there is no talk.
    """
    heard = await _calls(tmp_path, "plain.xml", "-m", "8", "-r", "8", "-lost", "15")
    assert len(heard.calls) >= 6
    assert {(frozenset(keys), reason) for _, keys, reason in heard.calls} == {(frozenset("5"), EndReason.HANGUP)}


async def test_twenty_calls_at_once(tmp_path: Path) -> None:
    heard = await _calls(tmp_path, "plain.xml", "-m", "20", "-r", "40")
    assert [call[1:] for call in heard.calls] == [("5", EndReason.HANGUP)] * 20
    assert all(loud >= 15 for loud, _, _ in heard.calls)


async def test_beyond_the_cap_the_next_worker_takes_calls(tmp_path: Path) -> None:
    """Told by what sipp got, and by the other worker, which is free."""
    heard, port = Heard(), free_port()
    running = SipWorkers(SipSettings(port=port, workers=2, max_calls=2), heard)
    await running.start()
    try:
        with pytest.raises(AssertionError) as failed:
            await _sipp(tmp_path, port, "plain.xml", "-m", "5", "-r", "50")
        assert len(re.findall(r"SIP/2\.0 486", str(failed.value))) == 3
        await _sipp(tmp_path, port + 2, "plain.xml", "-m", "2", "-r", "50")
    finally:
        await running.stop(drain_seconds=2)
    assert len(heard.calls) == 4
