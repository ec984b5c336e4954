"""The tables: everything that must not be lost."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.contract.words import (
    AssignmentRole,
    AssignmentState,
    EventKind,
    Grade,
    Kind,
    Level,
    TicketState,
    WarningLevel,
)

Word = TypeVar("Word", bound=StrEnum)


class _WordField(fields.CharField[str]):
    """A plain string column that holds a word of one of the contract's vocabularies, and gives it as a member of that.

    To migrations it is a `CharField`, unlike Tortoise's `CharEnumField`, which writes every member into the column's
    description: a vocabulary that grows asks for no migration.
    """

    def __init__(self, vocabulary: type[StrEnum], max_length: int, *, open_ended: bool, **kwargs: Any) -> None:
        super().__init__(max_length, **kwargs)
        self.vocabulary = vocabulary
        self._open_ended = open_ended

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        _, args, kwargs = super().deconstruct()
        return "tortoise.fields.data.CharField", args, kwargs | {"max_length": self.max_length}

    def describe(self, serializable: bool) -> dict[str, Any]:
        described: dict[str, Any] = super().describe(serializable)
        return described | {"field_type": "CharField" if serializable else fields.CharField}

    def to_python_value(self, value: Any) -> Any:
        if value is None or (self._open_ended and value not in self.vocabulary._value2member_map_):
            return value
        return self.vocabulary(value)

    def to_db_value(self, value: Any, instance: Any) -> str | None:  # noqa: ARG002 - Tortoise passes it
        self.validate(value)
        return None if value is None else str(self.vocabulary(value))


def _word(vocabulary: type[Word], max_length: int, **kwargs: Any) -> fields.Field[Word]:
    """Read and written is only what the vocabulary knows."""
    return cast("fields.Field[Word]", _WordField(vocabulary, max_length, open_ended=False, **kwargs))


def _open_word(vocabulary: type[StrEnum], max_length: int, **kwargs: Any) -> fields.Field[str]:
    """Written is only what the vocabulary knows; what another version of the program wrote is read as the string it is.

    So a part that is not upgraded yet, or was taken back to the version before, can still show and reckon old rows.
    """
    return _WordField(vocabulary, max_length, open_ended=True, **kwargs)


# --- organisation and people ------------------------------------------------------------------------------------


class District(Model):
    """An administrative area; `path` runs from the county down, so duties can match the nearest."""

    id = fields.CharField(max_length=64, primary_key=True)
    name = fields.CharField(max_length=100)
    name_en = fields.CharField(max_length=100, default="")
    parent: fields.ForeignKeyNullableRelation[District] = fields.ForeignKeyField(
        "backend.District", related_name="children", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    parent_id: str | None

    class Meta:
        table = "district"


class Department(Model):
    """A unit that handles tickets 承办单位."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    name_en = fields.CharField(max_length=100, default="")
    level = _word(Level, max_length=16)
    district_id = fields.CharField(max_length=64, null=True)
    parent: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "backend.Department", related_name="children", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    parent_id: int | None
    group_chat = fields.CharField(max_length=64, null=True)
    """Messenger group (forum) of this department, if it has one."""
    group_linked_by = fields.BigIntField(null=True)
    """Id of the member of staff who linked it; unset for a group from before this was kept."""

    class Meta:
        table = "department"


class Staff(Model):
    id = fields.BigIntField(primary_key=True)
    username = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    password_hash = fields.CharField(max_length=200)
    roles: list[str] = fields.JSONField()
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "backend.Department", related_name="staff", on_delete=fields.RESTRICT, db_index=True
    )
    department_id: int
    language = fields.CharField(max_length=8, default="zh_CN")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "staff"


class StaffSession(Model):
    """A log-in; only a digest of its token is kept."""

    digest = fields.CharField(max_length=64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "backend.Staff", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    staff_id: int
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField(null=True)
    """None for one that was open when this was introduced; it has no idle limit either."""
    seen_at = fields.DatetimeField(null=True)
    """When its owner last did something, to the minute."""
    address = fields.CharField(max_length=100, default="", db_default="")
    """Where it was opened from."""

    class Meta:
        table = "staff_session"


class FailedLogIn(Model):
    """A log-in that was refused, for the auditor; never changed, and deleted past its term alone."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    staff_id = fields.BigIntField(null=True)
    """None when there is no such account."""
    name_digest = fields.CharField(max_length=64, default="")
    """Of an unknown name, keyed: people type their passwords into the wrong field."""
    address = fields.CharField(max_length=100)
    why = fields.CharField(max_length=24)

    class Meta:
        table = "failed_log_in"
        indexes = (Index(fields=("at",)),)


class SecondFactor(Model):
    """The authenticator app of a member of staff (TOTP, RFC 6238)."""

    id = fields.BigIntField(primary_key=True)
    staff: fields.OneToOneRelation[Staff] = fields.OneToOneField(
        "backend.Staff", related_name="second_factor", on_delete=fields.CASCADE
    )
    staff_id: int
    sealed = fields.CharField(max_length=200)
    """The shared secret, encrypted under a key made of SECRET_KEY."""
    confirmed_at = fields.DatetimeField(null=True)
    """When the first code was right; before that it is asked for nowhere."""
    last_step = fields.BigIntField(default=0, db_default=0)
    """Of the last code that was taken, in half minutes since 1970: neither it nor an older one is taken again."""

    class Meta:
        table = "second_factor"


class RecoveryCode(Model):
    """Stands in for the authenticator app, once; used ones are deleted."""

    digest = fields.CharField(max_length=64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "backend.Staff", related_name="recovery_codes", on_delete=fields.CASCADE, db_index=True
    )
    staff_id: int

    class Meta:
        table = "recovery_code"


class BindingCode(Model):
    """A one-time code that binds a messenger account to a member of staff."""

    digest = fields.CharField(max_length=64, primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "backend.Staff", related_name="binding_codes", on_delete=fields.CASCADE, db_index=True
    )
    staff_id: int
    expires_at = fields.DatetimeField()

    class Meta:
        table = "binding_code"


class ServiceToken(Model):
    """A program's access: scopes, and the channels it may speak for."""

    digest = fields.CharField(max_length=64, primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    scopes: list[str] = fields.JSONField()
    channels: list[str] = fields.JSONField()

    class Meta:
        table = "service_token"


class Enterprise(Model):
    """One file per enterprise 一企一档."""

    id = fields.BigIntField(primary_key=True)
    uscc = fields.CharField(max_length=18, unique=True, null=True)
    name = fields.CharField(max_length=200, null=True)
    """The registered name, confirmed by the office or the register's import; what people state is on their tickets."""
    district_id = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "enterprise"


class Contact(Model):
    """A person speaking for an enterprise 联系人.

    The owner of accounts, who may speak for several: each ticket keeps whom it was filed by. Name, telephone and
    enterprise are those last given, by which forms are filled in beforehand.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=200, null=True)
    phone = fields.CharField(max_length=20, null=True, db_index=True)
    language = fields.CharField(max_length=8, default="zh_CN")
    enterprise: fields.ForeignKeyNullableRelation[Enterprise] = fields.ForeignKeyField(
        "backend.Enterprise", related_name="contacts", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    enterprise_id: int | None
    enterprise_name = fields.CharField(max_length=200, null=True)
    """As they stated it."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "contact"


class Identity(Model):
    """An account in a channel: of a contact, or bound to a member of staff."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=32)
    external_id = fields.CharField(max_length=200)
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "backend.Contact", related_name="identities", null=True, on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int | None
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "backend.Staff", related_name="identities", null=True, on_delete=fields.CASCADE, db_index=True
    )
    staff_id: int | None
    blocked_at = fields.DatetimeField(null=True)
    """When the messenger first told us that the person blocked the bot."""
    bound_at = fields.DatetimeField(null=True)
    """When a member of staff bound it; None for a contact's, and for one bound before this was kept."""
    seen_at = fields.DatetimeField(null=True)
    """When its member of staff last did something by it, to the minute."""

    class Meta:
        table = "identity"
        unique_together = (("channel", "external_id"),)


class Duty(Model):
    """An entry of the duty list 职责清单."""

    id = fields.BigIntField(primary_key=True)
    scenario = fields.CharField(max_length=64, db_index=True)
    district_id = fields.CharField(max_length=64, null=True)
    lead = fields.CharField(max_length=64)
    assists: list[str] = fields.JSONField()
    legal_basis = fields.TextField(default="")
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "duty"


class PolicyVersion(Model):
    """A policy that was in force once: tickets accepted under it are reckoned by it to their end."""

    version = fields.CharField(max_length=64, primary_key=True)
    text = fields.TextField()
    """JSON, as `backend.rules.kept_policy` writes it; never changed."""
    in_force_since = fields.DatetimeField()
    """When a process first started with it."""

    class Meta:
        table = "policy"


# --- tickets ----------------------------------------------------------------------------------------------------


class Ticket(Model):
    """One matter, one ticket 一事一单."""

    AS_FILED: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "number", "code_digest", "kind", "scenario", "scenario_version", "title", "story", "answers"),
            *("district_id", "address", "location", "urgent", "hidden_reporter", "unclear", "language"),
            *("contact_id", "identity_id", "enterprise_id", "contact_name", "contact_phone", "enterprise_name"),
            *("enterprise_uscc", "as_filed", "phone_bound", "created_at"),
        }
    )
    """Columns that work leaves as they are; all others are written whenever it is saved."""

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=13, unique=True)
    code_digest = fields.CharField(max_length=64)
    version = fields.IntField(default=1)
    state = _word(TicketState, max_length=16)
    kind = _word(Kind, max_length=16)
    scenario = fields.CharField(max_length=64)
    scenario_version = fields.IntField()
    title = fields.CharField(max_length=200)
    story = fields.TextField()
    answers: list[dict[str, object]] = fields.JSONField()
    district_id = fields.CharField(max_length=64, null=True)
    address = fields.CharField(max_length=200, null=True)
    location: dict[str, object] | None = fields.JSONField(null=True)
    urgent = fields.BooleanField(default=False)
    hidden_reporter = fields.BooleanField(default=False)
    unclear = fields.BooleanField(default=False)
    callback = fields.BooleanField(default=False)
    """The person waits for a call back."""
    difficult = fields.BooleanField(default=False)
    """On the joint-meeting list 联席会议 after a second dissatisfaction."""
    lacks_lead = fields.BooleanField(default=False, db_default=False)
    """Its lead was returned while other units assist: the desk has to name another. Kept here for the desk's queue."""
    waiting = fields.BooleanField(default=False, db_default=False)
    """The desk's clock stands, because the desk asked the enterprise something before sending it out."""
    round = fields.IntField(default=1)
    """1 at first; one more for each time it is done again."""
    policy_version = fields.CharField(max_length=64)
    """The policy it was accepted under; until then, the one it was filed under."""
    language = fields.CharField(max_length=8)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "backend.Contact", related_name="tickets", on_delete=fields.RESTRICT
    )
    contact_id: int
    identity: fields.ForeignKeyRelation[Identity] = fields.ForeignKeyField(
        "backend.Identity", related_name="tickets", on_delete=fields.RESTRICT, db_index=True
    )
    identity_id: int
    """The account it came from: answers go back there."""
    enterprise: fields.ForeignKeyNullableRelation[Enterprise] = fields.ForeignKeyField(
        "backend.Enterprise", related_name="tickets", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    enterprise_id: int | None
    """The file of the enterprise it was filed for, by its credit code."""
    contact_name = fields.CharField(max_length=200, null=True)
    """The contact as filed; from here on the ticket's own: later filings of the account change nothing in it."""
    contact_phone = fields.CharField(max_length=20, null=True)
    phone_bound = fields.BooleanField(default=True, db_default=True)
    """False: the telephone was corrected since, and the retrieval code has not been given from it yet."""
    enterprise_name = fields.CharField(max_length=200, null=True)
    """As stated; the registered name is on the enterprise's file once it is confirmed."""
    enterprise_uscc = fields.CharField(max_length=18, null=True)
    as_filed = fields.BooleanField(default=True, db_default=True)
    """False: filed before tickets kept these four; they are what was on file when that began."""
    reply: str | None = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    promised_at = fields.DatetimeField(null=True)
    provisional = fields.BooleanField(default=False)
    completed_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    cleared_at = fields.DatetimeField(null=True)
    """When all that tells of a person was removed, its term being over."""

    class Meta:
        table = "ticket"
        indexes = (Index(fields=("state", "id")), Index(fields=("contact_id", "id")))


class Assignment(Model):
    """A ticket handed to one department 派单."""

    AS_DISPATCHED: ClassVar[frozenset[str]] = frozenset(
        {"id", "ticket_id", "department_id", "role", "round", "barred_staff_id", "dispatched_at"}
    )
    """Columns that work leaves as they are; all others are written whenever it is saved."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="assignments", on_delete=fields.RESTRICT, db_index=True
    )
    ticket_id: int
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "backend.Department", related_name="assignments", on_delete=fields.RESTRICT
    )
    department_id: int
    role = _word(AssignmentRole, max_length=8)
    state = _word(AssignmentState, max_length=16)
    round = fields.IntField()
    handler: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "backend.Staff", related_name="assignments", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    handler_id: int | None
    barred_staff_id = fields.BigIntField(null=True)
    """Who handled the round before: a second dispatch needs another handler."""
    dispatched_at = fields.DatetimeField()
    sign_due = fields.DatetimeField(null=True)
    contact_due = fields.DatetimeField(null=True)
    interim_due = fields.DatetimeField(null=True)
    resolve_due = fields.DatetimeField(null=True)
    signed_at = fields.DatetimeField(null=True)
    contacted_at = fields.DatetimeField(null=True)
    """When the unit first got in touch with the enterprise, by phone, on the spot or by a question."""
    interim_at = fields.DatetimeField(null=True)
    """When it first told the enterprise how far it is."""
    replied_at = fields.DatetimeField(null=True)
    waiting = fields.BooleanField(default=False)
    warning: WarningLevel | None = _word(WarningLevel, max_length=8, null=True)  # type: ignore[assignment]
    reply = fields.TextField(null=True)
    solved = fields.BooleanField(null=True)
    return_proposed = fields.BooleanField(default=False)

    class Meta:
        table = "assignment"


class Question(Model):
    """What a handler or the desk asked the enterprise; their clock stands until it is answered."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="questions", on_delete=fields.RESTRICT, db_index=True
    )
    ticket_id: int
    assignment: fields.ForeignKeyNullableRelation[Assignment] = fields.ForeignKeyField(
        "backend.Assignment", related_name="questions", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    assignment_id: int | None
    """None: the desk asked, before it sent the ticket out."""
    text = fields.TextField()
    asked_at = fields.DatetimeField()
    answer = fields.TextField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "question"


class Rating(Model):
    """The person's own free rating of one round 评价."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="ratings", on_delete=fields.RESTRICT
    )
    ticket_id: int
    round = fields.IntField()
    grade = _word(Grade, max_length=16)
    solved = fields.BooleanField()
    comment = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "rating"
        unique_together = (("ticket_id", "round"),)


class Event(Model):
    """What happened, by whom, when; never changed or deleted."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="events", on_delete=fields.RESTRICT
    )
    ticket_id: int
    seq = fields.IntField()
    """1, 2, 3 ... within the ticket."""
    at = fields.DatetimeField()
    kind = _open_word(EventKind, max_length=32)
    """An `EventKind`, or the plain string of one that only another version of the program knows."""
    actor_kind = fields.CharField(max_length=16)
    actor_id = fields.BigIntField(null=True)
    department_id = fields.BigIntField(null=True)
    channel = fields.CharField(max_length=32, null=True)
    reason = fields.TextField(null=True)
    data: dict[str, object] = fields.JSONField()

    class Meta:
        table = "event"
        unique_together = (("ticket_id", "seq"),)


class Attachment(Model):
    """A file kept outside the database, under its id."""

    id = fields.UUIDField(primary_key=True)
    ticket: fields.ForeignKeyNullableRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="attachments", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    ticket_id: int | None
    contact_id = fields.BigIntField(null=True)
    staff_id = fields.BigIntField(null=True)
    kind = fields.CharField(max_length=8)
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200, default="")
    transcript = fields.TextField(null=True)
    """What is said in a recording, as a machine heard it."""
    rating_round = fields.IntField(null=True)
    """The round whose rating it came with; staff get it when they get the rating."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "attachment"


class Draft(Model):
    """A half-filled form."""

    id = fields.UUIDField(primary_key=True)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "backend.Contact", related_name="drafts", on_delete=fields.CASCADE, db_index=True
    )
    contact_id: int
    identity_id = fields.BigIntField()
    scenario = fields.CharField(max_length=64)
    form: dict[str, object] = fields.JSONField()
    cancelled = fields.BooleanField(default=False, db_default=False)
    """The person does not want it; it stays for a day."""
    updated_at = fields.DatetimeField()

    class Meta:
        table = "draft"


# --- time, messages, safety -------------------------------------------------------------------------------------


class Due(Model):
    """Something to do at a time; the worker claims it when it is due."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(max_length=48)
    """A `rules.waiting.Subject`: `t<id>` a ticket, `a<id>` an assignment, `q<id>` a question, `d<uuid>` a draft."""
    kind = fields.CharField(max_length=32)
    period = fields.CharField(max_length=16)
    """Round and repetition, so that the same kind can come again."""
    due_at = fields.DatetimeField(null=True)
    """None while the clock is paused."""
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "due"
        unique_together = (("subject", "kind", "period"),)


class Notice(Model):
    """A message to deliver: the outbox."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=200, unique=True)
    channel = fields.CharField(max_length=32)
    address = fields.CharField(max_length=200)
    fallback: list[str] = fields.JSONField()
    language = fields.CharField(max_length=8)
    template = fields.CharField(max_length=40)
    args: dict[str, object] = fields.JSONField()
    ticket_id = fields.BigIntField(null=True, db_index=True)
    ready_at = fields.DatetimeField()
    """When it may be claimed: not in quiet hours; after a lease or a failure, later."""
    attempts = fields.IntField(default=0)
    done_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=16, null=True)
    """sent, withdrawn, or why it was given up: `backend.contract.models.notices.FailedReason`."""

    class Meta:
        table = "notice"


class Topic(Model):
    """The topic of a ticket in a department's group."""

    id = fields.BigIntField(primary_key=True)
    chat = fields.CharField(max_length=64)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "backend.Ticket", related_name="topics", on_delete=fields.CASCADE, db_index=True
    )
    ticket_id: int
    topic = fields.BigIntField()

    class Meta:
        table = "topic"
        unique_together = (("chat", "ticket_id"), ("chat", "topic"))


class IdempotentCall(Model):
    """The answer once given under an Idempotency-Key."""

    actor = fields.CharField(max_length=120)
    key = fields.CharField(max_length=200)
    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64)
    """Of method, path and body."""
    status = fields.IntField(null=True)
    body = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotent_call"
        unique_together = (("actor", "key"),)


class AccessLog(Model):
    """Who read personal data, when, and why."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    actor_kind = fields.CharField(max_length=16)
    actor_id = fields.BigIntField(null=True)
    ticket_id = fields.BigIntField(null=True, db_index=True)
    what = fields.CharField(max_length=64)
    reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "access_log"
