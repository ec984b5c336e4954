"""A telephone of SIP, RTP in G.711 and RFC 4733 events, written from the RFCs, so that a test sees each packet."""

import asyncio
import random
import re
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from tests.ivr.contract import PATIENCE, FarEnd
from tests.ivr.sip import g711
from tests.ivr.sip.digest import Account
from tests.ivr.sip.g711 import A_LAW, MU_LAW
from tests.ivr.sip.wire import Datagrams, TcpWire, UdpWire

EVENTS = 101
_CODES = {digit: code for code, digit in enumerate("0123456789*#")}
_NAMES = {A_LAW: "PCMA", MU_LAW: "PCMU", 9: "G722"}


def free_port(host: str = "127.0.0.1") -> int:
    """One that is free for UDP and TCP, as is the one after it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with (
            socket.socket(family) as tcp,
            socket.socket(family, socket.SOCK_DGRAM) as udp,
            socket.socket(family) as tls,
        ):
            try:
                tcp.bind((host, 0))
                port = int(tcp.getsockname()[1])
                udp.bind((host, port))
                tls.bind((host, port + 1))
            except OSError:
                continue
            return port


def header(text: str, name: str) -> str:
    found = re.search(rf"(?im)^{name}\s*:\s*(.*?)\s*$", text)
    return found[1] if found else ""


@dataclass
class Habits:
    """How a telephone is made."""

    host: str = "127.0.0.1"
    """Where it calls from."""
    far: str = "127.0.0.1"
    """Where it calls."""
    transport: str = "udp"
    secured: ssl.SSLContext | None = None
    codecs: tuple[int, ...] = (A_LAW,)
    samples: int = 160
    """In each packet it sends."""
    late_offer: bool = False
    """Leaves its SDP out of the INVITE."""
    insists: bool = False
    """Sends its INVITE again, later and later, until something is answered (RFC 3261, 17.1.1.2)."""
    crypto: str = ""
    """An attribute of SDES for its offer."""


class Phone(FarEnd):
    settles = 0.08

    def __init__(self, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.packets: list[tuple[float, bytes]] = []
        """When, and the RTP packet."""
        self.answers: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
        """Status and text of each answer to a request of ours."""
        self.requests: list[str] = []
        """What the other end asked of us."""
        self.silent = False
        """Stop sending RTP."""
        self.mangle: Callable[[bytes], Sequence[bytes]] = lambda packet: (packet,)
        """What becomes of each packet on the way."""
        self.refer_status = 603
        """The answer to REFER; 202 reports `refer_outcome`, if that is set."""
        self.refer_outcome = "200 OK"
        self.referred_to = ""
        self.invite_status = 200
        """The answer to a call; 0 rings and never answers, 100 does not even ring."""
        self.account: Account | None = None
        """Asks for digest authentication before it takes calls or registrations."""
        self.registrations: list[tuple[float, str, int]] = []
        """When, the contact and the seconds."""
        self.register_status = 200
        self.invited = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.sdp = ""
        """The other end's last."""
        self._ended = asyncio.Event()
        self._saying = bytearray()
        self._pressing: deque[bytes] = deque()
        self._sequence = random.randrange(60000)
        self._time = 0
        self._ssrc = random.randrange(1 << 32)
        self._cseq = 1
        self._branch = ""
        self._call_id = f"{random.getrandbits(64):x}"
        self._tag = f"{random.getrandbits(32):x}"
        self._to = self._from = self._uri = ""
        self._far_rtp = ("", 0)
        self._far_sip = ("", 0)
        self._talking: asyncio.Task[None] | None = None
        self._version = 1

    # Opened, and calls.

    @classmethod
    async def dial(cls, port: int, caller: str, called: str = "12345", habits: Habits | None = None) -> Self:
        """Raises ConnectionRefusedError with the status when the call is not taken."""
        phone = cls(habits)
        await phone.open(port, caller, called)
        try:
            async with asyncio.timeout(PATIENCE):
                await phone.invite()
        except (TimeoutError, asyncio.CancelledError, ConnectionRefusedError):
            await phone.close()
            raise
        return phone

    @classmethod
    async def waiting(cls, habits: Habits | None = None) -> Self:
        """For calls to `uri`."""
        phone = cls(habits)
        await phone.open(0, "", "")
        return phone

    async def open(self, port: int, caller: str, called: str) -> None:
        host = self.habits.host
        self._far_sip, self._uri = (self.habits.far, port), f"sip:{called}@{self.habits.far}:{port}"
        if self.habits.transport == "udp":
            self._sip: UdpWire | TcpWire = await UdpWire.open(host, self._signal)
        else:
            self._sip = await TcpWire.open(host, self._far_sip, self._signal, self.habits.secured)
        await self.move()
        self._from = f"<sip:{caller}@{host}:{self._sip.near[1]}>;tag={self._tag}"
        self._to = f"<{self._uri}>"
        self._user = caller

    @property
    def place(self) -> str:
        """Host and port."""
        return "{}:{}".format(*self._sip.near)

    async def move(self) -> None:
        """Take another port for audio."""
        loop = asyncio.get_running_loop()
        self._rtp, _ = await loop.create_datagram_endpoint(lambda: Datagrams(self._media), (self.habits.host, 0))

    async def invite(self, direction: str = "sendrecv", *, offer: bool = True, address: str = "") -> str:
        """The answer to an INVITE, or a re-INVITE with a direction; raises ConnectionRefusedError with the status."""
        again = bool(self._talking)
        self._cseq += again
        self._version += 1
        offer = offer and not self.habits.late_offer
        message = self.send("INVITE", self.offered(direction, address) if offer else "")
        if self.habits.insists:
            await self._insist(message)
        answer = await self.final()
        status = int(answer.split()[1])
        if not again:
            self._to = header(answer, "To")
        contact = re.search(r"<([^>]+)>", header(answer, "Contact"))
        self._uri = contact[1] if contact and status == 200 else self._uri
        if status == 200:
            self._heed(answer)
        self.send("ACK", "" if offer or status != 200 else self.offered(direction, address), same_branch=status != 200)
        if status != 200:
            raise ConnectionRefusedError(status)
        self._begin()
        return answer

    async def final(self, method: str = "INVITE") -> str:
        """The final answer to our last request of that kind."""
        async with asyncio.timeout(PATIENCE):
            while True:
                status, answer = await self.answers.get()
                if status >= 200 and header(answer, "CSeq") == f"{self._cseq} {method}":
                    return answer

    async def _insist(self, message: bytes) -> None:
        """Until there is an answer, which stays for others to see."""
        pause = 0.5
        while self.answers.empty():
            try:
                async with asyncio.timeout(pause):
                    self.answers.put_nowait(await self.answers.get())
            except TimeoutError:
                pause *= 2
                self.again(message)

    def _begin(self) -> None:
        if self._talking is None:
            self._talking = asyncio.create_task(self._talk())

    def _heed(self, text: str) -> None:
        self.sdp = text.partition("\r\n\r\n")[2]
        port = re.search(r"m=audio (\d+)", self.sdp)
        host = re.search(r"c=IN IP4 (\S+)", self.sdp)
        if port and host:
            self._far_rtp = (host[1], int(port[1]))

    async def say(self, pcm: bytes) -> None:
        self._saying += g711.encode(pcm, self.habits.codecs[0])
        await self._until_sent()

    async def press(self, digits: str, *, ends: int = 3, info: bool = False, rtp: bool = True) -> None:
        """`ends`: how many of the packets that tell of the release arrive; `info`: tell it by SIP INFO, too."""
        for digit in digits:
            code = _CODES[digit]
            held = [struct.pack("!BBH", code, 10, 160 * count) for count in range(1, 6)]
            released = [struct.pack("!BBH", code, 0x80 | 10, 800)] * ends
            if rtp:
                self._pressing.extend(held + released + [b""] * 4)
            if info:
                self._cseq += 1
                self.send("INFO", f"Signal={digit}\r\nDuration=160\r\n", kind="application/dtmf-relay")
                await asyncio.sleep(0.2)
        await self._until_sent()

    async def hang_up(self) -> None:
        self._cseq += 1
        self.send("BYE")
        self._ended.set()

    def heard(self) -> bytes:
        return b"".join(
            g711.decode(packet[12:], packet[1] & 0x7F) for _, packet in self.packets if packet[1] & 0x7F in (0, 8)
        )

    async def hung_up_on(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._ended.wait()

    def jump(self) -> None:
        """As when the caller's side puts another machine on the line."""
        self._ssrc = random.randrange(1 << 32)
        self._sequence = (self._sequence + 20000) & 0xFFFF
        self._time += 1 << 28

    async def close(self) -> None:
        if self._talking is not None:
            if not self._ended.is_set():
                await self.hang_up()
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
        self._rtp.close()
        await self._sip.close()

    # Audio.

    async def _until_sent(self) -> None:
        async with asyncio.timeout(self._seconds_to_send + PATIENCE):
            while (self._saying or self._pressing) and not self._ended.is_set():  # noqa: ASYNC110 - real time passes
                await asyncio.sleep(0.02)

    @property
    def _seconds_to_send(self) -> float:
        return len(self._saying) / 8000 + len(self._pressing) * self.habits.samples / 8000

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        event_time, was_event = 0, False
        law, size = self.habits.codecs[0], self.habits.samples
        while not self._ended.is_set():
            event = self._pressing.popleft() if self._pressing else b""
            if event:
                event_time = event_time if was_event else self._time
                self._packet(EVENTS, event_time, event, marker=not was_event)
            elif not self.silent:
                said = bytes(self._saying[:size]).ljust(size, bytes([g711.QUIET[law]]))
                del self._saying[:size]
                self._packet(law, self._time, said)
            was_event = bool(event)
            self._time += size
            due += size / 8000
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _packet(self, kind: int, time: int, payload: bytes, marker: bool = False) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        fields = (0x80, kind | marker << 7, self._sequence, time & 0xFFFFFFFF, self._ssrc)
        for packet in self.mangle(struct.pack("!BBHII", *fields) + payload):
            self.throw(packet)

    def throw(self, packet: bytes, port: int = 0) -> None:
        """Send anything to the other end's port for audio, or to one so many after it."""
        self._rtp.sendto(packet, (self._far_rtp[0], self._far_rtp[1] + port))

    def _media(self, packet: bytes, source: tuple[str, int]) -> None:
        self.packets.append((asyncio.get_running_loop().time(), packet))

    # Signalling.

    def _signal(self, data: bytes, source: tuple[str, int]) -> None:
        text = data.decode()
        first = text.split("\r\n", 1)[0]
        if first.startswith("SIP/2.0"):
            self.answers.put_nowait((int(first.split()[1]), text))
            return
        self.requests.append(text)
        self._far_sip = source
        method = first.split()[0]
        handler = getattr(self, f"_on_{method.lower()}", None)
        if handler is not None:
            handler(text)
        elif method != "ACK":
            self.reply(text, "200 OK")

    def _on_bye(self, text: str) -> None:
        self._ended.set()
        self.reply(text, "200 OK")

    def _on_refer(self, text: str) -> None:
        self.referred_to = header(text, "Refer-To")
        self.reply(text, f"{self.refer_status} As told")
        if self.refer_status == 202 and self.refer_outcome:
            self._cseq += 1
            extra = ("Event: refer", "Subscription-State: terminated;reason=noresource")
            self.send("NOTIFY", f"SIP/2.0 {self.refer_outcome}\r\n", kind="message/sipfrag", extra=extra)

    def _on_invite(self, text: str) -> None:
        again = self.invited.is_set() and bool(self._talking)
        if not self._authenticated(text, "INVITE", "407", "Proxy-Authenticat"):
            return
        self._invitation = text
        contact = re.search(r"<([^>]+)>", header(text, "Contact"))
        self._uri = contact[1] if contact else self._uri
        self._call_id, self._to = header(text, "Call-ID"), header(text, "From")
        self._from = f"{header(text, 'To')};tag={self._tag}"
        self.invited.set()
        if self.invite_status == 100:
            self.reply(text, "100 Trying")
        elif not again and self.invite_status in (0, 200):
            self.reply(text, "180 Ringing", tag=True)
        if again or self.invite_status >= 200:
            self.answer(self.invite_status)

    def answer(self, status: int = 200) -> None:
        """The call that waits for it."""
        if status != 200:
            self.reply(self._invitation, f"{status} As told", tag=True)
            return
        self._heed(self._invitation)
        self.reply(self._invitation, "200 OK", tag=True, body=self.offered())
        self._begin()

    def _on_cancel(self, text: str) -> None:
        self.cancelled.set()
        self.reply(text, "200 OK")
        self.reply(self._invitation, "487 Request Terminated", tag=True)

    def _on_register(self, text: str) -> None:
        if self.register_status != 200:
            self.reply(text, f"{self.register_status} As told")
        elif self._authenticated(text, "REGISTER", "401", "WWW-Authenticat"):
            contact = header(text, "Contact")
            told = re.search(r"expires=(\d+)", contact)
            seconds = int(told[1] if told else header(text, "Expires"))
            self.registrations.append((asyncio.get_running_loop().time(), contact, seconds))
            self.reply(text, "200 OK", tag=True, extra=[f"Contact: {contact}"])

    def _authenticated(self, text: str, method: str, status: str, name: str) -> bool:
        if self.account is None:
            return True
        proof = header(text, "Proxy-Authorization" if status == "407" else "Authorization")
        if self.account.proved(method, proof):
            return True
        self.reply(text, f"{status} Prove it", tag=True, extra=[f"{name}e: {self.account.challenge}"])
        return False

    def reply(self, text: str, status: str, *, tag: bool = False, body: str = "", extra: Sequence[str] = ()) -> None:
        wanted = [
            line for line in text.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq|record-route):", line)
        ]
        if tag:
            wanted = [
                f"{line};tag={self._tag}" if line.lower().startswith("to:") and "tag=" not in line else line
                for line in wanted
            ]
        lines = [
            f"SIP/2.0 {status}",
            *wanted,
            *extra,
            *([f"Contact: <sip:phone@{self.place}>"] if not extra else []),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self._sip.send("\r\n".join(lines).encode(), self._far_sip)

    def send(
        self,
        method: str,
        body: str = "",
        *,
        kind: str = "application/sdp",
        extra: Sequence[str] = (),
        same_branch: bool = False,
    ) -> bytes:
        """A request, as it went out; CANCEL, and ACK to a refusal, are of the transaction of the last."""
        if not same_branch:
            self._branch = f"z9hG4bK{random.getrandbits(48):x}"
        lines = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/{self._sip.name} {self.place};branch={self._branch};rport",
            "Max-Forwards: 70",
            f"From: {self._from}",
            f"To: {self._to}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._cseq} {method}",
            f"Contact: <sip:{self._user or 'phone'}@{self.place};transport={self._sip.name.lower()}>",
            *extra,
            *([f"Content-Type: {kind}"] if body else []),
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        message = "\r\n".join(lines).encode()
        self._sip.send(message, self._far_sip)
        return message

    def again(self, message: bytes) -> None:
        """Send a message once more, as a network or an impatient telephone does."""
        self._sip.send(message, self._far_sip)

    def offered(self, direction: str = "sendrecv", address: str = "") -> str:
        host, port = self._rtp.get_extra_info("sockname")[:2]
        kinds = [*self.habits.codecs, EVENTS]
        profile = "SAVP" if self.habits.crypto else "AVP"
        return "\r\n".join(
            [
                "v=0",
                f"o=- 1 {self._version} IN IP4 {host}",
                "s=-",
                f"c=IN IP4 {address or host}",
                "t=0 0",
                f"m=audio {port} RTP/{profile} {' '.join(map(str, kinds))}",
                *(f"a=rtpmap:{codec} {_NAMES[codec]}/8000" for codec in self.habits.codecs),
                f"a=rtpmap:{EVENTS} telephone-event/8000",
                f"a=fmtp:{EVENTS} 0-15",
                f"a=ptime:{self.habits.samples // 8}",
                *([self.habits.crypto] if self.habits.crypto else []),
                f"a={direction}",
                "",
            ]
        )
