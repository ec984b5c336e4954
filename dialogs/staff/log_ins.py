"""Where a member of staff is logged in, to look through and to end; and refused log-ins, for the auditor."""

from __future__ import annotations

from datetime import datetime

from backend.contract.channels import channel_named
from backend.contract.errors import NotFound
from backend.contract.message import Message, Words
from backend.contract.models.log_ins import FailedLogInOut, LogInOut
from dialogs.commands import Command, Verb, command
from dialogs.exchange import button, lines, paragraphs
from dialogs.outputs import Button
from dialogs.staff.work import Work, home

_MOST = 12
"""Log-ins that are shown; nobody has as many, and \"end all others\" ends what is not shown, too."""
_PAGE = 10


async def show(work: Work, _: Command) -> None:
    """Raises BackendError."""
    await _show(work)


async def end(work: Work, pressed: Command) -> None:
    """One, at once. Raises BackendError."""
    try:
        await work.backend.end_log_in(pressed.arg(0), key=work.id("end", pressed.arg(0)))
    except NotFound:
        await _show(work, Message("log_ins.over"))
        return
    await _show(work, Message("log_ins.ended"))


async def end_others(work: Work, pressed: Command) -> None:
    """All but this one, asked first: bound messengers go too. Raises BackendError."""
    if pressed.arg(0) != "yes":
        row = (button("button.confirm", Verb.END_OTHERS, "yes"), button("button.cancel", Verb.LOG_INS))
        work.say(Message("log_ins.confirm_others"), row)
        return
    await work.backend.end_other_log_ins(key=work.id("end", "others"))
    await _show(work, Message("log_ins.others_ended"))


async def show_failed(work: Work, pressed: Command) -> None:
    """A page of refused log-ins, newest first. Raises BackendError."""
    if work.incoming.ticket:
        work.say(Message("log_ins.in_private"))
        return
    page = await work.backend.list_failed_log_ins(cursor=pressed.arg(0) or None, limit=_PAGE)
    more = (button("button.more", Verb.FAILED, page.next),) if page.next else ()
    rows = [_failed_line(work, one) for one in page.items] or [Message("failed.none")]
    work.say(lines(Message("failed.head"), *rows), (*more, home()))


async def _show(work: Work, first: Words | None = None) -> None:
    if work.incoming.ticket:
        work.say(Message("log_ins.in_private"))
        return
    shown = (await work.backend.list_log_ins()).items[:_MOST]
    text = lines(Message("log_ins.head"), *(_line(work, number, one) for number, one in enumerate(shown, 1)))
    ends = [
        (Button(Message("log_ins.end", {"number": number}), command(Verb.END, one.id)),)
        for number, one in enumerate(shown, 1)
        if not one.current
    ]
    others = (button("log_ins.end_others", Verb.END_OTHERS),) if ends else ()
    work.say(paragraphs(first, text), *ends, (*others, home()))


def _line(work: Work, number: int, one: LogInOut) -> Message:
    on_page = channel_named(one.channel).is_page
    where: Words = Message("log_ins.page", {"address": one.address}) if on_page else Message("log_ins.messenger")
    args: dict[str, Words | int] = {
        "number": number,
        "where": where,
        "since": _moment(work, one.since),
        "seen": _moment(work, one.seen),
    }
    return Message("log_ins.line_current" if one.current else "log_ins.line", args)


def _moment(work: Work, at: datetime | None) -> Message:
    return Message("log_ins.unknown") if at is None else work.when(at)


def _failed_line(work: Work, one: FailedLogInOut) -> Message:
    who = one.staff or Message("failed.unknown", {"digest": one.unknown})
    args: dict[str, Words | int] = {"when": work.when(one.at), "who": who, "address": one.address or "-"}
    return Message("failed.line", {**args, "why": Message(f"failed.why_{one.why}")})
