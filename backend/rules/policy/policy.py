"""The one policy an office edits: every number, word list or time limit of the rules."""

from __future__ import annotations

import dataclasses
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from backend.contract.faults import Refused
from backend.contract.message import Message
from backend.rules.policy.data_protection import Anonymity, Retention
from backend.rules.policy.emergencies import Emergencies
from backend.rules.policy.guesses import LogIns, Lookup
from backend.rules.policy.limits import Clock, Extension, Limits
from backend.rules.policy.office_time import OfficeTime
from backend.rules.policy.quotas import Quotas
from backend.rules.policy.rating import Dissatisfaction, FollowUp, RatingRules
from backend.rules.policy.same_matter import SameMatter
from backend.rules.policy.section import Section
from backend.rules.policy.values import ClockTime
from backend.rules.policy.watching import Escalation, QuestionRules, WarningRules
from backend.rules.working_time import WorkingCalendar


class QuietHours(Section):
    """Local time in which no notice is pushed unless urgent; may run over midnight."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _not_all_day(self) -> QuietHours:
        if self.start == self.end:
            raise Refused(Message("policy.quiet_hours"))
        return self


class TicketRules(Section):
    title_length: Annotated[int, Field(ge=10, le=200)]
    """Most characters in a ticket's title."""


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
    same_matter: SameMatter = SameMatter()
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
