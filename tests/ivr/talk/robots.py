"""A line without sound, and somebody at its end who answers whatever can be answered: for whole forms in no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from ivr.audio import tone
from ivr.call import EndReason, TransferOutcome
from ivr.talk.call_over import CallOver
from ivr.talk.prompt import Prompt, caption
from ivr.talk.question import Answer, Chosen, Entered, Question, Recorded

STORY = tone(300, 2.0)
_KEYED = {"digits": ("13800138000",), "amount": ("40", "8000"), "date": ("1101", "1201")}
_SPOKEN = {"digits": ("13800138000",), "amount": ("四十个", "八千块"), "date": ("十一月一号", "十二月一号")}
_CALLS = count(1)
_NUMBERS = count(13700000001)


@dataclass
class SilentCall:
    """What of a call a conversation looks at."""

    id: str
    caller: str | None


@dataclass
class RobotLine:
    """Takes the first option of every question, and something that fits everywhere else."""

    hears: bool = True
    language: str = "zh_CN"
    touched: bool = True
    said: list[str] = field(default_factory=list)
    asked: list[tuple[str, Question]] = field(default_factory=list)
    most: int = 60
    answers: Callable[[str, Question], Answer | None] = lambda _prompt, _question: None
    """Answers of its own to some questions."""
    call: SilentCall = field(default_factory=lambda: SilentCall(f"robot-{next(_CALLS)}", f"+86{next(_NUMBERS)}"))

    async def say(self, prompt: Prompt, language: str = "") -> None:
        self.said.append(caption(prompt, language or self.language))

    tell = say

    async def ask(self, question: Question, prompt: Prompt, wait: float) -> Answer:
        del wait
        shown = caption(prompt, self.language)
        self.said.append(shown)
        self.asked.append((shown, question))
        if len(self.asked) > self.most:
            raise CallOver(EndReason.MAX_DURATION)
        return self.answers(shown, question) or self._first(question)

    async def transcribe(self, pcm: bytes) -> str:
        return "我说的就是这样一件事" if self.hears and pcm else ""

    def meaning(self, question: Question, text: str) -> str:
        del question, text
        return ""

    def show_heard(self, text: str) -> None:
        self.said.append(text)

    async def transfer(self, target: str) -> TransferOutcome:
        del target
        return TransferOutcome.REFUSED

    def _first(self, question: Question) -> Answer:
        ended = next((one for one in question.choices if one.means.startswith("done:")), None)
        if ended is not None:
            return Chosen(ended.means)
        if question.entry is not None:
            by_voice = question.entry.by_voice
            ways = (_SPOKEN if by_voice else _KEYED)[question.entry.values]
            return Entered(ways[len(self.asked) % len(ways)], by_voice)  # one of them is within the bounds
        if question.recording is not None:
            return Recorded(STORY)
        return Chosen(question.by_key["1"].means)
