"""Several short messages in a row are one: tells what may be a part of such."""

from __future__ import annotations

from dialogs.enterprise.menu import typed_button
from dialogs.phrases import read_phrases

QUIET_SECONDS = 2.0
"""So long after a part nothing more has to come for what was said to be whole."""
_LONGEST_PART = 60
"""Characters; whoever writes more at once has said it."""
_ENDS = tuple("。！？!?.…")


def may_be_part(text: str) -> bool:
    """Whether a message may be one of several that make one: words on a matter, no command, button, number or yes."""
    said = text.strip()
    if not said or said.startswith("/") or len(said) > _LONGEST_PART:
        return False
    phrases = read_phrases()
    of_the_talk = phrases.command(said) or phrases.answer(said) is not None or phrases.is_unsure(said)
    return not (of_the_talk or typed_button(said) or not any(map(str.isalpha, said)))


def may_go_on(text: str) -> bool:
    """Whether it may be worth a moment's wait for the rest: not where it ends as a sentence does."""
    return may_be_part(text) and not text.rstrip().endswith(_ENDS)
