"""One piece of work on a ticket: locked, checked, its events recorded, and everything it causes written together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from backend import models
from backend.contract.errors import Forbidden, NotFound, Stale, WrongState
from backend.contract.events import Event
from backend.contract.events.desk import Accepted
from backend.contract.events.filing import Submitted
from backend.contract.models.tickets import TicketOut
from backend.contract.notices.notice import AboutTicket, ToEnterprise, ToStaff
from backend.contract.notices.to_staff import FollowUp
from backend.contract.phone import is_call
from backend.contract.words import AssignmentRole, Permission, Role
from backend.rules import lifecycle, reading, roles
from backend.rules.actor import Actor, ActorKind
from backend.rules.deadlines import DueKind
from backend.rules.permissions import Case, Refusal, at_desk, lacks_lead, refusal
from backend.rules.policy.policy import Policy
from backend.rules.waiting import Subject, Watch
from backend.storage import dues, notices
from backend.storage.dues import NewDue
from backend.storage.saving import Saving
from backend.storage.ticket_rows import EVENTS, TicketRows, hold, hold_assignment, hold_number, new_parts, read
from backend.storage.unit_of_work import current_unit
from backend.work import outbox, recipients
from backend.work.context import Context
from backend.work.outbox import NewNotice
from backend.work.recipients import Recipient
from backend.work.views import view

Consequence = Callable[["TicketWork", Any], Awaitable[None]]
"""What follows from an event, which it is given; it may record others."""
Consequences = Mapping[type[Event], Sequence[Consequence]]


class TicketWork:
    """Holds the locked ticket with its assignments.

    `record` events, `tell` people, `plan` and `end` dues, `keep` changed assignments, then `save`, once. What follows
    from the events is in `consequences`.
    """

    consequences: ClassVar[Consequences] = {}

    def __init__(
        self,
        context: Context,
        actor: Actor,
        rows: TicketRows,
        policy: Policy | None = None,
    ):
        """`policy` is the ticket's own; None for one just filed."""
        self.context = context
        self.actor = actor
        self._rows = rows
        self.ticket = rows.ticket
        self.assignments = rows.assignments
        self._go_by(policy or context.policy)
        self._readers = reading.units(self.assignments)
        self._events: list[models.Event] = []
        self._notices: list[NewNotice] = []
        self._dues: list[NewDue] = []
        self._ended: list[tuple[Subject, str]] = []
        self._changed: dict[int, models.Assignment] = {}
        self._calls_off: set[str] = set()
        self._unsettled: list[Event] = []
        self._ratings: list[models.Rating] = []
        self._files = False
        self._part_ids: list[int] = []
        self._added: list[models.Assignment] = []

    @classmethod
    def to_file(cls, context: Context, actor: Actor, ticket: models.Ticket, parts: Sequence[int]) -> TicketWork:
        """On a ticket that is not written yet, with its id; `parts`: ids drawn for those who will handle it."""
        assert actor.channel is not None
        work = cls(context, actor, TicketRows(ticket, (actor.channel, actor.address)))
        work._files, work._part_ids = True, list(parts)
        return work

    @classmethod
    async def on_number(
        cls, context: Context, actor: Actor, number: str, *, version: int | None = None, only_own: bool = True
    ) -> TicketWork:
        """With `only_own` false the caller decides whether another contact's ticket is opened to this one."""
        return await cls._begin(context, actor, await hold_number(number), version, only_own=only_own)

    @classmethod
    async def on_id(cls, context: Context, actor: Actor, ticket_id: int, *, version: int | None = None) -> TicketWork:
        return await cls._begin(context, actor, await hold(ticket_id), version)

    @classmethod
    async def on_assignment(
        cls, context: Context, actor: Actor, assignment_id: int, *, version: int | None = None
    ) -> tuple[TicketWork, models.Assignment]:
        """The work and the assignment; raises NotFound unless the desk asks, or the unit whose it is and which still
        reads the ticket.
        """
        work = await cls._begin(context, actor, await hold_assignment(assignment_id))
        assignment = next(one for one in work.assignments if one.id == assignment_id)
        own = actor.department_id == assignment.department_id and actor.department_id in reading.units(work.assignments)
        if actor.kind is ActorKind.STAFF and not own and not actor.roles & roles.DESK:
            raise NotFound
        await work._check(version)  # noqa: SLF001 - its own
        return work, assignment

    @classmethod
    async def _begin(
        cls,
        context: Context,
        actor: Actor,
        rows: TicketRows | None,
        version: int | None = None,
        *,
        only_own: bool = True,
    ) -> TicketWork:
        if rows is None:
            raise NotFound
        if only_own and actor.kind is ActorKind.CONTACT and rows.ticket.contact_id != actor.id:
            raise NotFound
        policy = await context.policies.of(rows.ticket.policy_version, context.policy)
        work = cls(context.at_its_turn(), actor, rows, policy)
        await work._check(version)
        return work

    async def _check(self, version: int | None) -> None:
        """Raises Stale unless the asker saw everything that matters to a decision."""
        if version is None or version == self.ticket.version:
            return
        since = await models.Event.filter(ticket_id=self.ticket.id, seq__gt=version)
        if version > self.ticket.version or any(lifecycle.makes_stale(event.kind) for event in since):
            raise Stale(number=self.ticket.number)

    # --- what stands -----------------------------------------------------------------------------------------

    @property
    def current(self) -> list[models.Assignment]:
        """Assignments of this round that still count."""
        return [one for one in self.assignments if one.round == self.ticket.round and one.state not in reading.FORMER]

    @property
    def open_assignments(self) -> list[models.Assignment]:
        return [one for one in self.current if one.state in lifecycle.OPEN_PARTS]

    @property
    def lead(self) -> models.Assignment | None:
        """The lead's part of this round, replied or not; None once it was returned, until another unit leads."""
        return next((one for one in self.current if one.role is AssignmentRole.LEAD), None)

    @property
    def at_desk(self) -> bool:
        """Whether the desk has to send it out: not dispatched yet, sent back, or left to assisting units."""
        return at_desk(self.ticket, self.assignments)

    @property
    def lacks_lead(self) -> bool:
        return lacks_lead(self.ticket, self.assignments)

    def part(self, assignment_id: int) -> models.Assignment:
        return next(one for one in self.assignments if one.id == assignment_id)

    def require(
        self,
        permission: Permission,
        part: models.Assignment | None = None,
        question: models.Question | None = None,
    ) -> None:
        """Raises Forbidden or WrongState unless the actor may do this with the ticket, its part or its question now."""
        case = Case(self.actor, self.ticket, self.assignments, part, question)
        match refusal(permission, case):
            case None:
                return
            case Refusal.NOT_THEIRS:
                raise Forbidden
            case Refusal.BARRED:
                raise Forbidden("You handled this matter last time; a colleague has to do it now.", barred=True)
            case Refusal.UNDECIDED:
                raise WrongState("The office has not decided on the return yet.", number=self.ticket.number)
            case Refusal.NOT_NOW:
                raise WrongState(number=self.ticket.number, state=(part or self.ticket).state)

    def allows(self, event: type[Event]) -> bool:
        return lifecycle.allows(self.ticket.state, event)

    # --- what happens ----------------------------------------------------------------------------------------

    def record(
        self,
        event: Event,
        *,
        reason: str | None = None,
        department_id: int | None = None,
        actor: Actor | None = None,
    ) -> None:
        """Append an event and move the ticket to the state it leads to; raises WrongState.

        An acceptance puts the ticket under the policy in force now, for good.
        """
        by = actor or self.actor
        try:
            self.ticket.state = lifecycle.after(self.ticket.state, event)
        except lifecycle.NotAllowedError as error:
            raise WrongState(number=self.ticket.number, state=self.ticket.state) from error
        self.ticket.version += 1
        self.ticket.callback = self.ticket.callback and not event.ends_callback
        if isinstance(event, Accepted):
            self._go_by(self.context.policy)
            event = Accepted(policy=self.policy.version)
            self.ticket.policy_version = self.policy.version
            self.ticket.provisional = False  # that was the seat's limit; what is promised says it anew
        self._append(event, by, reason, department_id)

    def _go_by(self, policy: Policy) -> None:
        """Which days are worked is always as known today: a decree of holidays binds tickets under way, too."""
        now = self.context
        self.policy = policy
        self.calendar = now.calendar if policy is now.policy else policy.calendar(now.policy.office_time)

    def begin(self, event: Submitted) -> None:
        """The first event of a ticket just made."""
        self.ticket.version = 1
        self._append(event, self.actor, None, None)

    def _append(self, event: Event, by: Actor, reason: str | None, department_id: int | None) -> None:
        self._unsettled.append(event)
        row = models.Event(
            ticket_id=self.ticket.id,
            seq=self.ticket.version,
            at=self.context.now,
            kind=event.kind,
            actor_kind=by.kind,
            actor_id=by.id,
            department_id=department_id if department_id is not None else by.department_id,
            channel=by.channel,
            reason=reason,
            data=event.data,
        )
        self._events.append(row)
        if event.kind in EVENTS:
            self._rows.events.append(row)

    @property
    def history(self) -> Sequence[models.Event]:
        """What happened of the kinds that are `gone_by`, oldest first; also in this work."""
        return self._rows.events

    async def tell_contact(self, notice: ToEnterprise, to: Recipient | None = None) -> None:
        """Tell the enterprise, by `to` or else by the account the ticket came from."""
        # Checked, not only typed: reasons that stay inside the administration are in the other kinds.
        if not isinstance(notice, ToEnterprise):
            raise TypeError(f"the enterprise is not told {type(notice).__name__}")
        to = to or recipients.contact_of(self.ticket, self._rows.account, elsewhere=not notice.to_account_only)
        if self.ticket.hidden_reporter and is_call(to.channel, notice.template):
            # Anybody might take up that telephone: a seat calls, and makes sure who it is.
            self.tell(await recipients.desk((Role.SEAT,)), FollowUp())
            return
        self._tell([to], notice)

    def tell(self, to: Iterable[Recipient], notice: ToStaff, *, at_once: bool = False) -> None:
        """Tell staff; `at_once`: in quiet hours too."""
        self._tell(to, notice, at_once=at_once)

    def _tell(self, to: Iterable[Recipient], notice: AboutTicket, *, at_once: bool = False) -> None:
        key = f"{self.ticket.number}.{self.ticket.version}.{notice.template}"
        about = notice.model_copy(update={"number": self.ticket.number, "title": self.ticket.title})
        at_once = at_once or self.ticket.urgent
        self._notices.extend(NewNotice(key, one, about, self.ticket.id, at_once=at_once) for one in to)

    def plan(self, planned: Iterable[NewDue]) -> None:
        new = list(planned)
        self._dues.extend(new)
        if dues.is_soon(new, self.context.now):
            self.context.wakes.add("due")

    def end(self, *subjects: Subject, only: Watch | DueKind | None = None) -> None:
        """What is left to do for these subjects is no longer needed, or `only` what watches over this.

        What is ended here cannot be planned again by the same work.
        """
        self._ended.extend((subject, only or "") for subject in subjects)

    async def part_ids(self, count: int) -> list[int]:
        """Ids for so many new assignments."""
        drawn, self._part_ids = self._part_ids, []
        return drawn if len(drawn) == count else await new_parts(count)

    def add(self, assignment: models.Assignment) -> None:
        """This assignment is new."""
        self.assignments.append(assignment)
        self._added.append(assignment)

    def keep(self, assignment: models.Assignment) -> None:
        """This assignment was changed."""
        self._changed[assignment.id] = assignment

    async def files(self) -> list[models.Attachment]:
        """The ticket's, oldest first; also what this work has attached."""
        return self._rows.files if _nothing_else_written() else (await read(self.ticket.id)).files

    @property
    def account(self) -> tuple[str, str]:
        """Channel and address of the account that the ticket came from."""
        return self._rows.account

    @property
    def ratings(self) -> list[models.Rating]:
        """Oldest first; also the one given by this work."""
        return self._rows.ratings

    def call_off(self, templates: Iterable[str]) -> None:
        """Calls by the phone line of these kinds that still wait are not made."""
        self._calls_off.update(templates)

    def rate(self, rating: models.Rating) -> None:
        self._ratings.append(rating)
        self._rows.ratings.append(rating)

    async def settle(self) -> None:
        """Do what follows from the events recorded so far, in their order, also from those that this records.

        `save` does so; call it before where what came of them has to be told.
        """
        while self._unsettled:
            event = self._unsettled.pop(0)
            for follow in self.consequences.get(type(event), ()):
                await follow(self, event)

    async def save(self) -> None:
        """Write all of it. What still waits for a unit that stops reading the ticket is withdrawn first.

        In a unit of work, this is its last statement: it runs when the unit finishes, or before the next statement.
        """
        assert self.consequences, "the package of actions puts them in force"
        await self.settle()
        if former := self._readers - reading.units(self.assignments):
            await notices.withdraw_for(self.ticket.id, former, self.context.now)
        ended = self._ended
        self.ticket.lacks_lead = self.lacks_lead
        self.ticket.waiting = self.ticket.waiting and self.at_desk
        assert not any(one.subject == of and one.kind.startswith(kind) for one in self._dues for of, kind in ended)
        await self._saving().write()

    def _saving(self) -> Saving:
        return Saving(
            self.ticket,
            self.context.now,
            filed=self._files,
            row_version=self._rows.row_version,
            changed=[one for one in self._changed.values() if one not in self._added],
            added=self._added,
            events=self._events,
            ratings=self._ratings,
            ended=[(str(subject), prefix) for subject, prefix in self._ended],
            dues=self._dues,
            notices=outbox.as_rows(self.context, self._notices),
            calls_off=list(self._calls_off),
        )

    async def view(self) -> TicketOut:
        """The ticket as the actor may see it, with what this work changed."""
        rows = self._rows if _nothing_else_written() else await read(self.ticket.id)
        return await view(self.context, self.actor, rows)


def _nothing_else_written() -> bool:
    """Whether what was read, with what this work changed in it, is all there is."""
    unit = current_unit()
    return unit is not None and not unit.begun
