"""Warning colours: the table in the module's first lines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.words import WarningLevel
from backend.rules.policy.watching import WarningRules
from backend.rules.warnings import level, marks

RULES = WarningRules(blue_share=2 / 3, yellow_share=0.85, yellow_working_hours=4, red_when_overdue=True)
LENIENT = RULES.model_copy(update={"red_when_overdue": False})
TOTAL = timedelta(hours=100)
ORDER = [None, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED]


@pytest.mark.parametrize(
    ("used", "neither", "one", "both"),
    [
        (0, None, None, None),
        (66, None, None, None),
        (67, "blue", "blue", "yellow"),
        (84, "blue", "blue", "yellow"),
        (85, "yellow", "yellow", "red"),
        (99, "yellow", "yellow", "red"),
        (100, "red", "red", "red"),
        (500, "red", "red", "red"),
    ],
)
def test_colour_by_time_used(used: int, neither: str | None, one: str | None, both: str | None) -> None:
    def colour(blocked: bool, urgent: bool) -> str | None:
        return level(timedelta(hours=used), TOTAL, blocked=blocked, urgent=urgent, rules=RULES)

    assert [colour(False, False), colour(True, False), colour(False, True)] == [neither, one, one]
    assert colour(True, True) == both


def test_overdue_alone_is_yellow_where_the_policy_says_so() -> None:
    assert level(TOTAL, TOTAL, blocked=False, urgent=False, rules=LENIENT) is WarningLevel.YELLOW
    assert level(TOTAL, TOTAL, blocked=True, urgent=False, rules=LENIENT) is WarningLevel.RED


def test_caller_settles_overdue_by_the_wall_clock() -> None:
    at_closing = level(TOTAL, TOTAL, blocked=False, urgent=False, rules=RULES, overdue=False)
    assert at_closing is WarningLevel.YELLOW
    assert level(timedelta(0), TOTAL, blocked=False, urgent=False, rules=RULES, overdue=True) is WarningLevel.RED


def test_hours_left_turn_yellow_before_the_share_on_a_limit_of_twenty_hours() -> None:
    assert marks(timedelta(hours=20), RULES).yellow == timedelta(hours=16)
    assert marks(timedelta(hours=40), RULES).yellow == timedelta(hours=34)


def test_short_limit_is_not_yellow_before_blue() -> None:
    short = timedelta(hours=6)
    assert marks(short, RULES).yellow == marks(short, RULES).blue == timedelta(hours=4)
    assert level(timedelta(hours=3), short, blocked=False, urgent=False, rules=RULES) is None


@given(st.timedeltas(timedelta(0), TOTAL * 2), st.timedeltas(timedelta(0), TOTAL * 2), st.booleans(), st.booleans())
def test_colour_never_fades_as_time_passes(one: timedelta, other: timedelta, blocked: bool, urgent: bool) -> None:
    early, late = (
        ORDER.index(level(used, TOTAL, blocked=blocked, urgent=urgent, rules=RULES)) for used in sorted((one, other))
    )
    assert early <= late
