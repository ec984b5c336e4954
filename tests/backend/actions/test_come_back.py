"""Who had shut us out and is there again hears what they missed: once each, in order, what is still of use."""

from __future__ import annotations

from backend import database, models
from backend.actions import ask, notices
from backend.actions.come_back import come_back
from backend.contract.acts.ask import AskIn
from backend.contract.models.notices import ClaimIn, NoticeFailed, NoticeOut
from backend.contract.words import Kind, TicketState
from tests.backend.actions.conftest import DAY, Town
from tests.backend.actions.test_loop import _part, _reply, _see, _sign
from tests.backend.actions.test_questions import _bot


async def _claimed(town: Town) -> list[NoticeOut]:
    async with database.transaction():
        return (await notices.claim(await town.context(), _bot(), ClaimIn(channels=["telegram"]))).items


async def _fail_all(town: Town) -> None:
    """Whatever waits for the person finds the bot blocked."""
    for one in await _claimed(town):
        async with database.transaction():
            await notices.mark_failed(await town.context(), _bot(), one.id, NoticeFailed(reason="blocked"))


async def _told_on_return(town: Town) -> list[tuple[str, str]]:
    async with database.transaction():
        await come_back(await town.context(), "telegram", "1001")
    return [(one.template, str(one.args["number"])) for one in await _claimed(town)]


async def _ask(town: Town, number: str) -> int:
    part = await _part(town, number, "east-power")
    async with database.transaction():
        request = AskIn(version=(await _see(town, number)).version, text="几个人?")
        return (await ask.ask(await town.context(), town.staff["ann"], part, request)).questions[-1].id


async def _away(town: Town) -> tuple[str, str]:
    """Two tickets of somebody who has blocked the bot: one with a question still open, one answered."""
    contact = await town.contact()
    asked, answered = [await town.file(contact, scenario="hiring", kind=Kind.HELP) for _ in range(2)]
    await _sign(town, asked, "ann")
    over = await _ask(town, asked)
    await _ask(town, asked)
    await models.Question.filter(id=over).update(answered_at=town.now, answer="五个")
    await _sign(town, answered, "ann")
    await _reply(town, answered, "ann")
    await _fail_all(town)
    return asked, answered


async def test_what_is_still_of_use_is_told_once_and_in_order(town: Town) -> None:
    asked, answered = await _away(town)
    await town.work_off(town.now + 1.5 * DAY)  # the reminder to rate is due
    await _fail_all(town)
    told = await _told_on_return(town)
    assert told == [("accepted", asked), ("question", asked), ("completed", answered)]
    assert (await models.Identity.get(external_id="1001")).blocked_at is None
    assert await _told_on_return(town) == []


async def test_an_answer_nobody_heard_is_told_without_a_rating_once_that_is_over(town: Town) -> None:
    _, answered = await _away(town)
    await town.work_off(town.now + 9 * DAY)
    await _fail_all(town)
    assert (await _see(town, answered)).state is TicketState.CLOSED
    assert ("completed", answered) in await _told_on_return(town)
    [notice] = await town.notices("completed", answered)
    assert notice.args["over"] is True


async def test_who_acts_is_there_again(town: Town) -> None:
    asked, _ = await _away(town)
    await town.contact()
    assert ("question", asked) in [(one.template, one.ticket) for one in await _claimed(town)]


async def test_whoever_is_reached_again_is_told_the_rest(town: Town) -> None:
    """The messenger did not say that the person is back: the next notice finds them."""
    asked, _ = await _away(town)
    notice = await models.Notice.create(
        key="k",
        channel="telegram",
        address="1001",
        fallback=[],
        language="zh_CN",
        template="rating_reminder",
        args={"number": asked, "title": "x"},
        ready_at=town.now,
    )
    async with database.transaction():
        await notices.mark_sent(await town.context(), _bot(), notice.id)
    assert ("question", asked) in [(one.template, one.ticket) for one in await _claimed(town)]
