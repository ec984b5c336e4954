"""Voice messages recorded on the page: by a real browser, from its fake microphone, heard by the real model."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from backend import models
from dialogs.speech.model import SpeechModel
from dialogs.speech.voice_messages import VoiceMessages
from settings import default_models_dir
from tests.bot.web.browser import CONTRASTS, CONTROLS, Phone, chromium
from tests.bot.web.conftest import House
from tests.dialogs.speech.conftest import speech_model
from tests.ivr.page.browser import FAKE_MICROPHONE, write_microphone

__all__ = ["speech_model"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.realtime]

SLOW = 60_000
"""Milliseconds that a busy machine may take for what a person waits for."""
STATE = "#recording-state"


@pytest.fixture
async def hearing(house: House, speech_model: SpeechModel) -> House:
    """A chat that hears."""
    del speech_model  # it is there
    await house.close()
    house.ears = VoiceMessages(default_models_dir() / "vosk-model-small-cn-0.22")
    await house.open()
    return house


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(*FAKE_MICROPHONE) as browser:
        yield browser


async def opened(browser: Browser, house: House) -> Phone:
    """A page whose form asks what happened."""
    phone = await Phone.opened(browser, house.url)
    phone.context.set_default_timeout(SLOW)
    await phone.sees("您好")
    await phone.press("其他问题")
    return phone


async def test_what_is_said_is_recorded_heard_confirmed_and_taken(hearing: House, tmp_path: Path) -> None:
    flag = write_microphone(tmp_path / "said.wav", 0.5, ("zf_xiaobei", "story00"), 60.0)
    async with chromium(*FAKE_MICROPHONE, flag) as browser:
        phone = await opened(browser, hearing)
        record = phone.page.get_by_role("button", name="录语音")
        await record.click()
        await expect(phone.page.locator(STATE)).to_contain_text("正在录音", timeout=SLOW)
        await expect(phone.page.locator("#recording-time")).to_have_text("0:09", timeout=SLOW)
        await phone.page.get_by_role("button", name="说完了，发送语音").click()
        await expect(phone.page.locator(".bubble.us .words").last).to_contain_text("我听到的是", timeout=SLOW)
        assert "工业园区" in await phone.last.inner_text()
        await expect(phone.page.locator(".bubble.you .words").last).to_contain_text("🎤 语音")
        await expect(phone.page.locator(STATE)).to_have_text("")
        await phone.press("对的")
        await expect(phone.last).not_to_contain_text("我听到的是")
        assert phone.complaints == []
    [file] = await models.Attachment.all()
    assert file.kind == "voice"
    assert file.media_type in ("audio/webm", "audio/ogg", "audio/mp4")
    assert "工业园区" in (file.transcript or "")


async def test_the_keyboard_is_enough_and_a_recording_can_be_given_up(house: House, browser: Browser) -> None:
    phone = await opened(browser, house)
    keys, focused = phone.page.keyboard, phone.page.locator(":focus")
    await phone.page.get_by_role("button", name="录语音").focus()
    await keys.press("Enter")
    await expect(focused).to_have_attribute("aria-label", "说完了，发送语音")
    await expect(phone.page.get_by_role("status").filter(has_text="正在录音")).to_be_visible()
    contrasts = await phone.page.evaluate(CONTRASTS)
    assert min(contrasts)[0] >= 4.5, min(contrasts)
    controls = await phone.page.evaluate(CONTROLS)
    assert all(one["height"] >= 44 for one in controls if one["name"] in ("不发了", "说完了，发送语音"))
    await keys.press("Escape")
    await expect(focused).to_have_attribute("aria-label", "录语音")
    await expect(phone.page.locator(STATE)).to_have_text("")
    await keys.press("Space")
    await expect(phone.page.locator("#recording-time")).to_have_text("0:01", timeout=SLOW)
    await phone.page.get_by_role("button", name="不发了").click()
    await expect(phone.page.locator(".bubble.you", has_text="🎤")).to_have_count(0)
    await phone.box.fill("我打字")
    await expect(phone.page.locator("#record")).to_be_hidden()
    assert phone.complaints == []


async def test_without_a_model_the_recording_is_kept_and_the_page_says_so(house: House, browser: Browser) -> None:
    phone = await opened(browser, house)
    await phone.page.get_by_role("button", name="录语音").click()
    await expect(phone.page.locator("#recording-time")).to_have_text("0:01", timeout=SLOW)
    await phone.page.get_by_role("button", name="说完了，发送语音").click()
    await phone.sees("听不了语音")
    assert phone.complaints == []


async def test_what_is_too_short_is_not_sent(house: House, browser: Browser) -> None:
    phone = await opened(browser, house)
    await phone.page.get_by_role("button", name="录语音").click()
    await phone.page.evaluate(
        """() => new Promise((done) => {
          const state = document.getElementById("recording-state");
          const watch = () => {
            if (!state.textContent.includes("正在录音")) return;
            document.getElementById("record").click();
            done();
          };
          new MutationObserver(watch).observe(state, { childList: true });
          watch();
        })"""
    )
    await expect(phone.page.locator(STATE)).to_contain_text("太短了")
    await expect(phone.page.locator(".bubble.you", has_text="🎤")).to_have_count(0)
    assert phone.complaints == []


async def test_a_refused_microphone_is_explained(house: House) -> None:
    async with chromium("--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser:
        phone = await opened(browser, house)
        await phone.page.get_by_role("button", name="录语音").click()
        await expect(phone.page.locator(STATE)).to_contain_text("麦克风没有获得允许")
        await phone.say("我打字说也行，门口的路坏了。")
        assert phone.complaints == []


async def test_a_browser_that_cannot_record_says_so(house: House, browser: Browser) -> None:
    phone = await Phone.opened(browser, house.url, scripts=["delete window.MediaRecorder"])
    await phone.page.get_by_role("button", name="录语音").click()
    await expect(phone.page.locator(STATE)).to_contain_text("这个浏览器不能录音")
    assert phone.complaints == []
