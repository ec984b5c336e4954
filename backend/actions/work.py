"""One piece of work on a ticket: locked, checked, its events recorded, and everything it causes written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from backend import models
from backend.actions import outbox, recipients
from backend.actions.actor import Actor, ActorKind
from backend.actions.context import Context
from backend.actions.dues import NewDue, set_dues
from backend.actions.outbox import NewNotice
from backend.actions.recipients import Recipient
from backend.contract.errors import Forbidden, NotFound, Stale, WrongState
from backend.contract.words import AssignmentState, EventKind
from backend.rules import lifecycle, roles


class TicketWork:
    """Holds the locked ticket with its assignments; `record` events, `tell` people, `plan` dues, then `save`."""

    def __init__(self, context: Context, actor: Actor, ticket: models.Ticket, assignments: list[models.Assignment]):
        self.context = context
        self.actor = actor
        self.ticket = ticket
        self.assignments = assignments
        self._seen = ticket.version
        self._events: list[models.Event] = []
        self._notices: list[NewNotice] = []
        self._dues: list[NewDue] = []

    @classmethod
    async def on_number(cls, context: Context, actor: Actor, number: str, *, version: int | None = None) -> TicketWork:
        ticket = await models.Ticket.filter(number=number).select_for_update().get_or_none()
        return await cls._begin(context, actor, ticket, version)

    @classmethod
    async def on_id(cls, context: Context, actor: Actor, ticket_id: int, *, version: int | None = None) -> TicketWork:
        ticket = await models.Ticket.filter(id=ticket_id).select_for_update().get_or_none()
        return await cls._begin(context, actor, ticket, version)

    @classmethod
    async def on_assignment(
        cls, context: Context, actor: Actor, assignment_id: int, *, version: int | None = None
    ) -> tuple[TicketWork, models.Assignment]:
        """The work and the assignment; raises NotFound unless it is the actor's unit's, or the desk asks."""
        found = await models.Assignment.filter(id=assignment_id).values_list("ticket_id", "department_id")
        if not found:
            raise NotFound
        ticket_id, department_id = found[0]
        if actor.kind is ActorKind.STAFF and actor.department_id != department_id and not actor.roles & roles.DESK:
            raise NotFound
        work = await cls.on_id(context, actor, ticket_id, version=version)
        return work, next(one for one in work.assignments if one.id == assignment_id)

    @classmethod
    async def _begin(
        cls, context: Context, actor: Actor, ticket: models.Ticket | None, version: int | None
    ) -> TicketWork:
        if ticket is None:
            raise NotFound
        if actor.kind is ActorKind.CONTACT and ticket.contact_id != actor.id:
            raise NotFound
        assignments = await models.Assignment.filter(ticket_id=ticket.id).order_by("id")
        work = cls(context, actor, ticket, assignments)
        if version is not None and version != ticket.version:
            await work._refuse_stale(version)
        return work

    async def _refuse_stale(self, version: int) -> None:
        since = await models.Event.filter(ticket_id=self.ticket.id, seq__gt=version)
        if version > self.ticket.version or any(event.kind not in lifecycle.CLOCK_ONLY for event in since):
            raise Stale(number=self.ticket.number)

    # --- what stands -----------------------------------------------------------------------------------------

    @property
    def current(self) -> list[models.Assignment]:
        """Assignments of this round that still count."""
        gone = (AssignmentState.RETURNED, AssignmentState.CANCELLED)
        return [one for one in self.assignments if one.round == self.ticket.round and one.state not in gone]

    @property
    def open_assignments(self) -> list[models.Assignment]:
        return [one for one in self.current if one.state is not AssignmentState.REPLIED]

    def require_role(self, action: str) -> None:
        if self.actor.kind is not ActorKind.STAFF or not roles.may(self.actor.roles, action):
            raise Forbidden

    def require_state(self, event: EventKind) -> None:
        if not lifecycle.allows(self.ticket.state, event):
            raise WrongState(number=self.ticket.number, state=self.ticket.state)

    # --- what happens ----------------------------------------------------------------------------------------

    def record(
        self,
        kind: EventKind,
        *,
        reason: str | None = None,
        department_id: int | None = None,
        actor: Actor | None = None,
        **data: Any,
    ) -> None:
        """Append an event and move the ticket to the state it leads to; raises WrongState."""
        by = actor or self.actor
        try:
            self.ticket.state = lifecycle.after(self.ticket.state, kind, data)
        except lifecycle.NotAllowedError as error:
            raise WrongState(number=self.ticket.number, state=self.ticket.state) from error
        self.ticket.version += 1
        self._append(kind, by, reason, department_id, data)

    def begin(self, **data: Any) -> None:
        """The first event of a ticket just made."""
        self.ticket.version = 1
        self._append(EventKind.SUBMITTED, self.actor, None, None, data)

    def _append(
        self, kind: EventKind, by: Actor, reason: str | None, department_id: int | None, data: dict[str, Any]
    ) -> None:
        self._events.append(
            models.Event(
                ticket_id=self.ticket.id,
                seq=self.ticket.version,
                at=self.context.now,
                kind=kind,
                actor_kind=by.kind.value,
                actor_id=by.id,
                department_id=department_id if department_id is not None else by.department_id,
                channel=by.channel,
                reason=reason,
                data=data,
            )
        )

    def unsaved(self, kinds: Sequence[EventKind]) -> list[models.Event]:
        """Events of these kinds recorded in this work and not yet written."""
        return [event for event in self._events if event.kind in kinds]

    async def tell_contact(self, template: str, *, at_once: bool = False, **args: Any) -> None:
        self.tell([await recipients.contact_of(self.ticket)], template, at_once=at_once, **args)

    def tell(self, to: Iterable[Recipient], template: str, *, at_once: bool = False, **args: Any) -> None:
        key = f"{self.ticket.number}.{self.ticket.version}.{template}"
        about = {"number": self.ticket.number, "title": self.ticket.title} | args
        at_once = at_once or self.ticket.urgent
        self._notices.extend(NewNotice(key, one, template, about, self.ticket.id, at_once) for one in to)

    def plan(self, dues: Iterable[NewDue]) -> None:
        self._dues.extend(dues)
        self.context.wakes.add("due")

    async def save(self) -> None:
        """Write ticket, events, dues and notices; assignments are saved by who changes them."""
        await self.ticket.save()
        await models.Event.bulk_create(self._events)
        await set_dues(self._dues)
        await outbox.post(self.context, self._notices)
