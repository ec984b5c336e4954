"""Binds a messenger account to a member of staff: the web page gives the one-time code, the messenger takes it."""

from __future__ import annotations

import re

from backend.contract.errors import BadCode, TooMany
from backend.contract.message import Message, Words
from backend.contract.models.messengers import BindIn
from dialogs.commands import Verb
from dialogs.error_messages import explain
from dialogs.exchange import button
from dialogs.fields.typed import narrow
from dialogs.outputs import Ask, Expect
from dialogs.staff import queues
from dialogs.staff.work import Work, home, unit_name

_SEPARATORS = re.compile(r"[\s\-]+")
_CODE = re.compile(r"\d{8}", re.ASCII)


async def show_code(work: Work) -> None:
    """A new code for whoever is logged in on the web page. Raises BackendError."""
    made = await work.backend.make_binding_code()
    args: dict[str, Words | int] = {"code": made.code, "when": work.when(made.expires_at)}
    again = (button("button.code", Verb.CODE), home())
    work.say(Message("code.shown", args), again, kept=Message("code.kept"))


def ask(work: Work, problem: Words | None = None) -> None:
    """Ask for the code of somebody who is not known yet."""
    work.open_errand(Verb.BIND)
    work.said.append(Ask("", Message("bind.ask"), Expect.DIGITS, problem=problem))


async def take(work: Work) -> None:
    """Raises BackendError, except for a wrong code and too many tries, which are told."""
    code = _CODE.fullmatch(_SEPARATORS.sub("", narrow(work.text)))
    if code is None:
        ask(work, Message("bind.not_a_code") if work.text and not work.text.startswith("/") else None)
        return
    work.is_code = True
    try:
        me = await work.backend.bind(BindIn(code=code[0]), key=work.id("bind", code[0]))
    except (BadCode, TooMany) as error:
        ask(work, explain(error))
        return
    work.session.errand = None
    work.session.language = me.language
    args: dict[str, Words | int] = {"name": me.name, "department": unit_name(me.department)}
    await queues.greet(work, Message("bind.done", args))
