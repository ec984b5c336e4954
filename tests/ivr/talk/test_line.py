"""One caller's line by keys alone: what cuts a prompt short, what ends a recording, and how long silence may last."""

import pytest

from ivr.audio import tone
from ivr.call import TransferOutcome
from ivr.fake import FakeCall, HangUp, Press, Say, Step, Wait
from ivr.talk.call_over import CutOff
from ivr.talk.line import Line
from ivr.talk.question import Chosen, Entered, Entry, MenuOption, Question, Recorded, Recording, Silent, WantsHuman
from ivr.voice.speech import Speech

CHOICES = (MenuOption("a", "1"), MenuOption("skip", "#"))
MENU = Question(CHOICES)
CODE = Question((MenuOption("skip", "#"),), entry=Entry("digits", 6, 6))
STORY = Question((MenuOption("back", "9"),), recording=Recording(pause=1.0, most=5.0))
TALK = Say(tone(300, 2.0))


class Tones:
    """Two seconds of tone for every prompt."""

    async def say(self, speech: Speech, language: str) -> bytes:
        del language
        return tone(440, 2.0) if speech else b""


def line(*steps: Step) -> Line:
    return Line(FakeCall(steps, longest=60 * 50), Tones(), None)


def frames(taken: Line) -> int:
    assert isinstance(taken.call, FakeCall)
    return taken.call.now


async def test_a_key_cuts_the_prompt_short() -> None:
    caller = line(Wait(20), Press("1"))
    assert await caller.ask(MENU, ("说吧",), 5) == Chosen("a")
    assert frames(caller) < 30
    assert caller.touched


async def test_silence_is_counted_from_the_end_of_the_prompt() -> None:
    caller = line()
    assert await caller.ask(MENU, ("说吧",), 5) == Silent()
    assert 345 <= frames(caller) <= 360
    assert not caller.touched


async def test_digits_pressed_ahead_answer_the_questions_that_follow() -> None:
    caller = line(Press("1123456#1"))
    assert await caller.ask(MENU, ("一",), 5) == Chosen("a")
    assert await caller.ask(CODE, ("二",), 5) == Entered("123456")
    assert await caller.ask(MENU, ("三",), 5) == Chosen("a")  # the hash was the entry's, which was whole without it


async def test_a_hash_that_comes_late_is_meant_for_the_question() -> None:
    caller = line(Press("123456"), Wait(250), Press("#"))
    assert await caller.ask(CODE, ("一",), 5) == Entered("123456")
    assert await caller.ask(MENU, ("二",), 9) == Chosen("skip")


async def test_a_pause_after_the_last_digit_ends_an_entry() -> None:
    assert await line(Press("1101")).ask(Question(entry=Entry("date", 1, 8)), ("哪天",), 5) == Entered("1101")


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [((Wait(120), TALK), 2.8), ((Wait(120), TALK, Press("#")), 2.5), ((Wait(120), TALK, TALK, TALK, TALK), 5.0)],
    ids=["a pause", "a hash", "the longest time"],
)
async def test_what_ends_a_recording(steps: tuple[Step, ...], seconds: float) -> None:
    answer = await line(*steps).ask(STORY, ("说吧",), 5)
    assert isinstance(answer, Recorded)
    assert len(answer.pcm) / 16000 == pytest.approx(seconds, abs=0.3)


async def test_keys_in_the_middle_of_a_story_do_not_cost_it() -> None:
    answer = await line(Wait(120), TALK, Press("95"), TALK, Wait(60)).ask(STORY, ("说吧",), 5)
    assert isinstance(answer, Recorded)
    assert len(answer.pcm) / 16000 > 4
    assert await line(Wait(120), Press("9")).ask(STORY, ("说吧",), 5) == Chosen("back")


async def test_a_story_cut_off_is_handed_over_as_far_as_it_came() -> None:
    with pytest.raises(CutOff) as raised:
        await line(Wait(120), TALK, HangUp()).ask(STORY, ("说吧",), 5)
    assert len(raised.value.pcm) / 16000 == pytest.approx(2.6, abs=0.4)
    human = await line(Wait(120), TALK, Press("0")).ask(STORY, ("说吧",), 5)
    assert isinstance(human, WantsHuman)
    assert human.recorded


class Ringing(FakeCall):
    """A transfer that rings for so long that the oldest audio is dropped, and is refused."""

    async def transfer(self, target: str) -> TransferOutcome:
        for _ in range(700):
            self._step()
        return await super().transfer(target)


async def test_a_prompt_is_heard_to_its_end_however_late_we_are() -> None:
    """The apology after a transfer that rang for ten seconds was over before it had begun, and the call with it."""
    call = Ringing(transfer=TransferOutcome.REFUSED)
    caller = Line(call, Tones(), None)
    assert await caller.transfer("8001") is TransferOutcome.REFUSED
    await caller.tell(("没有人",))
    assert sum(heard.loud for heard in call.heard) == 100


async def test_silence_while_we_were_busy_is_not_the_caller_s() -> None:
    call = Ringing(transfer=TransferOutcome.REFUSED)
    caller = Line(call, Tones(), None)
    await caller.transfer("8001")
    began = call.now
    assert await caller.ask(MENU, ("一",), 5) == Silent()
    assert 345 <= call.now - began <= 360


async def test_a_short_sound_does_not_cut_the_prompt_of_a_story_short() -> None:
    caller = line(Wait(10), Say(tone(300, 0.2)))
    assert await caller.ask(STORY, ("说吧",), 5) == Silent()
    assert isinstance(caller.call, FakeCall)
    assert caller.call.flushes == []
