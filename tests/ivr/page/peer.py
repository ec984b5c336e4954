"""A browser without a browser: offers a call as the page's script does, speaks, presses keys, keeps what it gets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
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
        self._tasks: list[asyncio.Task[None]] = []
        self._open = asyncio.Event()
        self._closed = asyncio.Event()

    async def call(self, *, speaks: bool = True) -> None:
        """Until the call is connected; `refused` says why not."""
        line = self.connection.addTransceiver(self._voice if speaks else "audio", "sendrecv" if speaks else "recvonly")
        line.setCodecPreferences([PCMA])
        receive_straight(line.receiver)
        self.connection.on("track", self._hear)
        self.channel = self.connection.createDataChannel("call")
        self.channel.on("open", self._open.set)
        self.channel.on("message", self._take)
        self.channel.on("close", self._closed.set)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        answer = await self.offer(self.connection.localDescription.sdp)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(PATIENCE):
            await self._open.wait()
        if speaks:
            self._tasks.append(asyncio.create_task(self._send()))

    async def offer(self, sdp: str) -> str:
        """Raises ClientResponseError when it is refused."""
        headers = {"Origin": self._url}
        async with self._session.post(f"{self._url}/call/offer", json={"sdp": sdp}, headers=headers) as answer:
            answer.raise_for_status()
            return str((await answer.json())["sdp"])

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
