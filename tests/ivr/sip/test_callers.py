"""A caller of another make: Debian's baresip calls, hears, presses and hangs up."""

import asyncio
import json
import shutil
import wave
from pathlib import Path

import pytest

from ivr.audio import SILENCE, loudness, tone
from ivr.call import Audio, Digit, EndReason, MediaCall
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
from tests.ivr.contract import LOUD, PATIENCE
from tests.ivr.sip.phone import free_port

MODULES = Path("/usr/lib/baresip/modules")
pytestmark = pytest.mark.skipif(shutil.which("baresip") is None, reason="Debian's baresip is not installed")


def _configure(folder: Path, sip: int, control: int) -> None:
    with wave.open(str(folder / "says.wav"), "wb") as says:
        says.setnchannels(1)
        says.setsampwidth(2)
        says.setframerate(8000)
        says.writeframes(SILENCE * 25 + tone(700, 20))
    (folder / "accounts").write_text(
        f'"Anyone" <sip:13912345678@127.0.0.1:{sip}>;regint=0;audio_codecs=pcma,pcmu;answermode=manual\n'
    )
    (folder / "contacts").touch()
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{sip}\nnet_interface 127.0.0.1\n"
        f"audio_source aufile,{folder}/says.wav\naudio_player aubridge,unheard\n"
        f"module_path {MODULES}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n"
        f"module sndfile.so\nsnd_path {folder}\nmodule_app account.so\nmodule_app menu.so\n"
        f"module ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n"
    )


def _recording(folder: Path) -> bytes:
    """What baresip heard."""
    with wave.open(str(next(folder.glob("dump-*-dec.wav")))) as file:
        assert file.getframerate() == 8000
        return bytes(file.readframes(file.getnframes()))


class _Control:
    """baresip's ctrl_tcp: netstrings of JSON."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def __call__(self, command: str, params: str = "") -> None:
        text = json.dumps({"command": command, "params": params})
        self._writer.write(f"{len(text)}:{text},".encode())


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)


async def test_baresip_calls_hears_presses_and_hangs_up(tmp_path: Path) -> None:
    calls: asyncio.Queue[MediaCall] = asyncio.Queue()
    heard: list[bytes] = []
    over = asyncio.Event()
    pressed = asyncio.Event()

    async def talk(call: MediaCall) -> None:
        calls.put_nowait(call)
        call.play(tone(440, 30))
        async for event in call.events():
            if isinstance(event, Audio):
                heard.append(event.frame)
            elif isinstance(event, Digit):
                assert event.digit == "5"
                call.flush()
                pressed.set()
            else:
                assert event.reason is EndReason.HANGUP
        over.set()

    port, sip, control = free_port(), free_port(), free_port()
    _configure(tmp_path, sip, control)
    workers = SipWorkers(SipSettings(port=port), talk)
    await workers.start()
    baresip = await asyncio.create_subprocess_exec(
        "baresip", "-f", str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        _, writer = await _connect(control)
        command = _Control(writer)
        command("dial", f"sip:12345@127.0.0.1:{port}")
        async with asyncio.timeout(PATIENCE):
            call = await calls.get()
        assert call.caller == "+8613912345678"
        await asyncio.sleep(1.5)
        command("sndcode", "5")
        async with asyncio.timeout(PATIENCE):
            await pressed.wait()
        await asyncio.sleep(0.5)
        command("hangup")
        async with asyncio.timeout(PATIENCE):
            await over.wait()
        writer.close()
    finally:
        baresip.terminate()
        await baresip.wait()
        await workers.stop()
    assert sum(loudness(frame) > LOUD for frame in heard) >= 40
    audio = _recording(tmp_path)
    loud = [loudness(audio[at : at + 320]) > LOUD for at in range(0, len(audio) - 320, 320)]
    assert 55 <= sum(loud) <= 90
    assert not any(loud[-15:])
