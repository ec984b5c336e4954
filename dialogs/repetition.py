"""Says no help and no complaint twice running: a question may return, what was said about it may not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Final

from backend.contract.message import Message, Words
from dialogs.outputs import Ask, Output, Say

_HELP: Final = frozenset({"engine.commands_help", "engine.summary_help", "errand.help", "loose.help"})
"""Sentences that say what can be done here."""
_COMPLAINTS: Final = frozenset(
    {
        *("engine.summary_hint", "engine.at_beginning", "engine.edit_how"),
        *("loose.says_nothing", "loose.insulted", "menu.not_usable"),
    }
)
"""Sentences that say what was wrong, where no question says it itself."""
_OF_ANSWERS: Final = ("field.", "engine.wanted.")
"""How the keys of complaints about an answer begin."""
_NO_MORE: Final = (Message("turn.no_more_help"),)
_STILL_NOT: Final = (Message("turn.still_not"), Message("turn.still_not_either"))
"""Short ones in their place, none of them twice running either."""


def without_repetition(said: Iterable[Output], before: Sequence[Output]) -> list[Output]:
    """What is said now, given what was said before it."""
    heard = [words for one in before for words in _explanations(one)]
    return [_varied(one, heard) for one in said]


def _explanations(output: Output) -> tuple[Words, ...]:
    match output:
        case Ask():
            return tuple(words for words in (output.problem, output.help) if words is not None)
        case Say(text=Message() as text) if _explains(text):
            return (text,)
    return ()


def _explains(text: Message) -> bool:
    return text.key in _HELP | _COMPLAINTS or text.key.startswith(_OF_ANSWERS) or text in (*_NO_MORE, *_STILL_NOT)


def _varied(output: Output, heard: Sequence[Words]) -> Output:
    match output:
        case Ask():
            problem = _other(output.problem, _STILL_NOT, heard) if output.problem in heard else output.problem
            help_ = None if output.help in heard else output.help
            return dataclasses.replace(output, problem=problem, help=help_)
        case Say(text=Message() as text) if text in heard:
            return dataclasses.replace(output, text=_other(text, _NO_MORE if text.key in _HELP else _STILL_NOT, heard))
    return output


def _other(words: Words | None, instead: Sequence[Words], heard: Sequence[Words]) -> Words:
    assert words is not None
    return next((one for one in instead if one not in heard), words)
