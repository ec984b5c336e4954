"""The kinds of values that requests hold: lines, prose, codes, numbers."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from backend.contract import ticket_number, visible
from backend.contract.uscc import PATTERN

Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(visible.seen),
]
"""One line with something to see in it: a name, a title, a place."""
MOST_PROSE = 5000
"""Characters."""
Prose = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_PROSE, pattern=r"^[^\x00]+$"), AfterValidator(visible.seen)
]
"""Words that end or tell something, so there must be something to see in them."""
Remark = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$"), AfterValidator(visible.shown)]
"""Words that may be left out: what nobody can see counts as left out."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
RetrievalCode = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{8}|[0-9]{6})$")]
"""8 digits; those given out first have 6."""
CreditCode = Annotated[str, StringConstraints(pattern=PATTERN)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{5,15}(-[0-9]{1,5})?$", max_length=20)]
"""E.164, of a switchboard with the extension: `+866638234567-12`."""
TicketNumber = Annotated[str, StringConstraints(pattern=ticket_number.PATTERN)]
Language = Literal["zh_CN", "en"]
Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The ticket's version as last seen; stale → 409.")]


def storable(value: Any) -> Any:
    """Refuses what a JSON column cannot hold: U+0000, NaN and the infinities."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            if "\x00" in one:
                raise ValueError("text must not hold the character U+0000")
        elif isinstance(one, float) and not math.isfinite(one):
            raise ValueError("numbers must be finite")
    return value


Json = Annotated[Any, AfterValidator(storable)]
"""Any JSON value that the database can keep."""
LanguageKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{2,16}$")]
