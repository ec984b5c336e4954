"""The policies that were ever in force, kept in the database: a ticket is reckoned by the one it was accepted under."""

from __future__ import annotations

import logging

from backend.rules import kept_policy
from backend.rules.policy.policy import Policy
from backend.storage import policies as storage

log = logging.getLogger(__name__)


async def enact(policy: Policy) -> tuple[str, ...]:
    """Keep the policy that this process starts with; harmless to repeat, also in several processes at once.

    Returns the keys in which the version says something else than is kept under its name: with any, do not start.
    """
    await storage.keep(policy.version, kept_policy.write(policy))
    kept = await storage.text_of(policy.version)
    assert kept is not None
    return kept_policy.differences(kept, policy)


class Policies:
    """Those of the past that this process has read; a version once kept never changes."""

    def __init__(self) -> None:
        self._read: dict[str, Policy] = {}
        self._told: set[str] = set()

    async def of(self, version: str, in_force: Policy) -> Policy:
        """The policy of this version. One that is not kept, or cannot be read, is replaced by the one in force, which
        is logged: other numbers than at acceptance are better than a ticket whose clocks stand still.
        """
        if version == in_force.version:
            return in_force
        return self._read.get(version) or await self._find(version) or in_force

    async def _find(self, version: str) -> Policy | None:
        text = await storage.text_of(version)
        if text is None:
            self._tell("the policy of a ticket is not kept; the one in force is used", version)
            return None
        try:
            policy, adapted = kept_policy.read(text)
        except kept_policy.Unreadable as error:
            self._tell("the policy of a ticket cannot be read; the one in force is used", version, error.keys)
            return None
        if adapted:
            self._tell("an older policy was read with default values", version, adapted)
        self._read[version] = policy
        return policy

    def _tell(self, event: str, version: str, keys: tuple[str, ...] = ()) -> None:
        """Once a version: it is met with every step of its tickets."""
        if version not in self._told:
            self._told.add(version)
            log.warning(event, extra={"policy": version, "keys": list(keys)})
