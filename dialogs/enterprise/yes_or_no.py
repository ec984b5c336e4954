"""Reads what was typed instead of pressing one of two buttons: their labels, or a plain yes or no."""

from __future__ import annotations

import re
from functools import cache

from backend.contract.message import Message
from dialogs.fields.typed import fold
from dialogs.phrases import read_phrases
from dialogs.wording import Wording
from locales import LANGUAGES

_CLAUSE = re.compile("[，,]")


def said_yes(text: str, yes: str, no: str) -> bool | None:
    """`yes` and `no` are the labels' keys; None for other words."""
    if says_label(text, yes):
        return True
    return False if says_label(text, no) else read_phrases().answer(text)


def says_label(text: str, key: str) -> bool:
    """Whether it is a label, or a clause of one, in any of our languages: 就是回答 of 是，就是回答."""
    return fold(text) in _parts_of_label(key)


@cache
def _parts_of_label(key: str) -> frozenset[str]:
    labels = [Wording(language).text(Message(key)) for language in LANGUAGES]
    return frozenset(fold(part) for label in labels for part in (label, *_CLAUSE.split(label))) - {""}
