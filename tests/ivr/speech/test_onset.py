"""Speech stands out of the line's noise, whatever that is."""

import random
from array import array

from ivr.audio import SILENCE, frames, tone
from ivr.speech.onset import Onset


def noise(level: int, seed: int) -> bytes:
    chance = random.Random(seed)
    return array("h", (chance.randint(-level, level) for _ in range(160))).tobytes()


def test_silence_and_a_quiet_line_are_not_speech() -> None:
    onset = Onset()
    assert not any(onset.loud(SILENCE) for _ in range(50))
    assert not any(onset.loud(noise(60, number)) for number in range(200))


def test_a_voice_is_loud_at_once_and_its_beginning_is_known() -> None:
    onset = Onset()
    for _ in range(50):
        onset.loud(SILENCE)
    voice = list(frames(tone(200, 0.2, -25)))
    assert all(onset.loud(frame) for frame in voice)
    assert (onset.loud_frames, onset.began_ago) == (10, 9)


def test_a_noise_that_stays_becomes_the_lines_own_and_a_voice_above_it_still_counts() -> None:
    onset = Onset()
    heard = [onset.loud(noise(2000, number)) for number in range(400)]
    assert heard[0]
    assert not any(heard[-50:])
    assert onset.loud(tone(200, 0.02, -12))
