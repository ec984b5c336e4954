"""What a caller is asked, and what came of it: neutral to who asks and to how it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ivr.talk.alarms import Alarm

REPEAT: Final = "*"
HUMAN: Final = "0"
END: Final = "#"

Values = Literal["digits", "amount", "date"]


@dataclass(frozen=True)
class MenuOption:
    """One of several answers."""

    means: str
    key: str = ""
    """The key that chooses it; empty for what can only be said."""
    phrases: tuple[str, ...] = ()
    """How it is said, in Chinese."""


@dataclass(frozen=True)
class Entry:
    """Digits that are keyed in, ended by `#` or a pause, or spoken."""

    values: Values
    least: int = 1
    most: int = 20
    by_voice: bool = True
    whole: str = ""
    """Regular expression of keyed digits that are whole before there are `most`; none are if it is empty."""


@dataclass(frozen=True)
class Recording:
    """Free words that are recorded and then transcribed."""

    pause: float
    """Seconds of silence that end it."""
    most: float
    """Seconds."""


@dataclass(frozen=True)
class Question:
    """Choices stand beside an entry or a recording: the ways round it (skip, back, help...), or usual answers."""

    choices: tuple[MenuOption, ...] = ()
    entry: Entry | None = None
    recording: Recording | None = None
    listens: bool = True
    """False once speech has failed often enough: keys only, and nothing is heard but what cannot wait."""
    free: bool = False
    """Whether words that are none of the choices are an answer too, and are transcribed."""
    further: tuple[MenuOption, ...] = ()
    """What else may be said, and counts only where it is none of the choices: so many that these would be heard worse
    beside them."""

    @property
    def is_open(self) -> bool:
        """Whether words of the caller's own answer it."""
        return self.free or self.recording is not None

    @property
    def by_key(self) -> dict[str, MenuOption]:
        return {choice.key: choice for choice in self.choices if choice.key}


@dataclass(frozen=True)
class Chosen:
    means: str
    by_voice: bool = False


@dataclass(frozen=True)
class Entered:
    """Keyed digits, or the words of a spoken number or date."""

    text: str
    by_voice: bool = False


@dataclass(frozen=True)
class Recorded:
    pcm: bytes
    """8 kHz, 16-bit, from a moment before the first word."""
    text: str = ""
    """Its words, once they are known."""
    alarm: Alarm | None = None
    """An emergency that may have been told in it."""


@dataclass(frozen=True)
class Unclear:
    """Something was said or pressed that is no answer."""

    keyed: bool = False
    unsure: bool = False
    """They say that they do not know."""
    words: str = ""
    """What was said, as far as it became text."""


@dataclass(frozen=True)
class Remark:
    """Something was said that cannot wait for the answer: an emergency, or that a person is wanted."""

    text: str
    answer: Recorded | None = None
    """What it is besides, where own words are an answer: a matter, once the number was told."""


@dataclass(frozen=True)
class Alarmed:
    """Something was said that sounds like an emergency, and is asked back before anything else."""

    alarm: Alarm


@dataclass(frozen=True)
class Silent:
    """Nothing came in time."""


@dataclass(frozen=True)
class WantsHuman:
    """Key 0, at any time."""

    recorded: bytes = b""
    """What had been said until then, where a recording was going on."""


@dataclass(frozen=True)
class WantsRepeat:
    """Key `*`: the question once more, counted as no mistake."""


Answer = Chosen | Entered | Recorded | Unclear | Remark | Alarmed | Silent | WantsHuman | WantsRepeat
