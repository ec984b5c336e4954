"""What visitors may bring in."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.rules.policy.section import Section, require_rising


class CommonQuota(Section):
    """How many a day from one address (IPv6: a /64), and in all."""

    address: Annotated[int, Field(ge=1, le=1_000_000_000)]
    all: Annotated[int, Field(ge=1, le=1_000_000_000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_rising({"address": self.address, "all": self.all})
        return self


class Quota(CommonQuota):
    """... and by one visitor."""

    visitor: Annotated[int, Field(ge=1, le=1_000_000_000)]

    @model_validator(mode="after")
    def _visitor_first(self) -> Self:
        if self.visitor > self.address:
            raise ValueError("visitor must not be above address")
        return self


class Quotas(Section):
    """What visitors may bring in between two midnights; the sums behind the defaults are in docs/security.md."""

    filings: Quota = Quota(visitor=100, address=2000, all=100_000)
    additions: Quota = Quota(visitor=300, address=6000, all=100_000)
    """Words and files added to tickets."""
    drafts: Quota = Quota(visitor=3000, address=60_000, all=2_000_000)
    """Times that a half-filled form is kept: once a pause between answers."""
    files: Quota = Quota(visitor=1000, address=10_000, all=300_000)
    megabytes: Quota = Quota(visitor=3000, address=20_000, all=500_000)
    """Of files."""
    sessions: CommonQuota = CommonQuota(address=5000, all=200_000)
    """Visitors seen for the first time."""
