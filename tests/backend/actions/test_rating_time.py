"""The time to rate: whole days, nobody reminded on a day off, moved by a decree that comes meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend import database, models
from backend.actions import answer_at_once
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.words import TicketState
from tests.backend.actions.conftest import Town

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_rating_may_be_given_until_the_midnight_that_ends_its_last_day(town: Town) -> None:
    number = await _answered(town, "2026-03-10 16:05")
    await town.work_off(_at("2026-03-17 23:59"))
    assert (await models.Ticket.get(number=number)).state is TicketState.COMPLETED
    await town.work_off(_at("2026-03-18 00:00"))
    assert (await models.Ticket.get(number=number)).state is TicketState.CLOSED


async def test_a_worker_that_was_down_reminds_nobody_on_a_day_off_or_twice(town: Town) -> None:
    """The reminder was due on Thursday; the worker is there again on Saturday, when the follow-up is the next thing."""
    late, later = await _answered(town, "2026-03-10 16:05"), await _answered(town, "2026-03-11 16:05")
    town.now = _at("2026-03-12 20:00")
    await town.work_off(town.now)
    assert not await town.notices("rating_reminder")
    await town.work_off(_at("2026-03-13 08:30"))
    assert {row.args["number"] for row in await town.notices("rating_reminder")} == {late, later}
    slow = await _answered(town, "2026-03-18 16:05")
    town.now = _at("2026-03-21 10:00")
    await town.work_off(_at("2026-03-23 18:00"))
    assert not await town.notices("rating_reminder", slow)
    assert len(await town.notices("follow_up", slow)) == 1


async def test_a_decree_that_comes_meanwhile_puts_reminder_and_end_off(town: Town) -> None:
    number = await _answered(town, "2027-02-02 10:00")  # a Tuesday; the fixed days are the 5th to the 8th
    decreed = {date(2027, 2, day): "holiday" for day in range(4, 12)}
    office_time = town.policy.office_time.model_copy(update={"days": decreed, "decreed_years": (2027,)})
    town.policy = town.policy.model_copy(update={"office_time": office_time})
    await town.work_off(_at("2027-02-11 23:00"))
    assert not await town.notices("rating_reminder", number)
    assert not await town.notices("follow_up", number)
    await town.work_off(_at("2027-02-12 23:59"))
    assert len(await town.notices("follow_up", number)) == 1
    assert (await models.Ticket.get(number=number)).state is TicketState.COMPLETED
    await town.work_off(_at("2027-02-13 00:00"))
    assert (await models.Ticket.get(number=number)).state is TicketState.CLOSED


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


async def _answered(town: Town, when: str) -> str:
    """A ticket completed at this local time, by somebody who left no number; its number."""
    town.now = _at(when) - timedelta(minutes=1)
    number = await town.file(await town.contact(), scenario="other")
    town.now = _at(when)
    async with database.transaction():
        request = AnswerAtOnceIn(version=1, text="请到三楼办理")
        await answer_at_once.answer_at_once(await town.context(), town.staff["sue"], number, request)
    return number
