"""Says in an author's words why a text is no YAML."""

from __future__ import annotations

import re
from typing import Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from backend.contract.message import Message
from backend.contract.yaml_bounds import DEEPEST, MOST_VALUES, TooLarge

_FULL_WIDTH: Final = re.compile(r"^\s*(?:- )?\{?[A-Za-z_]+：", re.MULTILINE)
"""A key with a Chinese colon."""
_NO_SPACE: Final = re.compile(r"^\s*(?:- )?[A-Za-z_]+:[^\s/]", re.MULTILINE)
"""A key with nothing between its colon and the value."""
_TAB: Final = re.compile(r"^ *\t", re.MULTILINE)
_EARLIER: Final = ((_FULL_WIDTH, "fault.yaml.full_width_colon"), (_NO_SPACE, "fault.yaml.no_space"))

_PROBLEMS: Final = (
    ("sequence entries are not allowed", "fault.yaml.dash"),
    ("mapping values are not allowed", "fault.yaml.colon"),
    ("found undefined alias", "fault.yaml.sign"),
    ("that cannot start any token", "fault.yaml.sign"),
    ("another document", "fault.yaml.documents"),
    ("expected <block end>", "fault.yaml.indent"),
    ("could not find expected ':'", "fault.yaml.no_colon"),
    ("expected ',' or", "fault.yaml.brackets"),
    ("unknown escape character", "fault.yaml.backslash"),
)


def explained(error: MarkedYAMLError | ReaderError, text: str) -> tuple[int, Message]:
    """The line (from 1) where it went wrong, and why."""
    if isinstance(error, ReaderError):
        return text[: error.position].count("\n") + 1, Message("fault.yaml.control_character")
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = str(error.problem or error.context or "")
    if "end of stream" in problem and "quoted" in str(error.context) and error.context_mark:
        return error.context_mark.line + 1, Message("fault.yaml.quote")
    if found := _written_oddly(text, line):
        return found
    key = next((key for part, key in _PROBLEMS if part in problem), "fault.yaml.other")
    return line, Message(key)


def unread_key(text: str) -> Message | None:
    """Why a key and its value were read as one word: the colon is a Chinese one, or stands without a space."""
    for pattern, key in _EARLIER:
        if pattern.search(text):
            return Message(key)
    return None


def beyond_bounds(error: TooLarge) -> Message:
    if error.too_deep:
        return Message("fault.yaml.too_deep", {"most": DEEPEST})
    return Message("fault.yaml.too_many", {"most": MOST_VALUES})


def _written_oddly(text: str, line: int) -> tuple[int, Message] | None:
    """What stands at the line or before it, and is seldom meant: it is noticed only further down."""
    lines = text.splitlines()[:line]
    if lines and _TAB.match(lines[-1]):
        return line, Message("fault.yaml.tab")
    for number, words in enumerate(lines, 1):
        if found := unread_key(words):
            return number, found
    return None
