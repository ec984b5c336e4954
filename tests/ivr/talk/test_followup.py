"""Calls that we make: whether it suits, the answer, the rating, a question; and all the ways to end them."""

import asyncio
from dataclasses import replace

import pytest

from backend.contract.models.notices import NoticeOut
from backend.contract.words import Grade
from dialogs.events import Incoming, Press
from dialogs.exchange import Reply
from ivr.call import TransferOutcome
from ivr.fake import Step
from ivr.talk.followup import Consent, FollowUp
from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, presses, says
from tests.ivr.talk.conftest import Exchange, Office

NUMBERS = iter(f"+86{number}" for number in range(13500000001, 13500000099))


@pytest.fixture
def caller() -> str:
    return next(NUMBERS)


async def calls(exchange: Exchange, call: ReactingCall, notice: NoticeOut) -> Consent:
    decided: asyncio.Future[Consent] = asyncio.get_running_loop().create_future()
    await FollowUp(exchange.hotline)(call, notice, decided)
    await call.hangup()
    assert not call.missed, f"never heard {call.missed} in:\n{call.said}"
    return decided.result()


async def test_the_answer_is_told_and_rated(exchange: Exchange, office: Office, caller: str) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("现在方便听吗", says("方便")),
        cue("办得怎么样", says("基本满意")),
        cue("实际解决了吗", presses("1")),
        cue("还有什么想说的吗", presses("#")),
        cue("再见"),
        caller=caller,
    )
    assert await calls(exchange, call, await office.notice("completed", number)) is Consent.YES
    assert "路灯已经修好" in call.said
    rating = await office.rating(number)
    assert rating is not None
    assert (rating.grade, rating.solved) == (Grade.BASICALLY, True)


@pytest.mark.parametrize(
    ("does", "consent"),
    [
        (says("以后再说"), Consent.LATER),
        (says("不需要回访"), Consent.DECLINED),
        (presses("3"), Consent.DECLINED),
        (hangs_up(), Consent.NOBODY),
        ((), Consent.NOBODY),
    ],
    ids=["later", "declined", "declined by key", "hung up", "silent"],
)
async def test_whoever_does_not_want_to_hear_it_is_left_alone(
    exchange: Exchange, office: Office, caller: str, does: tuple[Step, ...], consent: Consent
) -> None:
    number = await office.answered(caller)
    call = ReactingCall(cue("现在方便听吗", does), caller=caller)
    assert await calls(exchange, call, await office.notice("completed", number)) is consent
    assert "路灯已经修好" not in call.said
    assert await office.rating(number) is None
    assert len(await exchange.tickets(call)) == 1


async def test_a_grade_counts_even_if_they_hang_up_then(exchange: Exchange, office: Office, caller: str) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("现在方便听吗", presses("1")),
        cue("办得怎么样", presses("1")),
        cue("实际解决了吗", hangs_up()),
        caller=caller,
    )
    assert await calls(exchange, call, await office.notice("completed", number)) is Consent.YES
    rating = await office.rating(number)
    assert rating is not None
    assert rating.grade is Grade.SATISFIED
    assert len(await exchange.tickets(call)) == 1  # nobody is called back for hanging up on us


async def test_a_grade_counts_even_if_something_of_ours_breaks_then(
    exchange: Exchange, office: Office, caller: str
) -> None:
    number = await office.answered(caller)
    talk = exchange.hotline.deps.talk

    async def breaks(incoming: Incoming) -> Reply:
        if isinstance(incoming.event, Press) and incoming.event.command.startswith("solved:"):
            raise RuntimeError("a fault of the test")
        return await talk(incoming)

    call = ReactingCall(
        cue("现在方便听吗", presses("1")),
        cue("办得怎么样", presses("1")),
        cue("实际解决了吗", presses("1")),
        cue("系统出了一点问题"),
        caller=caller,
    )
    breaking = exchange.with_hotline(deps=replace(exchange.hotline.deps, talk=breaks))
    assert await calls(breaking, call, await office.notice("completed", number)) is Consent.YES
    rating = await office.rating(number)
    assert rating is not None
    assert rating.grade is Grade.SATISFIED


async def test_whoever_listens_and_does_not_rate_is_thanked(exchange: Exchange, office: Office, caller: str) -> None:
    number = await office.answered(caller)
    call = ReactingCall(cue("现在方便听吗", presses("1")), cue("再见"), caller=caller)
    assert await calls(exchange, call, await office.notice("completed", number)) is Consent.YES
    assert len(await exchange.tickets(call)) == 1


async def test_a_question_is_answered_in_free_words(exchange: Exchange, office: Office, caller: str) -> None:
    number = await office.asked(caller)
    call = ReactingCall(
        cue("现在方便听吗", presses("1")),
        cue("几点停的电", says("回答供电所的问题，我们是上午九点停的电")),
        cue("还有就接着说"),
        cue("您的回答已经转给提问的人", hangs_up(after=1)),
        caller=caller,
    )
    assert await calls(exchange, call, await office.notice("question", number)) is Consent.YES
    [question] = (await exchange.ticket(call)).questions
    assert question.answer is not None
    assert "九点" in question.answer


async def test_a_human_is_there_for_them_too(exchange: Exchange, office: Office, caller: str) -> None:
    number = await office.answered(caller)
    call = ReactingCall(cue("现在方便听吗", presses("0")), caller=caller, transfer=TransferOutcome.ACCEPTED)
    seats = exchange.with_settings(seat="8001")
    assert await calls(seats, call, await office.notice("completed", number)) is Consent.YES
    assert call.transfers == ["8001"]
