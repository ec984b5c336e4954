"""Whether a file is plain text that people wrote: UTF-8 or GB18030, and nothing that a program would run."""

from __future__ import annotations

import re

_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ue000-\uf8ff]")
"""Control characters, and those that GB18030 gives for bytes that are no text."""
_PROGRAM = re.compile(
    r"\s*(?:<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<%|<hta|\{\\rtf|%!ps|%pdf|#!|@echo|mime-version:)",
    re.IGNORECASE,
)


def is_text(content: bytes) -> bool:
    """Whether all of it is text, without markup or a script's first line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            return False
    return _BINARY.search(text) is None and _PROGRAM.match(text) is None
