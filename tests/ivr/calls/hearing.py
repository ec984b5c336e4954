"""What a caller hears: whether the sound that came in over the network holds a certain prompt."""

from __future__ import annotations

import asyncio

import numpy as np

from dialogs.speech.delivery import fetch
from dialogs.speech.model import load
from ivr.audio import frames
from ivr.call import SAMPLE_RATE
from ivr.speech.digits import SPOKEN, Digits
from ivr.speech.vocabulary import Vocabulary
from settings import default_models_dir
from tests.ivr.calls.speech import sound
from tests.ivr.calls.tap import PATIENCE
from tests.ivr.sip.phone import Phone

_SAME = 0.7
"""Correlation from which it is the same sound; other speech stays below 0.3."""
_LOOKED_BACK = 4 * SAMPLE_RATE
_LONGEST = SAMPLE_RATE
"""Samples of a prompt that are compared: a second tells it from all others."""


async def hears(caller: Phone, text: str, patience: float = PATIENCE) -> None:
    """Wait until the caller has heard the prompt of these words. Raises TimeoutError."""
    prompt = sound(text)
    async with asyncio.timeout(patience):
        while likeness(caller.heard()[-2 * (len(prompt) // 2 + _LOOKED_BACK) :], prompt) < _SAME:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def likeness(heard: bytes, prompt: bytes) -> float:
    """The best correlation of the prompt's beginning with any stretch of what was heard; 1: the same."""
    sample = np.frombuffer(prompt, "<i2")[:_LONGEST].astype(float)
    stream = np.frombuffer(heard, "<i2").astype(float)
    if len(stream) < len(sample):
        return 0.0
    size = len(stream) + len(sample)
    products = np.fft.irfft(np.fft.rfft(stream, size) * np.conj(np.fft.rfft(sample, size)), size)
    energy = np.concatenate(([0.0], np.cumsum(stream**2)))
    places = len(stream) - len(sample) + 1
    loudness = np.sqrt((energy[len(sample) :] - energy[:places]) * np.sum(sample**2))
    return float(np.max(products[:places] / np.maximum(loudness, 1.0)))


def digits_in(heard: bytes) -> str:
    """The digits that a recogniser hears in it which listens for nothing else."""
    model = load(fetch(default_models_dir()))
    recogniser = model.recogniser(Digits(Vocabulary(model.knows)).grammar)
    found = [recogniser.result() for frame in frames(heard) if recogniser.accept(frame)]
    text = "".join(utterance.text for utterance in (*found, recogniser.final()))
    return "".join(SPOKEN[sign] for sign in text)
