"""Broken SIP: some hundred messages from a seeded mangler, after which the same worker still takes calls."""

import asyncio
import random
import socket

import pytest

from tests.ivr.contract import PATIENCE
from tests.ivr.sip.exchange import opened

SEED = 20261122
METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "INFO", "REFER", "NOTIFY", "UPDATE", "PRACK", "x")
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)
NASTY = (
    "\0", "\r\n\r\n", "\r", ":", ";", "<", ">", '"', "%s%n", "-1", "0", "4294967296", "9" * 21, "\xff\xfe", "a" * 3000,
    ";tag=" * 50, "sip:" * 40, "[::1]", "m=audio 0 RTP/AVP", "a=ptime:0", "a=rtpmap:8 PCMA/0", "c=IN IP6 ::1",
    "a=crypto:1 AES inline:x", "a=candidate:1 1 udp 1 x 1 typ host", "m=video 1 RTP/AVP 99", "a=fmtp:101 0-999999",
)  # fmt: skip


class Mangler:
    def __init__(self, port: int, answers: int) -> None:
        self._luck = random.Random(SEED)
        self._port = port
        self._answers = answers

    def message(self, number: int) -> bytes:
        luck = self._luck
        text = self._plain(luck.choice(METHODS), number)
        for _ in range(luck.randrange(1, 4)):
            text = luck.choice((self._insert, self._cut, self._repeat, self._drop, self._swap))(text)
        return text.encode("latin-1", "replace")[: luck.choice((60000, 60000, 60000, 700, 90))]

    def _plain(self, method: str, number: int) -> str:
        body = SDP if method in ("INVITE", "ACK", "UPDATE") else ""
        length = self._luck.choice((len(body), len(body), 0, 10, 99999, -5))
        return (
            f"{method} sip:12345@127.0.0.1:{self._port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._answers};branch=z9hG4bKx{number};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:1@127.0.0.1>;tag=f{number}\r\nTo: <sip:12345@127.0.0.1>\r\nCall-ID: nonsense{number}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:1@127.0.0.1:{self._answers}>\r\n"
            "Refer-To: <sip:8001@127.0.0.1>\r\nEvent: refer\r\nSession-Expires: 90\r\n"
            f"Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"
        )

    def _at(self, text: str) -> int:
        return self._luck.randrange(len(text) + 1)

    def _insert(self, text: str) -> str:
        at = self._at(text)
        return text[:at] + self._luck.choice(NASTY) + text[at:]

    def _cut(self, text: str) -> str:
        at = self._at(text)
        return text[:at] + text[at + self._luck.randrange(40) :]

    def _repeat(self, text: str) -> str:
        line = self._luck.choice(text.split("\r\n"))
        return text.replace(line, "\r\n".join([line] * self._luck.choice((2, 30))), 1)

    def _drop(self, text: str) -> str:
        lines = text.split("\r\n")
        del lines[self._luck.randrange(len(lines))]
        return "\r\n".join(lines)

    def _swap(self, text: str) -> str:
        lines = text.split("\r\n")
        self._luck.shuffle(lines)
        return "\r\n".join(lines)


@pytest.mark.parametrize(("transport", "messages"), [("udp", 600), ("tcp", 150)])
async def test_broken_messages_kill_nothing(transport: str, messages: int) -> None:
    async with opened() as exchange:
        pid = exchange.workers.pids
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.bind(("127.0.0.1", 0))
            mangler = Mangler(exchange.port, caller.getsockname()[1])
            for number in range(messages):
                message = mangler.message(number)
                if transport == "udp":
                    caller.sendto(message, ("127.0.0.1", exchange.port))
                else:
                    await _by_tcp(exchange.port, message)
                if number % 20 == 0:
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            while exchange.desk.calls:  # some were whole enough to be calls; they go unheard
                await (await exchange.desk.call()).hangup()
        await exchange.lives()
        assert exchange.workers.pids == pid


async def _by_tcp(port: int, message: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(message)
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
