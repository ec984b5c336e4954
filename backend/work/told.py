"""What was told of a ticket while it went its way, read from its events: additions, returns, the files of answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backend import models
from backend.contract import events
from backend.contract.events.desk import Completed
from backend.contract.events.filing import Added
from backend.contract.events.part import Replied, ReturnApproved, ReturnProposed, ReturnRefused
from backend.contract.models.tickets import ReturnOut
from backend.work.context import Context


@dataclass
class Told:
    additions: list[dict[str, Any]] = field(default_factory=list)
    """As `AdditionOut` has them."""
    returns: dict[int, list[ReturnOut]] = field(default_factory=dict)
    """By assignment, oldest first."""
    answers: dict[int, list[str]] = field(default_factory=dict)
    """Files of a unit's answer, by assignment."""
    unanswered: set[str] = field(default_factory=set)
    """Files of answers that were not given to the enterprise yet."""

    @classmethod
    def read(cls, context: Context, events: Iterable[models.Event]) -> Told:
        """From events in order, others passed over. What retention has cleared is not there any more."""
        told = cls()
        for one in events:
            told._take(context, one)
        return told

    def _take(self, context: Context, one: models.Event) -> None:
        at, reason = one.at, one.reason
        match events.read(one.kind, one.data):
            case Added(attachments=files) if reason or files:
                self.additions.append({"at": at, "text": reason or "", "attachments": list(files)})
            case Replied(assignment=int(part), attachments=files):
                self.answers[part] = list(files)
                self.unanswered.update(files)
            case Completed():
                self.unanswered.clear()
            case ReturnProposed(assignment=part) as event:
                unit = context.directory.by_code.get(event.unit or "")
                shown = context.directory.shown[unit.id] if unit else None
                proposed = ReturnOut(at=at, reason=reason, unit=shown, basis=event.basis)
                self.returns.setdefault(part, []).append(proposed)
            case ReturnApproved(assignment=part) | ReturnRefused(assignment=part) as event if self.returns.get(part):
                decided = {"approved": isinstance(event, ReturnApproved), "decision": reason}
                self.returns[part][-1] = self.returns[part][-1].model_copy(update=decided)
