"""What enterprises are told. Whatever is a field here, they learn."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime

from backend.contract.notices.notice import Code, Holds, Named, Notice, Secret, ToEnterprise, Words
from backend.contract.words import OPEN_STATES, Kind, TicketState


class Promised(ToEnterprise):
    """Base of what says by when, and by whom, the matter will be settled."""

    promised_at: AwareDatetime | None = None
    provisional: bool = False
    """It reaches into a year whose holidays are not decreed."""
    departments: tuple[Named, ...] = ()


class Received(ToEnterprise):
    """Filed; a seat will look at it first."""

    template = "received"
    at_once = True
    of_use_in = OPEN_STATES

    code: Secret
    """For who asks for the state without this account 查询码."""
    verify_by: AwareDatetime | None = None
    provisional: bool = False


class Accepted(Promised):
    """The acceptance notice 受理告知书 (Chibi 2022, item 9): number, what, who, promised time."""

    template = "accepted"
    at_once = True
    of_use_in = OPEN_STATES

    code: Secret
    kind: Kind


class AcceptedLater(Promised):
    """The same, after a seat has looked at it: the code was told before."""

    template = "accepted_later"
    of_use_in = OPEN_STATES


class Reckoned(Promised):
    """The promised time has moved, since holidays were decreed."""

    template = "reckoned"


class Rejected(ToEnterprise):
    """Refused 不予受理."""

    template = "rejected"
    of_use_in = frozenset(TicketState)
    last = True

    reason: Words
    basis: Words


class AboutQuestion(ToEnterprise):
    """Base of what is told of a question."""

    question: int
    text: Words
    department: Named | None = None
    """Who asks; None: the desk, which is no unit that the enterprise knows."""


class QuestionAsked(AboutQuestion):
    """A unit or the desk asks something."""

    template = "question"
    called = True
    of_use_in = OPEN_STATES
    to_account_only = True


class QuestionReminder(AboutQuestion):
    """It was seen, and is not answered."""

    template = "question_reminder"


class QuestionEnded(AboutQuestion):
    """The matter goes on without the answer, which may still be given."""

    template = "question_ended"


class Interim(ToEnterprise):
    """An interim answer 阶段性答复."""

    template = "interim"
    of_use_in = frozenset({TicketState.HANDLING})

    text: Words
    department: Named


class Completed(ToEnterprise):
    """The answer, with the prompt to rate it."""

    template = "completed"
    called = True
    of_use_in = frozenset({TicketState.COMPLETED, TicketState.CLOSED})
    asks_rating = True

    reply: Words
    departments: tuple[Named, ...] = ()
    attachments: Annotated[tuple[str, ...], Holds.CODE] = ()
    over: bool = False
    """The time to rate it is over."""


class RatingReminder(ToEnterprise):
    template = "rating_reminder"
    of_use_in = frozenset({TicketState.COMPLETED})


class FollowUpCall(ToEnterprise):
    """Nobody has rated: the phone line calls 回访."""

    template = "follow_up_call"
    called = True
    asks_rating = True


class Redone(ToEnterprise):
    """Not satisfied: it is done again, by this unit, or by one that the desk chooses."""

    template = "redone"
    at_once = True

    department: Named | None = None


class LevelledUp(ToEnterprise):
    """Not satisfied again: the level above takes it."""

    template = "levelled_up"
    at_once = True

    department: Named | None = None


class Closed(ToEnterprise):
    """Ended with reasons 终结."""

    template = "closed"
    of_use_in = frozenset(TicketState)
    last = True

    reason: Words = ""


class DraftReminder(Notice):
    """A form was begun and not filed."""

    template = "draft_reminder"

    draft: Code
    scenario: Code
