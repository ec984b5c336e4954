"""A caller's telephone of another make: Debian's baresip, which says and presses what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import tempfile
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ivr.call import SAMPLE_RATE
from tests.ivr.contract import PATIENCE
from tests.ivr.sip.phone import free_port
from tests.processes import program

needs_baresip = pytest.mark.skipif(shutil.which("baresip") is None, reason="Debian's baresip is not installed")

_MODULES = Path("/usr/lib/baresip/modules")
_SILENCE = 600
"""Seconds of silence behind everything said: a file that ends would end the audio with it."""


class Softphone:
    """`number` is who it calls as."""

    def __init__(self, folder: Path, number: str, sip: int) -> None:
        self.number = number
        self.place = f"127.0.0.1:{sip}"
        self.events: list[str] = []
        """The kinds of events of baresip's calls, in order."""
        self.heard = b""
        """All it was told in its call, 8 kHz; there once the telephone is gone."""
        self._folder = folder
        self._names = itertools.count()
        self._answers: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def dial(self, port: int, called: str = "12345", transport: str = "udp") -> None:
        """Call, and return once it was answered."""
        await self.command("dial", f"sip:{called}@127.0.0.1:{port};transport={transport}")
        await self.until("CALL_ESTABLISHED")

    async def answer(self) -> None:
        """Take a call, once it rings."""
        await self.until("CALL_INCOMING")
        await self.command("accept")

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
        """Wait until its calls have come to this. Raises AssertionError with what they have come to."""
        try:
            async with asyncio.timeout(PATIENCE):
                while event not in self.events:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never {event} after {self.events}") from None

    async def command(self, name: str, params: str = "") -> str:
        """What baresip answered. Raises AssertionError when it did not do it."""
        assert self._writer is not None
        text = json.dumps({"command": name, "params": params})
        self._writer.write(f"{len(text)}:{text},".encode())
        async with asyncio.timeout(PATIENCE):
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
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._writer.wait_closed()

    def recall(self) -> None:
        """Take what was recorded of the call, if there was any."""
        for path in self._folder.glob("dump-*-dec.wav"):
            with wave.open(str(path)) as file:
                assert file.getframerate() == SAMPLE_RATE
                self.heard = bytes(file.readframes(file.getnframes()))

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
        _write_speech(path, pcm)
        return path


@asynccontextmanager
async def softphone(
    number: str,
    *,
    answers: bool = False,
    says: bytes = b"",
    transport: str = "udp",
    account: str = "",
    config: str = "",
) -> AsyncIterator[Softphone]:
    """A baresip of its own.

    `answers`: takes calls by itself. `says`: from the beginning of a call on; silent until told to speak without it.
    `account` and `config` are added to baresip's own.
    """
    sip, control = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="jiesu-softphone-") as name:
        folder = Path(name)
        _configure(folder, sip, control, config)
        _write_speech(folder / "says.wav", says)
        (folder / "accounts").write_text(
            f'"Anyone" <sip:{number}@127.0.0.1:{sip};transport={transport}>;regint=0;audio_codecs=pcma,pcmu'
            f";answermode={'auto' if answers else 'manual'};call_transfer=yes{account}\n"
        )
        phone = Softphone(folder, number, sip)
        # It draws a status line several times a second.
        async with program("baresip", "-f", str(folder), stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL):
            try:
                await phone.attach(control)
                yield phone
            finally:
                await phone.detach()
        phone.recall()


def _configure(folder: Path, sip: int, control: int, more: str) -> None:
    (folder / "contacts").touch()
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{sip}\nnet_interface 127.0.0.1\n"
        f"audio_source aufile,{folder}/says.wav\naudio_player aubridge,unheard\n"
        f"module_path {_MODULES}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n"
        f"module sndfile.so\nsnd_path {folder}\nmodule srtp.so\nmodule_app account.so\nmodule_app menu.so\n"
        f"module ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n{more}"
    )


def _write_speech(path: Path, pcm: bytes) -> None:
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


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
