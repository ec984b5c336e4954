"""What staff are told: of tickets, of their accounts and groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime

from backend.contract.models.notices import FailedReason
from backend.contract.notices.notice import Code, Holds, Named, Notice, Part, ToStaff, Words, WordsOfEnterprise
from backend.contract.words import AssignmentRole, CallOutcome, DeskStep, Grade, Kind, Step, WarningLevel


class Dissatisfaction(Part):
    """Why the person was dissatisfied with the round before."""

    withheld: bool = False
    """It is a report, whose words the desk alone may see."""
    comment: WordsOfEnterprise = ""
    heard: Annotated[tuple[str, ...], Holds.OF_ENTERPRISE] = ()
    """Transcripts of recordings."""
    files: int = 0


# --- the desk -----------------------------------------------------------------------------------------------------


class Desk(ToStaff):
    """The desk has to verify it, send it out or call back."""

    template = "desk"

    kind: Kind
    urgent: bool = False
    callback: bool = False
    dissatisfaction: Dissatisfaction | None = None


class DeskOverdue(ToStaff):
    """What waits for the desk was not done in time."""

    template = "desk_overdue"

    what: DeskStep


class FollowUp(ToStaff):
    """A seat calls 回访; after calls of the phone line, if it tried."""

    template = "follow_up"

    outcome: CallOutcome | None = None
    attempts: int = 0


class Unreachable(ToStaff):
    """The enterprise cannot be reached by its channel."""

    template = "unreachable"

    outcome: CallOutcome | None = None
    attempts: int = 0


class ReturnProposed(ToStaff):
    """A unit says that it is not its matter 退单; the office decides."""

    template = "return_proposed"

    department: Named
    reason: Words
    unit: Named | None = None
    """Whose matter it is."""
    basis: Annotated[str | None, Holds.WORDS] = None
    assignment: int


# --- units --------------------------------------------------------------------------------------------------------


class Assigned(ToStaff):
    """It was sent to the unit 派单."""

    template = "assigned"

    kind: Kind
    role: AssignmentRole
    sign_due: AwareDatetime | None = None
    contact_due: AwareDatetime | None = None
    interim_due: AwareDatetime | None = None
    resolve_due: AwareDatetime | None = None
    urgent: bool = False
    assignment: int
    redo: bool = False
    """Dispatched for the second time 二次转办."""
    dissatisfaction: Dissatisfaction | None = None


class Reassigned(ToStaff):
    """A leader handed it to a colleague 内部改派."""

    template = "reassigned"

    own: bool
    """To the person who is told; else it was theirs."""
    reason: Words


class ReturnDecided(ToStaff):
    template = "return_decided"

    approve: bool
    reason: Words = ""


class FilledIn(ToStaff):
    """A seat completed what it came without 补录."""

    template = "filled_in"

    fields: tuple[Named, ...] = ()
    """Labels of what was settled."""
    attachments: int = 0
    urgent: bool = False
    """It has become so."""


class Added(ToStaff):
    """The enterprise added something."""

    template = "added"

    text: WordsOfEnterprise = ""
    attachments: int = 0


class Urged(ToStaff):
    """The enterprise asks where its matter stays; once a day."""

    template = "urged"


class Corrected(ToStaff):
    """The enterprise corrected who it is 更正; not what it says now, which the ticket shows."""

    template = "corrected"

    fields: Annotated[tuple[str, ...], Holds.CODE]
    """Columns of the ticket."""


class Withdrawn(ToStaff):
    template = "withdrawn"

    reason: WordsOfEnterprise = ""


# --- questions ----------------------------------------------------------------------------------------------------


class Answered(ToStaff):
    """The enterprise answered a question."""

    template = "answered"

    question_text: Words
    answer: WordsOfEnterprise
    attachments: int = 0


class Undelivered(ToStaff):
    """A question did not reach the enterprise."""

    template = "undelivered"

    question_text: Words
    why: FailedReason | Literal["unseen"]
    outcome: CallOutcome | None = None
    """Of the last call, where it was to be told by one."""
    attempts: int = 0


class Unanswered(ToStaff):
    """A question was open as long as it may stop a clock."""

    template = "unanswered"

    question_text: Words
    due: AwareDatetime | None = None


class PauseEnded(ToStaff):
    """Questions have stopped the clock as long as they may together."""

    template = "pause_ended"

    due: AwareDatetime | None = None


# --- limits of units ----------------------------------------------------------------------------------------------


class Warned(ToStaff):
    """A limit is near or past 蓝黄红."""

    template = "warned"

    level: WarningLevel
    due: AwareDatetime | None = None
    what: Step


class LimitMissed(ToStaff):
    """Base of what those above a unit are told of a limit that it missed."""

    department: Named
    what: Step
    due: AwareDatetime


class Unsigned(LimitMissed):
    template = "unsigned"


class Missed(LimitMissed):
    """Nobody got in touch, or gave an interim answer."""

    template = "missed"


class Overdue(LimitMissed):
    template = "overdue"


class Escalated(LimitMissed):
    """Not done a working day later: the level above is told, then the office."""

    template = "escalated"


# --- ratings ------------------------------------------------------------------------------------------------------


class Rated(ToStaff):
    """The unit's answer was rated, and the ticket is closed."""

    template = "rated"

    grade: Grade
    solved: bool
    comment: WordsOfEnterprise = ""


class Dissatisfied(ToStaff):
    """The person was not satisfied."""

    template = "dissatisfied"

    round: int
    dissatisfaction: Dissatisfaction | None = None
    own: bool = False
    """For who wrote the answer."""


class Difficult(ToStaff):
    """Not satisfied again and again: it goes on the joint-meeting list 联席会议."""

    template = "difficult"

    dissatisfaction: Dissatisfaction | None = None


# --- accounts and groups ------------------------------------------------------------------------------------------


class AccountBound(Notice):
    """A messenger was bound to somebody's account."""

    template = "account_bound"
    at_once = True

    name: Words
    username: Code
    own: bool
    """For the person; else for their leader."""


class AboutGroup(Notice):
    """Base of what is told of a department's group."""

    at_once = True

    name: Words
    """Whoever linked it."""
    department: Named


class GroupLinked(AboutGroup):
    template = "group_linked"


class GroupUnlinked(AboutGroup):
    template = "group_unlinked"
