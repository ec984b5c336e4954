"""A form is left for another matter only where the words name one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

import authoring
from dialogs.finder import GENERAL, SURE, Match
from dialogs.finder.options import OptionFinder
from dialogs.form import Form
from dialogs.understanding import Context, Understanding, Wish
from settings import Settings

_NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_SCENARIOS = authoring.read(Settings()).scenarios
_SAID = "我说的就是这样一件事"
"""It is said like another matter, and names none."""


class Finder:
    """Finds the same whatever is said."""

    def __init__(self, *found: Match) -> None:
        self.options = OptionFinder(_SCENARIOS, lambda: None)
        self._found = found

    async def find(self, text: str, limit: int = 3) -> tuple[Match, ...]:
        del text
        return self._found[:limit]

    def warm_up(self) -> None:
        """Nothing is loaded."""


def _at_the_address() -> Context:
    scenario = _SCENARIOS["power-cut"]
    form = Form(scenario.id, scenario.version, "draft", "zh_CN", _NOW, _NOW)
    return Context(_NOW, "phone", scenario, form, scenario.by_id["address"])


@pytest.mark.parametrize(
    "found",
    [
        (),
        (Match("noise-next-door", SURE - 0.01),),
        (Match(GENERAL, 0.9), Match("noise-next-door", 0.05)),
        (Match("power-cut", 0.9), Match("noise-next-door", 0.05)),
    ],
)
async def test_words_that_name_no_other_matter_for_sure_are_the_answer(found: tuple[Match, ...]) -> None:
    reading = await Understanding(Finder(*found)).understand(_SAID, _at_the_address())
    assert reading.intent is None
    assert reading.answer is not None


async def test_words_that_name_another_matter_for_sure_begin_it() -> None:
    reading = await Understanding(Finder(Match("noise-next-door", SURE))).understand(_SAID, _at_the_address())
    assert reading.intent is not None
    assert (reading.intent.wish, reading.intent.scenario) == (Wish.SCENARIO, "noise-next-door")
