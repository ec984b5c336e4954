"""Complete a ticket 办结: the answer goes to the person with the rating prompt, and the rating clock starts."""

from __future__ import annotations

from collections.abc import Sequence

from backend import models
from backend.contract import events
from backend.contract.events.desk import Completed
from backend.contract.events.filing import FilledIn
from backend.contract.notices import to_enterprise
from backend.contract.words import AssignmentRole
from backend.work.ticket_work import TicketWork


async def complete(
    work: TicketWork, reply: str, departments: Sequence[models.Department], attachments: Sequence[str] = ()
) -> None:
    work.record(Completed(round=work.ticket.round))
    work.ticket.reply = reply
    work.ticket.completed_at = work.context.now
    units = tuple(work.context.directory.named(one.id) for one in departments)
    answer = to_enterprise.Completed(reply=reply, departments=units, attachments=tuple(attachments))
    await work.tell_contact(answer)


async def complete_jointly(work: TicketWork) -> None:
    """Join the units' answers, the lead's first; with several units each part names its own."""
    parts = sorted(work.current, key=lambda one: (one.role is not AssignmentRole.LEAD, one.id))
    units = [work.context.directory.departments[one.department_id] for one in parts]
    chinese = work.ticket.language.startswith("zh")
    names = [unit.name if chinese else unit.name_en or unit.name for unit in units]
    texts = [one.reply or "" for one in parts]
    joint = (
        texts[0]
        if len(parts) == 1
        else "\n\n".join(f"【{name}】{text}" for name, text in zip(names, texts, strict=True))
    )
    await complete(work, joint, units, await _reply_files(work))


async def _reply_files(work: TicketWork) -> list[str]:
    """Files the units sent with their replies of this round. What a seat filled in is the matter's, not an answer."""
    since = min(one.dispatched_at for one in work.current)
    told = [events.read(row.kind, row.data) for row in work.history]
    filled_in = {id_ for one in told if isinstance(one, FilledIn) for id_ in one.attachments}
    sent = [str(one.id) for one in await work.files() if one.staff_id is not None and one.created_at >= since]
    return [one for one in sent if one not in filled_in]
