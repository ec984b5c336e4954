"""The plain synthesiser: bounded, harmless when it fails, and really speaking where there is one."""

import importlib.util
import logging
import shutil
import sys
import time

import pytest

from ivr.voice import clips, espeak
from ivr.voice.espeak import Espeak

SLOW = (sys.executable, "-c", "import time; time.sleep(60)")


async def test_it_speaks_chinese_and_english() -> None:
    synthesiser = Espeak.open()
    if synthesiser is None:
        pytest.skip("neither espeak-ng nor its wheel is installed")
    for text, language in (("和平路便民超市", "zh_CN"), ("Harbour Trading", "en")):
        clip = await synthesiser.say(text, language)
        assert clip is not None
        assert 700 < len(clip) < 5000
        assert clips.speech_level(clip) == pytest.approx(clips.LEVEL, abs=1.5)
        assert await synthesiser.say(text, language) is clip


@pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="the wheel is not installed")
async def test_the_wheel_serves_without_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    synthesiser = Espeak.open()
    assert synthesiser is not None
    assert await synthesiser.say("您好", "zh_CN") is not None


async def test_a_program_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(espeak, "_SECONDS", 0.2)
    began = time.monotonic()
    assert await Espeak(SLOW).say("秘密的名称", "zh_CN") is None
    assert time.monotonic() - began < 2
    assert "could not be synthesised" in caplog.text
    assert "秘密" not in caplog.text


@pytest.mark.parametrize(
    "command",
    [
        ("/nowhere/espeak-ng",),
        (sys.executable, "-c", "print('no sound at all')"),
        (sys.executable, "-c", "import os; os.abort()"),
    ],
)
async def test_a_program_that_fails_says_nothing(command: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert await Espeak(command).say("您好", "zh_CN") is None
    assert caplog.records


async def test_long_texts_are_cut() -> None:
    program = """if True:
        import sys, wave
        letters = len(sys.stdin.buffer.read().decode())
        with wave.open(sys.stdout.buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.setnframes(letters * 80)
            file.writeframes(bytes.fromhex("002000e0") * (letters * 40))"""
    counting = (sys.executable, "-c", program)
    clip = await Espeak(counting).say("长" * 10_000, "zh_CN")
    assert clip is not None
    assert len(clip) <= 3000
