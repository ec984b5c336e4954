"""Numbers are judged by ear: a piece that sounds like another, or like nothing, does not pass."""

import pytest

from dialogs.speech.model import SpeechModel
from ivr.audio import silence, tone
from ivr.voice import clips
from ivr.voice.audition import Audition
from ivr.voice.prompts import BUILT_IN, Prompts


@pytest.fixture(scope="module")
def audition(speech_model: SpeechModel) -> Audition:
    return Audition(speech_model)


def test_a_piece_passes_for_what_it_says_and_for_nothing_else(audition: Audition) -> None:
    clip = Prompts.open(BUILT_IN).find("三百", "zh_CN")
    assert clip is not None
    assert audition.passed(clip, "三百")
    assert not audition.passed(clip, "四百")
    assert not audition.passed(clip[: len(clip) // 2], "三百")


def test_noise_and_silence_pass_for_nothing(audition: Audition) -> None:
    assert not audition.passed(clips.segment(tone(300, 0.5)), "三百")
    assert not audition.passed(clips.segment(silence(0.5)), "三百")


def test_only_number_words_are_tried(audition: Audition) -> None:
    assert all(audition.judges(said) for said in ("三万", "幺", "下午三点半", "百分之", "二零二六年", "零五分"))
    assert not any(audition.judges(said) for said in ("企业服务", "A", "请按三。", "", "。"))
