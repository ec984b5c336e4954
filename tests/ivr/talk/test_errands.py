"""Calls about tickets there are: progress by number and code, and ratings."""

import pytest
from prometheus_client import generate_latest

from backend.contract.words import Grade
from ivr.fake import Step
from tests.ivr.talk.callers import ReactingCall, cue, hangs_up, hums, presses, says
from tests.ivr.talk.conftest import Exchange, Office

NUMBERS = iter(f"+86{number}" for number in range(13600000001, 13600000099))


@pytest.fixture
def keys(exchange: Exchange) -> Exchange:
    return exchange.with_hotline(ear=None)


@pytest.fixture
def caller() -> str:
    return next(NUMBERS)


async def test_ones_own_tickets_are_offered_before_a_number_is_asked_for(
    exchange: Exchange, office: Office, caller: str
) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("请直接说", says("查询进度")),
        cue("路灯不亮请按一", presses("1")),
        cue("路灯已经修好", presses("#")),
        cue("还要办别的事吗", hangs_up(after=1)),
        caller=caller,
    )
    await exchange.takes(call)
    assert "已经办结，等您评价" in call.said
    assert await office.rating(number) is None


async def test_whoever_means_another_ticket_is_asked_for_its_number(
    keys: Exchange, office: Office, caller: str
) -> None:
    await office.answered(caller)
    other = await office.answered("+8613690000001")
    call = ReactingCall(
        cue("只能按键", presses("3")),
        cue("别的工单请按二", presses("2")),
        cue("请报工单编号", presses(f"{int(other) + 1}#")),
        cue("工单编号没有核对上", presses(f"{other}#")),
        cue("请报查询码", hangs_up()),
        caller=caller,
    )
    await keys.takes(call)


async def test_anothers_ticket_takes_its_code_and_guesses_are_limited(
    keys: Exchange, office: Office, caller: str
) -> None:
    number = await office.answered(caller)
    code = str((await office.notice("received", number)).args["code"])
    wrong = "000000" if code != "000000" else "111111"
    call = ReactingCall(
        cue("只能按键", presses("3")),
        cue("请报工单编号", presses("12345#")),
        cue("位数不对", presses(f"{number}#")),
        cue("请报查询码", presses(f"{wrong}#")),
        cue("编号和查询码对不上", presses(f"{code}#")),
        cue("现在的状态是", hangs_up(after=1)),
    )
    await keys.takes(call)
    assert "路灯已经修好" not in call.said or "答复是" in call.said
    guesser = ReactingCall(
        cue("只能按键", presses("3")),
        cue("请报工单编号", presses(number)),
        *(cue("请报查询码", presses(f"{wrong}#")) for _ in range(6)),
        cue("试的次数太多了", hangs_up(after=1)),
    )
    await keys.takes(guesser)


async def test_an_answered_ticket_is_offered_and_rated_by_voice(
    exchange: Exchange, office: Office, caller: str
) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("请直接说", says("评价")),
        cue("要评价的是这张工单吗", says("是的")),
        cue("办得怎么样", says("满意")),
        cue("实际解决了吗", says("已经解决")),
        cue("还有什么想说的吗", says("办事窗口态度很好，谢谢你们")),
        cue("谢谢您的评价", hangs_up(after=1)),
        caller=caller,
    )
    await exchange.takes(call)
    rating = await office.rating(number)
    assert rating is not None
    assert (rating.grade, rating.solved, rating.comment) == (Grade.SATISFIED, True, "办事窗口态度很好谢谢你们")
    [recording] = (await exchange.town.backend.staff("office").view_ticket(number)).attachments
    assert (recording.media_type, recording.transcript) == ("audio/wav", rating.comment)
    assert recording.rating_round == rating.round


async def test_what_operators_see_of_a_call(exchange: Exchange, office: Office, caller: str) -> None:
    await office.answered(caller)
    call = ReactingCall(
        cue("请直接说", says("评价")),
        cue("要评价的是这张工单吗", presses("1")),
        cue("办得怎么样", presses("71")),
        cue("实际解决了吗", says("已经解决")),
        cue("还有什么想说的吗", hums(), hangs_up(after=20)),
        caller=caller,
    )
    await exchange.takes(call)
    measured = exchange.hotline.deps.meters.registry.get_sample_value
    ways = {way: measured("jiesu_phone_answers_total", {"way": way}) for way in ("voice", "key", "unclear", "silent")}
    assert ways == {"voice": 3, "key": 2, "unclear": 1, "silent": 1}
    assert measured("jiesu_phone_transcription_seconds_count") == 1
    of_call = {"transport": call.transport, "direction": "in"}
    assert measured("jiesu_phone_calls", of_call) == 0
    assert measured("jiesu_phone_calls_ended_total", {**of_call, "how": "done"}) == 1
    assert caller.removeprefix("+86") not in generate_latest(exchange.hotline.deps.meters.registry).decode()


async def test_dissatisfied_by_key_means_it_is_done_again(keys: Exchange, office: Office, caller: str) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("只能按键", presses("41")),
        cue("办得怎么样", presses("3")),
        cue("实际解决了吗", presses("2")),
        cue("说说哪里不满意", presses("#")),
        cue("重新办理", hangs_up(after=1)),
        caller=caller,
    )
    await keys.takes(call)
    rating = await office.rating(number)
    assert rating is None or rating.grade is Grade.DISSATISFIED
    assert (await keys.town.backend.staff("office").view_ticket(number)).state != "completed"


async def test_who_hangs_up_after_the_grade_has_rated(keys: Exchange, office: Office, caller: str) -> None:
    """What only the grade implies is taken as said; a comment that was begun goes along."""
    for cues in (
        [cue("实际解决了吗", hangs_up())],
        [cue("实际解决了吗", presses("1")), cue("还有什么想说的吗", hums()[:-1], hangs_up())],
    ):
        number = await office.answered(caller)
        call = ReactingCall(
            cue("只能按键", presses("4")), cue("这张工单", presses("1")), cue("办得怎么样", presses("1")), *cues,
            caller=caller,
        )  # fmt: skip
        await keys.takes(call)
        rating = await office.rating(number)
        assert rating is not None
        assert (rating.grade, rating.solved) == (Grade.SATISFIED, True)


async def test_who_only_listens_to_the_answer_is_not_pressed_for_a_rating(
    keys: Exchange, office: Office, caller: str
) -> None:
    number = await office.answered(caller)
    call = ReactingCall(
        cue("只能按键", presses("4")),
        cue("这张工单", presses("2")),
        cue("请输入工单编号", presses("123#")),
        cue("没有核对上", presses(f"{number}#")),
        cue("还要办别的事吗", hangs_up()),
        caller=caller,
    )
    await keys.takes(call)
    assert [one.number for one in await keys.tickets(call)] == [number]  # and nobody is called back for nothing


@pytest.mark.parametrize(
    ("decides", "answers"),
    [
        (says("是的"), True),
        (presses("1"), True),
        (says("不是"), False),
        (presses("2"), False),
        ((), False),
        (hangs_up(), False),
    ],
    ids=["yes", "yes by key", "no", "no by key", "silent", "hung up"],
)
async def test_who_adds_something_while_a_question_is_open_is_asked_whether_that_answers_it(
    exchange: Exchange, office: Office, caller: str, decides: tuple[Step, ...], answers: bool
) -> None:
    """Whatever they say to that, what they told is with the ticket."""
    await office.asked(caller)
    call = ReactingCall(
        cue("请直接说", says("查询进度")),
        cue("您的工单有这些", presses("1")),
        cue("补充情况", presses("2")),
        cue("请直接说要补充的情况", says("story00")),
        cue("没有了就说完成", presses("#")),
        cue("是对这个问题的回答吗", decides),
        *((cue("您的回答已经转给" if answers else "补充好了", hangs_up(after=1)),) if decides != hangs_up() else ()),
        caller=caller,
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    [question] = ticket.questions
    told = question.answer if answers else "".join(one.text for one in ticket.additions)
    assert told
    assert (question.answer is not None, len(ticket.additions)) == (answers, 0 if answers else 1)
    [recording] = ticket.attachments
    assert recording.media_type == "audio/wav"


async def test_what_is_said_later_is_one_of_several_answers_or_none(
    exchange: Exchange, office: Office, caller: str
) -> None:
    await office.asked(caller, "几点停的电", "哪条路")
    call = ReactingCall(
        cue("请直接说", says("查询进度")),
        cue("您的工单有这些", presses("1")),
        cue("补充情况", presses("3")),
        cue("请直接说要补充的情况", says("story00")),
        cue("没有了就说完成", presses("#")),
        cue("回答的是哪个问题", presses("2")),
        cue("您的回答已经转给", hangs_up(after=1)),
        caller=caller,
    )
    await exchange.takes(call)
    ticket = await exchange.ticket(call)
    assert [one.answer is None for one in ticket.questions] == [True, False]
    assert ticket.additions == []


async def test_who_adds_something_to_a_ticket_nobody_asks_about_is_asked_nothing(
    exchange: Exchange, office: Office, caller: str
) -> None:
    await office.filed(caller)
    call = ReactingCall(
        cue("请直接说", says("查询进度")),
        cue("您的工单有这些", presses("1")),
        cue("补充情况", presses("1")),
        cue("请直接说要补充的情况", says("story00")),
        cue("没有了就说完成", presses("#")),
        cue("补充好了"),
        cue("还要办别的事吗", hangs_up(after=1)),
        caller=caller,
    )
    await exchange.takes(call)
    [addition] = (await exchange.ticket(call)).additions
    assert addition.text
    assert len(addition.attachments) == 1
