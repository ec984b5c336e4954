"""What is no answer is decoded once more for what else it may be: in its turn, only then, and only so long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import pytest

from dialogs.speech.decoding import Decoding, DecodingFailed, decoding_threads
from dialogs.speech.news import Heard, SpeechBegan, SpeechEvent
from dialogs.speech.recogniser import UNKNOWN, Utterance, Word
from ivr.audio import SILENCE, frames, loudness, tone
from ivr.call import FRAME_BYTES
from ivr.speech.listening import Listening
from ivr.speech.relistening import PIECE, Relistening

LOUD = tone(300, 0.02)
PAUSE = 25
"""Silent frames that end an utterance here."""


@dataclass
class Hears:
    """A recogniser that hears the words that it is given, of one utterance after the other, until a pause ends each."""

    said: list[Sequence[str]]
    pause: int = PAUSE
    """Silent frames."""
    ends_at: int = 0
    """Frames taken by then end an utterance, too, in the midst of words."""
    taken: list[bytes] = field(default_factory=list)
    _quiet: int = 0

    def accept(self, audio: bytes) -> bool:
        self.taken.append(audio)
        for frame in frames(audio):
            self._quiet = self._quiet + 1 if loudness(frame) < -60 else 0
        return self._quiet >= self.pause or len(self.taken) == self.ends_at

    def partial(self) -> tuple[str, ...]:
        return tuple(self.said[0]) if self.said else ()

    def result(self) -> Utterance:
        self._quiet = 0
        words = self.said.pop(0) if self.said else ()
        return Utterance(tuple(Word(text, 0.2, 0.6, 0.9) for text in words))

    final = result


@dataclass
class Model:
    """Hears other words with each grammar, and keeps what it made."""

    heard: dict[str, list[Sequence[str]]]
    made: list[tuple[str, Hears]] = field(default_factory=list)
    after_making: Callable[[], None] = lambda: None
    pause: int = PAUSE
    ends_at: int = 0

    def recogniser(self, grammar: str) -> Hears:
        one = Hears(list(self.heard[grammar]), self.pause, self.ends_at if grammar == "counties" else 0)
        self.made.append((grammar, one))
        if grammar == "towns":
            self.after_making()
        return one


@dataclass(frozen=True)
class Means:
    """A question whose answers mean themselves."""

    grammar: str
    answers: tuple[str, ...]

    def key(self, utterance: Utterance) -> str | None:
        return utterance.text if utterance.text in self.answers else None


COUNTIES, TOWNS = Means("counties", ("城东区",)), Means("towns", ("东门街道", "城东区东门街道"))


def listening(model: Model, threads: Executor) -> Listening:
    return Listening(model, COUNTIES, threads, TOWNS)  # type: ignore[arg-type]


async def listen(model: Model, threads: Executor, words: Sequence[bytes] = (LOUD,) * 60) -> list[SpeechEvent]:
    one = listening(model, threads)
    for frame in [SILENCE] * 30 + [*words] + [SILENCE] * (PAUSE + 5):
        one.feed(frame)
    found = await one.finish()
    one.close()
    return found


def keys(found: Sequence[SpeechEvent]) -> list[tuple[str | None, str]]:
    return [(event.key, event.text) for event in found if isinstance(event, Heard)]


async def test_an_answer_is_heard_once(threads: Executor) -> None:
    model = Model({"counties": [["城东区"]], "towns": [["东门街道"]]})
    assert keys(await listen(model, threads)) == [("城东区", "城东区")]
    assert [grammar for grammar, _ in model.made] == ["counties"]


async def test_what_is_no_answer_is_heard_again_from_its_beginning(threads: Executor) -> None:
    model = Model({"counties": [[UNKNOWN]], "towns": [["东门街道"]]})
    found = await listen(model, threads)
    assert [type(event) for event in found] == [SpeechBegan, Heard]
    assert keys(found) == [("东门街道", "东门街道")]
    first, second = (b"".join(one.taken) for _, one in model.made)
    assert first[: len(second)] == second
    assert 60 + PAUSE <= len(second) / FRAME_BYTES <= 60 + PAUSE + 10  # with the lead-in, without what came before
    assert max(len(piece) for piece in model.made[1][1].taken) <= (PIECE + 10) * FRAME_BYTES


async def test_what_is_neither_is_told_as_it_was_heard_first(threads: Executor) -> None:
    model = Model({"counties": [["区", UNKNOWN]], "towns": [["乡"]]})
    assert keys(await listen(model, threads)) == [(None, "区")]


async def test_long_talk_is_not_heard_again(threads: Executor) -> None:
    model = Model({"counties": [[UNKNOWN]], "towns": [["东门街道"]]})
    syllables = ([LOUD] * 12 + [SILENCE] * 6) * 24
    assert keys(await listen(model, threads, syllables)) == [(None, "")]
    assert len(model.made) == 1


async def test_what_follows_an_answer_may_make_it_another(threads: Executor) -> None:
    """A county's name, and something unknown: the county's, if nothing else is understood."""
    for second, key in ((["城东区东门街道"], "城东区东门街道"), ([UNKNOWN], "城东区")):
        model = Model({"counties": [["城东区", UNKNOWN]], "towns": [second]})
        assert keys(await listen(model, threads)) == [(key, key)]


async def test_it_is_heard_again_only_when_the_caller_is_silent(threads: Executor) -> None:
    """The endpointer ends in the middle of words that it does not know."""
    model = Model({"counties": [["城东区", UNKNOWN], ["城东区"]], "towns": [["东门街道"]]}, ends_at=30)
    found = await listen(model, threads)
    assert [type(event) for event in found] == [SpeechBegan, Heard]
    assert keys(found) == [("东门街道", "东门街道")]
    assert sum(len(piece) for piece in model.made[1][1].taken) >= 60 * FRAME_BYTES


async def test_unknown_words_alone_end_without_the_endpointer(threads: Executor) -> None:
    """For it nothing has been said, and it waits for seconds."""
    model = Model({"counties": [[UNKNOWN]], "towns": [["东门街道"]]}, pause=500)
    one = listening(model, threads)
    for frame in [LOUD] * 60 + [SILENCE] * 35:
        one.feed(frame)
    await one.settled()
    assert keys(one.news()) == [("东门街道", "东门街道")]
    one.close()


async def test_what_no_question_has_an_answer_for_is_told_with_its_sound(threads: Executor) -> None:
    model = Model({"counties": [[UNKNOWN]]}, pause=500)
    one = Listening(model, COUNTIES, threads)  # type: ignore[arg-type]
    for frame in [LOUD] * 60 + [SILENCE] * 35:
        one.feed(frame)
    await one.settled()
    (heard,) = (event for event in one.news() if isinstance(event, Heard))
    assert (heard.key, heard.text) == (None, "")
    assert 60 <= len(heard.audio) / FRAME_BYTES <= 60 + 35
    one.close()


async def test_the_sound_of_an_answer_is_not_kept(threads: Executor) -> None:
    model = Model({"counties": [["城东区"]], "towns": [["东门街道"]]})
    assert [event.audio for event in await listen(model, threads) if isinstance(event, Heard)] == [b""]


async def test_a_pause_that_only_the_second_hearing_finds_parts_nothing() -> None:
    told: list[Utterance] = []
    waiting: list[Callable[[], None]] = []

    class Parts(Hears):
        def accept(self, audio: bytes) -> bool:
            super().accept(audio)
            return len(self.taken) == 1

        def result(self) -> Utterance:
            return Utterance((Word("城东区", 0.0, 0.5, 1.0),))

        def final(self) -> Utterance:
            return Utterance((Word("东门街道", 1.0, 1.5, 1.0),))

    work: Callable[[], None] = Relistening(
        lambda: Parts([]),  # type: ignore[arg-type, return-value]
        [LOUD] * (PIECE + 1),
        waiting.append,
        told.append,
    )
    waiting.append(work)
    while waiting:
        waiting.pop()()
    assert [one.text for one in told] == ["城东区东门街道"]


async def test_what_is_said_meanwhile_waits(threads: Executor) -> None:
    """News is in the order in which it was said, whatever was heard again."""
    model = Model({"counties": [[UNKNOWN], ["城东区"]], "towns": [["东门街道"]]})
    one = listening(model, threads)
    for frame in ([LOUD] * 60 + [SILENCE] * PAUSE) * 2:
        one.feed(frame)
    found = await one.finish()
    one.close()
    assert [type(event) for event in found] == [SpeechBegan, Heard] * 2
    assert [key for key, _ in keys(found)] == ["东门街道", "城东区"]


async def test_nothing_is_heard_again_for_a_question_that_is_settled(threads: Executor) -> None:
    model = Model({"counties": [[UNKNOWN]], "towns": [["东门街道"]]})
    one = listening(model, threads)
    model.after_making = one.close
    for frame in [LOUD] * 60 + [SILENCE] * PAUSE:
        one.feed(frame)
    await one.settled()
    assert keys(one.news()) == []
    assert model.made[1][1].taken == []


async def test_a_recogniser_that_cannot_be_made_ends_its_own_stream(threads: Executor) -> None:
    one = listening(Model({"counties": [[UNKNOWN]]}), threads)
    for frame in [LOUD] * 60 + [SILENCE] * PAUSE:
        one.feed(frame)
    with pytest.raises(DecodingFailed):
        await one.settled()


async def test_work_in_pieces_comes_before_what_waits() -> None:
    done: list[str] = []
    all_wait = threading.Event()

    def piece(left: int) -> None:
        done.append("again")
        if left:
            stream.at_once(lambda: piece(left - 1))

    def step(frame: bytes) -> None:
        assert all_wait.wait(5)
        done.append(frame.decode())
        if frame == b"miss":
            stream.at_once(lambda: piece(3))

    with decoding_threads(1) as threads:
        stream = Decoding(threads, step)
        for frame in (b"miss", b"next"):
            stream.feed(frame)
        all_wait.set()
        await stream.settled()
    assert done == ["miss", *["again"] * 4, "next"]
