"""A caller of another make: Debian's baresip, driven over its control connection."""

import asyncio
import json
import shutil
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ivr.audio import SILENCE, tone
from tests.ivr.contract import PATIENCE
from tests.ivr.sip.phone import free_port

MODULES = Path("/usr/lib/baresip/modules")
needs_baresip = pytest.mark.skipif(shutil.which("baresip") is None, reason="Debian's baresip is not installed")


class Softphone:
    """Says half a second of nothing and then a tone, and keeps what it hears."""

    def __init__(self, folder: Path, writer: asyncio.StreamWriter, port: int) -> None:
        self._folder = folder
        self._writer = writer
        self.port = port

    def __call__(self, command: str, params: str = "") -> None:
        text = json.dumps({"command": command, "params": params})
        self._writer.write(f"{len(text)}:{text},".encode())

    def heard(self) -> bytes:
        """Once the call is over."""
        with wave.open(str(next(self._folder.glob("dump-*-dec.wav")))) as file:
            assert file.getframerate() == 8000
            return bytes(file.readframes(file.getnframes()))


@asynccontextmanager
async def softphone(
    folder: Path, *, account: str = "", transport: str = "udp", config: str = ""
) -> AsyncIterator[Softphone]:
    """`account` and `config` are added to baresip's own."""
    sip, control = free_port(), free_port()
    with wave.open(str(folder / "says.wav"), "wb") as says:
        says.setnchannels(1)
        says.setsampwidth(2)
        says.setframerate(8000)
        says.writeframes(SILENCE * 25 + tone(700, 20))
    (folder / "accounts").write_text(
        f'"Anyone" <sip:13912345678@127.0.0.1:{sip};transport={transport}>;regint=0;audio_codecs=pcma,pcmu'
        f";answermode=manual{account}\n"
    )
    (folder / "contacts").touch()
    (folder / "config").write_text(
        f"sip_listen 127.0.0.1:{sip}\nnet_interface 127.0.0.1\n"
        f"audio_source aufile,{folder}/says.wav\naudio_player aubridge,unheard\n"
        f"module_path {MODULES}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n"
        f"module sndfile.so\nsnd_path {folder}\nmodule srtp.so\nmodule_app account.so\nmodule_app menu.so\n"
        f"module ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n{config}"
    )
    process = await asyncio.create_subprocess_exec(
        "baresip", "-f", str(folder), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        _, writer = await _connect(control)
        yield Softphone(folder, writer, sip)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    finally:
        process.terminate()
        await process.wait()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
