"""Cuts a text into the words that patterns are made of: characters of Chinese, words or syllables of Latin letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from dialogs.fields.traditional import simplified

NONE: Final = 0
BLANK: Final = 1
COMMA: Final = 2
STOP: Final = 3
"""What stands before a word. A blank between Chinese words is as good as a comma, but not between single characters."""

_PIECE: Final = re.compile(
    r"(?P<latin>[a-z]+(?:['’][a-z]+)?)|(?P<digits>[0-9]+)|(?P<chinese>[\u3400-\u9fff\U00020000-\U0003ffff])|(?P<blank>[^\S\n]+)"
    r"|(?P<stop>[。！？!?；;…\n]+|\.(?=\s|$))|(?P<other>.)"
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufe0f\ufeff\u00ad]")
_SAME: Final = str.maketrans("著裏裡衞鬥臺", "着里里卫斗台")
"""What is one word here though both are simplified characters (烧著), or the table lacks it."""
_LEAST_PINYIN: Final = 0.8
"""Share of the words that are syllables where a text of Latin letters is pinyin."""


@dataclass(frozen=True)
class Cut:
    """A text in words."""

    words: Sequence[str]
    breaks: Sequence[int]
    """Before each word."""
    is_pinyin: bool = False
    """The words are syllables without tones; what is meant by them is not known."""


def cut(text: str) -> Cut:
    plain = normal(text)
    if (spelt := _spelt(plain)) is not None:
        return spelt
    words: list[str] = []
    breaks: list[int] = []
    before, kinds = NONE, []
    for found in _PIECE.finditer(plain):
        kind = found.lastgroup
        if kind in ("latin", "digits", "chinese"):
            words.append(found[0])
            breaks.append(before)
            kinds.append(kind)
            before = NONE
        else:
            before = max(before, {"blank": BLANK, "stop": STOP}.get(str(kind), COMMA))
    return Cut(words, _without_thin_blanks(breaks, kinds))


def normal(text: str) -> str:
    """Without case, width and traditional forms."""
    return simplified(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()).translate(_SAME)


def _without_thin_blanks(breaks: Sequence[int], kinds: Sequence[str]) -> list[int]:
    """A blank separates only Chinese words of two characters or more: 着 火 了 is written with blanks, no list."""
    kept = list(breaks)
    edges = [at for at in range(len(breaks)) if breaks[at] or not at]
    for before, at, after in zip(edges, edges[1:], [*edges[2:], len(breaks)], strict=False):
        thin = kinds[at] != "chinese" or kinds[at - 1] != "chinese" or min(at - before, after - at) < 2
        if breaks[at] == BLANK and thin:
            kept[at] = NONE
    return kept


# --- pinyin -------------------------------------------------------------------------------------------------------

_TONES: Final = re.compile("[\u0300\u0301\u0304\u030c]")
_RUN: Final = re.compile(r"[a-zü]+")
_SPELT_BREAK: Final = re.compile(r"[,，.。!！?？;；\n]")


def _spelt(plain: str) -> Cut | None:
    """As syllables, where the text is pinyin: with or without tones, in words or in one piece."""
    if re.search(r"[\u3400-\u9fff]", plain) or not re.search("[a-z]", plain):
        return None
    bare = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", plain)))
    bare = re.sub(r"(?<=[a-zü])[1-5]\b|(?<=[a-zü])[1-5](?=[a-zü])", " ", bare).replace("ü", "v")
    runs = [(found.start(), found[0]) for found in _RUN.finditer(bare)]
    cuts = [_syllables(run) for _, run in runs]
    letters = sum(len(run) for (_, run), split in zip(runs, cuts, strict=True) if split)
    if letters < _LEAST_PINYIN * sum(len(run) for _, run in runs) or letters < len("huo"):
        return None
    words: list[str] = []
    breaks: list[int] = []
    end = 0
    for (start, run), split in zip(runs, cuts, strict=True):
        broken = STOP if _SPELT_BREAK.search(bare[end:start]) else NONE
        for syllable in split or (run,):
            words.append(syllable)
            breaks.append(broken)
            broken = NONE
        end = start + len(run)
    return Cut(words, breaks, is_pinyin=True)


@lru_cache(maxsize=4096)
def _syllables(run: str) -> tuple[str, ...]:
    """Of a piece of pinyin, the longest ones first; none if it is no pinyin."""
    if len(run) > 60:
        return ()
    known = _known_syllables()
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 6), end):
            way = ways[start]
            if way is not None and run[start:end] in known:
                best = ways[end]
                if best is None or len(way) + 1 < len(best):
                    ways[end] = (*way, run[start:end])
    return ways[-1] or ()


@cache
def _known_syllables() -> frozenset[str]:
    return frozenset(_every_syllable())


def _every_syllable() -> Iterator[str]:
    for row in _SPELLINGS.split("\n"):
        initials, finals = row.split(":")
        for initial in initials.split(","):
            yield from (initial + final for final in finals.split())


_SPELLINGS: Final = """\
:a ai an ang ao e ei en er ou
b,p:a ai an ang ao ei en eng i ian iao ie in ing o u
m:a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u
f:a an ang ei en eng o ou u
d,t:a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo
n,l:a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve
l:ia
g,k,h:a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
j,q,x:i ia ian iang iao ie in ing iong iu u uan ue un
zh,ch:a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo
sh:a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo
r:an ang ao e en eng i ong ou u uan ui un uo
z,c,s:a ai an ang ao e ei en eng i ong ou u uan ui un uo
y:a an ang ao e i in ing o ong ou u uan ue un
w:a ai an ang ei en eng o u"""
