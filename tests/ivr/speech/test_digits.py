"""Spoken digits become written ones, and nothing else does."""

import logging
from concurrent.futures import Executor

import pytest

from dialogs.speech.model import SpeechModel
from dialogs.speech.news import Heard
from dialogs.speech.recogniser import Utterance, Word
from ivr.audio import frames, silence
from ivr.speech.digits import SPOKEN, Digits, spoken_digits
from ivr.speech.listening import Listening
from ivr.speech.vocabulary import Vocabulary
from tests.ivr import recordings

log = logging.getLogger(__name__)
"""Figures: pytest --log-cli-level=INFO shows them."""


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("一 三 八 零 零", "13800"),
        ("幺三八洞洞", "13800"),
        ("嗯，幺二三拐勾", "12379"),
        ("两 两 五 吧", "225"),
        ("138 00", "13800"),
        ("一百二十", None),
        ("三点五", None),
        ("嗯", None),
        ("", None),
    ],
)
def test_spoken_digits(text: str, digits: str | None) -> None:
    assert spoken_digits(text) == digits


def test_too_few_too_many_and_gaps_are_no_answer(vocabulary: Vocabulary) -> None:
    question = Digits(vocabulary, least=3, most=4)

    def key(text: str) -> str | None:
        return question.key(Utterance(tuple(Word(word, 0, 1, 1) for word in text.split())))

    assert key("一 二 三") == "123"
    assert key("一 二") is None
    assert key("一 二 三 四 五") is None
    assert key("一 二 [unk] 三") is None


@pytest.mark.slow
async def test_recorded_digits_beside_raw(speech_model: SpeechModel, vocabulary: Vocabulary, threads: Executor) -> None:
    question = Digits(vocabulary)
    right = raw = 0
    names = recordings.names("digits")
    for voice in recordings.VOICES:
        for name in names:
            wanted = "".join(SPOKEN[sign] for sign in recordings.TRANSCRIPTS[name])
            audio = silence(0.6) + recordings.pcm(voice, name) + silence(0.8)
            listening = Listening(speech_model, question, threads)
            for frame in frames(audio):
                listening.feed(frame)
            heard = [event.key for event in await listening.finish() if isinstance(event, Heard)]
            right += heard == [wanted]
            recogniser = speech_model.recogniser(question.grammar)
            recogniser.accept(audio)
            raw += spoken_digits(recogniser.final().text) == wanted
    total = len(names) * len(recordings.VOICES)
    log.info("digits: %d of %d, raw %d", right, total, raw)
    assert right >= 0.88 * total
    assert right >= raw - 1
