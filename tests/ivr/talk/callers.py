"""A caller in memory who reacts to what is said: the reply to each prompt that holds the words they wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.audio import tone
from ivr.call import Caption, TransferOutcome
from ivr.fake import FakeCall, HangUp, Press, Say, Step, Wait
from ivr.voice.speech import Pause, Speech
from tests.ivr import recordings

VOICE = "zf_xiaoxiao"


def says(name: str, voice: str = VOICE) -> tuple[Step, ...]:
    """An utterance of the recordings, by its name."""
    return Wait(5), Say(recordings.pcm(voice, name)), Wait(30)


def presses(keys: str) -> tuple[Step, ...]:
    return (Press(keys),)


def hangs_up() -> tuple[Step, ...]:
    return (HangUp(),)


@dataclass(frozen=True)
class Cue:
    """What the caller does once these words were said."""

    words: str
    does: tuple[Step, ...]


class ReactingCall(FakeCall):
    """Takes the cues in their order; a cue whose words never come leaves the caller silent."""

    def __init__(
        self,
        *cues: Cue,
        caller: str | None = "+8613800138000",
        transfer: TransferOutcome = TransferOutcome.UNSUPPORTED,
        seconds: int = 240,
    ) -> None:
        super().__init__(caller=caller, transfer=transfer, longest=seconds * 50)
        self._cues = deque(cues)

    def show(self, caption: Caption) -> None:
        super().show(caption)
        if caption.side == "said" and self._cues and self._cues[0].words in caption.text:
            self.will(*self._cues.popleft().does)

    @property
    def said(self) -> str:
        """All that was said to the caller."""
        return "\n".join(caption.text for caption in self.captions if caption.side == "said")

    @property
    def missed(self) -> list[str]:
        """Words that were waited for in vain."""
        return [cue.words for cue in self._cues]


class BriefVoice:
    """Says everything in 100 ms: these tests are about the talk."""

    async def say(self, speech: Speech, language: str) -> bytes:
        del language
        return tone(440, 0.1) if any(not isinstance(part, Pause) for part in speech) else b""


def cue(words: str, *does: Iterable[Step]) -> Cue:
    return Cue(words, tuple(step for steps in does for step in steps))
