"""What goes over the API: requests parsed strictly, answers shaped for people and programs."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from backend.contract import ticket_number, visible
from backend.contract.uscc import PATTERN
from backend.contract.words import (
    AssignmentRole,
    AssignmentState,
    CallOutcome,
    EventKind,
    Grade,
    Kind,
    Level,
    Role,
    TicketState,
    WarningLevel,
)

Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(visible.seen),
]
"""One line with something to see in it: a name, a title, a place."""
MOST_PROSE = 5000
"""Characters."""
Prose = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_PROSE, pattern=r"^[^\x00]+$"), AfterValidator(visible.seen)
]
"""Words that end or tell something, so there must be something to see in them."""
Remark = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$"), AfterValidator(visible.shown)]
"""Words that may be left out: what nobody can see counts as left out."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
RetrievalCode = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{8}|[0-9]{6})$")]
"""8 digits; those given out first have 6."""
CreditCode = Annotated[str, StringConstraints(pattern=PATTERN)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{5,15}$")]
"""E.164."""
TicketNumber = Annotated[str, StringConstraints(pattern=ticket_number.PATTERN)]
Language = Literal["zh_CN", "en"]
Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The ticket's version as last seen; stale → 409.")]


def _storable(value: Any) -> Any:
    """Refuses what a JSON column cannot hold: U+0000, NaN and the infinities."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            if "\x00" in one:
                raise ValueError("text must not hold the character U+0000")
        elif isinstance(one, float) and not math.isfinite(one):
            raise ValueError("numbers must be finite")
    return value


Json = Annotated[Any, AfterValidator(_storable)]
"""Any JSON value that the database can keep."""
LanguageKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{2,16}$")]


class Request(BaseModel):
    """Base of what is sent to the backend: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """Base of what the backend sends: readers ignore fields they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


# --- people -----------------------------------------------------------------------------------------------------


class EnterpriseIn(Request):
    uscc: CreditCode | None = None
    """Unified social credit code, GB 32100-2015."""
    name: Line | None = None
    """As stated: it stays on the ticket, and becomes the registered name only when the office confirms it."""


class ContactIn(Request):
    """What is known of the person; only the given fields change."""

    name: Line | None = None
    phone: Phone | None = None
    language: Language | None = None
    enterprise: EnterpriseIn | None = None


class EnterpriseOut(Answer):
    uscc: str | None
    name: str | None
    """The registered name if it is confirmed, else as the contact stated it."""
    district: str | None


class SpeakerOut(Answer):
    """Somebody an account speaks as: name, telephone, enterprise."""

    name: str | None
    phone: str | None
    enterprise: EnterpriseOut | None


class ContactOut(Answer):
    """The contact's own view: nothing masked, it is theirs."""

    id: int
    name: str | None
    phone: str | None
    language: str
    enterprise: EnterpriseOut | None
    speaks_as: list[SpeakerOut] = []
    """Whom the account has filed as so far, the latest first; never as a hidden reporter."""


class DepartmentOut(Answer):
    code: str
    name: str
    name_en: str
    level: Level
    district: str | None
    parent: str | None


class StaffOut(Answer):
    id: int
    username: str
    name: str
    roles: list[Role]
    department: DepartmentOut
    language: str
    must_enrol: bool = False
    """The policy asks for an authenticator app, and there is none yet: until then nothing else is allowed."""


class ColleagueOut(Answer):
    id: int
    username: str
    name: str


class ColleagueList(Answer):
    items: list[ColleagueOut]


class LogIn(Request):
    username: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    device: Annotated[str, StringConstraints(max_length=200)] = ""
    """As the answer to an earlier log-in from the same browser gave it; it is no secret that lets anybody in."""


class CodeIn(Request):
    """A code of the authenticator app, 6 digits, or a recovery code; spaces and hyphens do not matter."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class LogInCodeIn(CodeIn):
    """The second step of a log-in."""

    ticket: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
    """As the refusal `code-needed` gave it; holds for 5 minutes."""
    device: Annotated[str, StringConstraints(max_length=200)] = ""
    """As at the first step."""


class EnrolIn(Request):
    """The password is asked for again, or an open page would be enough."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SecretOut(Answer):
    """What an authenticator app has to be told; shown this once."""

    secret: str
    """Base32."""
    uri: str
    """`otpauth://totp/...`, which apps read."""


class RecoveryCodesOut(Answer):
    """Shown this once; each stands in for the app one time."""

    codes: list[str]


class SecondFactorOut(Answer):
    on: bool
    required: bool
    """By the policy, for this person's roles."""
    recovery_codes: int
    """How many are left."""


class PasswordIn(Request):
    """A new password of one's own; the old one is asked for again, or an open page would be enough."""

    old: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    new: Annotated[str, StringConstraints(min_length=8, max_length=200)]


class SessionOut(Answer):
    token: str
    expires_at: AwareDatetime
    staff: StaffOut
    device: str = ""
    """Shown again at the next log-in, tries of others do not slow it."""


class LogInOut(Answer):
    """One place from where a member of staff may act; nothing in it lets anybody in."""

    id: str
    """To end it by."""
    channel: str
    """`web-staff` for a log-in with the password; else the messenger of a bound account."""
    address: str
    """Where the log-in was made from; empty for a messenger."""
    since: AwareDatetime | None
    """Null when it was made before this was kept."""
    seen: AwareDatetime | None
    """When it was last used, to the minute."""
    current: bool
    """The one that asks."""


class LogInList(Answer):
    items: list[LogInOut]


class BindingCodeOut(Answer):
    code: str
    """One-time, 8 digits; bind a messenger account with it."""
    expires_at: AwareDatetime


class BindIn(Request):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]


class GroupIn(Request):
    """A department's forum group in a messenger."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
    """One-time code of a leader or handler of that department."""
    chat: Line


# --- attachments ------------------------------------------------------------------------------------------------


class AttachmentOut(Answer):
    id: str
    kind: Literal["photo", "file", "voice", "video"]
    media_type: str
    size: int
    """Bytes."""
    name: str
    transcript: str | None = None
    """What is said in a recording, as a machine heard it."""
    rating_round: int | None = None
    """The round whose rating it came with, such as its spoken comment; None: it came with anything else."""


class TranscriptIn(Request):
    text: Prose


# --- tickets ----------------------------------------------------------------------------------------------------


class FieldAnswer(Request):
    """One answered field of the template, with the words it was asked and shown in."""

    field: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: dict[LanguageKey, Line]
    value: Json = None
    shown: dict[LanguageKey, Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]]


class Place(Request):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    label: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""


class NewTicket(Request):
    """A confirmed form. The contact comes from the acting identity."""

    kind: Kind
    scenario: Slug
    scenario_version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    language: Language = "zh_CN"
    title: Line
    story: Prose
    district: Slug | None = None
    address: Line | None = None
    location: Place | None = None
    urgent: bool = False
    hidden_reporter: bool = False
    unclear: bool = False
    """True when a person gave up the form and asked for a human: a seat completes it."""
    callback: bool = False
    """The person waits for a call back: no seat was free, they hung up midway, or they asked for it."""
    enterprise: EnterpriseIn | None = None
    contact: ContactIn | None = None
    answers: Annotated[list[FieldAnswer], Field(max_length=60)] = []
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []
    draft: Uuid | None = None
    """Draft that this filing ends."""


class TicketReceipt(Answer):
    """Answer to filing; the retrieval code 查询码 is only in the acceptance notice."""

    number: str
    state: TicketState
    promised_at: AwareDatetime | None
    provisional: bool
    """True when the promised time reaches into a year whose holidays are not decreed yet."""


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


class TicketOut(TicketSummary):
    """One ticket as the asker may see it: personal data masked by role.

    Who is let in by the phone on file, or by the retrieval code, sees state, departments, times and the answer, and may
    at most rate; story, names, places, form and files are left out.
    """

    story: str
    district: str | None
    address: str | None
    location: Place | None
    answers: list[dict[str, Any]]
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
    """Actions the asker may take now, e.g. `sign`, `reply`, `rate`."""
    additions: list[AdditionOut] = []
    """Oldest first."""
    suggestions: list[str] = []
    """Department codes suggested to the dispatch desk."""


class CorrectedOut(Answer):
    ticket: TicketOut
    also: list[str]
    """The others that were changed."""


class TicketPage(Answer):
    items: list[TicketSummary]
    next: str | None
    """Cursor of the next page."""


class EventOut(Answer):
    seq: int
    at: AwareDatetime
    kind: Annotated[EventKind | str, Field(union_mode="left_to_right")]
    """An `EventKind`; a plain string for one that only a newer program knows."""
    actor: str
    """contact, staff, system, or a service's name."""
    staff: str | None = None
    """Name of the member of staff; the enterprise sees units only."""
    department: str | None
    channel: str | None
    reason: str | None
    data: dict[str, Any]
    rating: RatingOut | None = None
    """Of an event `rated`, for staff who learn it."""


class EventPage(Answer):
    items: list[EventOut]
    next: str | None


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


class Look(Answer):
    """One look at personal data."""

    at: AwareDatetime
    actor: str
    """contact or staff."""
    staff: str | None
    """User name of who looked."""
    ticket: str | None
    what: str
    reason: str


class LookPage(Answer):
    items: list[Look]
    next: str | None


class FailedLogInOut(Answer):
    """A log-in that was refused."""

    at: AwareDatetime
    staff: str | None
    """User name of the account; null when there is none of the name that was typed."""
    unknown: str
    """In place of a name that does not exist: the same for the same name, and does not give it away."""
    address: str
    why: str
    """name, password, code or dismissed."""


class FailedLogInPage(Answer):
    items: list[FailedLogInOut]
    next: str | None


# --- what a contact does with a ticket --------------------------------------------------------------------------


class AnswerQuestionIn(Request):
    text: Prose
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []


class AdditionIn(Request):
    text: Annotated[Remark, StringConstraints(max_length=5000)] = ""
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []


class CorrectionIn(Request):
    """What is right; what is left out stays."""

    name: Line | None = None
    """The contact's."""
    phone: Phone | None = None
    enterprise: Line | None = None
    """The enterprise's name, as stated; the registered one is the office's to confirm."""
    also: Annotated[list[TicketNumber], Field(max_length=20)] = []
    """Other tickets of mine that it is meant for, too; those that have ended meanwhile are left as they are."""


class CorrectableOut(Answer):
    others: list[str]
    """Open tickets of mine by the same contact for the same enterprise, the latest first; never a hidden reporter's."""


class WithdrawIn(Request):
    reason: Annotated[Remark, StringConstraints(max_length=1000)] = ""


class RateIn(Request):
    grade: Grade
    solved: bool
    comment: Annotated[Remark, StringConstraints(max_length=2000)] = ""
    """Asked for, with its reason, when dissatisfied."""
    code: RetrievalCode | None = None
    """Lets somebody else than the ticket's contact rate it, such as the same person by another channel."""
    attachments: Annotated[list[Uuid], Field(max_length=20)] = []
    """Files of the comment, such as the recording of a spoken one."""


class CallIn(Request):
    """What became of a call to the enterprise, by the phone line or by hand."""

    outcome: CallOutcome
    notice: Id | None = None
    """The notice that ordered it; none for a call that a seat made by hand."""
    seconds: Annotated[int, Field(ge=0, le=86400)] = 0
    """How long they talked."""


class PersonOut(Answer):
    name: str | None
    phone: str | None
    enterprise: str | None
    """As stated."""
    enterprise_confirmed: str | None = None
    """The registered name of the credit code, once it is confirmed."""
    uscc: str | None
    as_filed: bool = True


# --- drafts -----------------------------------------------------------------------------------------------------


class DraftIn(Request):
    """A half-filled form, kept so that losing the session store loses nothing."""

    scenario: Slug
    form: Annotated[dict[str, Any], AfterValidator(_storable)]
    """The engine's form as JSON."""


class DraftOut(Answer):
    id: str
    scenario: str
    form: dict[str, Any]
    updated_at: AwareDatetime


class DraftPage(Answer):
    items: list[DraftOut]


# --- notices ----------------------------------------------------------------------------------------------------


class ClaimIn(Request):
    channels: Annotated[list[Slug], Field(min_length=1, max_length=10)]
    addresses: Annotated[list[Line], Field(max_length=1000)] | None = None
    """Only for these addresses (a web page that is open now)."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    lease_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    """Longer than it takes: a call lasts longer than a message."""


class NoticeOut(Answer):
    """One message to deliver; `key` names it for ever, so a receiver can recognise a repeat."""

    id: int
    key: str
    channel: str
    address: str
    """The channel's id of the receiver; `group:<chat id>` for a department's group."""
    fallback: list[str] = []
    """For a group: addresses of its members, if the group cannot be reached."""
    language: str
    template: str
    args: dict[str, Any]
    ticket: str | None
    attempts: int


class NoticePage(Answer):
    items: list[NoticeOut]


FailedReason = Literal["blocked", "gone", "refused", "temporary", "busy", "no_answer", "declined", "unsupported"]
"""Why a notice was not delivered.

`blocked`: the person shut us out. `gone`: there is no such account or number. `refused`: the channel does not take this
content. `temporary`: try again. `unsupported`: this channel has no way to deliver such a notice. Of a call: `busy`,
`no_answer`, and `declined` by the person.
"""


class NoticeFailed(Request):
    reason: FailedReason
    retry_seconds: Annotated[int, Field(ge=0, le=86400)] = 30
    """For `temporary`; when a call is made again is the policy's."""


class TopicIn(Request):
    """The topic that stands for a ticket in a department's group."""

    chat: Line
    topic: Annotated[int, Field(ge=1, le=2**53 - 1)]


class GroupMoveIn(Request):
    """A department's group lives on under another id, as one that became a supergroup does."""

    to: Line


class TopicOut(Answer):
    chat: str
    topic: int | None
    ticket: str | None


# --- organisation -----------------------------------------------------------------------------------------------


class DistrictOut(Answer):
    id: str
    name: str
    name_en: str
    children: list[DistrictOut]


class ClockOut(Answer):
    now: AwareDatetime
    """The database's, at some point between request and answer."""


class CityOut(Answer):
    """What channels need to know of the city."""

    name: str
    name_en: str
    districts: list[DistrictOut]
    departments: list[DepartmentOut]
    emergencies: list[dict[str, Any]]
    """Words and the number to call, from the policy."""
