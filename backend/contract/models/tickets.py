"""A ticket as its reader may see it."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, model_validator

from backend.contract.words import AssignmentRole, AssignmentState, Grade, Kind, Permission, TicketState, WarningLevel

from .attachments import AttachmentOut
from .base import Answer, Request
from .filing import Place
from .organisation import DepartmentOut
from .same_matter import SameMatterOut
from .values import RetrievalCode, TicketNumber


class QuestionOut(Answer):
    id: int
    text: str
    asked_at: AwareDatetime
    answer: str | None


class AdditionOut(Answer):
    """What the enterprise added to its ticket."""

    at: AwareDatetime
    text: str
    attachments: list[str]
    """Ids among the ticket's attachments."""


class ReturnOut(Answer):
    """A return 退单 that a unit proposed, and what the office decided."""

    at: AwareDatetime
    reason: str | None
    unit: DepartmentOut | None
    """Whose duty it is, in the unit's view."""
    basis: str | None
    """Legal basis."""
    approved: bool | None = None
    """None until the office has decided."""
    decision: str | None = None
    """Why it decided so."""


class AssignmentOut(Answer):
    id: int
    department: DepartmentOut
    role: AssignmentRole
    state: AssignmentState
    round: int
    handler: str | None
    sign_due: AwareDatetime | None
    contact_due: AwareDatetime | None
    """None: no such limit, or the clock is paused; so for the next two."""
    interim_due: AwareDatetime | None
    resolve_due: AwareDatetime | None
    contacted_at: AwareDatetime | None
    interim_at: AwareDatetime | None
    warning: WarningLevel | None
    waiting: bool
    """True while the clock stands because the enterprise was asked something."""
    reply: str | None
    solved: bool | None
    return_proposed: bool
    attachments: list[str] = []
    """Files of its answer: ids among the ticket's attachments."""
    returns: list[ReturnOut] = []
    """Oldest first."""


class RatingOut(Answer):
    round: int
    grade: Grade
    solved: bool
    comment: str
    at: AwareDatetime
    heard: list[str] = []
    """What is said in the recordings that came with it, as a machine heard it."""
    withheld: bool = False
    """Whether there are words that this reader does not get: those of a hidden reporter stay with the desk."""


class TicketSummary(Answer):
    number: str
    version: int
    kind: Kind
    scenario: str
    title: str
    state: TicketState
    urgent: bool
    difficult: bool
    waiting: bool
    created_at: AwareDatetime
    promised_at: AwareDatetime | None
    warning: WarningLevel | None
    callback: bool = False
    """The person waits for a call back; first in the desk's queue until somebody has reached them."""


class FieldAnswerOut(Answer):
    """One field of the form, as it was asked and answered."""

    field: str
    label: dict[str, str]
    """By language."""
    value: Any = None
    """None: it was left open."""
    shown: dict[str, str]
    """The answer in words, or who is to give it; by language."""

    @property
    def is_open(self) -> bool:
        return self.value is None


class PermissionOut(Answer):
    """Something that the asker may do now."""

    permission: str
    """A `Permission`, or one that only a newer backend knows."""
    subject: int | None = None
    """Id of the assignment or question with which it may be done; None: with the ticket."""


class TicketOut(TicketSummary):
    """One ticket as the asker may see it: personal data masked by role.

    Who is let in by the phone on file, or by the retrieval code, sees state, departments, times and the answer, and may
    at most rate; story, names, places, form and files are left out.
    """

    story: str
    district: str | None
    address: str | None
    location: Place | None
    answers: list[FieldAnswerOut]
    enterprise: str | None
    """As stated at filing; the registered name where only the credit code was given."""
    enterprise_confirmed: str | None = None
    """The registered name of the credit code that was given, as the office or the register's import confirmed it."""
    contact_name: str | None
    contact_phone: str | None
    as_filed: bool = True
    """False: filed before tickets kept contact and enterprise; these are what was on file when that began."""
    hidden_reporter: bool
    provisional: bool
    attachments: list[AttachmentOut]
    questions: list[QuestionOut]
    assignments: list[AssignmentOut]
    """The contact sees departments and states, not handlers."""
    reply: str | None
    """The joint answer once completed."""
    rating: RatingOut | None
    """Seen by the unit only once the ticket is closed."""
    may: list[str]
    """The `permissions` as words, such as `rate` or, with assignment 12, `sign:12`."""
    permissions: list[PermissionOut] = []
    """What the asker may do now, in the order in which it is offered."""
    additions: list[AdditionOut] = []
    """Oldest first."""
    suggestions: list[str] = []
    """Department codes suggested to the dispatch desk."""
    same_matters: list[SameMatterOut] = []
    """Other open tickets that may be the same matter, for seat and dispatcher: nothing is linked by itself."""

    @model_validator(mode="before")
    @classmethod
    def _of_version_before(cls, given: Any) -> Any:
        """A backend that does not send `permissions` yet means what its `may` says."""
        if not isinstance(given, dict) or "permissions" in given or "may" not in given:
            return given
        named = (one.partition(":") for one in given["may"])
        return given | {"permissions": [{"permission": one, "subject": id_ or None} for one, _, id_ in named]}

    def permits(self, permission: Permission, subject: int | None = None) -> bool:
        return any(one.permission == permission and one.subject == subject for one in self.permissions)

    @property
    def open_questions(self) -> list[QuestionOut]:
        """Those that the asker may answer."""
        return [one for one in self.questions if self.permits(Permission.ANSWER, one.id)]


class CorrectedOut(Answer):
    ticket: TicketOut
    also: list[str]
    """The others that were changed."""


class TicketPage(Answer):
    items: list[TicketSummary]
    next: str | None
    """Cursor of the next page."""


class Lookup(Request):
    """Follow a ticket by number and retrieval code; whoever holds both may."""

    number: TicketNumber
    code: RetrievalCode


class Progress(Answer):
    """What number and retrieval code show: no personal data, no story."""

    number: str
    kind: Kind
    title: str
    state: TicketState
    created_at: AwareDatetime
    promised_at: AwareDatetime | None
    provisional: bool
    waiting: bool
    departments: list[str]
    may_rate: bool = False
    """Whoever holds number and code may rate it now."""
