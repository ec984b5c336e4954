"""Traditional characters in their simplified form, one for one, so that 停電 is read as 停电."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path


def simplified(text: str) -> str:
    """The text with each traditional character replaced; its length stays."""
    return text if text.isascii() else text.translate(_table())


_BOTH = (("後", "后"), ("於", "于"), ("著", "着"))
"""Of those in GB 2312, the ones that people today write only where they write traditional characters."""


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """jionlp's table, read without loading jionlp. What GB 2312 has (著, 乾, 瞭) is a simplified character, too."""
    package = importlib.util.find_spec("jionlp")
    assert package is not None
    assert package.submodule_search_locations is not None
    listed = Path(package.submodule_search_locations[0], "dictionary", "tra2sim_char.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in listed.splitlines())
    return {ord(old): new for old, new in pairs if not _is_simplified(old)} | {ord(old): new for old, new in _BOTH}


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
