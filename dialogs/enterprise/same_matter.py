"""What comes of the question whether a form is the matter reported before: it is added there, or filed all the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from backend.contract.errors import BackendError, WrongState
from backend.contract.message import Message
from backend.contract.models.contact_requests import AdditionIn, CorrectionIn
from backend.contract.words import Permission
from dialogs.commands import Command, Verb
from dialogs.enterprise import forms
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.visit import Visit
from dialogs.enterprise.yes_or_no import said_yes
from dialogs.exchange import button
from dialogs.form import Form
from dialogs.session import Errand
from dialogs.wording import Wording

log = logging.getLogger(__name__)

_LONGEST = 5000
"""Characters of an addition."""


async def take(visit: Visit) -> None:
    """Words that are neither yes nor no are no answer: the question comes again. Raises BackendError."""
    said = _said(visit)
    if said is None:
        forms.ask_if_same(visit)
    else:
        await _decide(visit, add=said)


async def _decide(visit: Visit, *, add: bool) -> None:
    """Raises BackendError, with everything kept."""
    errand, form = visit.session.errand, visit.session.form
    assert errand is not None
    if form is None:
        visit.session.errand = None
        await forms.stale(visit)
    elif add:
        await _add(visit, errand)
    else:
        visit.session.errand = None
        await forms.file_anyway(visit)


async def _add(visit: Visit, errand: Errand) -> None:
    """The form becomes an addition to the ticket. One that was closed meanwhile takes none: then it is filed."""
    form, filed, number = visit.session.form, forms.as_filed(visit), errand.number
    assert form is not None
    told = "\n".join((*_told(filed), *_places(form)))
    request = AdditionIn(text=told[:_LONGEST], attachments=list(filed.get("attachments", ())))
    try:
        await visit.backend.add_material(number, request, key=errand.key("same"))
    except WrongState:
        visit.session.errand = None
        visit.say(Message("same.closed", {"number": number}))
        await forms.file_anyway(visit)
        return
    await _correct(visit, errand, filed)
    visit.session.errand = visit.session.form = None
    await forms.forget(visit, form)
    row = (button("button.open_ticket", Verb.TICKET, number), button("button.menu", Verb.MENU))
    visit.say(Message("same.added", {"number": number}), row, topic=number)


async def _correct(visit: Visit, errand: Errand, filed: Mapping[str, Any]) -> None:
    """Who to answer is what was said last: without a telephone nobody is reached."""
    contact, enterprise = filed.get("contact") or {}, filed.get("enterprise") or {}
    given = {"name": contact.get("name"), "phone": contact.get("phone"), "enterprise": enterprise.get("name")}
    try:
        ticket = await visit.backend.view_ticket(errand.number)
        there = {"name": ticket.contact_name, "phone": ticket.contact_phone, "enterprise": ticket.enterprise}
        new = {name: value for name, value in given.items() if value and value != there[name]}
        if new and ticket.permits(Permission.CORRECT):
            request = CorrectionIn.model_validate(new)
            await visit.backend.correct(errand.number, request, key=errand.key("same contact"))
    except BackendError as error:
        # What was told is added by now; a seat sees it.
        log.warning("contact not corrected", extra={"action": "correct", "code": error.code})


def _places(form: Form) -> Iterator[str]:
    for answer in form.answers.values():
        if answer.type in ("district", "address"):
            yield f"{answer.label.best('zh')}：{Wording('zh_CN').text(answer.shown)}"


def _told(filed: Mapping[str, Any]) -> Iterator[str]:
    """What the form says, in Chinese, the language of the departments."""
    yield str(filed["title"])
    if filed["story"] != filed["title"]:
        yield str(filed["story"])
    for answer in filed["answers"]:
        if answer["value"] is not None:
            yield f"{answer['label']['zh']}：{answer['shown']['zh']}"


def _said(visit: Visit) -> bool | None:
    return said_yes(visit.text, "same.add", "same.new") if visit.text else None


async def _press(visit: Visit, pressed: Command) -> None:
    errand = visit.session.errand
    if errand is None or errand.verb != Verb.SAME or errand.number != pressed.arg(0):
        await forms.stale(visit)
        return
    await _decide(visit, add=pressed.arg(1) == "yes")


ERRAND = ErrandKind(
    verb=Verb.SAME,
    on_press={Verb.SAME: _press},
    take=take,
    answered_first=lambda visit: _said(visit) is not None,
    of_own_ticket=False,
)
