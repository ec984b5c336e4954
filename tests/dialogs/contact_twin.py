"""The backend's twin for recorded conversations: it answers always the same, and keeps what it was asked to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from backend.contract.client import Call, Transport
from backend.contract.errors import FilesMissing, NotFound, Unavailable
from backend.contract.models.attachments import AttachmentOut
from backend.contract.models.contact_requests import CorrectableOut, CorrectionIn
from backend.contract.models.contacts import ContactOut, EnterpriseOut, SpeakerOut
from backend.contract.models.drafts import DraftPage
from backend.contract.models.filing import TicketReceipt
from backend.contract.models.organisation import CityOut
from backend.contract.models.same_matter import MatterIn, SameMatters
from backend.contract.models.tickets import (
    CorrectedOut,
    Lookup,
    Progress,
    QuestionOut,
    TicketOut,
    TicketPage,
    TicketSummary,
)
from backend.contract.words import Kind, TicketState

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CITY = CityOut(name="临江市", name_en="Linjiang", districts=[], departments=[], emergencies=[])
OPEN, ASKED, ASKED_TWICE, DONE = "261122000016", "261122000027", "261122000034", "261122000042"
"""Tickets of the person: one in hand, two about which a unit asks, one that is completed."""
FOREIGN = "261122000050"
"""Somebody else's."""


def _ticket(number: str, state: TicketState, may: list[str], questions: int = 0, first: int = 7) -> TicketOut:
    return TicketOut(
        number=number,
        version=7,
        kind=Kind.HELP,
        scenario="other",
        title="厂区停电",
        state=state,
        urgent=False,
        difficult=False,
        waiting=bool(questions),
        created_at=AT,
        promised_at=None,
        warning=None,
        story="停电两天了。",
        district=None,
        address=None,
        location=None,
        answers=[],
        enterprise="鑫达商贸有限公司",
        contact_name="王小明",
        contact_phone="+8613800138000",
        hidden_reporter=False,
        provisional=False,
        attachments=[AttachmentOut(id="b1", kind="photo", media_type="image/jpeg", size=3, name="tor.jpg")],
        questions=[
            QuestionOut(id=first + at, text=f"停电的是哪一路？{at}", asked_at=AT, answer=None)
            for at in range(questions)
        ],
        assignments=[],
        reply=None,
        rating=None,
        may=may,
    )


TICKETS = {
    one.number: one
    for one in (
        _ticket(OPEN, TicketState.HANDLING, ["add", "withdraw", "correct"]),
        _ticket(ASKED, TicketState.HANDLING, ["add", "withdraw", "correct", "answer:7"], 1),
        _ticket(ASKED_TWICE, TicketState.HANDLING, ["add", "answer:8", "answer:9"], 2, first=8),
        _ticket(DONE, TicketState.COMPLETED, ["rate"]),
    )
}


class ContactTwin(Transport):
    """What it answers to a contact's calls; `calls` keeps those that change something, each with request and key."""

    def __init__(
        self, down: bool = False, lost: tuple[str, ...] = (), firms: int = 1, phone: str | None = "+8613800138000"
    ) -> None:
        """`down`: it takes nothing that would change something; `lost`: files that it does not keep any more; `firms`:
        for how many the person has filed.
        """
        self.down, self.lost, self.firms, self.phone = down, lost, firms, phone
        self.calls: list[dict[str, Any]] = []

    async def exchange(self, call: Call) -> bytes:
        if call.method == "GET":
            answer = self._read(call.path.split("/")[1:])
        elif isinstance(call.body, Lookup):
            answer = _looked_up(call.body)
        elif isinstance(call.body, MatterIn):
            answer = SameMatters(items=[])
        elif call.method == "DELETE":
            return b""
        elif call.path.startswith("/drafts/"):
            raise Unavailable  # drafts are kept in the session alone
        else:
            answer = self._changed(call)
        return answer.model_dump_json().encode()

    def _read(self, path: list[str]) -> BaseModel:
        match path:
            case ["contact"]:
                return self._contact()
            case ["drafts"]:
                return DraftPage(items=[])
            case ["tickets"]:
                shown = [TicketSummary.model_validate(one.model_dump()) for one in TICKETS.values()]
                return TicketPage(items=shown, next=None)
            case ["tickets", number] if number in TICKETS:
                return TICKETS[number]
            case ["tickets", number, "corrections"]:
                return CorrectableOut(others=[ASKED] if number == OPEN else [])
        raise NotFound

    def _changed(self, call: Call) -> BaseModel:
        assert isinstance(call.body, BaseModel)
        told = json.loads(call.body.model_dump_json(exclude_unset=True))
        self.calls.append({"call": f"{call.method} {call.path}", "request": told, "key": call.key})
        if self.down:
            raise Unavailable
        if missing := [one for one in told.get("attachments", ()) if one in self.lost]:
            raise FilesMissing(files=missing)
        match call.path.split("/")[1:]:
            case ["contact"]:
                return self._contact()
            case ["tickets"]:
                return TicketReceipt(number=OPEN, state=TicketState.SUBMITTED, promised_at=None, provisional=False)
            case ["questions", question, "answer"]:
                asked = int(question)
                return next(one for one in TICKETS.values() if any(each.id == asked for each in one.questions))
            case ["tickets", number, "corrections"]:
                assert isinstance(call.body, CorrectionIn)
                return CorrectedOut(ticket=TICKETS[number], also=list(call.body.also))
            case ["tickets", number, _]:
                return TICKETS[number]
        raise NotFound

    def _contact(self) -> ContactOut:
        names = ("鑫达商贸有限公司", "榕江注塑厂")[: self.firms]
        firms = [EnterpriseOut(name=name, uscc=None, district=None) for name in names]
        speakers = [SpeakerOut(name="王小明", phone=self.phone, enterprise=firm) for firm in firms]
        return ContactOut(
            id=1, name="王小明", phone=self.phone, language="zh_CN", enterprise=firms[0], speaks_as=speakers
        )


def _looked_up(asked: Lookup) -> Progress:
    if asked.code != "12345678":
        raise NotFound
    return Progress(
        number=asked.number,
        kind=Kind.HELP,
        title="厂区停电",
        state=TicketState.HANDLING,
        created_at=AT,
        promised_at=None,
        provisional=False,
        waiting=False,
        departments=[],
    )
