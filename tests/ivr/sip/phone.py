"""A telephone of SIP, RTP in A-law and RFC 4733 events, written from the RFCs, so that a test sees each packet."""

import asyncio
import random
import re
import socket
import struct
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Self

from tests.ivr.contract import FarEnd

A_LAW, EVENTS = 8, 101
_QUIET = bytes([0xD5]) * 160
_CODES = {digit: code for code, digit in enumerate("0123456789*#")}


def _expand(code: int) -> int:
    """G.711 A-law to linear."""
    code ^= 0x55
    segment, step = (code >> 4) & 7, code & 15
    size = (step * 2 + 1) << 3 if segment == 0 else (step * 2 + 33) << (segment + 2)
    return size if code & 0x80 else -size


_LINEAR = [_expand(code) for code in range(256)]
_COMPRESSED = bytes(
    min(range(256), key=lambda code: abs(_LINEAR[code] - sample)) for sample in range(-32768, 32768, 64)
)


def a_law(pcm: bytes) -> bytes:
    return bytes(_COMPRESSED[(sample + 32768) >> 6] for sample in array("h", pcm))


def linear(codes: bytes) -> bytes:
    return array("h", (_LINEAR[code] for code in codes)).tobytes()


def free_port() -> int:
    """One that is free for UDP and TCP."""
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        port = int(tcp.getsockname()[1])
        udp.bind(("127.0.0.1", port))
        return port


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._take(data)


class Phone(FarEnd):
    settles = 0.08

    def __init__(self) -> None:
        self.packets: list[tuple[float, bytes]] = []
        """When, and the RTP packet."""
        self.answers: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
        """Status and text of each answer to a request of ours."""
        self._ended = asyncio.Event()
        self._saying: deque[bytes] = deque()
        self._pressing: deque[bytes] = deque()
        self._sequence = random.randrange(60000)
        self._time = 0
        self._ssrc = random.randrange(1 << 32)
        self._cseq = 1
        self._call_id = f"{random.getrandbits(64):x}"
        self._tag = f"{random.getrandbits(32):x}"
        self._to = ""
        self._far_rtp = ("", 0)
        self.silent = False
        """Stop sending RTP."""
        self.refer_status = 603
        """The answer to REFER; 202 reports success."""
        self.referred_to = ""

    @classmethod
    async def dial(cls, port: int, caller: str, called: str = "12345") -> Self:
        """Raises ConnectionRefusedError with the status when the call is not taken."""
        phone = cls()
        await phone._open(port, caller, called)
        try:
            async with asyncio.timeout(10):
                answer = await phone._invite()
        except (TimeoutError, asyncio.CancelledError, ConnectionRefusedError):
            await phone.close()
            raise
        phone._far_rtp = ("127.0.0.1", int(re.search(r"m=audio (\d+)", answer)[1]))  # type: ignore[index]
        phone._talking = asyncio.create_task(phone._talk())
        return phone

    async def _invite(self) -> str:
        self._send("INVITE", self._sdp())
        status = 100
        while status < 200:
            status, answer = await self.answers.get()
        self._to = re.search(r"(?im)^To: (.*)$", answer)[1].strip()  # type: ignore[index]
        self._send("ACK", cseq=self._cseq)
        if status != 200:
            raise ConnectionRefusedError(status)
        return answer

    async def _open(self, port: int, caller: str, called: str) -> None:
        loop = asyncio.get_running_loop()
        self._talking: asyncio.Task[None] | None = None
        self._far_sip, self._from, self._uri = ("127.0.0.1", port), caller, f"sip:{called}@127.0.0.1:{port}"
        address = ("127.0.0.1", 0)
        self._sip, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._signal), address)
        self._rtp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._media), address)
        self._to = f"<{self._uri}>"

    async def say(self, pcm: bytes) -> None:
        codes = a_law(pcm)
        self._saying.extend(codes[at : at + 160].ljust(160, b"\xd5") for at in range(0, len(codes), 160))
        await self._until_sent()

    async def press(self, digits: str) -> None:
        for digit in digits:
            code = _CODES[digit]
            held = [struct.pack("!BBH", code, 10, 160 * count) for count in range(1, 6)]
            released = [struct.pack("!BBH", code, 0x80 | 10, 800)] * 3
            self._pressing.extend(held + released + [b""] * 4)
        await self._until_sent()

    async def hang_up(self) -> None:
        self._cseq += 1
        self._send("BYE")
        self._ended.set()

    def heard(self) -> bytes:
        return b"".join(linear(packet[12:]) for _, packet in self.packets if packet[1] & 0x7F == A_LAW)

    async def hung_up_on(self) -> None:
        await self._ended.wait()

    async def close(self) -> None:
        if self._talking is not None:
            if not self._ended.is_set():
                await self.hang_up()
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
        self._sip.close()
        self._rtp.close()

    async def _until_sent(self) -> None:
        while (self._saying or self._pressing) and not self._ended.is_set():  # noqa: ASYNC110 - real time passes
            await asyncio.sleep(0.02)

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        event_time, was_event = 0, False
        while not self._ended.is_set():
            event = self._pressing.popleft() if self._pressing else b""
            if event:
                event_time = event_time if was_event else self._time
                self._packet(EVENTS, event_time, event, marker=not was_event)
            elif not self.silent:
                self._packet(A_LAW, self._time, self._saying.popleft() if self._saying else _QUIET)
            was_event = bool(event)
            self._time += 160
            due += 0.02
            await asyncio.sleep(due - loop.time())

    def _packet(self, kind: int, time: int, payload: bytes, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        header = struct.pack("!BBHII", 0x80, kind | marker << 7, self._sequence, time, self._ssrc)
        self._rtp.sendto(header + payload, self._far_rtp)

    def _media(self, packet: bytes) -> None:
        self.packets.append((asyncio.get_running_loop().time(), packet))

    def _signal(self, data: bytes) -> None:
        text = data.decode()
        first = text.split("\r\n", 1)[0]
        if first.startswith("SIP/2.0"):
            self.answers.put_nowait((int(first.split()[1]), text))
            return
        if first.startswith("BYE"):
            self._ended.set()
        status = "200 OK"
        if first.startswith("REFER"):
            self.referred_to = re.search(r"(?im)^Refer-To: (.*)$", text)[1].strip()  # type: ignore[index]
            status = f"{self.refer_status} As told"
        wanted = [line for line in text.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
        self._sip.sendto(
            "\r\n".join([f"SIP/2.0 {status}", *wanted, "Content-Length: 0", "", ""]).encode(), self._far_sip
        )
        if status.startswith("202"):
            self._cseq += 1
            extra = (
                "Event: refer",
                "Subscription-State: terminated;reason=noresource",
                "Content-Type: message/sipfrag",
            )
            self._send("NOTIFY", "SIP/2.0 200 OK\r\n", extra=extra)

    def _send(self, method: str, body: str = "", cseq: int | None = None, extra: Sequence[str] = ()) -> None:
        host, port = self._sip.get_extra_info("sockname")
        lines = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{random.getrandbits(48):x};rport",
            "Max-Forwards: 70",
            f"From: <sip:{self._from}@{host}:{port}>;tag={self._tag}",
            f"To: {self._to}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {cseq or self._cseq} {method}",
            f"Contact: <sip:{self._from}@{host}:{port}>",
            *(extra or (["Content-Type: application/sdp"] if body else [])),
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self._sip.sendto("\r\n".join(lines).encode(), self._far_sip)

    def _sdp(self) -> str:
        port = self._rtp.get_extra_info("sockname")[1]
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {A_LAW} {EVENTS}\r\na=rtpmap:8 PCMA/8000\r\n"
            f"a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
        )
