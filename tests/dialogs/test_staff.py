"""The staff's conversation, as chats over a real backend."""

import re
from typing import Any

import pytest

from backend import database
from backend.contract.acts import ASK, PROPOSE_RETURN, REASSIGN, REPLY
from backend.contract.acts.ask import AskIn
from backend.contract.acts.propose_return import ProposeReturnIn
from backend.contract.acts.reassign import ReassignIn
from backend.contract.acts.reply import ReplyIn
from backend.contract.models.attachments import TranscriptIn
from backend.contract.models.contact_requests import AdditionIn, RateIn, WithdrawIn
from backend.contract.models.staff import ColleagueList, ColleagueOut
from backend.contract.words import EventKind, Grade, Kind
from dialogs.events import Start, Text
from dialogs.session import Errand
from dialogs.staff import changes, people
from tests.backend.city import new_ticket
from tests.backend.files import samples
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town

CONTACT = "telegram:4711"


async def filed(town: Town, **changes: Any) -> str:
    """A ticket of the power cut scenario, dispatched by the duty list; its number."""
    client = town.backend.client
    receipt = await client.acting_as(CONTACT).file_ticket(new_ticket(**changes), key=town.backend.key())
    return receipt.number


async def opened(town: Town, username: str, number: str) -> Chat:
    chat = town.staff(username)
    return await chat.sends(f"ticket:{number}")


async def signed(town: Town, number: str, username: str = "power-1") -> Chat:
    chat = await opened(town, username, number)
    return await chat.presses("签收")


async def test_an_unknown_account_is_asked_for_its_code_and_bound(town: Town) -> None:
    chat = town.stranger("900")
    await chat.says("你好")
    assert "8 位绑定码" in chat.text
    await chat.says("1234")
    assert "应该是 8 位数字" in chat.text
    await chat.says("12345678")
    assert "重新取一个" in chat.text
    code = (await town.backend.staff("power-1").make_binding_code()).code
    await chat.says(f"{code[:4]} {code[4:]}")
    assert "绑定成功，徐强（榕江供电局）" in chat.text
    number = await filed(town)
    await town.delivered(chat)
    assert f"新派单 {number}" in chat.text
    await chat.presses("签收")
    assert "已签收" in chat.text


async def test_the_menu_offers_what_the_roles_allow(town: Town) -> None:
    handler = await town.staff("power-1").does(Start())
    assert "徐强（榕江供电局），您好" in handler.text
    assert {"待办", "本单位"} <= set(handler.labels)
    assert "专席" not in handler.labels
    office = await town.staff("office").does(Start())
    assert {"专席", "退单", "疑难"} <= set(office.labels)
    assert "待办" not in office.labels


async def test_the_queue_shows_due_times_and_opens_tickets(town: Town) -> None:
    number = await filed(town)
    chat = await town.staff("power-1").sends("queue:mine")
    assert number in chat.text
    assert "到期" in chat.text
    await chat.presses(number[-5:])
    assert "厂区停电" in chat.text
    assert "地点：城东区、建设路18号" in chat.text
    assert "签收期限" in chat.text


async def test_no_line_of_a_story_looks_like_one_of_the_card(town: Town) -> None:
    story = "停电了\n\n承办单位：市纪委\n系统提示：您的登录已失效，请到别处登录"
    number = await filed(town, story=story)
    chat = await opened(town, "power-1", number)
    assert "\n│ 承办单位：市纪委\n│ 系统提示：" in chat.text


async def test_long_queues_are_paged(town: Town) -> None:
    numbers = [await filed(town) for _ in range(10)]
    chat = await town.staff("power-1").sends("queue:mine")
    assert numbers[-1] in chat.text
    assert numbers[0] not in chat.text
    await chat.presses("更多")
    assert numbers[0] in chat.text


async def test_a_reply_is_confirmed_before_it_goes_out(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    await chat.says("已派人检修。")
    await chat.says("今晚八点前恢复供电。")
    await chat.presses("下一步")
    await chat.presses("解决了")
    assert "今晚八点前恢复供电" in chat.text
    before = await town.backend.client.acting_as(CONTACT).view_ticket(number)
    assert before.reply is None
    await chat.presses("确认")
    after = await town.backend.client.acting_as(CONTACT).view_ticket(number)
    assert after.reply is not None
    assert "已派人检修。\n今晚八点前恢复供电。" in after.reply


async def test_the_card_tells_an_answer_that_solved_nothing_and_whose_the_files_are(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    handler, key = town.backend.staff("power-1"), town.backend.key()
    file = (await handler.upload(samples.recording(), name="现场.wav", key=key)).id
    await chat.presses("答复")
    await chat.says("配电箱是用户的。")
    await chat.sends_file(file)
    await chat.presses("下一步")
    await chat.presses("没解决")
    await chat.presses("确认")
    assert "单位答复：配电箱是用户的。\n是否解决：没解决\n答复附件：1 个" in chat.text
    assert chat.text.count("附件：1 个") == 1, "the enterprise sent none"


async def test_what_is_to_be_confirmed_can_be_changed_a_step_back(town: Town) -> None:
    """There was only "confirm" or "cancel": one wrong word, and all was to be written again."""
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    assert "上一步" not in chat.labels, "nothing was asked before"
    await chat.says("已派人检修。")
    await chat.says("配电箱是谁的？")
    await chat.presses("下一步")
    await chat.presses("没解决")
    await chat.presses("上一步")
    assert "解决了吗" in chat.text
    await chat.presses("上一步")
    assert "已派人检修。\n配电箱是谁的？" in chat.text, "it can be taken up again"
    assert "下一步" not in chat.labels, "nothing is written yet"
    await chat.says("已派人检修。")
    await chat.presses("下一步")
    await chat.says("上一步")
    assert "已派人检修。" in chat.text
    await chat.says("已检修好。")
    await chat.presses("下一步")
    await chat.presses("解决了")
    assert "配电箱" not in chat.text
    await chat.presses("确认")
    after = await town.backend.client.acting_as(CONTACT).view_ticket(number)
    assert after.reply == "已检修好。"


async def test_a_contact_is_noted_in_two_taps_or_with_a_word(town: Town) -> None:
    for note in ("", "已电话联系，对方下午在厂里"):
        number = await filed(town)
        chat = await signed(town, number)
        assert "联系企业期限" in chat.text
        await chat.presses("已联系企业")
        await (chat.says(note) if note else chat.presses("直接记下"))
        assert "已记下" in chat.text
        assert "联系企业期限" not in chat.text
        assert "已联系企业" not in chat.labels
        await chat.presses("办理过程")
        assert "联系企业" in chat.text
        assert note in chat.text


async def test_a_contact_noted_on_a_ticket_that_changed_keeps_what_was_written(town: Town) -> None:
    """After a question it is no longer owed; after a proposed return it is confirmed on the new state."""
    handler = town.backend.staff("power-1")
    for asked in (True, False):
        number = await filed(town)
        chat = await signed(town, number)
        await chat.presses("已联系企业")
        seen = await handler.view_ticket(number)
        part = seen.assignments[0].id
        if asked:
            await handler.do(ASK, part, AskIn(version=seen.version, text="几点？"), key=town.backend.key())
        else:
            request = ProposeReturnIn(version=seen.version, reason="不归我们", basis="某条例")
            await handler.do(PROPOSE_RETURN, part, request, key=town.backend.key())
        await chat.says("电话里说好了")
        assert "电话里说好了" in chat.text
        assert ("确认记下" in chat.text) is not asked
    await chat.presses("确认")
    assert "已记下" in chat.text


async def test_an_interim_answer_reaches_the_enterprise_and_the_matter_goes_on(town: Town) -> None:
    number = await filed(town)
    enterprise = town.enterprise()
    await town.delivered(enterprise)
    chat = await signed(town, number)
    await chat.presses("阶段性答复")
    await chat.says("已派人到现场，明早换变压器。")
    assert "企业会原样看到" in chat.text
    await chat.presses("确认")
    assert "阶段性答复已发给企业" in chat.text
    assert "阶段性答复期限" not in chat.text
    assert {"答复", "阶段性答复"} <= set(chat.labels)
    await town.delivered(enterprise)
    assert "告诉您办理进展" in enterprise.text
    assert "明早换变压器" in enterprise.text
    assert "满意" not in enterprise.text


async def test_a_reply_can_be_given_up(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    await chat.says("写错了")
    await chat.presses("取消")
    assert "已取消" in chat.text
    await chat.sends("confirm")
    assert "用不上了" in chat.text
    assert (await town.backend.client.acting_as(CONTACT).view_ticket(number)).reply is None


async def test_a_ticket_changed_meanwhile_is_shown_and_asked_again(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("问企业")
    await chat.says("还在停吗？")
    colleague = await opened(town, "power-2", number)
    await colleague.presses("问企业")
    await colleague.says("变压器是哪家的？")
    await colleague.presses("确认")
    assert "计时暂停" in colleague.text
    await chat.presses("确认")
    assert "有了变化" in chat.text
    assert "还在停吗？" in chat.text
    await chat.presses("确认")
    assert "已发给企业" in chat.text
    asked = [one.text for one in (await town.backend.client.acting_as(CONTACT).view_ticket(number)).questions]
    assert asked == ["变压器是哪家的？", "还在停吗？"]


async def test_what_was_written_is_given_back_when_it_cannot_be_sent_any_more(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    await chat.says("这句话很长，不能丢。")
    await chat.presses("下一步")
    await chat.presses("解决了")
    await town.backend.client.acting_as(CONTACT).withdraw(number, WithdrawIn(), key=town.backend.key())
    await chat.presses("确认")
    assert "这句话很长，不能丢。" in chat.text


async def test_pressing_twice_and_redelivery_sign_once(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    first = chat.text
    await chat.again()
    assert chat.text == first
    events = await town.backend.client.acting_as(CONTACT).list_events(number)
    assert [event.kind for event in events.items].count(EventKind.SIGNED) == 1


async def test_a_return_names_the_right_unit_found_by_its_name(town: Town) -> None:
    number = await filed(town)
    told = town.stranger("903")
    await told.says("在吗")
    await told.says((await town.backend.staff("office").make_binding_code()).code)
    chat = await opened(town, "power-1", number)
    await chat.presses("申请退单")
    await chat.says("内部线路，不归我们管")
    await chat.says("住建")
    assert any("住" in label for label in chat.labels), chat.labels
    await chat.presses("住")
    assert "应办单位" in chat.text
    await chat.presses("确认")
    assert "退单申请已提交" in chat.text
    await town.delivered(told)
    assert "建议改派：" in told.text
    assert "housing" not in told.text
    office = await town.staff("office").sends("queue:returns")
    await office.presses(number[-5:])
    await office.presses("不同意退单")
    await office.says("属于供电设施")
    assert "不同意退单" in office.text
    await office.presses("确认")
    assert "已决定" in office.text


async def test_the_office_gives_a_returned_part_to_the_unit_that_was_named_by_a_tap(town: Town) -> None:
    number = await filed(town)
    chat = await opened(town, "power-1", number)
    await chat.presses("申请退单")
    await chat.says("内部线路，不归我们管")
    await chat.says("市场")
    await chat.presses("市市场监督管理局")
    await chat.presses("确认")
    office = await opened(town, "office", number)
    await office.presses("同意退单")
    assert "同意退单" in office.text
    assert "不同意退单" not in office.text, "it says which decision is written"
    await office.says("同意")
    await office.presses("市市场监督管理局")
    assert "主办：市市场监督管理局" in office.text
    await office.presses("确认")
    assert "已决定" in office.text
    assert "市市场监督管理局（主办）：待签收" in office.text


async def test_a_return_may_name_the_legal_basis_instead(town: Town) -> None:
    number = await filed(town)
    chat = await opened(town, "power-1", number)
    await chat.presses("申请退单")
    await chat.says("不属于本单位")
    await chat.presses("改写法律依据")
    await chat.says("《电力供应与使用条例》第十七条")
    assert "依据：《电力供应与使用条例》第十七条" in chat.text
    await chat.presses("确认")
    assert "退单申请已提交" in chat.text


async def test_the_desk_dispatches_with_assisting_units(town: Town) -> None:
    number = await filed(town, scenario="other", kind=Kind.HELP)
    desk = await town.staff("dispatcher").sends("queue:desk")
    await desk.presses(number[-5:])
    await desk.presses("派单")
    await desk.says("没有这样的单位")
    assert "没有找到" in desk.text
    await desk.says("供电局")
    await desk.presses("榕江供电局")
    await desk.says("消防")
    await desk.presses("消防")
    await desk.presses("下一步")
    assert "主办：榕江供电局" in desk.text
    await desk.presses("确认")
    assert "已派单" in desk.text
    ticket = await town.backend.client.acting_as(CONTACT).view_ticket(number)
    assert sorted(one.role for one in ticket.assignments) == ["assist", "lead"]


async def test_a_unit_chosen_by_mistake_is_chosen_again_a_step_back(town: Town) -> None:
    number = await filed(town, scenario="other", kind=Kind.HELP)
    desk = await opened(town, "dispatcher", number)
    await desk.presses("派单")
    await desk.says("返回")
    assert "没有找到" in desk.text, "there is nothing before the first question"
    await desk.says("消防")
    await desk.presses("消防")
    await desk.says("供电局")
    await desk.presses("榕江供电局")
    await desk.says("返回")
    assert "主办单位是哪个" in desk.text
    await desk.says("供电局")
    await desk.presses("榕江供电局")
    assert "已选" not in desk.text
    await desk.says("消防")
    await desk.presses("消防")
    await desk.presses("下一步")
    await desk.presses("上一步")
    await desk.presses("不需要协办")
    assert "主办：榕江供电局" in desk.text
    assert "协办" not in desk.text
    await desk.presses("确认")
    assert "已派单" in desk.text


async def test_a_return_can_be_worded_anew_before_it_is_proposed(town: Town) -> None:
    number = await filed(town)
    chat = await opened(town, "power-1", number)
    await chat.presses("申请退单")
    await chat.says("不归我们")
    await chat.presses("改写法律依据")
    await chat.says("《电力供应与使用条例》第十七条")
    for step in ("《电力供应与使用条例》第十七条", "应该由哪个单位办", "不归我们"):
        await chat.presses("上一步")
        assert step in chat.text
    assert "上一步" not in chat.labels
    await chat.says("内部线路，不归我们管")
    await chat.says("住建")
    await chat.presses("住")
    assert "理由：内部线路，不归我们管" in chat.text
    assert "依据" not in chat.text
    await chat.presses("确认")
    assert "退单申请已提交" in chat.text


async def test_the_desk_rejects_with_reason_and_basis(town: Town) -> None:
    number = await filed(town, scenario="other", unclear=True)
    seat = await opened(town, "seat-1", number)
    await seat.presses("不予受理")
    await seat.says("已经在法院审理")
    await seat.says("《信访工作条例》第三十一条")
    await seat.presses("确认")
    assert "已不予受理" in seat.text
    person = town.enterprise()
    await town.delivered(person)
    assert "不予受理告知" in person.text
    assert "已经在法院审理" in person.text


async def test_an_edited_reason_is_not_taken_for_the_basis(town: Town) -> None:
    number = await filed(town, scenario="other", unclear=True)
    seat = await opened(town, "seat-1", number)
    await seat.presses("不予受理")
    await seat.does(Text("已经在法院审里", message="1/1"))
    asked = seat.text
    await seat.does(Text("已经在法院审理", edited=True, message="1/1", version=1))
    assert seat.text.endswith(asked)
    await seat.says("《信访工作条例》第三十一条")
    assert "依据：《信访工作条例》第三十一条" in seat.text
    assert "理由：已经在法院审理" in seat.text


async def test_what_is_edited_while_it_is_to_be_confirmed_goes_out_as_it_is_then(town: Town) -> None:
    """ "Confirm or cancel first" was the answer, and the words of before went out."""
    number = await filed(town)
    handler = await opened(town, "power-1", number)
    await handler.presses("签收")
    await handler.presses("答复")
    await handler.does(Text("线路已修好", message="1/1"))
    await handler.does(Text("换了变压气", message="1/2"))
    await handler.presses("下一步")
    await handler.does(Text("线路已经修好", edited=True, message="1/1", version=1))
    assert "已换成您改后的文字" in handler.text
    assert "解决了" in handler.labels, "the question stays"
    await handler.presses("解决了")
    await handler.does(Text("换了变压器", edited=True, message="1/2", version=2))
    assert "线路已经修好\n换了变压器" in handler.text
    await handler.does(Text("确认吗", message="1/3"))
    await handler.does(Text("好的", edited=True, message="1/3", version=3))
    assert "不在这次要发的内容里" in handler.text
    await handler.presses("确认")
    person = town.enterprise()
    await town.delivered(person)
    assert "线路已经修好\n换了变压器" in person.text
    assert "变压气" not in person.text


async def test_an_edit_that_is_too_short_or_is_of_another_message_changes_nothing(town: Town) -> None:
    number = await filed(town, scenario="other", unclear=True)
    seat = await opened(town, "seat-1", number)
    await seat.presses("不予受理")
    await seat.does(Text("已经在法院审理", message="1/1"))
    await seat.does(Text("《信访工作条例》第三十一条", message="1/2"))
    await seat.does(Text("\u200b", edited=True, message="1/1", version=1))
    assert "理由：已经在法院审理" in seat.text
    assert "至少 1 个字" in seat.text


async def test_the_desk_accepts_and_answers_at_once(town: Town) -> None:
    number = await filed(town, scenario="other", unclear=True)
    seat = await opened(town, "seat-1", number)
    await seat.presses("受理")
    assert "已受理" in seat.text
    await seat.presses("直接答复")
    await seat.says("请带执照到政务大厅三楼办理。")
    await seat.presses("确认")
    assert "已答复并办结" in seat.text


async def test_personal_data_is_masked_until_looked_at(town: Town) -> None:
    contact = {"name": "王师傅", "phone": "+8613800138000"}
    number = await filed(town, contact=contact)
    chat = await opened(town, "power-1", number)
    assert "+8613800138000" not in chat.text
    await chat.presses("看联系人")
    assert "+8613800138000" in chat.text
    assert "已记录" in chat.text


async def test_an_event_that_only_a_newer_program_knows_breaks_nothing(town: Town) -> None:
    """While the parts are upgraded one by one, an older one meets such events."""
    number = await filed(town)
    client = town.backend.staff("power-1")
    await database.execute(
        "INSERT INTO event (ticket_id, seq, at, kind, actor_kind, data)"
        " SELECT id, version + 1, now(), 'of_tomorrow', 'system', '{}' FROM ticket WHERE number = $1",
        number,
    )
    await database.execute("UPDATE ticket SET version = version + 1 WHERE number = $1", number)
    events = await client.list_events(number)
    assert events.items[-1].kind == "of_tomorrow"
    assert {type(event.kind) for event in events.items[:-1]} == {EventKind}
    chat = await signed(town, number)
    assert "已签收" in chat.text
    await chat.presses("办理过程")
    assert "其他事项（系统）" in chat.text


async def test_the_timeline_tells_what_happened(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("办理过程")
    assert "签收（榕江供电局 徐强）" in chat.text


async def _dissatisfied(town: Town, **changes: Any) -> str:
    """A ticket whose answer was rated dissatisfied, with a reason written and one spoken; its number."""
    number = await filed(town, **changes)
    client, handler, key = town.backend.client, town.backend.staff("power-1"), town.backend.key
    await signed(town, number)
    ticket = await handler.view_ticket(number)
    part = next(one.id for one in ticket.assignments if one.handler)
    await handler.do(REPLY, part, ReplyIn(version=ticket.version, text="已恢复供电"), key=key())
    voice = (await client.acting_as(CONTACT).upload(samples.recording(), name="why.wav", key=key())).id
    await client.acting_as(CONTACT).set_transcript(voice, TranscriptIn(text="说好上门没有来"), key=key())
    request = RateIn(grade=Grade.DISSATISFIED, solved=False, comment="师傅来了又走", attachments=[voice])
    await client.acting_as(CONTACT).rate(number, request, key=key())
    return number


async def test_why_a_person_was_dissatisfied_stands_on_the_ticket_in_the_timeline_and_among_the_files(
    town: Town,
) -> None:
    number = await _dissatisfied(town)
    for username in ("power-2", "office", "supervisor"):
        chat = await opened(town, username, number)
        for _ in ("ticket", "timeline"):
            assert "不满意" in chat.text
            assert "“师傅来了又走”" in chat.text
            assert "录音（机器转写）：说好上门没有来" in chat.text
            await chat.presses("办理过程")
        await chat.presses("查看工单")
        await chat.presses("附件")
        assert len(chat.fresh[0].attachments) == 1


async def test_a_reporter_s_words_are_shown_to_the_desk_in_private_and_to_nobody_else(town: Town) -> None:
    number = await _dissatisfied(town, hidden_reporter=True)
    words = ("师傅来了又走", "说好上门没有来")
    for username, knows in (("office", True), ("power-2", False), ("supervisor", False)):
        chat = await opened(town, username, number)
        for _ in ("ticket", "timeline"):
            assert all((one in chat.text) is knows for one in words)
            assert ("只有坐席能看" in chat.text) is not knows
            await chat.presses("办理过程")
    code = (await town.backend.staff("office").make_binding_code()).code
    await town.stranger("903").says("在吗")
    await town.stranger("903").says(code)
    topic = town.stranger("903", ticket=number)
    for command in ("/ticket", "/timeline", "/files"):
        await topic.says(command)
        assert topic.fresh
        assert not any(one in topic.text for one in words)
        assert not any(message.attachments for message in topic.fresh)
    assert "私聊" in topic.text


async def test_in_a_topic_commands_act_on_its_ticket_and_talk_is_left_alone(town: Town) -> None:
    code = (await town.backend.staff("power-1").make_binding_code()).code
    private = town.stranger("901")
    await private.says("/start")
    await private.says(code)
    number = await filed(town)
    topic = town.stranger("901", ticket=number)
    await topic.says("这个谁来办？")
    assert topic.fresh == []
    await topic.says("/sign@jiesu_bot")
    assert "已签收" in topic.text
    assert topic.fresh[0].topic == number
    await topic.says("/reply")
    await topic.says("已修好")
    await private.says("这句不是答复")
    await topic.says("/done")
    await topic.presses("解决了")
    assert "已修好" in topic.text
    assert "这句不是答复" not in topic.text
    await topic.presses("确认")
    assert (await town.backend.client.acting_as(CONTACT).view_ticket(number)).reply == "已修好"


async def test_additions_and_answers_arrive_as_notices_with_a_way_in(town: Town) -> None:
    code = (await town.backend.staff("power-1").make_binding_code()).code
    chat = town.stranger("902")
    await chat.says("在吗")
    await chat.says(code)
    number = await filed(town)
    request = AdditionIn(text="又停了一次")
    await town.backend.client.acting_as(CONTACT).add_material(number, request, key=town.backend.key())
    await town.delivered(chat)
    assert f"企业补充了材料 {number}" in chat.text
    assert "又停了一次" in chat.text
    await chat.presses("查看工单")
    assert number in chat.text


async def test_a_foreign_ticket_stays_closed(town: Town) -> None:
    number = await filed(town)
    chat = await opened(town, "tax-1", number)
    assert "没有找到" in chat.text
    assert "厂区停电" not in chat.text


async def test_a_reply_half_written_is_not_dropped_by_another_ticket(town: Town) -> None:
    first, second = await filed(town), await filed(town)
    chat = await signed(town, first)
    await chat.presses("答复")
    await chat.says("已派人检修。")
    await chat.sends(f"ticket:{second}")
    await chat.presses("申请退单")
    assert f"您给工单 {first} 厂区停电 写的内容还没有提交" in chat.text
    await chat.presses("继续处理")
    await chat.presses("下一步")
    await chat.presses("解决了")
    assert "已派人检修。" in chat.text


@pytest.mark.parametrize("away", ["contacted", "interim", "start"])
async def test_a_reply_half_written_is_not_dropped_by_what_is_shorter(town: Town, away: str) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    await chat.says("已派人检修。")
    if away == "start":
        await chat.does(Start())
    else:
        await chat.sends(f"{away}:{number}")
    assert f"您给工单 {number} 厂区停电 写的内容还没有提交" in chat.text
    await chat.presses("继续处理")
    await chat.presses("下一步")
    await chat.presses("解决了")
    assert "已派人检修。" in chat.text


async def test_the_web_page_gives_the_code_that_binds_a_messenger(town: Town) -> None:
    page = town.staff("power-1")
    await page.does(Start())
    await page.presses("绑定手机消息")
    code = re.search(r"\b\d{8}\b", page.text)
    assert code is not None
    chat = town.stranger("901")
    await chat.says("你好")
    await chat.says(code[0])
    assert "绑定成功，徐强" in chat.text
    await chat.sends("menu")
    assert "绑定手机消息" not in chat.labels


async def test_who_waits_for_a_call_back_stands_first_and_is_marked_until_called(town: Town) -> None:
    number = await filed(town, scenario="other", unclear=True, callback=True, title="来电中断")
    for _ in range(8):
        await filed(town, scenario="other")
    seat = town.staff("seat-1")
    await seat.sends("queue:desk")
    assert seat.text.index(number) < seat.text.index("厂区停电")
    assert "📞" in seat.text
    await seat.presses("更多")
    assert number not in seat.text
    seat = await opened(town, "seat-1", number)
    await seat.presses("已回电")
    assert "已回电" in seat.text
    assert "📞" not in seat.text
    assert "已回电" not in seat.labels


async def test_a_recording_is_shown_as_text_beside_the_story(town: Town) -> None:
    client, key = town.backend.client, town.backend.key
    voice = await client.acting_as(CONTACT).upload(
        b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(50), key=key()
    )
    await client.acting_as(CONTACT).set_transcript(voice.id, TranscriptIn(text="变压器冒烟了"), key=key())
    number = await filed(town, attachments=[voice.id])
    chat = await opened(town, "power-1", number)
    assert "录音（机器转写）：变压器冒烟了" in chat.text


async def test_in_a_topic_nobody_is_shown_who_reported_it(town: Town) -> None:
    """A group has readers who may not look, and of whom the access log would not tell."""
    contact = {"name": "王师傅", "phone": "+8613800138000"}
    number = await filed(town, contact=contact, kind=Kind.REPORT, hidden_reporter=True)
    code = (await town.backend.staff("seat-1").make_binding_code()).code
    private = town.stranger("903")
    await private.says("/start")
    await private.says(code)
    topic = town.stranger("903", ticket=number)
    await topic.says("/ticket")
    await topic.presses("看联系人")
    await topic.says("核实举报情况")
    assert "+8613800138000" not in topic.text
    assert "王师傅" not in topic.text
    await topic.presses("看联系人")
    assert f"把工单号 {number} 发给我" in topic.text
    await private.says(number)
    await private.presses("看联系人")
    await private.says("核实举报情况")
    assert "+8613800138000" in private.text


@pytest.mark.parametrize("unseen", ["\u200b", "\u2800", "\u3164", "\u0301"])
async def test_an_answer_that_nobody_could_see_is_asked_for_again(town: Town, unseen: str) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    await chat.presses("答复")
    await chat.says(unseen)
    assert "下一步" not in chat.labels
    await chat.presses("取消")
    await chat.sends(f"ticket:{number}")
    await chat.presses("问企业")
    await chat.says(unseen)
    assert "请用文字回答" in chat.text


async def test_a_look_at_a_hidden_reporter_asks_for_a_reason_that_says_something(town: Town) -> None:
    number = await filed(town, scenario="report", kind="report", hidden_reporter=True)
    chat = await opened(town, "seat-1", number)
    await chat.presses("看联系人")
    await chat.says("核实\u2800\u2800\u2800")
    assert "至少 5 个字" in chat.text
    await chat.says("长" * 201)
    assert "最多 200 字" in chat.text
    await chat.says("核实举报情况")
    assert "本次查看已记录" in chat.text


async def test_words_after_another_ticket_s_card_say_which_ticket_they_are_for(town: Town) -> None:
    first, second = await filed(town, title="东厂停电"), await filed(town, title="西厂停电")
    chat = await signed(town, first)
    await chat.presses("答复")
    await chat.says("已派人检修。")
    await chat.sends(f"sign:{second}")
    assert "西厂停电" in chat.text
    assert f"工单 {first} 东厂停电 还有一步没有办完" in chat.text
    await chat.says("接着写一段")
    assert f"已收到（工单 {first} 东厂停电）" in chat.text
    await chat.presses("下一步")
    assert f"工单 {first} 东厂停电" in chat.text
    await chat.presses("解决了")
    assert f"确认答复（工单 {first} 东厂停电）" in chat.text


@pytest.mark.parametrize("begun", ["答复", "问企业", "申请退单"])
async def test_a_ticket_s_number_opens_it_and_is_no_part_of_what_is_being_written(town: Town, begun: str) -> None:
    first, second = await filed(town), await filed(town, title="西厂停电")
    chat = await signed(town, first)
    await chat.presses(begun)
    await chat.says(f"{second[:6]} {second[6:]}")
    assert "西厂停电" in chat.text
    assert f"工单 {first}" in chat.text
    await chat.says("线路已修好。")
    assert second not in chat.text
    assert first in chat.text


@pytest.mark.parametrize("begun", ["问企业", "申请退单", "阶段性答复"])
async def test_a_sentence_written_for_one_step_is_not_dropped_by_another_ticket(town: Town, begun: str) -> None:
    first, second = await filed(town), await filed(town)
    chat = await signed(town, first)
    await chat.presses(begun)
    await chat.says("这句话写了很久。")
    await chat.sends(f"reply:{second}")
    assert f"您给工单 {first}" in chat.text
    assert "还没有提交" in chat.text
    await chat.presses("继续处理")
    assert first in chat.text


async def test_a_leader_hands_it_to_a_colleague(town: Town) -> None:
    number = await filed(town)
    await signed(town, number)
    leader = await opened(town, "power-leader", number)
    await leader.presses("内部改派")
    assert "改派给本单位哪位同事" in leader.text
    assert "徐强" not in leader.labels, "who has it already"
    await leader.says("没有这个人")
    assert "没有找到姓名里有“没有这个人”" in leader.text
    await leader.presses("孙丽")
    await leader.says("徐强出差")
    assert "接手人：孙丽" in leader.text
    await leader.presses("确认")
    assert "已改派" in leader.text
    assert "孙丽" in leader.text


async def test_a_colleague_is_found_by_a_part_of_the_name(town: Town) -> None:
    number = await filed(town)
    await signed(town, number)
    leader = await opened(town, "power-leader", number)
    await leader.presses("内部改派")
    await leader.says("孙")
    assert "为什么改派" in leader.text


async def test_a_handler_hands_nothing_on(town: Town) -> None:
    number = await filed(town)
    chat = await signed(town, number)
    assert "内部改派" not in chat.labels


async def test_a_colleague_pressed_twice_is_no_reason(town: Town) -> None:
    number = await filed(town)
    await signed(town, number)
    leader = await opened(town, "power-leader", number)
    await leader.presses("内部改派")
    await leader.presses("孙丽")
    assert "为什么改派" in leader.text
    await leader.presses("孙丽")
    assert "接手人" not in leader.text
    await leader.says("徐强出差")
    assert "接手人：孙丽" in leader.text
    assert "徐强出差" in leader.text


async def _reassigned(town: Town, number: str, name: str) -> None:
    """By the leader, elsewhere."""
    backend = town.backend.staff("power-leader")
    shown = await backend.view_ticket(number)
    [part] = shown.assignments
    taker = next(one for one in (await backend.list_takers(part.id)).items if one.name == name)
    request = ReassignIn(version=shown.version, handler=taker.id, reason="我先改了")
    await backend.do(REASSIGN, part.id, request, key=town.backend.key())


async def test_a_colleague_who_cannot_take_it_any_more_is_asked_for_again(town: Town) -> None:
    """Another leader was faster; what was written stays."""
    number = await filed(town)
    await signed(town, number)
    leader = await opened(town, "power-leader", number)
    await leader.presses("内部改派")
    await leader.presses("孙丽")
    await leader.says("徐强出差")
    await _reassigned(town, number, "孙丽")
    await leader.presses("确认")
    assert "有了变化" in leader.text
    assert "经办人：孙丽" in leader.text
    assert "改派给本单位哪位同事" in leader.text
    assert "孙丽" not in leader.labels
    await leader.presses("徐强")
    assert "接手人：徐强" in leader.text
    assert "徐强出差" in leader.text
    await leader.presses("确认")
    assert "已改派" in leader.text


async def test_whoever_has_an_answer_open_learns_that_it_went_to_a_colleague(town: Town) -> None:
    number = await filed(town)
    handler = await signed(town, number)
    await handler.presses("答复")
    await handler.says("已派人检修。")
    await handler.presses("下一步")
    await handler.presses("解决了")
    await _reassigned(town, number, "孙丽")
    await handler.presses("确认")
    assert "有了变化" in handler.text
    assert "经办人：孙丽" in handler.text


async def test_what_a_session_of_the_version_before_saw_is_no_change(town: Town) -> None:
    number = await filed(town)
    await signed(town, number)
    shown = await town.backend.staff("power-1").view_ticket(number)
    before = re.sub(r"(\|\d+=\w+)=[^|]*", r"\1", changes.seen(shown))
    assert before != changes.seen(shown)
    assert changes.since(before, shown) == []


def test_colleagues_of_one_name_are_told_apart() -> None:
    found = ColleagueList(
        items=[
            ColleagueOut(id=1, username="power-1", name="张伟"),
            ColleagueOut(id=2, username="power-2", name="张伟"),
            ColleagueOut(id=3, username="power-3", name="李娜"),
        ]
    )
    errand = Errand("reassign", "e", args={"takers": people.kept(found)})
    assert list(people.takers(errand).values()) == ["张伟 (power-1)", "张伟 (power-2)", "李娜"]
    assert people.named(errand, "张伟") == ["1", "2"]
    assert people.named(errand, "power-2") == ["2"]
