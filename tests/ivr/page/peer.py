"""A browser without a browser: offers a call as the page's script does, speaks, presses keys, keeps what it gets."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import aiohttp
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import is_rtcp
from av import AudioFrame

from ivr.audio import Framer, frames
from ivr.call import FRAME_SECONDS
from ivr.page.media import PCMA, Outgoing, pcm_of, receive_straight
from tests.ivr.contract import PATIENCE, FarEnd


class Peer(FarEnd):
    """`received` keeps every message of the data channel."""

    settles = 0.1

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.received: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._voice = Outgoing()
        self._microphone = asyncio.Queue[bytes]()
        self._heard = bytearray()
        self.id = self.refusal = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._open = asyncio.Event()
        self._closed = asyncio.Event()

    async def call(self, *, speaks: bool = True) -> None:
        """Until the call is connected. Raises ClientResponseError when it is refused."""
        answer = await self.answered(speaks=speaks)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(PATIENCE):
            await self._open.wait()
        if speaks:
            self._speaking = asyncio.create_task(self._send())
            self._tasks.append(self._speaking)

    async def answered(self, *, speaks: bool = True) -> str:
        """Ask for a call, and do not connect it: the answer."""
        return await self.offer(await self.offered(speaks=speaks))

    async def offered(self, *, speaks: bool = True) -> str:
        """What a page would offer."""
        line = self.connection.addTransceiver(self._voice if speaks else "audio", "sendrecv" if speaks else "recvonly")
        line.setCodecPreferences([PCMA])
        receive_straight(line.receiver)
        self.connection.on("track", self._hear)
        self.channel = self.connection.createDataChannel("call")
        self.channel.on("open", self._open.set)
        self.channel.on("message", self._take)
        self.channel.on("close", self._closed.set)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def offer(self, sdp: str, **headers: str) -> str:
        headers = {"Origin": self._url, **headers}
        async with self._session.post(f"{self._url}/call/offer", json={"sdp": sdp}, headers=headers) as answer:
            self.refusal = "" if answer.ok else (await answer.json())["code"]
            answer.raise_for_status()
            body = await answer.json()
            self.id = body["id"]
            return str(body["sdp"])

    async def refused(self, origin: str | None = None, **headers: str) -> tuple[int, str]:
        """Ask for a call that must be refused: with which status and code."""
        if origin is not None:
            headers["Origin"] = origin
        with pytest.raises(aiohttp.ClientResponseError) as refused:
            await self.offer(await self.offered(), **headers)
        return refused.value.status, self.refusal

    def fall_silent(self) -> None:
        """Send no audio any more, not even silence."""
        self._speaking.cancel()

    def loses(self, every: int) -> None:
        """From now on every so many-th packet of audio is lost."""
        transport = self.connection.getTransceivers()[0].sender.transport
        send, sent = transport._send_rtp, itertools.count(1)

        async def lossy(data: bytes) -> None:
            if is_rtcp(data) or next(sent) % every:
                await send(data)

        transport._send_rtp = lossy  # type: ignore[method-assign]

    async def say(self, pcm: bytes) -> None:
        for frame in frames(pcm):
            self._microphone.put_nowait(frame)
        async with asyncio.timeout(PATIENCE):
            await self._microphone.join()
        await asyncio.sleep(self.settles)

    async def press(self, digits: str) -> None:
        for digit in digits:
            self.channel.send(json.dumps({"digit": digit}))
        await asyncio.sleep(self.settles)

    async def hang_up(self) -> None:
        self.channel.send(json.dumps({"bye": True}))

    def heard(self) -> bytes:
        return bytes(self._heard)

    async def hung_up_on(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._closed.wait()

    async def until(self, key: str) -> Any:
        """The first message with this key."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [message[key] for message in self.received if key in message]):
                self._news.clear()
                await self._news.wait()
        return found[0]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._voice.stop()
        await self.connection.close()

    async def _send(self) -> None:
        """Sends all the time, as a browser does: silence when nothing is said."""
        due = asyncio.get_running_loop().time()
        while True:
            spoken = None if self._microphone.empty() else self._microphone.get_nowait()
            self._voice.put(spoken or bytes(320))
            if spoken is not None:
                self._microphone.task_done()
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    def _take(self, data: str) -> None:
        self.received.append(json.loads(data))
        self._news.set()

    def _hear(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._listen(track)))

    async def _listen(self, track: MediaStreamTrack) -> None:
        framer = Framer()
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                for piece in framer.feed(pcm_of(frame)):
                    self._heard += piece
        except MediaStreamError:
            return
