"""Formatted text as Telegram reads it: HTML in, plain text with entities or Telegram's complaint out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import ApiError, bad_request

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9._-]+)))?""")


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and its entities, offsets in UTF-16 units. Raises the 400 Telegram gives for bad markup."""
    return _Reader(source).read()


def utf16_length(text: str) -> int:
    """Length in the unit that Telegram's entity offsets use."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "&":
                self._reference()
            elif char != "<":
                self._emit(char)
                self.at += 1
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), self.entities

    def _emit(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16_length(text)

    def _reference(self) -> None:
        match = _REFERENCE.match(self.source, self.at)
        char = _referred(match) if match else None
        if match is None or char is None:
            # Telegram leaves references that it does not know as they stand.
            self._emit("&")
            self.at += 1
            return
        self._emit(char)
        self.at = match.end()

    def _start_tag(self) -> None:
        begin = self.at
        name_end = self._name_end(begin + 1)
        if name_end == len(self.source):
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.source[begin + 1 : name_end].lower()
        if tag not in _KINDS:
            raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes: dict[str, str] = {}
        at = name_end
        while not re.match(r"\s*>", self.source[at:]):
            match = _ATTRIBUTE.match(self.source, at)
            if match is None:
                if not self.source[at:].strip():
                    raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
                raise _cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(at)}')
            attributes[match[1].lower()] = match[2] or match[3] or match[4] or ""
            at = match.end()
        self.at = self.source.index(">", at) + 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(tag, self.length, attributes))

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._byte(begin)}")
        name_end = self._name_end(begin + 2)
        tag = self.source[begin + 2 : name_end].lower()
        close = re.match(r"\s*>", self.source[name_end:])
        if close is None:
            raise _cannot_parse(f"Unclosed end tag at byte offset {self._byte(begin)}")
        expected = self.open.pop()
        if tag and tag != expected.tag:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{expected.tag}>", found "</{tag}>"'
            )
        self._close(expected)
        self.at = name_end + close.end()

    def _close(self, opened: _Open) -> None:
        length = self.length - opened.offset
        entity: dict[str, Any] = {"type": _KINDS[opened.tag], "offset": opened.offset, "length": length}
        if opened.tag == "a":
            url = opened.attributes.get("href", "")
            # A link without an address is shown as plain text.
            if "." not in url and ":" not in url:
                return
            entity["url"] = url
        if length > 0:
            self.entities.append(entity)

    def _name_end(self, at: int) -> int:
        while at < len(self.source) and self.source[at] != ">" and not self.source[at].isspace():
            at += 1
        return at

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())


def _referred(match: re.Match[str]) -> str | None:
    if match[3]:
        return _NAMED.get(match[3])
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0 < code < 0x110000 else None


def _cannot_parse(why: str) -> ApiError:
    return bad_request(f"can't parse entities: {why}")
