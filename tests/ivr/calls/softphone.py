"""A caller's telephone of another make: Debian's baresip, which says and presses what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import tempfile
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ivr.call import SAMPLE_RATE
from tests.ivr.sip.phone import free_port
from tests.ivr.sip.softphone import MODULES, needs_baresip

__all__ = ["Softphone", "needs_baresip", "softphone"]

_SILENCE = 600
"""Seconds of silence behind everything said: a file that ends would end the audio with it."""
_PATIENCE = 20.0


class Softphone:
    """`number` is who it calls as."""

    def __init__(self, folder: Path, number: str, sip: int) -> None:
        self.number = number
        self.place = f"127.0.0.1:{sip}"
        self.events: list[str] = []
        """The kinds of events of baresip's calls, in order."""
        self._folder = folder
        self._names = itertools.count()
        self._answers: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def dial(self, port: int, called: str = "12345") -> None:
        """Call, and return once it was answered."""
        await self.command("dial", f"sip:{called}@127.0.0.1:{port}")
        await self.until("CALL_ESTABLISHED")

    async def say(self, pcm: bytes) -> None:
        """Begin to say it; returns once it has been said."""
        await self.command("ausrc", f"aufile,{self._recording(pcm)}")
        await asyncio.sleep(len(pcm) / 2 / SAMPLE_RATE)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.command("sndcode", key)
            await asyncio.sleep(0.2)

    async def hang_up(self) -> None:
        await self.command("hangup")

    async def hung_up_on(self) -> None:
        await self.until("CALL_CLOSED")

    async def until(self, event: str) -> None:
        """Wait until its calls have come to this."""
        while event not in self.events:
            self._news.clear()
            await self._news.wait()

    async def command(self, name: str, params: str = "") -> str:
        """What baresip answered. Raises AssertionError when it did not do it."""
        assert self._writer is not None
        text = json.dumps({"command": name, "params": params})
        self._writer.write(f"{len(text)}:{text},".encode())
        async with asyncio.timeout(_PATIENCE):
            done, answer = await self._answers.get()
        assert done, f"{name} {params}: {answer}"
        return answer

    async def attach(self, control: int) -> None:
        reader, self._writer = await _connect(control)
        self._reading = asyncio.create_task(self._read(reader))

    async def detach(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                size = int((await reader.readuntil(b":"))[:-1])
                message = json.loads(await reader.readexactly(size))
                await reader.readexactly(1)
                if message.get("response"):
                    self._answers.put_nowait((bool(message["ok"]), str(message.get("data", ""))))
                elif message.get("event"):
                    self.events.append(str(message["type"]))
                    self._news.set()

    def _recording(self, pcm: bytes) -> Path:
        path = self._folder / f"said-{next(self._names)}.wav"
        write_speech(path, pcm)
        return path


def write_speech(path: Path, pcm: bytes) -> None:
    """A WAV file of the speech and long silence, which takes no room: the file has a hole."""
    size = len(pcm) + _SILENCE * SAMPLE_RATE * 2
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.setnframes(size // 2)
        file.writeframesraw(pcm)
        raw.truncate(raw.tell() + size - len(pcm))
        file._datawritten = size  # type: ignore[attr-defined]  # else closing writes the shorter length back


@asynccontextmanager
async def softphone(number: str, *, answers: bool = False) -> AsyncIterator[Softphone]:
    """A baresip of its own, silent until told to speak. `answers`: takes calls by itself."""
    sip, control = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="jiesu-softphone-") as name:
        folder = Path(name)
        _configure(folder, number, sip, control, answers=answers)
        # It draws a status line several times a second.
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-f", str(folder)), stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL
        )
        phone = Softphone(folder, number, sip)
        try:
            await phone.attach(control)
            yield phone
        finally:
            await phone.detach()
            process.terminate()
            await process.wait()


def _configure(folder: Path, number: str, sip: int, control: int, *, answers: bool) -> None:
    write_speech(folder / "silence.wav", b"")
    mode = "auto" if answers else "manual"
    (folder / "accounts").write_text(
        f"<sip:{number}@127.0.0.1:{sip}>;regint=0;audio_codecs=pcma,pcmu;answermode={mode};call_transfer=yes\n"
    )
    (folder / "contacts").touch()
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{sip}\nnet_interface 127.0.0.1\n"
        f"audio_source aufile,{folder}/silence.wav\naudio_player aubridge,unheard\n"
        f"module_path {MODULES}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n"
        f"module_app account.so\nmodule_app menu.so\n"
        f"module ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n"
    )


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
