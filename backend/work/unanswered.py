"""What becomes of a question that nobody answers: taken back if it was not shown, reminded of, ended after a while."""

from __future__ import annotations

from typing import Literal, TypedDict

from backend import models
from backend.contract.events import Event
from backend.contract.events.clocks import Reminded
from backend.contract.events.questions import Answered, Unanswered, Undelivered
from backend.contract.models.notices import FailedReason
from backend.contract.notices import to_enterprise, to_staff
from backend.contract.notices.notice import Named
from backend.contract.words import CallOutcome
from backend.rules import questions
from backend.rules.actor import SYSTEM
from backend.rules.deadlines import DueKind
from backend.rules.waiting import About, Subject
from backend.storage import events, notices
from backend.storage.dues import NewDue
from backend.work import clocks, desk_limits, recipients
from backend.work.context import Context
from backend.work.ticket_work import TicketWork


async def take_back(
    work: TicketWork,
    question: models.Question,
    why: FailedReason | Literal["unseen"],
    outcome: CallOutcome | None = None,
    attempts: int = 0,
) -> bool:
    """It did not reach the enterprise: the clock is as if it had never stopped, and who asked is told, once. False
    where that changes nothing any more.

    `outcome` is the last call's, of so many `attempts`. The caller saves.
    """
    if not _is_awaited(work, question) or await _is_over(work, question, Undelivered, Unanswered):
        return False
    work.record(Undelivered(**about(question), why=why))
    undelivered = to_staff.Undelivered(question_text=question.text, why=why, outcome=outcome, attempts=attempts)
    work.tell(await _askers(work, question), undelivered)
    return True


async def not_shown(context: Context, due: models.Due) -> None:
    """It was not shown in time, such as in a page that nobody opened."""
    work, question = await _work(context, due)
    if not await _was_shown(work, question) and await take_back(work, question, "unseen"):
        await work.save()


async def remind(context: Context, due: models.Due) -> None:
    """Who has seen the question and not answered is reminded, once."""
    work, question = await _work(context, due)
    if not _is_awaited(work, question) or not await _was_shown(work, question):
        return
    work.record(Reminded(what="question", **about(question)))
    await work.tell_contact(to_enterprise.QuestionReminder(**_asked(work, question)))
    await work.save()


async def end(context: Context, due: models.Due) -> None:
    """It was open for as long as one may stop a clock: that goes on, both are told, and it may still be answered."""
    work, question = await _work(context, due)
    if not _is_awaited(work, question) or await _is_over(work, question, Unanswered):
        return
    limit = questions.answer_limit(question.asked_at, work.policy.questions, work.calendar)
    if limit > work.context.now:  # the days worked were decreed since
        work.plan([NewDue(Subject.question(question.id), DueKind.QUESTION_END, str(int(due.period) + 1), limit)])
        await work.save()
        return
    shown = not await _is_over(work, question, Undelivered)
    work.record(Unanswered(**about(question)))
    await work.settle()  # so that the unit is told its new limit
    part = asker(work, question)
    limit_now = part.resolve_due if part is not None else None
    work.tell(await _askers(work, question), to_staff.Unanswered(question_text=question.text, due=limit_now))
    if shown:
        await work.tell_contact(to_enterprise.QuestionEnded(**_asked(work, question)))
    await work.save()


async def pause_ended(context: Context, due: models.Due) -> None:
    """Questions have stopped this clock as long as they may, though one is open yet."""
    subject = Subject.parse(due.subject)
    if subject.about is About.TICKET:
        await _desk_pause_ended(await TicketWork.on_id(context, SYSTEM, subject.number))
        return
    work, part = await TicketWork.on_assignment(context, SYSTEM, subject.number)
    waits = part in work.open_assignments and part.waiting
    if not waits:
        return
    await clocks.resume(work, part)
    if not part.waiting:
        work.tell(await _unit(work, part), to_staff.PauseEnded(due=part.resolve_due))
    await work.save()


async def _desk_pause_ended(work: TicketWork) -> None:
    waits = work.at_desk and work.ticket.waiting
    if not waits:
        return
    await desk_limits.resume(work)
    if not work.ticket.waiting:
        work.tell(await recipients.desk(), to_staff.PauseEnded())
    await work.save()


def about(question: models.Question) -> dict[str, int]:
    """What an event says of a question: its id, and the part that asked; none of one that the desk asked."""
    asked = {"question": question.id}
    return asked if question.assignment_id is None else {"assignment": question.assignment_id, **asked}


def asker(work: TicketWork, question: models.Question) -> models.Assignment | None:
    """The part that asked; None: the desk."""
    return next((one for one in work.assignments if one.id == question.assignment_id), None)


async def _work(context: Context, due: models.Due) -> tuple[TicketWork, models.Question]:
    question = await models.Question.get(id=Subject.parse(due.subject).number)
    work = await TicketWork.on_id(context, SYSTEM, question.ticket_id)
    return work, await models.Question.get(id=question.id)


def _is_awaited(work: TicketWork, question: models.Question) -> bool:
    """Whether the part that asked is still at it, or the desk."""
    if question.answered_at is not None or not work.allows(Answered):
        return False
    part = asker(work, question)
    return work.at_desk if part is None else part in work.open_assignments


async def _was_shown(work: TicketWork, question: models.Question) -> bool:
    """By a message that arrived, or by a seat who has talked to the person since."""
    return await notices.was_shown(work.ticket.id, question.id, question.asked_at)


async def _is_over(work: TicketWork, question: models.Question, *by: type[Event]) -> bool:
    return await events.is_any_of_question(work.ticket.id, question.id, by)


async def _askers(work: TicketWork, question: models.Question) -> list[recipients.Recipient]:
    part = asker(work, question)
    return await (recipients.desk() if part is None else _unit(work, part))


async def _unit(work: TicketWork, part: models.Assignment) -> list[recipients.Recipient]:
    return await recipients.unit(work.context.directory, part.department_id)


class _Asked(TypedDict):
    question: int
    text: str
    department: Named | None


def _asked(work: TicketWork, question: models.Question) -> _Asked:
    """What was asked and by whom, as the enterprise is told."""
    part = asker(work, question)
    unit = work.context.directory.named(part.department_id) if part is not None else None
    return {"question": question.id, "text": question.text, "department": unit}
