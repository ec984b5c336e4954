"""Stories are written down by a bounded number of recognisers, each stream apart from the last."""

import asyncio
import logging
import time
from concurrent.futures import Executor

import pytest

from dialogs.speech.dictation import DictationPool
from dialogs.speech.frames import SAMPLE_RATE
from dialogs.speech.model import SpeechModel
from dialogs.speech.news import Heard, SpeechBegan
from dialogs.speech.recogniser import Recogniser
from ivr.audio import frames, silence
from ivr.speech.vocabulary import plain
from tests.ivr import recordings
from tests.ivr.distance import errors

log = logging.getLogger(__name__)
"""Figures: pytest --log-cli-level=INFO shows them."""


class Counted(SpeechModel):
    """The real model, counting the recognisers it makes."""

    def __init__(self, model: SpeechModel) -> None:
        self._real = model
        self.made = 0

    def recogniser(self, grammar: str | None = None, rate: int = SAMPLE_RATE) -> Recogniser:
        self.made += 1
        return self._real.recogniser(grammar, rate)


async def test_more_streams_than_recognisers_wait_and_come_out_right(
    speech_model: SpeechModel, threads: Executor
) -> None:
    model = Counted(speech_model)
    pool = DictationPool(model, threads, size=1)
    story = recordings.pcm("zm_yunxi", "story03")
    assert len(set(await asyncio.gather(*(pool.transcribe(story) for _ in range(3))))) == 1
    assert model.made == 1
    assert await pool.transcribe(b"") == await pool.transcribe(silence(1)) == ""


async def test_a_stream_given_up_in_the_middle_leaves_nothing_to_the_next(
    speech_model: SpeechModel, threads: Executor
) -> None:
    pool = DictationPool(speech_model, threads, size=1)
    story, other = recordings.pcm("zm_yunxi", "story03"), recordings.pcm("zf_xiaobei", "story10")
    alone = await pool.transcribe(story)
    task = asyncio.create_task(pool.transcribe(other))
    await asyncio.sleep(0)  # it has fed all of it, and waits
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with pool.stream() as dictation:
        for frame in list(frames(other))[:100]:
            dictation.feed(frame)
        await dictation.settled()
    assert await pool.transcribe(story) == alone


async def test_a_streamed_answer_tells_its_pieces_in_frames(speech_model: SpeechModel, threads: Executor) -> None:
    pool = DictationPool(speech_model, threads, size=1)
    story = recordings.pcm("zm_yunjian", "story03")
    for _ in range(2):  # the second stream counts its frames from its own start
        async with pool.stream() as dictation:
            for frame in frames(silence(0.5) + story + silence(2)):
                dictation.feed(frame)
            await dictation.settled()
            news = dictation.news()
            text = await dictation.finish()
        assert isinstance(news[0], SpeechBegan)
        pieces = [event for event in news if isinstance(event, Heard)]
        assert "".join(piece.text for piece in pieces) == text
        assert 15 <= pieces[0].began_at <= 45
        assert pieces[-1].ended_at == pytest.approx(25 + len(story) / 320, abs=20)


@pytest.mark.slow
async def test_stories_beside_raw(speech_model: SpeechModel, threads: Executor) -> None:
    """The errors are those of a new recogniser each time; the work is a fraction of it."""
    pool = DictationPool(speech_model, threads, size=1)
    names = recordings.names("story")
    await pool.transcribe(b"".join(recordings.pcm("zf_xiaobei", name) for name in names[:3]))  # warm
    wrong = characters = both = raw_wrong = 0
    spent = raw_spent = 0.0
    for at, voice in enumerate(("zf_xiaobei", "zm_yunxi")):
        for number, name in enumerate(names[at::2]):  # half of the stories by each
            audio, wanted = recordings.pcm(voice, name), plain(recordings.TRANSCRIPTS[name])
            began = time.process_time()
            missed = errors(wanted, await pool.transcribe(audio))
            between = time.process_time()
            wrong, characters = wrong + missed, characters + len(wanted)
            if number % 6 == 0:  # a new recogniser is slow: some of the stories tell enough
                recogniser = speech_model.recogniser()
                recogniser.accept(audio)
                raw_wrong += errors(wanted, recogniser.final().text)
                both += missed
                spent += between - began
                raw_spent += time.process_time() - between
    log.info("stories: %d of %d characters wrong, %.3f", wrong, characters, wrong / characters)
    log.info("of some of them: %d, raw %d; work %.2f s, raw %.2f s", both, raw_wrong, spent, raw_spent)
    assert wrong <= 0.045 * characters
    assert both <= raw_wrong + 3
    assert spent < 0.75 * raw_spent
