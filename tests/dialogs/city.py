"""A small city, its scenarios, and an engine to talk with, for the tests of conversations."""

from datetime import UTC, datetime

from dialogs.engine import Engine
from dialogs.fields import DistrictNode
from dialogs.message import Localized, Message, Words

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, ten in the morning in China."""
DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"
TREE = (
    DistrictNode(
        "chengguan",
        ("城关区", "Chengguan District"),
        (
            DistrictNode("dongjie", ("东街街道", "Dongjie Subdistrict")),
            DistrictNode("xihe", ("西河镇", "Xihe Town")),
        ),
    ),
    DistrictNode("nanshan", ("南山县", "Nanshan County"), (DistrictNode("nanping", ("南坪镇", "Nanping Town")),)),
    DistrictNode("kaifaqu", ("经济开发区", "Development Zone")),
)


def plain(words: Words, language: str) -> str:
    """Words without a catalogue: keys stand for their texts."""
    if isinstance(words, Localized):
        return words.best(language)
    if isinstance(words, Message):
        args = ", ".join(
            a if isinstance(a, str) else str(a) if isinstance(a, int) else plain(a, language)
            for a in words.args.values()
        )
        return f"{words.key}({args})" if args else words.key
    return words


ENGINE = Engine(plain)
