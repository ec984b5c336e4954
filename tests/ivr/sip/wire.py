"""What a telephone's SIP messages travel by: UDP, or one TCP or TLS connection."""

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import Any

Take = Callable[[bytes, tuple[str, int]], None]


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, take: Take) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._take(data, addr[:2])


class UdpWire:
    name = "UDP"

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    @classmethod
    async def open(cls, host: str, take: Take) -> "UdpWire":
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(take), (host, 0))
        return cls(transport)

    @property
    def near(self) -> tuple[str, int]:
        name = self._transport.get_extra_info("sockname")
        return name[0], name[1]

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        self._transport.sendto(data, to)

    async def close(self) -> None:
        self._transport.close()
        await asyncio.sleep(0)


class TcpWire:
    """Connected to one place, where everything goes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, take: Take, name: str) -> None:
        self.name = name
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader, take))

    @classmethod
    async def open(
        cls, host: str, far: tuple[str, int], take: Take, secured: ssl.SSLContext | None = None
    ) -> "TcpWire":
        reader, writer = await asyncio.open_connection(*far, local_addr=(host, 0), ssl=secured)
        return cls(reader, writer, take, "TLS" if secured else "TCP")

    @property
    def near(self) -> tuple[str, int]:
        name = self._writer.get_extra_info("sockname")
        return name[0], name[1]

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def close(self) -> None:
        self._reading.cancel()
        if self.name == "TLS":
            self._writer.transport.abort()  # a stack that has gone takes no leave, for which TLS waits
        self._writer.close()
        await asyncio.gather(self._reading, self._writer.wait_closed(), return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader, take: Take) -> None:
        far = self._writer.get_extra_info("peername")[:2]
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if head.strip():
                    take(head.lstrip() + body, far)
        except (asyncio.IncompleteReadError, OSError):
            return
