"""What others changed of a ticket while a member of staff was busy with it."""

from __future__ import annotations

from backend.contract.message import Message, Words
from backend.contract.models.tickets import AssignmentOut, TicketOut
from dialogs.staff.work import unit_name


def seen(shown: TicketOut) -> str:
    """The ticket as the person saw it, to tell later what changed."""
    answered = sum(1 for one in shown.questions if one.answer is not None)
    return "|".join([shown.state, str(len(shown.attachments)), str(answered), *_parts(shown)])


def since(before: str, now: TicketOut) -> list[Words]:
    """What is different `now` from what was `seen`."""
    old, new = before.split("|"), seen(now).split("|")
    if len(old) < len(new[:3]):
        return []
    changes: list[Words] = []
    if old[0] != new[0]:
        states: dict[str, Words | int] = {"before": Message(f"state.{old[0]}"), "after": Message(f"state.{new[0]}")}
        changes.append(Message("errand.change_state", states))
    if old[1] != new[1]:
        changes.append(Message("errand.change_files"))
    if old[2] != new[2]:
        changes.append(Message("errand.change_answer"))
    for one in now.assignments:
        # Sessions of versions before know no handler.
        if not {_part(one), f"{one.id}={one.state}"} & set(old[3:]):
            unit: dict[str, Words | int] = {
                "unit": unit_name(one.department),
                "state": Message(f"assignment.{one.state}"),
            }
            changes.append(Message("ticket.unit", unit))
            changes += [Message("ticket.handler", {"name": one.handler})] if one.handler else []
    return changes


def _parts(shown: TicketOut) -> list[str]:
    return [_part(one) for one in shown.assignments]


def _part(one: AssignmentOut) -> str:
    return f"{one.id}={one.state}={(one.handler or '').replace('|', ' ')}"
