"""Shows the summary whole once, and from then on what changed in it: nobody reads twenty lines again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from backend.contract.message import Message, Words
from dialogs.engine.commands import FormCommand, decode
from dialogs.outputs import Button, Output, Summarise
from dialogs.session import Session

Render = Callable[[Words], str]


def only_changed(said: Iterable[Output], session: Session, render: Render, *, whole: bool) -> list[Output]:
    """The outputs, with a summary that was shown before cut to what is new in it; `whole`: it is wanted again."""
    return [_cut(one, session, render, whole=whole) if isinstance(one, Summarise) else one for one in said]


def _cut(summary: Summarise, session: Session, render: Render, *, whole: bool) -> Summarise:
    now = {line.command: render(line.shown) for line in summary.lines}
    before, session.summed = session.summed, now
    command = next((found for line in summary.lines if (found := decode(line.command)) is not None), None)
    if whole or command is None or not before.keys() & now.keys():
        return summary
    changed = tuple(line for line in summary.lines if before.get(line.command) != now[line.command])
    title = Message("chat.summary_changed" if changed else "chat.summary_same", {"title": summary.title})
    again = Button(Message("chat.summary_whole"), FormCommand("repeat", command.tag).encoded())
    return dataclasses.replace(summary, title=title, lines=changed, controls=(*summary.controls, (again,)))
