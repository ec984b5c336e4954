"""Speech becomes one sound: prompts joined without clicks, and the synthesiser only for what has none."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest

from dialogs.speech.sound import AudioSegment
from ivr.audio import loudness, silence, tone
from ivr.voice import building, clips
from ivr.voice.corpus import Wanted
from ivr.voice.espeak import Espeak
from ivr.voice.prompts import Prompts
from ivr.voice.speech import Pause, Speech, normalised
from ivr.voice.voice import Voice

SECONDS = 0.5
"""Of each prompt here."""
PIECES = ("您的金额是", "三万", "五千元", "幺", "三", "幺三", "对吗？", "请记好。", "建设路", "二十八号")


class Heard(Espeak):
    """Takes down what it is asked to say."""

    def __init__(self, *, mute: bool = False) -> None:
        super().__init__(("never",))
        self.texts: list[str] = []
        self.mute = mute

    async def say(self, text: str, language: str) -> AudioSegment | None:
        self.texts.append(text)
        return None if self.mute else clips.segment(tone(300, 1.0, -20))


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Prompts:
    folder: Path = tmp_path_factory.mktemp("prompts")
    wanted = [Wanted("zh_CN", normalised(text), "test") for text in PIECES]
    building.build(folder, wanted, lambda *_: clips.segment(silence(0.2) + tone(440, SECONDS) + silence(0.2)))
    return Prompts.open(folder)


async def said(prompts: Prompts, speech: Speech, synthesiser: Espeak | None = None) -> float:
    """Seconds."""
    return len(await Voice(prompts, synthesiser).say(speech, "zh_CN")) / 16_000


async def test_parts_are_joined_closely(prompts: Prompts) -> None:
    heard = Heard()
    together = await said(prompts, ("您的金额是", "三万", "五千元"), heard)
    assert together == pytest.approx(3 * SECONDS, abs=0.15)
    assert not heard.texts


async def test_punctuation_and_pauses_are_heard(prompts: Prompts) -> None:
    plain = await said(prompts, ("三万", "五千元"))
    assert await said(prompts, ("三万，", "五千元")) == pytest.approx(plain + 0.2, abs=0.05)
    assert await said(prompts, ("请记好。", "五千元")) == pytest.approx(plain + 0.35, abs=0.05)
    assert await said(prompts, ("三万，", Pause(1.0), "五千元")) == pytest.approx(plain + 1.0, abs=0.05)
    assert await said(prompts, (Pause(1.0), "三万", "五千元")) == pytest.approx(plain + 1.0, abs=0.05)


async def test_two_digits_are_one_prompt_where_there_is_one(prompts: Prompts) -> None:
    assert await said(prompts, ("幺", "三")) == pytest.approx(SECONDS + 0.08, abs=0.06)
    assert await said(prompts, ("幺", "三", "幺", "三")) == pytest.approx(2 * SECONDS + 2 * 0.08, abs=0.12)
    assert await said(prompts, ("幺", Pause(0.3), "三")) == pytest.approx(2 * SECONDS + 0.3, abs=0.12)


async def test_a_text_with_numbers_is_read_from_pieces(prompts: Prompts) -> None:
    heard = Heard()
    assert await said(prompts, ("您的金额是35000元，对吗？",), heard) == pytest.approx(4 * SECONDS, abs=0.5)
    assert not heard.texts


async def test_only_the_unknown_clause_is_synthesised(prompts: Prompts) -> None:
    heard = Heard()
    await said(prompts, ("请记好。和平超市，对吗？",), heard)
    assert heard.texts == ["和平超市，"]


async def test_a_number_within_unknown_words_is_said_in_their_voice(prompts: Prompts) -> None:
    heard = Heard()
    await said(prompts, ("您的金额是", "平安路", "二十八号", "院"), heard)
    assert heard.texts == ["平安路二十八号院"]


@pytest.mark.parametrize("synthesiser", [None, Heard(mute=True)])
async def test_what_nothing_can_say_is_a_short_tone(
    prompts: Prompts, synthesiser: Espeak | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert await said(prompts, ("请记好。", "王小明"), synthesiser) == pytest.approx(SECONDS + 0.35 + 0.15, abs=0.1)
    assert "text without sound" in caplog.text
    assert "王小明" not in caplog.text


@pytest.mark.parametrize("speech", [(), ("",), ("，",), (Pause(0.0),), ("？", Pause(0.0))])
async def test_nothing_to_say_is_no_sound(prompts: Prompts, speech: Speech) -> None:
    assert await Voice(prompts, None).say(speech, "zh_CN") == b""


async def test_there_are_no_clicks(prompts: Prompts) -> None:
    pcm = await Voice(prompts, None).say(("三万", "五千元", Pause(0.3), "请记好。", "幺"), "zh_CN")
    samples = memoryview(pcm).cast("h")
    steps = max(abs(after - before) for before, after in pairwise(samples))
    smooth = memoryview(tone(440, 0.5, -20)).cast("h")
    assert steps < 2.5 * max(abs(after - before) for before, after in pairwise(smooth))
    assert loudness(pcm[:32]) < -30
    assert loudness(pcm[-32:]) < -30


@pytest.mark.alone
async def test_the_loop_stays_free(prompts: Prompts) -> None:
    voice = Voice(prompts, None)
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(voice.say(("您的金额是", "三万", "五千元", "对吗？") * 5, "zh_CN") for _ in range(10)))
    watching.cancel()
    assert worst < 0.15


async def test_calls_at_once_get_their_own_words(prompts: Prompts) -> None:
    voice = Voice(prompts, None)
    one, two = ("三万",), ("三万", "五千元")
    sounds = await asyncio.gather(*(voice.say(speech, "zh_CN") for speech in (one, two) * 10))
    assert len(set(sounds[::2])) == len(set(sounds[1::2])) == 1
    assert len(sounds[1]) > len(sounds[0])
