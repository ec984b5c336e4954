"""Asterisk's side of AudioSocket, as a plain TCP client written from the protocol's description."""

import asyncio
from typing import Self
from uuid import UUID

from tests.ivr.contract import FarEnd

FRAME = 320


class Peer(FarEnd):
    settles = 0.03

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.messages: list[tuple[float, int, bytes]] = []
        """When, kind, payload of all that came."""
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def dial(cls, port: int, uuid: UUID | None = None, host: str = "127.0.0.1") -> Self:
        peer = cls(*await asyncio.open_connection(host, port))
        if uuid is not None:
            peer.send(0x01, uuid.bytes)
        return peer

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.writer.write(bytes([kind, len(payload) >> 8, len(payload) & 255]) + payload)

    async def say(self, pcm: bytes) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for at in range(0, len(pcm), FRAME):
            self.send(0x10, pcm[at : at + FRAME])
            due += 0.02
            await asyncio.sleep(due - loop.time())

    async def press(self, digits: str) -> None:
        for digit in digits:
            self.send(0x03, digit.encode())

    async def hang_up(self) -> None:
        self.send(0x00)

    def heard(self) -> bytes:
        return b"".join(payload for _, kind, payload in self.messages if kind == 0x10)

    async def hung_up_on(self) -> None:
        await asyncio.shield(self._reading)

    @property
    def farewell(self) -> int | None:
        """The kind of the last message, once the connection was closed."""
        return self.messages[-1][1] if self.messages else None

    async def close(self) -> None:
        self.writer.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, self.writer.wait_closed(), return_exceptions=True)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                header = await self.reader.readexactly(3)
                payload = await self.reader.readexactly(int.from_bytes(header[1:], "big"))
                self.messages.append((loop.time(), header[0], payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
