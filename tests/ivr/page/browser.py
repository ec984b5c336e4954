"""The call panel in a real browser: its microphone given by a test, its captions and keys as a person has them."""

from __future__ import annotations

import base64
import json
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from ivr.audio import silence
from ivr.call import SAMPLE_RATE
from tests.bot.web.browser import Phone
from tests.ivr import recordings

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Flags with which a browser has a microphone, gives it to every page without asking, and beeps into it."""

Spoken = tuple[str, str] | float | bytes
"""A recording (voice, name of the utterance), seconds of pause, or audio at 8 kHz."""

_WATCH_CALLS = """
(() => {
  const Original = window.RTCPeerConnection;
  window.callsMade = [];
  window.RTCPeerConnection = class extends Original {
    constructor(...settings) { super(...settings); window.callsMade.push(this); }
  };
})()
"""
_OWN_MICROPHONE = """
(() => {
  let context, out;
  let free = 0;
  navigator.mediaDevices.getUserMedia = async () => {
    context ??= new AudioContext({ sampleRate: 48000 });
    await context.resume();
    out = context.createMediaStreamDestination();
    const ground = context.createConstantSource();  // a stream without any source sends nothing at all
    ground.offset.value = 0;
    ground.connect(out);
    ground.start();
    return out.stream;
  };
  window.speak = async (text) => {
    const octets = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const samples = new Int16Array(octets.buffer);
    const sound = context.createBuffer(1, samples.length, 8000);
    sound.copyToChannel(Float32Array.from(samples, (one) => one / 32768), 0);
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(out);
    free = Math.max(free, context.currentTime);
    source.start(free);
    free += sound.duration;
    await new Promise((resolve) => (source.onended = resolve));
  };
})()
"""
_HEARD = """
async () => {
  const stats = await window.callsMade.at(-1).getStats();
  return [...stats.values()].find((one) => one.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
}
"""


def pcm_of(spoken: Sequence[Spoken]) -> bytes:
    """Recordings, pauses and audio, one after the other."""
    parts = []
    for part in spoken:
        if isinstance(part, bytes):
            parts.append(part)
        elif isinstance(part, tuple):
            parts.append(recordings.pcm(*part))
        else:
            parts.append(silence(part))
    return b"".join(parts)


def write_microphone(path: Path, *spoken: Spoken) -> str:
    """Write what a fake microphone says, once, from when it is first opened; returns the flag for `chromium`."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm_of(spoken))
    return f"--use-file-for-fake-audio-capture={path}%noloop"


class Caller:
    """A person at a page with a call button."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    @classmethod
    async def opened(cls, browser: Browser, url: str, *, own_microphone: bool = False, **options: Any) -> Caller:
        """`own_microphone`: the page's microphone is what `say` says, instead of the browser's own fake one."""
        scripts = [_WATCH_CALLS, *([_OWN_MICROPHONE] if own_microphone else [])]
        return cls(await Phone.opened(browser, url, scripts=scripts, away=True, **options))

    async def another(self) -> Caller:
        """The same person's next tab."""
        tab = Phone(self.phone.context, await self.phone.context.new_page())
        tab.server_may_be_away = True
        await tab.page.goto(self.page.url)
        return Caller(tab)

    @property
    def page(self) -> Page:
        return self.phone.page

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def state(self) -> Locator:
        return self.panel.get_by_role("status")

    @property
    def notice(self) -> Locator:
        return self.panel.get_by_role("alert")

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    async def open_panel(self) -> None:
        await self.page.get_by_role("button", name="打电话").click()
        await expect(self.panel).to_be_visible()

    async def call(self) -> None:
        """Open the panel, ring, and wait until the call is connected."""
        await self.open_panel()
        await self.button("拨打").click()
        await self.talking()

    async def talking(self) -> None:
        await expect(self.state).to_have_text("通话中", timeout=15000)

    async def over(self) -> None:
        await expect(self.state).to_have_text("通话已结束", timeout=15000)

    async def say(self, *spoken: Spoken) -> None:
        """Speak into an own microphone; returns when it has been said."""
        await self.page.evaluate("window.speak", base64.b64encode(pcm_of(spoken)).decode())

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.panel.locator(f".call-key[value='{digit}']").click()

    async def hang_up(self) -> None:
        await self.button("挂断").click()

    async def captions(self, side: str = "") -> list[str]:
        """What is written of the call so far; `side` is said, heard or pressed."""
        which = f"[data-side='{side}']" if side else ""
        return await self.panel.locator(f".call-line{which} p").all_inner_texts()

    async def reads(self, text: str, side: str = "said", seconds: float = 20) -> None:
        """Wait for a caption that holds this text."""
        found = self.panel.locator(f".call-line[data-side='{side}'] p").filter(has_text=text)
        await expect(found.last).to_be_visible(timeout=seconds * 1000)

    async def energy_heard(self) -> float:
        """Of all that came out of the loudspeaker so far, as the browser counts it."""
        return float(await self.page.evaluate(_HEARD))

    async def codec(self) -> str:
        """What the audio is sent as."""
        description = await self.page.evaluate("window.callsMade.at(-1).currentRemoteDescription.sdp")
        return str(json.dumps([line for line in description.splitlines() if line.startswith("a=rtpmap")]))
