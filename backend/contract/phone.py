"""What the phone is to every part: its channel, whose number an account is, and which notices are worth a call."""

from __future__ import annotations

import re

from backend.contract.channels import PHONE
from backend.contract.notices import KINDS

CHANNEL = PHONE.name
"""An account is the number the network tells (E.164), or, without one, `anonymous-<uuid>` or `page-<id>`."""

CALLED = frozenset(template for template, kind in KINDS.items() if kind.called)
"""Templates whose notice is a call; on this channel all others are short messages."""

RATING_CALLS = frozenset(template for template, kind in KINDS.items() if kind.asks_rating)
"""Calls that ask for a rating: void once it is given, or the ticket is closed."""

_NUMBER = re.compile(r"\+[0-9]{5,15}", re.ASCII)


def number_of(channel: str, external_id: str) -> str | None:
    """The caller's number in E.164, which the network vouches for no better than any; None for other accounts."""
    return external_id if channel == CHANNEL and _NUMBER.fullmatch(external_id) else None


def direct(number: str | None) -> str | None:
    """The number if the line can call it: behind an extension somebody has to be asked for."""
    return number if number and _NUMBER.fullmatch(number) else None


def is_call(channel: str, template: str) -> bool:
    """Whether a notice is a call to be made, in the policy's hours only."""
    return channel == CHANNEL and template in CALLED
