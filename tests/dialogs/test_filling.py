"""A seat fills in what a ticket came without, as chats over a real backend."""

import dataclasses
from typing import Any

import pytest

from backend.contract.acts.act import Act, AnswerT, RequestT
from backend.contract.client import StaffClient
from backend.contract.models.contact_requests import AdditionIn, WithdrawIn
from backend.contract.models.contacts import ContactIn
from backend.contract.models.filing import FieldAnswer
from backend.contract.models.tickets import TicketOut
from backend.contract.words import EventKind, TicketState
from dialogs.events import Gone, Leaving, Person, Press, Start, Text
from tests.backend.city import new_ticket
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_leaving import CALLER, Caller

STORY = "上周五起路灯一直不亮，晚上没人敢来。"
LABELS = ["情况", "所在区域", "详细地址", "企业名称", "联系人"]


async def broken_off(town: Town) -> str:
    """A caller said the kind and the topic and hung up; the ticket's number."""
    caller = Caller(town)
    await caller.does(Press("begin:other"), Text("求助"), Text("路灯不亮"), Gone(Leaving.HUNG_UP))
    [ticket] = (await town.backend.client.acting_as(CALLER.key).list_tickets()).items
    return ticket.number


async def begun(town: Town, number: str, username: str = "seat-1") -> Chat:
    seat = await town.staff(username).sends(f"ticket:{number}")
    return await seat.presses("补全信息")


async def seen(town: Town, number: str) -> TicketOut:
    return await town.backend.client.acting_as(CALLER.key).view_ticket(number)


def missing(ticket: TicketOut) -> list[str]:
    return [entry.label["zh"] for entry in ticket.answers if entry.value is None]


async def events(town: Town, number: str) -> list[str]:
    page = await town.backend.client.acting_as(CALLER.key).list_events(number)
    return [event.kind for event in page.items]


async def answered(seat: Chat) -> Chat:
    """Everything that is missing, up to the summary."""
    await seat.says(STORY)
    await seat.presses("城东区")
    await seat.presses("不确定镇街")
    for text in ("建设路18号", "老街面馆", "王师傅"):
        await seat.says(text)
    return seat


async def test_exactly_what_is_missing_is_asked_and_then_it_can_be_accepted(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    assert f"补全工单 {number}" in seat.text
    assert "、".join(LABELS) in seat.text
    assert "问企业：请把情况说清楚" in seat.text
    assert f"（1/{len(LABELS)}）" in seat.text
    assert "转人工" not in seat.labels
    await seat.says("好")
    assert "先空着" in seat.labels
    assert "转人工" not in seat.labels
    await answered(seat)
    assert f"补全工单 {number}：其他问题" in seat.text
    assert "路灯不亮" not in seat.text.replace(STORY, "")
    assert not {"重新填", "改主题", "改联系电话"} & set(seat.labels)
    await seat.presses("确认提交")
    assert f"✅ 工单 {number} 已补全" in seat.text
    assert "❗" not in seat.text
    assert "补全信息" not in seat.labels
    ticket = await seen(town, number)
    assert (ticket.story, ticket.district, ticket.address) == (STORY, "chengdong", "建设路18号")
    assert (ticket.enterprise, ticket.contact_name) == ("老街面馆", "王师傅")
    assert missing(ticket) == []
    await seat.presses("受理")
    assert (await seen(town, number)).state is not TicketState.SUBMITTED


async def test_a_wrong_answer_is_explained_however_often_and_nobody_else_is_offered(town: Town) -> None:
    seat = await begun(town, await broken_off(town))
    for _ in range(9):
        await seat.says("嗯")
        assert "至少" in seat.text
        assert "转人工" not in seat.text
        assert "转人工" not in seat.labels


async def test_what_cannot_be_learned_now_stays_open(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    await seat.says(STORY)
    await seat.presses("先空着")
    assert "“所在区域”先空着" in seat.text
    await seat.says("先空着")
    await seat.says("跳过")
    assert "“企业名称”先空着" in seat.text
    await seat.says("王师傅")
    assert "（待坐席核对）" in seat.text
    await seat.presses("确认提交")
    assert f"工单 {number} 已补全一部分" in seat.text
    assert "❗ 所在区域、详细地址、企业名称（待坐席核对）" in seat.text
    ticket = await seen(town, number)
    assert missing(ticket) == ["所在区域", "详细地址", "企业名称"]
    await seat.presses("补全信息")
    assert "问企业：事情发生在哪个区" in seat.text


async def test_with_nothing_learned_nothing_is_sent(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    for _ in LABELS:
        await seat.presses("先空着")
    await seat.presses("确认提交")
    assert "没有新内容" in seat.text
    assert EventKind.FILLED_IN not in await events(town, number)


async def test_who_is_to_give_it_stays_as_it_was_when_left_open(town: Town) -> None:
    link = {"zh": "（待本人网上补充）", "en": "(to be added by the person, online)"}
    number = await filed(town, {"field": "evidence", "shown": link}, {"field": "contact_name"})
    seat = await begun(town, number)
    await seat.presses("先空着")
    await seat.says("王师傅")
    await seat.presses("确认提交")
    [left] = [entry for entry in (await seen(town, number)).answers if entry.value is None]
    assert (left.field, left.shown) == ("evidence", link)


async def filed(town: Town, *left: dict[str, Any], **changes: Any) -> str:
    """A ticket of the same caller whose story is told, with some fields left open."""
    words = {"label": {"zh": "某项", "en": "Something"}, "shown": {"zh": "（待坐席核对）", "en": "(a seat asks)"}}
    answers = [{**words, **entry} for entry in left]
    ticket = new_ticket(scenario="other", unclear=True, answers=answers, story=STORY, **changes)
    receipt = await town.backend.client.acting_as(CALLER.key).file_ticket(ticket, key=town.backend.key())
    return receipt.number


async def test_it_is_given_up_only_after_asking(town: Town) -> None:
    number = await broken_off(town)
    for way in ("取消", "/cancel"):
        seat = await begun(town, number)
        await seat.says(STORY)
        await seat.says(way)
        assert "真的要取消吗" in seat.text
        await seat.presses("不，继续填")
        assert "问企业：事情发生在哪个区" in seat.text
        await seat.says(way)
        await seat.presses("是，取消")
        assert "已取消" in seat.text
        await seat.presses("先空着")
        assert "用不上了" in seat.text
    assert EventKind.FILLED_IN not in await events(town, number)


async def test_asking_for_a_human_is_answered_and_loses_nothing(town: Town) -> None:
    seat = await begun(town, await broken_off(town))
    await seat.says(STORY)
    for way in (seat.says("人工"), seat.sends(f"human:{_tag(seat)}:")):
        await way
        assert "您就是人工" in seat.text
        assert "问企业：事情发生在哪个区" in seat.text


def _tag(seat: Chat) -> str:
    """What the form's buttons carry."""
    commands = [button.command for message in seat.shown for row in message.rows for button in row]
    return next(one.split(":")[1] for one in reversed(commands) if one.startswith("cancel:"))


async def test_pressing_twice_does_nothing_twice(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    story = next(button for row in seat.fresh[-1].rows for button in row if button.label == "先空着").command
    await seat.sends(story)
    assert "问企业：事情发生在哪个区" in seat.text
    await seat.sends(story)
    assert seat.fresh == []
    await seat.presses("城东区")
    await seat.presses("不确定镇街")
    await seat.sends(story)
    assert seat.fresh == []
    for _ in range(3):
        await seat.presses("先空着")
    confirm = next(b for row in seat.fresh[-1].rows for b in row if b.label == "确认提交").command
    await seat.sends(confirm)
    first = seat.text
    await seat.again()
    assert seat.text == first
    await seat.sends(confirm)
    assert "用不上了" in seat.text
    assert (await events(town, number)).count(EventKind.FILLED_IN) == 1


async def test_a_file_is_taken_where_one_is_missing(town: Town) -> None:
    number = await filed(town, {"field": "evidence"})
    seat = await begun(town, number)
    client = town.backend.staff("seat-1")
    photo = await client.upload(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(300), key=town.backend.key())
    await seat.sends_file(photo.id)
    await seat.presses("完成")
    await seat.presses("确认提交")
    ticket = await seen(town, number)
    assert [one.id for one in ticket.attachments] == [photo.id]
    assert missing(ticket) == []


async def test_a_ticket_changed_meanwhile_is_told_and_confirmed_again(town: Town) -> None:
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    other = await town.staff("seat-2").sends(f"ticket:{number}")
    await other.presses("受理")
    await seat.presses("确认提交")
    assert "有了变化" in seat.text
    assert "状态：" in seat.text
    assert STORY in seat.text
    await seat.presses("确认提交")
    assert "已补全" in seat.text
    assert (await seen(town, number)).story == STORY


async def test_what_somebody_else_gave_meanwhile_counts(town: Town) -> None:
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    other = await begun(town, number, "dispatcher")
    await other.says("路灯和监控都不亮了，夜里很黑。")
    for _ in range(4):
        await other.presses("先空着")
    await other.presses("确认提交")
    await seat.presses("确认提交")
    assert "这几项已经补上了，以工单上的为准：情况" in seat.text
    assert "监控都不亮" in seat.text
    assert STORY in seat.text, "given back to copy"
    await seat.presses("确认提交")
    assert "已补全" in seat.text
    ticket = await seen(town, number)
    assert ticket.story == "路灯和监控都不亮了，夜里很黑。"
    assert ticket.address == "建设路18号"


async def test_with_everything_given_meanwhile_what_was_typed_is_given_back(town: Town) -> None:
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    other = await answered(await begun(town, number, "dispatcher"))
    await other.presses("确认提交")
    await seat.presses("确认提交")
    assert "您刚才写的内容" in seat.text
    assert STORY in seat.text
    await seat.says("这句话没有人问")
    assert "问企业" not in seat.text


async def test_a_withdrawn_ticket_gives_back_what_was_typed(town: Town) -> None:
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    await town.backend.client.acting_as(CALLER.key).withdraw(number, WithdrawIn(), key=town.backend.key())
    await seat.presses("确认提交")
    assert "您刚才写的内容" in seat.text
    assert "联系人：王师傅" in seat.text
    assert "补全信息" not in seat.labels


async def test_material_added_meanwhile_disturbs_nobody(town: Town) -> None:
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    await town.backend.client.acting_as(CALLER.key).add_material(
        number, AdditionIn(text="还是不亮"), key=town.backend.key()
    )
    await seat.presses("确认提交")
    assert "已补全" in seat.text


async def test_what_the_person_says_of_another_matter_is_not_this_tickets(town: Town) -> None:
    """The account's name was told meanwhile, for what it files next; what the seat fills in here stands."""
    number = await broken_off(town)
    seat = await answered(await begun(town, number))
    client = town.backend.client
    await client.acting_as(CALLER.key).update_contact(ContactIn(name="李师傅"), key=town.backend.key())
    await seat.presses("确认提交")
    assert "已补全" in seat.text
    assert (await seen(town, number)).contact_name == "王师傅"
    assert (await client.acting_as(CALLER.key).view_contact()).name == "李师傅"


@dataclasses.dataclass(frozen=True)
class Cut(StaffClient):
    """The backend does it, and its answer is lost while the line is down."""

    town: Town = dataclasses.field(kw_only=True)
    reached: bool = dataclasses.field(kw_only=True)

    async def do(self, act: Act[RequestT, AnswerT], subject: str | int, request: RequestT, *, key: str) -> AnswerT:
        if self.reached:
            done = await super().do(act, subject, request, key=key)
        self.town.line.check()
        return done if self.reached else await super().do(act, subject, request, key=key)


@pytest.mark.parametrize("reached", [False, True], ids=["away", "answer-lost"])
@pytest.mark.parametrize("way", ["再试一次", "typed"])
async def test_with_the_backend_away_it_is_sent_again_and_done_once(town: Town, reached: bool, way: str) -> None:
    number = await broken_off(town)
    town.staff_talk._backend_for = lambda person: Cut(
        town.backend.staff(person.id).transport, town=town, reached=reached
    )
    seat = await answered(await begun(town, number))
    town.line.cut()
    await seat.presses("确认提交")
    assert "系统这会儿连不上" in seat.text
    await (seat.presses("再试一次") if way != "typed" else seat.says("好了吗"))
    assert "系统这会儿连不上" in seat.text
    town.line.mend()
    await (seat.presses("再试一次") if way != "typed" else seat.says("好了吗"))
    assert "已补全" in seat.text
    assert (await events(town, number)).count(EventKind.FILLED_IN) == 1


@pytest.mark.parametrize("way", ["pressed", "typed", "/cancel"])
async def test_with_the_backend_away_it_can_be_given_up(town: Town, way: str) -> None:
    number = await broken_off(town)
    town.staff_talk._backend_for = lambda person: Cut(town.backend.staff(person.id).transport, town=town, reached=False)
    seat = await answered(await begun(town, number))
    town.line.cut()
    await seat.presses("确认提交")
    await (seat.presses("取消") if way == "pressed" else seat.says("取消" if way == "typed" else way))
    assert "已取消" in seat.text
    town.line.mend()
    await seat.says("你好")
    assert EventKind.FILLED_IN not in await events(town, number)


@pytest.mark.parametrize("away", ["menu", "start", "dispatch"])
async def test_turning_to_something_else_asks_first(town: Town, away: str) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    await seat.says(STORY)
    match away:
        case "menu":
            await seat.says("/menu")
        case "start":
            await seat.does(Start())
        case "dispatch":
            await seat.sends(f"dispatch:{number}:1")
    assert f"工单 {number} 写的内容还没有提交" in seat.text
    await seat.presses("继续处理")
    assert "问企业：事情发生在哪个区" in seat.text
    await seat.says("/menu")
    await seat.presses("不要了")
    assert "已取消" in seat.text
    await seat.presses("补全信息")
    assert "请把情况说清楚" in seat.text


async def test_looking_at_the_person_and_the_ticket_leaves_the_form_open(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    await seat.says(STORY)
    await seat.sends(f"look:{number}")
    assert "+8613800138000" in seat.text
    await seat.sends(f"ticket:{number}")
    await seat.presses("补全信息")
    assert "问企业：事情发生在哪个区" in seat.text
    await seat.presses("返回")
    assert STORY in seat.text


async def test_without_an_answer_yet_it_is_simply_left(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    await seat.says("/menu")
    assert "您好" in seat.text
    await seat.says("你好")
    assert "问企业" not in seat.text


async def test_advice_for_the_enterprise_is_marked_as_such(town: Town) -> None:
    shown = {"zh": "（待坐席核对）", "en": "(a seat asks)"}
    left = FieldAnswer(field="debtor_type", label={"zh": "欠款方类型", "en": "Debtor"}, shown=shown)
    ticket = new_ticket(scenario="unpaid-invoice", kind="complaint", unclear=True, answers=[left])
    receipt = await town.backend.client.acting_as(CALLER.key).file_ticket(ticket, key=town.backend.key())
    seat = await begun(town, receipt.number)
    await seat.presses("中小企业或个人")
    assert "请告诉企业：中小企业之间" in seat.text


async def test_a_field_that_another_program_named_in_english_alone_can_be_filled_in(town: Town) -> None:
    number = await filed(town, {"field": "contact_name", "label": {"en": "Who to ask for"}})
    seat = await begun(town, number)
    assert "contact_name" in seat.text
    await seat.says("王师傅")
    await seat.presses("确认提交")
    assert missing(await seen(town, number)) == []


async def test_a_form_that_is_gone_is_told(town: Town) -> None:
    number = await filed(town, {"field": "gone"})
    seat = await begun(town, number)
    assert "现在的问卷里已经没有了" in seat.text
    await seat.says("你好")
    assert "问企业" not in seat.text


async def test_in_english_it_is_english(town: Town) -> None:
    number = await broken_off(town)
    seat = await begun(town, number)
    await seat.says("English")
    assert "Ask the enterprise: Please tell us: when" in seat.text
    assert "Leave open" in seat.labels
    await seat.says("leave open")
    assert "is left open for later" in seat.text


async def test_in_a_topic_it_is_filled_in_by_commands_and_talk(town: Town) -> None:
    number = await broken_off(town)
    code = (await town.backend.staff("seat-1").make_binding_code()).code
    private = town.stranger("905")
    await private.says("/start")
    await private.says(code)
    topic = town.stranger("905", ticket=number)
    await topic.says("这个谁来补？")
    assert topic.fresh == []
    await topic.says("/fillin@jiesu_bot")
    assert f"补全工单 {number}" in topic.text
    assert await town.staff_talk.awaits(Person("telegram-staff", "905"), number)
    await topic.says(STORY)
    await private.says("这句不是回答")
    await topic.presses("城东区")
    await topic.says("/done")
    assert "镇街" in topic.text
    await topic.presses("不确定镇街")
    await topic.says("建设路18号")
    await topic.says("老街面馆")
    await topic.says("王师傅")
    await topic.presses("确认提交")
    assert "已补全" in topic.text
    assert topic.fresh[0].topic == number
    await topic.says("好了，谢谢")
    assert topic.fresh == []


async def test_in_a_topic_nobody_is_asked_who_reported_it(town: Town) -> None:
    number = await filed(town, {"field": "contact_name"}, hidden_reporter=True)
    code = (await town.backend.staff("seat-1").make_binding_code()).code
    private = town.stranger("906")
    await private.says("/start")
    await private.says(code)
    topic = town.stranger("906", ticket=number)
    await topic.says("/fillin")
    assert f"把工单号 {number} 发给我" in topic.text
    assert not await town.staff_talk.awaits(Person("telegram-staff", "906"), number)
    await private.says(number)
    await private.presses("补全信息")
    assert f"补全工单 {number}" in private.text


async def test_only_the_desk_is_offered_it(town: Town) -> None:
    number = await broken_off(town)
    handler = await town.staff("power-1").sends(f"fill_in:{number}:1")
    assert "没有找到" in handler.text
    assert (await begun(town, number)).text


async def test_giving_a_reason_to_look_at_a_hidden_reporter_does_not_drop_the_form(town: Town) -> None:
    words = {"label": {"zh": "详细地址", "en": "Address"}, "shown": {"zh": "（待坐席核对）", "en": "(a seat asks)"}}
    ticket = new_ticket(scenario="other", unclear=True, hidden_reporter=True, story=STORY, district=None, address=None)
    left = [FieldAnswer.model_validate({"field": field, **words}) for field in ("address", "district")]
    receipt = await town.backend.client.acting_as(CALLER.key).file_ticket(
        ticket.model_copy(update={"answers": left}), key=town.backend.key()
    )
    seat = await begun(town, receipt.number)
    await seat.presses("先空着")
    await seat.says("建设路18号")
    await seat.sends(f"look:{receipt.number}")
    assert "写的内容还没有提交" in seat.text
    await seat.presses("继续处理")
    await seat.presses("确认提交")
    assert "已补全一部分" in seat.text
