"""All that staff may do with a ticket, one file an act."""

from collections.abc import Mapping
from typing import Final

from backend.contract.acts.accept import ACCEPT
from backend.contract.acts.act import AnyAct
from backend.contract.acts.answer_at_once import ANSWER_AT_ONCE
from backend.contract.acts.answer_interim import ANSWER_INTERIM
from backend.contract.acts.ask import ASK
from backend.contract.acts.ask_at_desk import ASK_AT_DESK
from backend.contract.acts.call import CALL
from backend.contract.acts.close import CLOSE
from backend.contract.acts.confirm_name import CONFIRM_NAME
from backend.contract.acts.decide_return import DECIDE_RETURN
from backend.contract.acts.dispatch import DISPATCH
from backend.contract.acts.fill_in import FILL_IN
from backend.contract.acts.look import LOOK
from backend.contract.acts.note_contact import NOTE_CONTACT
from backend.contract.acts.propose_return import PROPOSE_RETURN
from backend.contract.acts.reassign import REASSIGN
from backend.contract.acts.reject import REJECT
from backend.contract.acts.reply import REPLY
from backend.contract.acts.sign import SIGN

__all__ = [
    "ACCEPT",
    "ACTS",
    "ANSWER_AT_ONCE",
    "ANSWER_INTERIM",
    "ASK",
    "ASK_AT_DESK",
    "CALL",
    "CLOSE",
    "CONFIRM_NAME",
    "DECIDE_RETURN",
    "DISPATCH",
    "FILL_IN",
    "LOOK",
    "NOTE_CONTACT",
    "PROPOSE_RETURN",
    "REASSIGN",
    "REJECT",
    "REPLY",
    "SIGN",
]

_ALL: Final[tuple[AnyAct, ...]] = (
    *(ACCEPT, REJECT, ANSWER_AT_ONCE, DISPATCH, ASK_AT_DESK, FILL_IN, CALL, CLOSE),
    *(DECIDE_RETURN, SIGN, NOTE_CONTACT, ASK, REPLY, ANSWER_INTERIM, PROPOSE_RETURN, REASSIGN),
    *(LOOK, CONFIRM_NAME),
)
ACTS: Final[Mapping[str, AnyAct]] = {act.verb: act for act in _ALL}
"""By their verbs."""
