"""Finishes what somebody left in the middle, as a caller who hangs up, as far as what they said allows."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping

from backend.contract.errors import BackendError, FilesMissing
from backend.contract.message import Message
from dialogs import lost_files
from dialogs.commands import Verb
from dialogs.enterprise import additions, forms, human, seat
from dialogs.enterprise.errand import ErrandKind
from dialogs.enterprise.errands import kind_of
from dialogs.enterprise.visit import Visit
from dialogs.error_messages import passes
from dialogs.events import Leaving
from dialogs.session import Session
from dialogs.wording import Wording

log = logging.getLogger(__name__)


async def leave(visit: Visit, how: Leaving, kind: str = "") -> None:
    """Nothing is asked any more; whoever waits for a person gets a ticket for a seat even without a word said. `kind`:
    what they chose to make.
    """
    if how is Leaving.SILENT:
        await _call_back_silent(visit)
        return
    back = how is not Leaving.PUT_THROUGH
    known = {human.KIND: kind} if kind else {}
    filed = await _leave_errand(visit, back=back, known={human.UNCONFIRMED: "yes" if back else "", **known})
    if visit.session.form is not None:
        filed = await forms.leave(visit, callback=back, keep=how is Leaving.SAVED) or filed
    if how in (Leaving.UNSERVED, Leaving.UNHEARD) and not filed:
        visit.open_errand(Verb.HUMAN)
        unheard = {human.UNHEARD: "yes"} if how is Leaving.UNHEARD else {}
        await _leave_errand(visit, back=True, empty=True, known={**unheard, **known})


async def _call_back_silent(visit: Visit) -> None:
    """A form of an earlier call stays as it is: whoever is silent may be somebody else. The key of the request is the
    person's for that day, so that a telephone that calls by itself leaves one ticket."""
    day = visit.now.astimezone(visit.zone).date().isoformat()
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{Leaving.SILENT} {visit.incoming.person.key} {day}")
    said = Wording("zh_CN").text(Message("phone.silent_call"))
    visit.session.errand = visit.open_errand(Verb.HUMAN).replace(id=str(key), text=said)
    await _leave_errand(visit, back=True)


async def send_left(visit: Visit) -> None:
    """Send what could not be sent when its person left. Raises BackendError while that still cannot be."""
    errand = visit.session.errand
    if errand is None or additions.LEFT not in errand.args:
        return
    try:
        await _send(visit, kind_of(errand))
    except BackendError as error:
        if passes(error):
            raise
        log.warning("what was left is lost", extra={"action": "send_left", "verb": errand.verb, "code": error.code})
    visit.session.errand = None


async def _send(visit: Visit, kind: ErrandKind) -> None:
    """Without the files that are not kept any more. Raises BackendError."""
    send = kind.send_left or kind.send
    assert send is not None
    try:
        await send(visit)
    except FilesMissing as error:
        if told := lost_files.from_session(visit.session, error):
            visit.say(told)
        await send(visit)


def waits(session: Session) -> bool:
    """Whether something of a person who left is still to be sent."""
    return session.errand is not None and additions.LEFT in session.errand.args


async def _leave_errand(
    visit: Visit, *, back: bool, empty: bool = False, known: Mapping[str, str] | None = None
) -> bool:
    """`known`: what else the seat is told. Returns whether it became a matter for a seat, now or as soon as the backend
    is there.
    """
    errand = visit.session.errand
    visit.session.errand = None
    worth = None if errand is None else kind_of(errand).left(errand)
    if worth is None or not (empty or kind_of(worth).holds(worth)):
        return False
    left = {additions.LEFT: "yes", human.CALLBACK: "yes" if back else "", **(known or {})}
    visit.session.errand = worth.with_args(**left)
    try:
        await send_left(visit)
    except BackendError as error:
        log.warning("what was left waits", extra={"action": "leave", "verb": worth.verb, "code": error.code})
        seat.kept(visit)
    return worth.verb is Verb.HUMAN
