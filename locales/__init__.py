"""The catalogues of words: every text a person reads or hears, by language and key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("zh_CN", "en")
"""The first is the one that other languages fall back to."""

DOMAIN = "jiesu"
"""The texts as they are written."""
VOICE = "voice"
"""How the telephone says them; what it has no words for stays as `DOMAIN` has it."""


def catalogue_path(language: str, domain: str = DOMAIN) -> Path:
    """Where the catalogue of one of `LANGUAGES` stands."""
    return Path(__file__).parent / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(path: Path) -> Catalog:
    """A .po file with its comments, flags and line numbers. Raises OSError, PoFileError."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


@cache
def catalogue(language: str, domain: str = DOMAIN) -> Mapping[str, str]:
    """The texts of one of `LANGUAGES`, by key; read once, straight from the .po file."""
    entries = read_catalogue(catalogue_path(language, domain))
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string and not entry.fuzzy}


def closest_language(tag: str) -> str:
    """The language of `LANGUAGES` nearest to a tag such as `en-US`, `zh-hans` or empty."""
    primary = tag.replace("-", "_").split("_")[0].lower()
    return next((language for language in LANGUAGES if language.split("_")[0] == primary), LANGUAGES[0])
