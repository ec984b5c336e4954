"""How wrong codes or passwords are slowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints

from backend.contract.words import Role
from backend.rules.policy.section import Section


class Lookup(Section):
    """Guesses of a retrieval code 查询码; the sum of what they allow in a year is in docs/security.md."""

    guesses: Annotated[int, Field(ge=1, le=1000)]
    """Wrong ones that one address may make at once, over all numbers; then one per `minutes / guesses`."""
    minutes: Annotated[int, Field(ge=1, le=1440)]
    number_a_day: Annotated[int, Field(ge=1, le=10_000)]
    """Wrong ones at one number, by all addresses that never opened it."""
    all_a_day: Annotated[int, Field(ge=1, le=1_000_000)]
    """Wrong ones at all numbers, by all addresses that never opened them."""
    first_try_days: Annotated[int, Field(ge=1, le=365)]
    """How long ago an address must have guessed wrong last for its next try to be checked whatever others do."""
    first_tries_a_day: Annotated[int, Field(ge=1, le=10_000)]
    """Wrong ones of such addresses, all together, at old codes of 6 digits; forty times as many at those of 8.

    Beyond it their tries are as those of others.
    """


class LogIns(Section):
    """Log-ins of staff: how wrong ones are slowed, and how long a session lasts."""

    guesses: Annotated[int, Field(ge=1, le=1000)]
    """Wrong ones that one account may get from one address at once; then one per `minutes / guesses`."""
    minutes: Annotated[int, Field(ge=1, le=1440)]
    account_a_day: Annotated[int, Field(ge=1, le=10_000)]
    """Wrong ones at one account, from all addresses; beyond it each address has its first try a day."""
    address_an_hour: Annotated[int, Field(ge=1, le=100_000)]
    """Wrong ones from one address, at all accounts; an office behind one address shares it."""
    session_hours: Annotated[int, Field(ge=1, le=24)]
    idle_minutes: Annotated[int, Field(ge=5, le=1440)]
    """A log-in that nobody used for so long ends."""
    second_factor_roles: tuple[Role, ...] = ()
    """Roles that need an authenticator app; for all others it is their own choice."""
    hotlines: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{4,12}$")], ...]
    """Numbers by which people know the city's hotlines: no password holds one, anybody would try it."""

    def needs_second_factor(self, roles: Iterable[Role]) -> bool:
        """Whether who has these roles must have an authenticator app."""
        return not set(roles).isdisjoint(self.second_factor_roles)
