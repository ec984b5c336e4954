"""Voice notes in Telegram: really recorded, really heard, shown for correction, and kept with the ticket."""

from collections.abc import AsyncIterator

import pytest

from dialogs.speech.model import SpeechModel
from dialogs.speech.voice_messages import VoiceMessages
from dialogs.templates.scenario import Scenarios
from settings import default_models_dir
from tests.backend.city import Backend
from tests.bot.telegram.bots import Bots, bots_at_work, number_in
from tests.botapi import ChatDriver
from tests.dialogs.speech.conftest import speech_model
from tests.dialogs.speech.recorded import WORDS, voice_note

__all__ = ["speech_model"]


@pytest.fixture
async def hearing(
    backend: Backend, redis_url: str, scenarios: Scenarios, speech_model: SpeechModel
) -> AsyncIterator[Bots]:
    """Bots that hear."""
    del speech_model  # it is there
    ears = VoiceMessages(default_models_dir() / "vosk-model-small-cn-0.22")
    async with bots_at_work(backend, redis_url, scenarios, ears) as running:
        yield running


async def at_story(chat: ChatDriver) -> None:
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    await chat.press("反复停电跳闸")
    await chat.expect(lambda message: "城东区" in message.buttons)
    await chat.press("城东区")
    await chat.expect(lambda message: "东门街道" in message.buttons)
    await chat.press("东门街道")
    for asked, answer in (
        ("地址", "建设路18号"),
        ("从哪天开始", "昨天"),
        ("大约停了几次", "6"),
        ("电费交给谁", "直接交供电公司"),
        ("影响多大", "停了一部分"),
        ("打过95598", "没有"),
    ):
        await chat.expect(asked)
        await chat.send(answer)
    await chat.expect("经过和要求")


async def test_a_voice_note_is_heard_confirmed_and_filed_with_its_sound(hearing: Bots) -> None:
    chat = hearing.enterprise_chat()
    await at_story(chat)
    note = voice_note()
    await chat.send_voice(note, 7)
    heard = await chat.expect("我听到的是", timeout=60)
    assert WORDS in heard.text
    assert heard.buttons[:2] == ["对的", "重说"]
    assert "typing" in hearing.enterprise_account.actions
    await chat.press("对的")
    await chat.expect(lambda message: "跳过" in message.buttons)
    await chat.press("跳过")
    for asked, answer in (("企业或店铺", "宏达制造有限公司"), ("（12/13）", "王经理"), ("（13/13）", "13800138000")):
        await chat.expect(asked)
        await chat.send(answer)
    await chat.expect(lambda message: any("确认提交" in label for label in message.buttons))
    await chat.press("确认提交")
    number = number_in((await chat.expect("查询码", timeout=10)).text)
    ticket = await hearing.backend.staff("office").view_ticket(number)
    assert ticket.story == WORDS
    [recording] = ticket.attachments
    assert (recording.kind, recording.transcript, recording.size) == ("voice", WORDS, len(note))


async def test_without_a_model_the_note_is_kept_and_the_person_is_asked_to_type(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await at_story(chat)
    await chat.send_voice(voice_note(), 7)
    await chat.expect("听不了语音")
    await chat.expect("经过和要求")
