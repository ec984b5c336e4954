"""What a second hearing finds: whole phrases of emergencies, whatever is said around them; and what follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from backend.actions.city_views import emergency_rules
from backend.contract.models.organisation import EmergencyOut
from dialogs.speech.model import SpeechModel
from dialogs.speech.recogniser import UNKNOWN, Utterance, Word
from ivr.audio import frames, loudness, silence
from ivr.call import FRAME_BYTES, FRAMES_PER_SECOND, Caption
from ivr.fake import Say, Wait
from ivr.speech.vocabulary import Vocabulary
from ivr.talk.alarms import Alarms
from tests.built_in import default_policy
from tests.ivr import recordings
from tests.ivr.talk import utterances
from tests.ivr.talk.callers import Cue, ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange

RULES = (
    EmergencyOut(id="fire", number="119", name={"zh_CN": "消防救援", "en": "Fire brigade"}, words=["着火", "冒浓烟"]),
    EmergencyOut(id="hurt", number="120", name={"zh_CN": "医疗急救"}, words=["有人受伤", "触电", "冒浓烟", "on fire"]),
    EmergencyOut(id="power", number="95598", name={"zh_CN": "供电服务热线"}, words=["停电了", "变压器坏"]),
)


class TimedCall(ReactingCall):
    """Knows when the words of its cues were said, in frames."""

    def __init__(self, *cues: Cue) -> None:
        super().__init__(*cues)
        self.times: dict[str, int] = {}
        self._waited_for = [one.words for one in cues]

    def show(self, caption: Caption) -> None:
        for words in self._waited_for:
            if caption.side == "said" and words in caption.text:
                self.times.setdefault(words, self.now)
        super().show(caption)


def quiet_at_the_end(pcm: bytes) -> int:
    """Frames."""
    loud = [at for at, frame in enumerate(frames(pcm)) if loudness(frame) > -45]
    return len(pcm) // FRAME_BYTES - loud[-1] - 1


class Hears:
    """Any Chinese words."""

    def __call__(self, word: str) -> bool:
        return len(word) <= 2 and not word.isascii()


@pytest.fixture(scope="module")
def alarms() -> Alarms:
    return Alarms(RULES, Vocabulary(Hears()))


def said(*texts: str, each: float = 0.4, confidence: float = 0.9) -> Utterance:
    return Utterance(tuple(Word(text, at * each, (at + 1) * each, confidence) for at, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (["着火", "了"], "着火了"),
        ([UNKNOWN, "着火", "了", UNKNOWN, "有人"], "着火了"),
        (["有人", "触电"], "有人触电"),
        (["冒浓", "烟"], "冒浓烟"),
        (["着火"], None),
        (["着火", UNKNOWN, "了"], None),
        (["有人", "着", "了"], None),
        (["停电", "了"], None),
        ([UNKNOWN], None),
        ([], None),
    ],
)
def test_a_whole_phrase_counts_and_nothing_less(alarms: Alarms, words: Sequence[str], phrase: str | None) -> None:
    assert alarms.key(said(*words)) == phrase


def test_a_phrase_put_together_of_scraps_does_not_count(alarms: Alarms) -> None:
    assert alarms.key(said("着火", "了", each=0.1)) is None
    assert alarms.key(said("着火", "了", confidence=0.3)) is None


def test_whom_to_call_is_the_first_rules_that_has_the_phrase(alarms: Alarms) -> None:
    assert alarms.of("冒浓烟").number == "119"
    assert alarms.of("有人触电").number == "120"
    assert alarms.of("着火了").name.best("en") == "Fire brigade"


def test_a_city_without_such_rules_listens_for_nothing() -> None:
    assert not Alarms(RULES[2:], Vocabulary(Hears()))


def test_ordinary_stories_raise_hardly_any_alarm(speech_model: SpeechModel) -> None:
    """Those that do are asked back."""
    alarms = Alarms(emergency_rules(default_policy()), Vocabulary(speech_model.knows))
    found = []
    for voice in recordings.VOICES[:2]:
        for name in recordings.names("story"):
            recogniser = speech_model.recogniser(alarms.grammar)
            recogniser.accept(recordings.pcm(voice, name) + silence(0.4))
            if phrase := alarms.key(recogniser.final()):
                found.append((name, phrase))
    assert len(found) <= 2, found


async def test_what_sounds_like_an_emergency_is_asked_back_with_the_number_first(exchange: Exchange) -> None:
    call = ReactingCall(
        cue("请直接说您要办什么", says("厂里着火了，火很大")),
        cue("您是说", presses("2")),
        cue("请直接说您要办什么", hangs_up()),
    )
    await exchange.takes(call)
    asked = next(caption.text for caption in call.captions if "您是说" in caption.text)
    assert asked.startswith("幺幺九")


@pytest.mark.parametrize("asked", ["请直接说您要办什么", "请用一两句话"])
async def test_it_is_told_within_a_second_and_a_half(exchange: Exchange, asked: str) -> None:
    """At a menu, and where the caller tells in their own words."""
    words = utterances.pcm("厂里着火了，火很大")
    to_it = () if asked == "请直接说您要办什么" else (cue("请直接说您要办什么", presses("1")),)
    call = TimedCall(*to_it, cue(asked, (Wait(5), Say(words))), cue("您是说", hangs_up()))
    await exchange.takes(call)
    stopped = call.times[asked] + 5 + len(words) // FRAME_BYTES - quiet_at_the_end(words)
    assert call.times["您是说"] - stopped <= 1.5 * FRAMES_PER_SECOND
