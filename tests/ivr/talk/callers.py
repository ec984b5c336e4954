"""A caller in memory who reacts to what is said: the reply to each prompt that holds the words they wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

from ivr.audio import tone
from ivr.call import Caption, TransferOutcome
from ivr.fake import FakeCall, HangUp, Press, Say, Step, Wait
from ivr.voice.speech import Pause, Speech
from tests.ivr import recordings
from tests.ivr.talk import utterances

VOICE = "zf_xiaoxiao"
_NUMBERS = count(13800000001)


def says(words: str, voice: str = VOICE) -> tuple[Step, ...]:
    """An utterance, by its words; `story00` and the like name one of the recordings."""
    known = {text: name for name, text in recordings.TRANSCRIPTS.items()}
    name = words if words in recordings.TRANSCRIPTS else known.get(words)
    pcm = recordings.pcm(voice, name) if name else utterances.pcm(words)
    return Wait(5), Say(pcm), Wait(30)


def presses(keys: str) -> tuple[Step, ...]:
    return (Press(keys),)


def hums(seconds: float = 1.5) -> tuple[Step, ...]:
    """Something is said that nobody understands, but loud enough to be a recording."""
    return Wait(5), Say(tone(300, seconds)), Wait(30)


def hangs_up(*, after: float = 0) -> tuple[Step, ...]:
    """After some seconds of silence."""
    return Wait(round(after * 50)), HangUp()


@dataclass(frozen=True)
class Cue:
    """What the caller does once these words were said."""

    words: str
    does: tuple[Step, ...]
    aside: Callable[[], None] | None = None
    """Something that happens elsewhere at this moment."""


class ReactingCall(FakeCall):
    """Takes the cues in their order; a cue whose words never come leaves the caller silent."""

    def __init__(
        self,
        *cues: Cue,
        caller: str | None = "",
        transfer: TransferOutcome = TransferOutcome.UNSUPPORTED,
        seconds: int = 240,
    ) -> None:
        """`caller`: somebody new unless a number is given; None withholds it."""
        number = f"+86{next(_NUMBERS)}" if caller == "" else caller
        super().__init__(caller=number, transfer=transfer, longest=seconds * 50)
        self._cues = deque(cues)

    def show(self, caption: Caption) -> None:
        super().show(caption)
        if caption.side == "said" and self._cues and self._cues[0].words in caption.text:
            cue = self._cues.popleft()
            if cue.aside is not None:
                cue.aside()
            self.will(*cue.does)

    @property
    def said(self) -> str:
        """All that was said to the caller."""
        return "\n".join(caption.text for caption in self.captions if caption.side == "said")

    @property
    def heard_as(self) -> list[str]:
        """What was understood of the caller."""
        return [caption.text for caption in self.captions if caption.side == "heard"]

    @property
    def missed(self) -> list[str]:
        """Words that were waited for in vain."""
        return [cue.words for cue in self._cues]


class BriefVoice:
    """Says everything in 100 ms: these tests are about the talk."""

    async def say(self, speech: Speech, language: str) -> bytes:
        del language
        return tone(440, 0.1) if any(not isinstance(part, Pause) for part in speech) else b""


def cue(words: str, *does: Iterable[Step], aside: Callable[[], None] | None = None) -> Cue:
    return Cue(words, tuple(step for steps in does for step in steps), aside)
