"""Enterprises talk to their bot: what they send and press is met sensibly, whatever it is."""

import json

from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from dialogs.templates.scenario import Scenarios
from tests.backend.city import Backend
from tests.bot.telegram.bots import JPEG, PDF, VOICE, Bots, bots_at_work, fill_power_cut, number_in
from tests.botapi.waiting import eventually


async def test_a_ticket_filed_by_buttons_and_typing(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.filed(chat)
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.title == "供电：反复停电跳闸，部分停产"
    assert ticket.story.startswith("这周停了三次")
    assert [one.department.code for one in ticket.assignments] == ["power"]


async def test_the_menu_of_commands_is_in_both_languages(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start()
    await chat.expect(lambda message: "我的工单" in message.buttons)
    shown = [json.dumps(value, ensure_ascii=False) for value in bots.enterprise_account.commands.values()]
    assert any("我的工单" in menu for menu in shown)
    assert any("My requests" in menu for menu in shown)
    await chat.send("/tickets")
    await chat.expect("还没有提交过工单")


async def test_somebody_who_speaks_english_is_answered_in_english(bots: Bots) -> None:
    chat = bots.enterprise_chat("Anna", "en")
    await chat.start("power-cut")
    await chat.expect("What is wrong with the power?")


async def test_every_press_is_answered(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    press = await chat.press("帮助")
    await press.wait_answered()
    await chat.expect("点最接近的一项")


async def test_an_old_button_is_met_politely(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    first = await chat.expect("哪种用电问题")
    await chat.press("反复停电跳闸")
    await chat.expect("哪个区")
    await eventually(lambda: chat.last.edited and not chat.last.buttons)
    await chat.start()
    await chat.expect(lambda message: "我的工单" in message.buttons)
    press = await chat.press("现在停着电", first)
    await press.wait_answered()
    await chat.expect("用不上")


async def test_the_buttons_of_an_answered_question_are_taken_away(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    first = await chat.expect("哪种用电问题")
    await chat.send("反复停电跳闸")
    await chat.expect("哪个区")
    await chat.expect(lambda message: message.message_id == first.message_id and message.edited and not message.buttons)


async def test_ticking_several_options_changes_the_buttons_in_place(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("hiring")
    await chat.expect("（1/")
    await chat.press("普工")
    for answer in ("30", "12月15日", "5500"):
        await chat.expect(lambda message: not message.edited and "帮助" in message.buttons)
        await chat.send(answer)
    await chat.expect(lambda message: "没人来应聘" in message.buttons)
    await chat.press("没人来应聘")
    asked = await chat.expect("可以选几项")
    label = asked.buttons[0]
    await chat.press(label)
    ticked = await chat.expect(lambda message: message.edited and message.message_id == asked.message_id)
    assert ticked.buttons[0] != label
    assert ticked.text == asked.text
    await chat.press(ticked.buttons[0])
    again = await chat.expect(lambda message: message.edited and message.message_id == asked.message_id)
    assert again.buttons[0] == label


async def test_an_album_is_one_event(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    for at in range(3):
        await chat.send_photo(JPEG + bytes([at]), "配电房" if at == 0 else "", media_group_id="album-1")
    got = await chat.expect("文件 3 个")
    assert "文字 3 字" in got.text
    await chat.press("发完了")
    await chat.expect("补充好了")
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert [one.kind for one in ticket.attachments] == ["photo"] * 3


async def test_voice_file_and_location_are_taken_as_material(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    await chat.send_voice(VOICE)
    await chat.expect("文件 1 个")
    await chat.send_document("合同 <1>.pdf", PDF, "application/pdf")
    await chat.expect("文件 2 个")
    await chat.send_location(23.5, 116.4)
    await chat.expect(lambda message: "已收到" in message.text and "文字 0 字" not in message.text)
    await chat.press("发完了")
    await chat.expect("补充好了")
    ticket = await bots.backend.staff("office").view_ticket(number)
    kept = {(one.kind, one.media_type): one.name for one in ticket.attachments}
    assert kept.keys() == {("voice", "audio/ogg"), ("file", "application/pdf")}
    assert kept["file", "application/pdf"] == "合同 <1>.pdf"


async def test_files_of_a_ticket_come_back_as_what_they_are(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    await chat.send_photo(JPEG)
    await chat.expect("文件 1 个")
    await chat.send_voice(VOICE)
    await chat.expect("文件 2 个")
    await chat.send_document("合同.pdf", PDF, "application/pdf")
    await chat.expect("文件 3 个")
    await chat.press("发完了")
    await chat.expect("补充好了")
    await chat.press("查看附件")
    await chat.expect(lambda message: "photo" in message.json)
    await chat.expect(lambda message: "voice" in message.json)
    sent = await chat.expect(lambda message: "document" in message.json)
    assert sent.json["document"]["file_name"] == "合同.pdf"
    kept = bots.server.world.files[sent.json["document"]["file_id"]]
    assert kept.data == PDF


async def test_a_file_that_is_no_photo_or_paper_is_refused_in_words(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    await chat.send_document("virus.exe", b"MZ" + bytes(300))
    await chat.expect("这种文件收不了")


async def test_a_file_too_big_for_the_bot_api_is_refused_in_words(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    await chat.send_document("large.pdf", PDF + bytes(20 * 1024 * 1024 + 1), "application/pdf")
    await chat.expect(lambda message: "补充到工单" in message.text and "20" in message.text)


async def test_the_own_phone_number_is_shared_by_a_button_that_goes_away(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await fill_power_cut(chat, until_phone=True)
    await chat.expect(lambda message: "发送我的手机号" in message.buttons)
    await chat.share_contact("8613800138000")
    await chat.expect(lambda message: (message.json.get("reply_markup") or {}).get("remove_keyboard") is True)
    summary = await chat.expect(lambda message: any("确认提交" in label for label in message.buttons))
    assert "138" in summary.text


async def test_the_contact_of_somebody_else_is_only_a_typed_number(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await fill_power_cut(chat, until_phone=True)
    await chat.share_contact("13900139000", user_id=77)
    summary = await chat.expect(lambda message: any("确认提交" in label for label in message.buttons))
    assert "139" in summary.text


async def test_a_shared_place_answers_the_address(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    await chat.press("对计划停电有意见")
    await chat.expect(lambda message: "城东区" in message.buttons)
    await chat.press("城东区")
    await chat.expect(lambda message: "东门街道" in message.buttons)
    await chat.press("东门街道")
    await chat.expect("具体地址")
    await chat.send_location(23.5, 116.4)
    await chat.expect("通知上写的是哪天停电")


async def test_an_edited_message_corrects_the_answer(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await bots.ticket(chat)
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    sent = await chat.send("下午两点停")
    await chat.expect("文字 5 字")
    await chat.edit(sent, "下午三点半停")
    await chat.expect("文字 6 字")
    await chat.send("晚上来电")
    await chat.expect("文字 11 字")
    await chat.edit(sent, "下午三点半停")  # no word of it is changed
    await chat.edit(sent, "下午三点停")
    await chat.expect("文字 10 字")
    said = [message for message in chat.bot_messages if "文字 6 字" in message.text and not message.edited]
    assert len(said) == 1


async def test_stickers_and_dice_are_met_sensibly(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.send_sticker()
    await chat.expect("看不懂")
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    await chat.send_raw(dice={"emoji": "🎲", "value": 3})
    await chat.expect("哪种用电问题")


async def test_what_is_written_is_never_markup(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.filed(chat, "<b>停电</b>&amp; <a href='x'>厂房</a> </b> 请尽快处理")
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.story.startswith("<b>停电</b>&amp; <a href='x'>厂房</a> </b>")
    summary = next(message for message in chat.bot_messages if "<a href='x'>厂房</a>" in message.text)
    bold = [entity for entity in summary.json.get("entities", []) if entity["type"] != "bold"]
    assert bold == []


async def test_more_text_than_a_ticket_takes_is_told_and_a_long_notice_fits(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat)
    desk = bots.backend.staff("office")
    await bots.bound("power-1")
    staff = bots.staff_chat("power-1")
    await chat.press("补充材料")
    await chat.expect("补充到工单")
    await chat.send("长" * 4096)
    await chat.expect("文字 4096 字")
    await chat.send("长" * 4096)
    await chat.expect("5000")
    await chat.press("发完了")
    await chat.expect("补充好了")
    notice = await staff.expect(lambda message: message.text.count("长") > 3000)
    assert len(notice.text) <= 4096
    assert (await desk.view_ticket(number)).number == number


async def test_two_tickets_at_once_never_mix(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    first = await bots.ticket(chat, title="一号厂房停电")
    second = await bots.ticket(chat, title="二号厂房停电")
    notices = {number_in(one.text): one for one in chat.bot_messages if "查询码" in one.text}
    await chat.press("补充材料", notices[first])
    await chat.expect(first)
    await chat.send("给一号的材料")
    await chat.expect("已收到")
    await chat.press("补充材料", notices[second])
    await chat.expect(f"您给工单 {first} 一号厂房停电 写的内容还没有提交")
    await chat.press("继续处理")
    await chat.expect("已收到")
    await chat.press("发完了")
    await chat.expect("补充好了")
    await chat.press("补充材料", notices[second])
    await chat.expect(second)
    await chat.send("给二号的材料")
    await chat.expect(lambda message: "已收到" in message.text and not message.edited)
    await chat.press("发完了")
    await chat.expect("补充好了")
    for number, mine, other in ((first, "给一号的材料", "给二号的材料"), (second, "给二号的材料", "给一号的材料")):
        events = await bots.backend.staff("office").list_events(number)
        assert any(mine in str(one) for one in events.items)
        assert not any(other in str(one) for one in events.items)


async def test_a_form_left_for_a_second_ticket_is_kept(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    await chat.expect("哪种用电问题")
    await chat.press("反复停电跳闸")
    await chat.expect("哪个区")
    await chat.start("gas-fee")
    await chat.expect(lambda message: "停电" in message.text and not message.edited)
    await chat.send("/menu")
    menu = await chat.expect(lambda message: any("继续填写" in label for label in message.buttons))
    await chat.press(next(label for label in menu.buttons if "停电" in label), menu)
    await chat.expect(lambda message: "城东区" in message.buttons)


async def test_my_tickets_progress_and_withdrawal(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat)
    await chat.send("/tickets")
    shown = await chat.expect("您的工单")
    assert number in shown.text
    await chat.press(number[-5:], shown)
    card = await chat.expect(lambda message: "撤回" in message.buttons)
    await chat.press("撤回", card)
    await chat.expect("确定要撤回")
    await chat.press("确定撤回")
    await chat.expect("已撤回")
    assert (await bots.backend.staff("office").view_ticket(number)).state == "withdrawn"
    await chat.send(number)
    await chat.expect(number)


async def test_progress_of_a_ticket_of_somebody_else_needs_the_code(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat)
    notice = next(one for one in chat.bot_messages if "查询码" in one.text)
    code = notice.text.split("查询码")[1]
    digits = "".join(char for char in code if char.isdigit())[:8]
    other = bots.enterprise_chat("邻居")
    await other.send("/progress")
    await other.expect("工单")
    await other.send(number)
    await other.expect("查询码")
    await other.send(digits)
    await other.expect("厂区停电")


async def test_the_answer_comes_with_the_rating_and_is_rated(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    number = await bots.ticket(chat, scenario="other")
    seat = bots.backend.staff("seat-1")
    ticket = await seat.view_ticket(number)
    await seat.do(
        ANSWER_AT_ONCE,
        number,
        AnswerAtOnceIn(version=ticket.version, text="已联系供电部门，今晚恢复。"),
        key=bots.backend.key(),
    )
    answer = await chat.expect("今晚恢复")
    await chat.press("基本满意", answer)
    await chat.expect("实际解决了吗")
    await chat.press("解决了")
    await chat.expect("还有什么想说的")
    await chat.send("很快")
    await chat.expect("谢谢您的评价")
    rated = (await bots.backend.staff("office").view_ticket(number)).rating
    assert rated is not None
    assert (rated.grade, rated.solved, rated.comment) == ("basically", True, "很快")


async def test_in_a_group_it_says_where_to_write_and_leaves(bots: Bots) -> None:
    person = bots.person("王经理")
    group = bots.server.group(-100123, "园区群", [person, bots.enterprise_account])
    await group.as_user(person).send("停电了怎么办")
    await group.expect("私聊")
    await eventually(lambda: bots.server.counters["leaveChat"] == 1)
    await group.expect_nothing()


async def test_an_update_that_comes_twice_is_done_once(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await fill_power_cut(chat)
    bots.server.fail("sendMessage", times=12, status=502)
    await chat.press("确认提交")
    await chat.expect("查询码", timeout=30)
    page = await bots.backend.client.acting_as(f"telegram:{chat.user['id']}").list_tickets()
    assert len(page.items) == 1


async def test_a_reply_to_an_earlier_question_answers_that_one(bots: Bots) -> None:
    chat = bots.enterprise_chat()
    await chat.start("power-cut")
    problem = await chat.expect("哪种用电问题")
    await chat.press("对计划停电有意见")
    await chat.expect(lambda message: "城东区" in message.buttons)
    await chat.send("电压不稳", reply_to=problem)
    await chat.expect("现场有没有危险")


async def test_several_short_messages_in_a_row_are_one(backend: Backend, redis_url: str, scenarios: Scenarios) -> None:
    """The last one ends as a sentence does: nothing has to be waited for."""
    async with bots_at_work(backend, redis_url, scenarios, quiet_seconds=60) as bots:
        chat = bots.enterprise_chat()
        await chat.start()
        await chat.expect("企业诉求服务")
        for text in ("店里停电了", "从昨晚开始", "整栋楼都没电。"):
            await chat.send(text)
        await chat.expect("先按“停电、电压不稳”给您登记", timeout=60)
        assert chat.transcript().count("给您登记") == 1
