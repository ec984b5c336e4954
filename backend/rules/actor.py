"""Who asks for an action: a contact, a member of staff, a service, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.contract.words import Role, Scope


class ActorKind(StrEnum):
    CONTACT = "contact"
    STAFF = "staff"
    SERVICE = "service"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    kind: ActorKind
    id: int | None = None
    """Of the contact or member of staff."""
    channel: str | None = None
    identity_id: int | None = None
    """The channel account acted through, if any."""
    address: str = ""
    """Its id in the channel, of a contact."""
    log_in: str = ""
    """What a member of staff acts through: `p` and the beginning of a session's digest, or `m` and the account's id."""
    must_enrol: bool = False
    """The policy asks for an authenticator app that this member of staff does not have yet."""
    department_id: int | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    channels: frozenset[str] = frozenset()
    """Channels a service may speak for."""
    name: str = ""
    """A service's name; never a person's."""
    language: str = "zh_CN"
    phone: str | None = None
    """The number a contact calls from, E.164, as the network tells it: it can be forged."""

    @property
    def key(self) -> str:
        """Names the actor in idempotency rows."""
        return f"{self.kind}:{self.id if self.id is not None else self.name}"


SYSTEM = Actor(ActorKind.SYSTEM, name="system")
