"""What was told of a ticket while it went its way, read from its events: additions, returns, the files of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.actions.context import Context
from backend.contract.models.tickets import ReturnOut
from backend.contract.words import EventKind

TOLD = (
    EventKind.ADDED,
    EventKind.REPLIED,
    EventKind.COMPLETED,
    EventKind.RETURN_PROPOSED,
    EventKind.RETURN_APPROVED,
    EventKind.RETURN_REFUSED,
)
"""Kinds of events that are read for it."""


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
    def read(cls, context: Context, events: Sequence[Mapping[str, Any]]) -> Told:
        """From rows with kind, at, reason and data, in order. What retention has cleared is not there any more."""
        told = cls()
        for one in events:
            told._take(context, one)
        return told

    def _take(self, context: Context, one: Mapping[str, Any]) -> None:
        data, part = one["data"], one["data"].get("assignment")
        files = [str(id_) for id_ in data.get("attachments", [])]
        match one["kind"]:
            case EventKind.ADDED if one["reason"] or files:
                self.additions.append({"at": one["at"], "text": one["reason"] or "", "attachments": files})
            case EventKind.REPLIED if part is not None:
                self.answers[part] = files
                self.unanswered.update(files)
            case EventKind.COMPLETED:
                self.unanswered.clear()
            case EventKind.RETURN_PROPOSED:
                self.returns.setdefault(part, []).append(_proposed(context, one))
            case EventKind.RETURN_APPROVED | EventKind.RETURN_REFUSED if self.returns.get(part):
                approved = one["kind"] == EventKind.RETURN_APPROVED
                decided = {"approved": approved, "decision": one["reason"]}
                self.returns[part][-1] = self.returns[part][-1].model_copy(update=decided)


def _proposed(context: Context, one: Mapping[str, Any]) -> ReturnOut:
    unit = context.directory.by_code.get(one["data"].get("unit") or "")
    shown = context.directory.shown[unit.id] if unit else None
    return ReturnOut(at=one["at"], reason=one["reason"], unit=shown, basis=one["data"].get("basis"))
