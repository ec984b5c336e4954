"""One stream of audio being decoded: Vosk's recogniser, with types and with times counted from the stream's start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

UNKNOWN = "[unk]"
"""What a grammar's recogniser writes for speech that is none of its phrases."""

_SAMPLE_BYTES = 2


@dataclass(frozen=True)
class Word:
    """A word of the model's vocabulary, or UNKNOWN, as it was heard."""

    text: str
    began: float
    """Seconds from the start of the stream."""
    ended: float
    confidence: float
    """0 to 1; often 1 when wrong, so it can only make us doubt."""


@dataclass(frozen=True)
class Utterance:
    """What was said between two silences."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words joined as Chinese is written, without what was not understood."""
        return "".join(word.text for word in self.words if word.text != UNKNOWN)

    @property
    def confidence(self) -> float:
        """That of the least certain word; 0 when no word was understood."""
        return min((word.confidence for word in self.words if word.text != UNKNOWN), default=0.0)


class Recogniser:
    """Decodes one stream at a time. Calls must not overlap; they release the interpreter lock while they work."""

    def __init__(self, kaldi: Any, rate: int) -> None:
        self._kaldi = kaldi
        self._bytes_a_second = rate * _SAMPLE_BYTES
        self._taken = 0
        self._stream_began = 0.0

    def accept(self, audio: bytes) -> bool:
        """Take more audio, 16-bit mono of any length; True when the utterance ended, and `result` is due."""
        self._taken += len(audio)
        return bool(self._kaldi.AcceptWaveform(audio))

    def result(self) -> Utterance:
        """The utterance that ended."""
        return self._read(self._kaldi.Result())

    def partial(self) -> tuple[str, ...]:
        """The words of the utterance so far; they may still change."""
        return tuple(str(json.loads(self._kaldi.PartialResult())["partial"]).split())

    def final(self) -> Utterance:
        """The utterance in progress, when no more audio comes."""
        return self._read(self._kaldi.FinalResult())

    def reset(self) -> None:
        """Be ready for another stream, keeping what makes a used recogniser four times faster than a new one."""
        # Reset alone leaves audio that was taken and not yet decoded: its words would turn up in the next stream.
        self._kaldi.FinalResult()
        self._kaldi.Reset()
        self._stream_began = self._taken / self._bytes_a_second

    def _read(self, result: str) -> Utterance:
        return Utterance(
            tuple(
                Word(
                    text=str(word["word"]),
                    began=max(0.0, float(word["start"]) - self._stream_began),
                    ended=max(0.0, float(word["end"]) - self._stream_began),
                    confidence=float(word["conf"]),
                )
                for word in json.loads(result).get("result", ())
            )
        )
