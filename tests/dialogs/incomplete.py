"""A ticket of the rich scenario that came incomplete, and the form that asks what it lacks."""

from typing import Any, Self

from backend.contract.models.filing import NewTicket
from backend.contract.models.tickets import TicketOut
from backend.contract.words import TicketState
from dialogs.engine.completing import learned
from dialogs.engine.reopening import left_open, reopened
from dialogs.events import Press
from dialogs.outputs import HandOver, Submit
from dialogs.templates.scenario import Scenario
from tests.dialogs.city import DRAFT, ENGINE, NOW, RICH, FormChat, tagged


def broken_off(talk: FormChat) -> TicketOut:
    """The ticket of somebody who hung up."""
    [handed] = [one for one in ENGINE.hand_over(talk.scenario, talk.form, NOW).outputs if isinstance(one, HandOver)]
    return shown(dict(handed.form))


def shown(filed: dict[str, Any], **changes: Any) -> TicketOut:
    """A ticket as the desk sees it: the person's name and number masked, the credit code not at all."""
    new = NewTicket.model_validate(filed)
    enterprise, contact = new.enterprise, new.contact
    return TicketOut.model_validate(
        {
            "number": "202611200017",
            "version": 1,
            "state": TicketState.SUBMITTED,
            "difficult": False,
            "waiting": False,
            "created_at": NOW,
            "promised_at": None,
            "warning": None,
            **new.model_dump(include={"kind", "scenario", "title", "urgent", "story", "district", "address"}),
            **new.model_dump(include={"location", "answers", "hidden_reporter"}),
            "enterprise": enterprise.name or "老街面馆" if enterprise else None,
            "contact_name": "王**" if contact and contact.name else None,
            "contact_phone": "+86138****8000" if contact and contact.phone else None,
            "provisional": False,
            "attachments": [_attachment(one) for one in new.attachments],
            "questions": [],
            "assignments": [],
            "reply": None,
            "rating": None,
            "may": ["fill_in"],
            **changes,
        }
    )


def _attachment(id_: str) -> dict[str, Any]:
    return {"id": id_, "kind": "photo", "media_type": "image/jpeg", "size": 3, "name": "a.jpg"}


class Refill(FormChat):
    """A talk about what is missing in a ticket, its form stored between any two events."""

    def __init__(self, ticket: TicketOut, scenario: Scenario = RICH) -> None:
        self.scenario, self.ticket = scenario, ticket
        form = reopened(scenario, ticket, DRAFT, "zh_CN", NOW)
        self.step = ENGINE.step(scenario, form, Press(tagged("repeat:")), NOW)

    @property
    def learned(self) -> dict[str, Any]:
        [filed] = [output for output in self.step.outputs if isinstance(output, Submit)]
        return learned(self.scenario, self.form, filed.form, left_open(self.ticket))

    def confirmed(self) -> Self:
        return self.presses("confirm:")
