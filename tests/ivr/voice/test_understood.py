"""Our own recogniser, which knows nothing of the texts, understands what the voice says over the telephone."""

import json
import logging
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from dialogs.speech.model import SpeechModel
from dialogs.speech.recogniser import Recogniser
from ivr.audio import silence
from ivr.speech.vocabulary import Vocabulary, plain
from ivr.voice import reading
from ivr.voice.espeak import Espeak
from ivr.voice.prompts import BUILT_IN, Prompts, read_manifest
from ivr.voice.speech import Speech
from ivr.voice.voice import Voice
from tests.ivr.distance import errors

pytestmark = pytest.mark.slow

log = logging.getLogger(__name__)
"""Figures: pytest --log-cli-level=INFO shows them."""

SENTENCES = 30


class Never(Espeak):
    """Numbers must come from prompts."""

    async def say(self, text: str, language: str) -> None:
        raise AssertionError(f"no prompt for {text!r} in {language}")


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice(Prompts.open(BUILT_IN), Never(()))


async def heard(voice: Voice, speech: Speech, recogniser: Recogniser) -> str:
    recogniser.accept(silence(0.4) + await voice.say(speech, "zh_CN") + silence(0.6))
    text = recogniser.final().text
    recogniser.reset()
    return text.replace("幺", "一")


def wanted(speech: Speech) -> str:
    return plain("".join(part for part in speech if isinstance(part, str))).replace("幺", "一")


async def rate(voice: Voice, speeches: Iterable[Speech], recogniser: Recogniser) -> float:
    """Characters wrong, of those that were said."""
    wrong = characters = 0
    for speech in speeches:
        got, meant = await heard(voice, speech, recogniser), wanted(speech)
        wrong, characters = wrong + errors(meant, got), characters + len(meant)
        if got != meant:
            log.info("%s, heard as %s", meant, got)
    log.info("%d of %d characters wrong", wrong, characters)
    return wrong / characters


async def test_sentences_are_understood(voice: Voice, speech_model: SpeechModel) -> None:
    texts = [
        one.said
        for one in read_manifest(BUILT_IN).values()
        if one.language == "zh_CN" and 12 <= len(one.text) <= 60 and one.said == one.text
    ]
    sample = texts[:: max(1, len(texts) // SENTENCES)][:SENTENCES]
    assert len(sample) == SENTENCES
    assert await rate(voice, ((text,) for text in sample), speech_model.recogniser()) < 0.15


AMOUNTS = ("35260", "4870", "120300", "888.5", "217040", "1905.20", "60000", "15.05", "3500000", "99", "102", "2222")
DAYS = (date(2026, 3, 5), date(2025, 12, 25), date(2027, 7, 14), date(2028, 10, 31), date(2026, 11, 22))
NUMBER_WORDS = "零一二三四五六七八九幺十百千万元角分年月号点两"
TICKETS = ("261122000017", "260407013482", "251231098765", "270615004320")


async def test_joined_numbers_are_understood(voice: Voice, speech_model: SpeechModel) -> None:
    """By a recogniser of number words: free dictation guesses at words that sound alike, in numbers of people too."""
    vocabulary = Vocabulary(speech_model.knows)
    amounts = [reading.money(Decimal(value), "zh_CN") for value in AMOUNTS]
    days = [reading.day(value, "zh_CN") for value in DAYS]
    tickets = [reading.digits(value, "zh_CN") for value in TICKETS]
    words = {*NUMBER_WORDS, *(word for speech in amounts + days for word in vocabulary.segment(wanted(speech)))}
    recogniser = speech_model.recogniser(json.dumps([*sorted(words), "[unk]"], ensure_ascii=False))
    assert await rate(voice, [*amounts, *days, *tickets], recogniser) < 0.08
