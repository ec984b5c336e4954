"""Who calls whom, read from the one thing Asterisk tells about a call: its UUID.

The sample dialplan (deploy/asterisk/extensions.conf) makes a UUID of version 8, the one free for such use (RFC 9562,
section 5.8), and puts the caller's number in as decimal digits:

    cccccccc-cccc-8ccc-Nrrr-rrrrrrrrrrrr

c: the number's digits, filled up with f; all f when withheld. N: 9 for an international number (it had a plus sign),
8 for one as dialled at home. r: random decimal digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ivr.numbers import e164

_VERSION = "8"
_HOME, _INTERNATIONAL = "8", "9"


@dataclass(frozen=True)
class Numbers:
    caller: str | None = None
    """E.164; None when withheld or not a number."""
    called: str | None = None


async def numbers_in_uuid(uuid: UUID, country: str = "CN") -> Numbers:
    """The caller's number, if the UUID was made by the sample dialplan; `country` completes numbers dialled at home."""
    digits = uuid.hex
    if digits[12] != _VERSION or digits[16] not in (_HOME, _INTERNATIONAL):
        return Numbers()
    number = (digits[:12] + digits[13:16]).rstrip("f")
    if digits[16] == _INTERNATIONAL:
        number = "+" + number
    return Numbers(caller=e164(number, country))
