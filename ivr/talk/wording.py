"""Puts the conversation's words into speech: how each text is said, with numbers, dates and amounts read aloud."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.contract.message import Localized, Message, Words
from dialogs.wording import Wording
from ivr.voice.reading import aloud, digits, number, sentence
from ivr.voice.speech import Speech
from locales import catalogue

DOMAIN = "voice"
_END = "end"
"""An argument that is the end of a number."""
_TITLE = "title"
"""... what a ticket is about, in its person's language, or the departments'."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_MASKED = "*"
"""Stands in a telephone number for what is not shown; the end of it is."""


@dataclass(frozen=True)
class Spoken:
    """One language's speech. A text without spoken wording is said as it is written."""

    language: str

    def speech(self, words: Words) -> Speech:
        match words:
            case Message(key, args):
                text = catalogue(self.language, DOMAIN).get(key)
                if text is None:
                    return aloud(Wording(self.language).text(words), self.language)
                return sentence(text, {name: self._named(name, arg) for name, arg in args.items()}, self.language)
            case Localized():
                return (words.spoken(self.language),)  # one prompt, rendered ahead, numbers and all
        if _MASKED in words:
            return (*self.say("ivr.ends_in"), *digits(words.rpartition(_MASKED)[2], self.language))
        return aloud(words, self.language)

    def say(self, key: str, **args: Words | int) -> Speech:
        """A text of the catalogue."""
        return self.speech(Message(key, args))

    def _named(self, name: str, value: Words | int) -> Speech:
        if name == _END and isinstance(value, str):
            return digits(value, self.language)
        if name == _TITLE and isinstance(value, str) and self.language == "en" and _CHINESE.search(value):
            return self.say("ivr.your_request")  # no English voice can say it
        return self._argument(value)

    def _argument(self, value: Words | int) -> Speech:
        return number(value, self.language) if isinstance(value, int) else self.speech(value)


def key_of(words: Words) -> str:
    """The key of a text of the catalogues; '' for other words."""
    return words.key if isinstance(words, Message) else ""
