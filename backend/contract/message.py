"""Texts before translation: a catalogue key with arguments, or words a template carries in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Localized:
    """Words written in a template itself, by language tag (`zh`, `en`), and how they are said (`zh_voice`, ...)."""

    texts: Mapping[str, str]

    def best(self, language: str) -> str:
        """The text for `language` (`zh_CN`, `en`, ...), else Chinese, which every template must have."""
        return self.texts.get(_short(language)) or self.texts["zh"]

    def spoken(self, language: str) -> str:
        """The text as it is said in `language`; as it is written where nothing else is given."""
        return self.texts.get(f"{_short(language)}_voice") or self.best(language)

    @property
    def written(self) -> tuple[tuple[str, str], ...]:
        """Language and text, without what is only said."""
        return tuple((tag, text) for tag, text in self.texts.items() if not tag.endswith("_voice"))


def _short(language: str) -> str:
    return language.split("_")[0].split("-")[0]


@dataclass(frozen=True)
class Message:
    """A text of the catalogue in `locales/`, with the arguments its `{placeholders}` name."""

    key: str
    args: Mapping[str, Words | int] = field(default_factory=dict)


Words = str | Message | Localized
"""Anything that can be shown: a person's own words, a catalogue entry, or a template's text."""


def words_to_json(words: Words) -> Any:
    """Words as JSON values; `words_from_json` reads them back."""
    if isinstance(words, Message):
        args = {name: arg if isinstance(arg, int) else words_to_json(arg) for name, arg in words.args.items()}
        return {"key": words.key, "args": args}
    return {"texts": dict(words.texts)} if isinstance(words, Localized) else words


def words_from_json(data: Any) -> Words:
    """Raises KeyError or TypeError for what `words_to_json` did not write."""
    if isinstance(data, str):
        return data
    if "texts" in data:
        return Localized(data["texts"])
    args = {name: arg if isinstance(arg, int) else words_from_json(arg) for name, arg in data["args"].items()}
    return Message(data["key"], args)
