"""The one policy file an office edits: every number, word list and time limit of the rules, checked when it is read."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from backend.contract import ticket_number
from backend.contract.faults import Fault, FileFaults, Refused, suggestion
from backend.contract.message import Message
from backend.contract.misfits import read_model
from backend.contract.words import Kind, Role
from backend.contract.yaml_source import read_source

from .working_time import WorkingCalendar, WorkingSpan

BUILT_IN = Path(__file__).parent.parent / "policies" / "default.yaml"


def _share(value: object) -> object:
    """Lets a share be written as a fraction: `2/3`."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError):
            raise Refused(Message("policy.share", {"value": value})) from None
    return value


def _clock_time(value: object) -> time:
    """Takes HH:MM only, where pydantic would also take seconds since midnight, zones and fractions."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise Refused(Message("policy.time", {"value": str(value)}))


Share = Annotated[
    float,
    BeforeValidator(_share),
    Field(gt=0, lt=1),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, {"type": "string"}]},
    ),
]
ClockTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
    PlainSerializer(lambda value: f"{value:%H:%M}", when_used="json"),
]
Hours = Annotated[tuple[tuple[ClockTime, ClockTime], ...], Field(min_length=1)]
"""Stretches of a day, each from when to when."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Days = Annotated[int, Field(ge=1, le=3660)]
CountsFrom = Literal["dispatch", "sign"]


def _require_hours_in_order(hours: Hours) -> None:
    edges = [edge for pair in hours for edge in pair]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise Refused(Message("policy.hours"), place=("hours",))


def _require_rising(values: Mapping[str, float | None], *, strictly: bool = False) -> None:
    """Of those that are given, by their keys."""
    given = [value for value in values.values() if value is not None]
    if any(later < earlier or (strictly and later == earlier) for earlier, later in pairwise(given)):
        kind = "policy.growing" if strictly else "policy.not_shrinking"
        raise Refused(Message(kind, {"keys": ", ".join(values)}))


def _require_one(values: Mapping[str, object]) -> None:
    """Of two keys."""
    if sum(value is not None for value in values.values()) != 1:
        raise Refused(Message("policy.either", {"keys": ", ".join(values)}))


class Section(BaseModel):
    """Base of every part of the policy: unknown keys, wrong types and missing values are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Span(Section):
    """A limit in working days or in working hours; give exactly one."""

    working_days: Annotated[int, Field(ge=1, le=366)] | None = None
    working_hours: Annotated[float, Field(gt=0, le=1000)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Span:
        _require_one(dict(self))
        return self

    def span(self) -> WorkingSpan:
        if self.working_days is not None:
            return WorkingSpan(days=self.working_days)
        return WorkingSpan(time=timedelta(hours=self.working_hours or 0))


class OfficeTime(Section):
    """When the office works."""

    timezone: str
    """IANA name, such as Asia/Shanghai."""
    hours: Hours
    """Opening and closing times of a working day, in order."""
    days: dict[date, Literal["working", "holiday"]] = {}
    """The office's own days; they win over the State Council's decree."""
    decreed_years: tuple[Annotated[int, Field(ge=2000, le=2099)], ...] = ()
    """Years whose whole decree is entered under `days`: deadlines in them are no longer provisional."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):  # unknown, a folder's name, or a path
            raise Refused(Message("policy.timezone", {"value": name})) from None
        return name

    @model_validator(mode="after")
    def _ordered(self) -> OfficeTime:
        _require_hours_in_order(self.hours)
        return self


class ResolveLimits(Section):
    """Limit for a department to resolve a ticket, by kind of request."""

    counts_from: CountsFrom
    consultation: Span
    help: Span
    suggestion: Span
    complaint: Span
    report: Span

    def of(self, kind: Kind) -> Span:
        limit = getattr(self, kind.value)
        assert isinstance(limit, Span)
        return limit


class Contact(Section):
    """Limit to get in touch with the enterprise."""

    counts_from: CountsFrom
    within: Span


class Interim(Section):
    """Interim answer by this time of the first working day after the start."""

    counts_from: CountsFrom
    by: ClockTime


class Resolve(Section):
    counts_from: CountsFrom
    within: Span


class Clock(Section):
    """A named set of limits that a scenario carries in place of those by kind."""

    contact: Contact | None = None
    interim: Interim | None = None
    resolve: Resolve


class Limits(Section):
    verify: Span
    """For the seat, from filing to acceptance or rejection."""
    dispatch: Span
    """For the dispatch desk, from acceptance, or from when a ticket came back to it."""
    decide: Span
    """For the office, from a unit's request to return its part."""
    call_back: Span
    """For the seat, from filing to reaching a person who waits for a call."""
    sign: Span
    """For a department, from dispatch to signing."""
    resolve: ResolveLimits
    clocks: dict[Slug, Clock] = {}
    scenarios: dict[Slug, Slug] = {}
    """Scenario → name of the clock it carries."""

    @model_validator(mode="after")
    def _named_clocks(self) -> Limits:
        for scenario, clock in self.scenarios.items():
            if clock not in self.clocks:
                told = Message("policy.no_clock", {"clock": clock})
                raise Refused(told, suggestion(clock, self.clocks), ("scenarios", scenario))
        return self


class WarningRules(Section):
    """When a ticket turns blue, yellow, red (Chibi 2022, item 13)."""

    blue_share: Share
    """Share of the limit used."""
    yellow_share: Share
    yellow_working_hours: Annotated[float, Field(ge=0, le=1000)]
    """Working hours left."""
    red_when_overdue: bool
    """True: a passed limit is red by itself. False: only if also blocked or urgent."""

    @model_validator(mode="after")
    def _ordered(self) -> WarningRules:
        _require_rising({"blue_share": self.blue_share, "yellow_share": self.yellow_share})
        return self


class Escalation(Section):
    """Who is told when a ticket is unsigned or overdue; the unit's leader always is, at once."""

    parent_after: Span
    """Counted from the missed limit."""
    again_after: Span
    """Who was told last is told again after this, as long as nothing happens."""


class QuestionRules(Section):
    """Questions to the enterprise: how long they stop a clock."""

    shown_within: Span
    """What was not shown to the person by then stopped nothing."""
    reminder_after: Span
    """The person is reminded once."""
    ends_after: Span
    """Then the clock goes on; the question may still be answered."""
    pausing: Annotated[int, Field(ge=0, le=100)]
    """So many questions of one unit stop its clock, the first ones."""
    pause_in_all: Span
    """Most that the questions of one unit stop its clock, all together."""

    @model_validator(mode="after")
    def _ordered(self) -> QuestionRules:
        spans = {
            "shown_within": self.shown_within,
            "reminder_after": self.reminder_after,
            "ends_after": self.ends_after,
        }
        _require_rising({key: span.working_days for key, span in spans.items()})
        return self


class RatingRules(Section):
    """After completion, in calendar days."""

    reminder_days: Days
    follow_up_days: Days
    """Without a rating by then, a person calls back 回访."""
    expiry_days: Days

    @model_validator(mode="after")
    def _ordered(self) -> RatingRules:
        _require_rising(dict(self), strictly=True)
        return self


class CallPause(Section):
    """How long after a call in vain the next is made; give exactly one."""

    hours: Annotated[float, Field(gt=0, le=240)] | None = None
    """By the clock; then when calls are next allowed."""
    working_days: Annotated[int, Field(ge=1, le=30)] | None = None
    """Then when calls are first allowed on that day."""

    @model_validator(mode="after")
    def _exactly_one(self) -> CallPause:
        _require_one(dict(self))
        return self


class FollowUp(Section):
    """Calls to enterprises, by the phone line: to tell an answer, to ask, to follow up 回访."""

    by_phone: bool
    """True: who has not rated and left a number is called by the phone line; False: by a seat."""
    hours: Hours
    """When calls are made, on working days only."""
    attempts: Annotated[int, Field(ge=1, le=10)]
    """Most calls of one notice."""
    pauses: Annotated[tuple[CallPause, ...], Field(min_length=1)]
    """After the first call in vain, after the second; the last one repeats."""
    within: Span
    """By then a seat takes over a follow-up that the phone line has not settled."""

    @model_validator(mode="after")
    def _ordered(self) -> FollowUp:
        _require_hours_in_order(self.hours)
        return self


class Dissatisfaction(Section):
    """Which dissatisfied rating of one ticket leads to what."""

    redo_at: Annotated[int, Field(ge=1, le=10)]
    level_up_at: Annotated[int, Field(ge=1, le=10)]

    @model_validator(mode="after")
    def _ordered(self) -> Dissatisfaction:
        _require_rising(dict(self), strictly=True)
        return self


class QuietHours(Section):
    """Local time in which no notice is pushed unless urgent; may run over midnight."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _not_all_day(self) -> QuietHours:
        if self.start == self.end:
            raise Refused(Message("policy.quiet_hours"))
        return self


class Extension(Section):
    most: Annotated[int, Field(ge=0, le=20)]
    """How many extensions 延期 one ticket may get."""


class Anonymity(Section):
    hidden_reporter_kinds: tuple[Kind, ...]
    """Kinds whose reporter is hidden without being asked for."""
    smallest_group: Annotated[int, Field(ge=1, le=1000)]
    """Fewest tickets behind a published figure."""

    def hides(self, kind: Kind) -> bool:
        return kind in self.hidden_reporter_kinds


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


class Retention(Section):
    """Days after which data is removed or stripped of persons."""

    drafts_days: Days
    closed_tickets_days: Days
    attachments_days: Days
    unfiled_files_days: Annotated[int, Field(ge=4, le=366)] = 7
    """Of files that neither a ticket nor a draft names; longer than a talk may rest (SESSION_HOURS)."""
    held_tickets: tuple[Annotated[str, StringConstraints(pattern=ticket_number.PATTERN)], ...] = ()
    """Numbers of tickets that nothing is removed from: a lawsuit, a review, an archive asks for them."""
    failed_log_ins_days: Annotated[int, Field(ge=180, le=36_500)]
    """Log-ins that were refused, with their addresses: security logs, for which the same law holds."""
    access_log_days: Annotated[int, Field(ge=180, le=36_500)]
    """The Cybersecurity Law, article 21, asks for six months of logs at least."""
    staff_notices_days: Days = 30
    """How long the staff page keeps what a member of staff has not come to read."""


class CommonQuota(Section):
    """How many a day from one address (IPv6: a /64), and in all."""

    address: Annotated[int, Field(ge=1, le=1_000_000_000)]
    all: Annotated[int, Field(ge=1, le=1_000_000_000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require_rising({"address": self.address, "all": self.all})
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


class TicketRules(Section):
    title_length: Annotated[int, Field(ge=10, le=200)]
    """Most characters in a ticket's title."""


class EmergencyRule(Section):
    """A matter for another number than ours, and the words it is recognised by."""

    id: Slug
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,12}$")]
    name: dict[Literal["zh_CN", "en"], Word]
    words: Annotated[tuple[Word, ...], Field(min_length=1)]

    @field_validator("name")
    @classmethod
    def _both_languages(cls, name: dict[str, str]) -> dict[str, str]:
        if set(name) != {"zh_CN", "en"}:
            raise Refused(Message("policy.both_languages"))
        return name


class Emergencies(Section):
    negations: tuple[Word, ...]
    """Words that undo an emergency word after them: 没有着火."""
    fillers: tuple[Word, ...]
    """Words that may stand between the two: 没有[发生]火灾."""
    exceptions: tuple[Word, ...]
    """Harmless words that hold an emergency word: 火灾保险; or that only sound like one, as on the phone: 大伙."""
    rules: tuple[EmergencyRule, ...]
    """In the order in which they are told."""

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[EmergencyRule, ...]) -> tuple[EmergencyRule, ...]:
        ids = [rule.id for rule in rules]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise Refused(Message("fault.used_twice", {"key": "id", "value": name}), place=(at, "id"))
        return rules


class Policy(Section):
    """Everything an office may set; a ticket keeps the version it was accepted under."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Changed with every edit: the same version with other rules is refused at start."""
    office_time: OfficeTime
    limits: Limits
    warnings: WarningRules
    escalation: Escalation
    questions: QuestionRules
    rating: RatingRules
    follow_up: FollowUp
    dissatisfaction: Dissatisfaction
    quiet_hours: QuietHours | None
    extension: Extension
    anonymity: Anonymity
    lookup: Lookup
    log_ins: LogIns
    retention: Retention
    quotas: Quotas = Quotas()
    tickets: TicketRules
    emergencies: Emergencies

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.office_time.timezone)

    def calendar(self, known: OfficeTime | None = None) -> WorkingCalendar:
        """The office's working time, ready to reckon with: its hours, on the days that `known` says, or this policy."""
        known = known or self.office_time
        days = {day: kind == "working" for day, kind in known.days.items()}
        return WorkingCalendar(self.office_time.hours, self.zone(), days, frozenset(known.decreed_years))

    def calling_hours(self) -> WorkingCalendar:
        """When enterprises may be called: the office's working days, at hours of their own."""
        return dataclasses.replace(self.calendar(), hours=self.follow_up.hours)

    def clock(self, scenario: str) -> Clock | None:
        """The clock a scenario carries, or None: then its limit goes by kind."""
        name = self.limits.scenarios.get(scenario)
        return None if name is None else self.limits.clocks[name]


def load_policy(path: Path | None) -> Policy:
    """The policy in a YAML file, or the packaged default. Raises FileFaults with all its mistakes."""
    return read_model(Policy, read_source(path or BUILT_IN))


def version_taken(path: Path | None, changed: Sequence[str]) -> FileFaults:
    """What to tell an office that edited a policy that was in force, in these keys, without giving it a new version."""
    keys = ", ".join(changed[:_KEYS_TOLD]) + (", ..." if len(changed) > _KEYS_TOLD else "")
    source = read_source(path or BUILT_IN)
    told = Message("policy.version_taken", {"keys": keys})
    return FileFaults([Fault(source.path, source.line(("version",)), told)])


def policy_schema() -> dict[str, Any]:
    """JSON Schema of the policy file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}


_KEYS_TOLD = 5
