"""Judges a photo, file, voice note or video sent for a field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from typing_extensions import override

from backend.contract.message import Message, Words
from dialogs.fields.outcome import Outcome, Parser, Understood, listed, problem

Kind = Literal["photo", "file", "voice", "video"]

_ORDER: tuple[Kind, ...] = ("photo", "file", "voice", "video")
_BY_TYPE: dict[str, Kind] = {"image": "photo", "audio": "voice", "video": "video"}
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Attachment(Parser):
    """Up to `max_count` uploads of the given kinds. A field that takes files takes every kind, as a file."""

    kinds: frozenset[Kind] = frozenset({"photo", "file"})
    max_count: int = 5
    max_bytes: int = 20 * _MIB
    """Of each upload."""

    @override
    def parse(self, text: str, now: datetime) -> Outcome:
        return problem("field.attachment.text", kinds=self._kinds())

    def accept(self, media_type: str, size_bytes: int, count_so_far: int) -> Outcome:
        """Take an upload of `media_type` (by content) and `size_bytes`, after `count_so_far` others."""
        main = media_type.split("/", 1)[0].strip().lower()
        kind: Kind = _BY_TYPE.get(main, "file")
        if kind not in self.kinds:
            if "file" not in self.kinds:
                return problem("field.attachment.kind", kinds=self._kinds())
            kind = "file"
        if count_so_far >= self.max_count:
            return problem("field.attachment.too_many", max=self.max_count)
        if size_bytes <= 0:
            return problem("field.attachment.empty")
        if size_bytes > self.max_bytes:
            return problem("field.attachment.too_big", size=_mib(size_bytes), max=_mib(self.max_bytes))
        value: dict[str, str | int] = {"kind": kind, "media_type": media_type, "size_bytes": size_bytes}
        return Understood({**value}, Message(f"field.attachment.{kind}"))

    def _kinds(self) -> Words:
        return listed(tuple(Message(f"field.attachment.{kind}") for kind in _ORDER if kind in self.kinds))


def _mib(size: int) -> str:
    tenths = round(size / _MIB, 1)
    return f"{tenths:g}"
