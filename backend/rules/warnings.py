"""Warning colours 蓝黄红: from the share of a limit used, and from whether the matter is urgent or blocked.

Chibi 2022, item 13, ties yellow and red to three things at once: urgency, a blocked process, and a limit that is near.
A machine sees only the limit for certain, so the limit alone raises blue and then yellow, and being urgent or
blocked raises the colour earlier or higher:

| time used            | neither | urgent or blocked | urgent and blocked |
| -------------------- | ------- | ----------------- | ------------------ |
| under the blue share | -       | -                 | -                  |
| from the blue share  | blue    | blue              | yellow             |
| from the yellow mark | yellow  | yellow            | red                |
| limit passed         | red*    | red               | red                |

(*) yellow if the policy says `red_when_overdue: false`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.contract.words import WarningLevel
from backend.rules.policy.watching import WarningRules


@dataclass(frozen=True, slots=True)
class Marks:
    """Working time used at which a limit turns blue and yellow."""

    blue: timedelta
    yellow: timedelta


def severity(colour: WarningLevel | None) -> int:
    """By which colours are compared: none, blue, yellow, red."""
    return (None, WarningLevel.BLUE, WarningLevel.YELLOW, WarningLevel.RED).index(colour)


def marks(total: timedelta, rules: WarningRules) -> Marks:
    """The marks of a limit of `total` working time.

    Yellow is the earlier of its share and its hours left, but never before blue: a limit of one working day would
    otherwise turn yellow in its first half.
    """
    blue = total * rules.blue_share
    near = min(total * rules.yellow_share, total - timedelta(hours=rules.yellow_working_hours))
    return Marks(blue, max(blue, near))


def level(
    used: timedelta, total: timedelta, *, blocked: bool, urgent: bool, rules: WarningRules, overdue: bool | None = None
) -> WarningLevel | None:
    """The colour of a limit of `total` working time of which `used` is gone; None while it needs no warning.

    `overdue` settles whether the limit has passed where the caller knows the wall clock: overnight, a limit that
    ended at closing time is passed although no further working time is used. Unset, `used >= total` decides.
    """
    passed = used >= total if overdue is None else overdue
    at = marks(total, rules)
    if passed:
        return WarningLevel.RED if rules.red_when_overdue or blocked or urgent else WarningLevel.YELLOW
    if used >= at.yellow:
        return WarningLevel.RED if blocked and urgent else WarningLevel.YELLOW
    if used >= at.blue:
        return WarningLevel.YELLOW if blocked and urgent else WarningLevel.BLUE
    return None
