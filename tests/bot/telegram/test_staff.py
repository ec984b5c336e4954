"""Staff talk to their bot in private: bound by a code, told unasked, acting under their own name."""

from dialogs.drafts import DraftKeeper
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Gone, Incoming, Leaving, Person, Press, Text
from dialogs.sessions import MemorySessions
from dialogs.templates.scenario import Scenarios
from tests.bot.telegram.bots import JPEG, SHANGHAI, STORY, Bots
from tests.botapi import ChatDriver


async def test_an_account_is_bound_with_a_one_time_code(bots: Bots) -> None:
    chat = bots.staff_chat("power-1")
    await chat.start()
    await chat.expect("8 位绑定码")
    await chat.send("12345678")
    await chat.expect("8 位绑定码")
    code = await bots.code("power-1")
    await chat.send(f"{code[:4]} {code[4:]}")
    bound = await chat.expect("绑定成功")
    assert "徐强" in bound.text
    assert "榕江供电局" in bound.text


async def test_bind_with_the_code_in_one_message(bots: Bots) -> None:
    chat = bots.staff_chat("power-1")
    await chat.send(f"/bind {await bots.code('power-1')}")
    await chat.expect("绑定成功")
    assert len(chat.bot_messages) == 1


async def test_strangers_can_do_nothing(bots: Bots) -> None:
    chat = bots.staff_chat("stranger")
    await chat.send("/queue")
    await chat.expect("8 位绑定码")
    await chat.send_photo(JPEG)
    await chat.expect("8 位绑定码")


async def test_an_assignment_arrives_unasked_and_is_signed(bots: Bots) -> None:
    staff = await bots.bound("power-1")
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise)
    notice = await staff.expect(number)
    assert "厂区停电" in notice.text
    await staff.press("签收", notice)
    await staff.expect("已签收")
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.assignments[0].state == "signed"
    assert ticket.assignments[0].handler == "徐强"


async def test_a_question_pauses_the_clock_until_the_enterprise_answers(bots: Bots) -> None:
    staff = await bots.bound("power-1")
    enterprise = bots.enterprise_chat()
    number = await _signed(bots, staff, enterprise)
    await staff.press("问企业")
    await staff.expect("要问企业什么")
    await staff.send("您的用电户号是多少？")
    await staff.expect("确认向企业提问")
    await staff.press("确认")
    await staff.expect("已发给企业")
    assert (await bots.backend.staff("office").view_ticket(number)).waiting
    question = await enterprise.expect("用电户号")
    await enterprise.press("回答提问", question)
    await enterprise.expect("用电户号")
    await enterprise.send("0571-8899")
    await enterprise.expect("已收到")
    await enterprise.press("发完了")
    await enterprise.expect("已把您的回答")
    await staff.expect("0571-8899")
    assert not (await bots.backend.staff("office").view_ticket(number)).waiting


async def test_a_seat_asks_before_it_sends_the_ticket_out_and_gets_the_answer(bots: Bots) -> None:
    seat = await bots.bound("seat-1")
    enterprise = bots.enterprise_chat()
    number = await bots.ticket(enterprise, scenario="other")
    await seat.press("查看工单", await seat.expect(number))
    card = await seat.expect(lambda message: "问企业" in message.buttons)
    await seat.press("问企业", card)
    await seat.expect("要向企业问清什么")
    await seat.send("具体是哪条路？")
    assert "具体是哪条路" in (await seat.expect("在派单前向企业提问")).text
    await seat.press("确认")
    await seat.expect("答复会发到专席")
    assert (await bots.backend.staff("office").view_ticket(number)).waiting
    question = await enterprise.expect("具体是哪条路")
    assert "受理人员想先了解一下" in question.text
    await enterprise.press("回答提问", question)
    await enterprise.expect("请直接回答")
    await enterprise.send("东门路")
    await enterprise.expect("已收到")
    await enterprise.press("发完了")
    await enterprise.expect("已把您的回答")
    assert "东门路" in (await seat.expect("企业回答了提问")).text
    seen = await bots.backend.staff("office").view_ticket(number)
    assert not seen.waiting
    assert [one.answer for one in seen.questions] == ["东门路"]


async def test_the_loop_closes_reply_rating_notice(bots: Bots) -> None:
    staff = await bots.bound("power-1")
    enterprise = bots.enterprise_chat()
    number = await _signed(bots, staff, enterprise)
    await staff.press("答复")
    await staff.expect("请写给企业的答复")
    await staff.send("线路已更换，今晚恢复供电。")
    await staff.expect("已收到")
    await staff.send_photo(JPEG)
    await staff.expect("文件 1 个")
    await staff.press("下一步")
    await staff.expect("实际解决了吗")
    await staff.press("解决了")
    await staff.expect("确认答复")
    await staff.press("确认")
    await staff.expect("答复已提交")
    answer = await enterprise.expect("今晚恢复供电")
    await enterprise.expect(lambda message: "photo" in message.json)
    await enterprise.press("😊 满意", answer)
    await enterprise.expect("实际解决了吗")
    await enterprise.press("解决了")
    await enterprise.expect("还有什么想说的")
    await enterprise.press("跳过")
    await enterprise.expect("谢谢您的评价")
    await staff.expect("满意")
    assert (await bots.backend.staff("office").view_ticket(number)).state == "closed"


async def test_a_dissatisfied_answer_goes_to_another_handler(bots: Bots) -> None:
    first, second = await bots.bound("power-1"), await bots.bound("power-2")
    enterprise = bots.enterprise_chat()
    number = await _signed(bots, first, enterprise)
    await second.expect(number)
    await _replied(first, "已处理")
    answer = await enterprise.expect("已处理")
    await enterprise.press("不满意", answer)
    await enterprise.expect("实际解决了吗")
    await enterprise.press("没解决")
    await enterprise.expect("哪里不满意")
    await enterprise.send("还是停电")
    await enterprise.expect("换人重新办理")
    again = await second.expect(number)
    assert "签收" in again.buttons


async def test_a_return_is_proposed_and_decided(bots: Bots) -> None:
    staff, office = await bots.bound("power-1"), await bots.bound("office")
    enterprise = bots.enterprise_chat()
    number = await _signed(bots, staff, enterprise)
    await staff.press("申请退单")
    await staff.expect("为什么不属于本单位")
    await staff.send("属于物业内部线路")
    await staff.expect("应该由哪个单位办")
    await staff.send("城市管理局")
    await staff.press("市城市管理局", await staff.expect("是哪个单位"))
    await staff.expect("确认申请退单")
    await staff.press("确认")
    await staff.expect("退单申请已提交")
    await office.expect("属于物业内部线路")
    ticket = await bots.backend.staff("office").view_ticket(number)
    assert ticket.assignments[0].return_proposed


async def test_additions_reach_the_handler(bots: Bots) -> None:
    staff = await bots.bound("power-1")
    enterprise = bots.enterprise_chat()
    await _signed(bots, staff, enterprise)
    await enterprise.press("补充材料")
    await enterprise.expect("补充到工单")
    await enterprise.send("今天又停了一次")
    await enterprise.expect("已收到")
    await enterprise.press("发完了")
    await enterprise.expect("补充好了")
    await staff.expect("今天又停了一次")


async def test_staff_hear_of_an_enterprise_that_blocked_the_bot(bots: Bots) -> None:
    staff = await bots.bound("power-1")
    enterprise = bots.enterprise_chat()
    number = await _signed(bots, staff, enterprise)
    person = bots.person("王经理")
    person.block(bots.enterprise_account)
    staff.skip()
    await _replied(staff, "已处理")
    await staff.expect(lambda message: number in message.text and "联系不上" in message.text)
    person.unblock(bots.enterprise_account)
    missed = await enterprise.expect("已处理")
    assert "😊 满意" in missed.buttons
    await enterprise.send("/tickets")
    await enterprise.expect("您的工单")


async def _signed(bots: Bots, staff: ChatDriver, enterprise: ChatDriver) -> str:
    number = await bots.ticket(enterprise)
    await staff.press("签收", await staff.expect(number))
    await staff.expect("已签收")
    return number


async def _replied(staff: ChatDriver, text: str) -> None:
    await staff.press("答复")
    await staff.expect("请写给企业的答复")
    await staff.send(text)
    await staff.expect("已收到")
    await staff.press("下一步")
    await staff.expect("实际解决了吗")
    await staff.press("解决了")
    await staff.expect("确认答复")
    await staff.press("确认")
    await staff.expect("答复已提交")


async def test_a_seat_completes_what_a_caller_left_out_and_it_goes_to_its_unit(
    bots: Bots, scenarios: Scenarios
) -> None:
    seat, handler = await bots.bound("seat-1"), await bots.bound("power-1")
    number = await _hung_up(bots, scenarios)
    await seat.press("查看工单", await seat.expect(number))
    card = await seat.expect("❗")
    assert "所在区域" in card.text
    await seat.press("补全信息", card)
    await seat.expect(f"补全工单 {number}")
    asked = await seat.expect("问企业：事情发生在哪个区")
    assert "先空着" in asked.buttons
    await seat.press("城东区", asked)
    await seat.press("东门街道", await seat.expect(lambda message: "东门街道" in message.buttons))
    await seat.expect("具体地址")
    await seat.send("建设路18号")
    await seat.expect("从哪天开始")
    await seat.send("下下周")
    await seat.expect("请具体到哪一天")
    await seat.send("昨天")
    await seat.expect("停了几次")
    await seat.send("6")
    await seat.press("直接交供电公司", await seat.expect("电费交给谁"))
    await seat.press("部分停产", await seat.expect("影响多大"))
    await seat.expect("95598")
    await seat.send("人工")
    await seat.expect("您就是人工")
    await seat.press("否", await seat.expect("95598"))
    await seat.expect("经过和要求")
    await seat.send(STORY)
    await seat.expect("企业或店铺")
    await seat.send("宏达制造有限公司")
    await seat.press("先空着", await seat.expect("怎么称呼"))
    summary = await seat.expect(f"补全工单 {number}：")
    assert "部分停产" in summary.text
    await seat.press("确认提交", summary)
    await seat.press("补全信息", await seat.expect("已补全一部分"))
    await seat.expect("怎么称呼")
    await seat.send("王经理")
    await seat.press("确认提交", await seat.expect("联系人：王经理"))
    done = await seat.expect(f"工单 {number} 已补全。")
    assert "❗" not in done.text
    await seat.press("受理", done)
    await seat.expect("已受理")
    assert "部分停产" in (await handler.expect(f"新派单 {number}")).text


async def _hung_up(bots: Bots, scenarios: Scenarios) -> str:
    """A caller said which trouble it is, and no more; the ticket's number."""
    caller, client = Person("phone", "+8613800138000"), bots.backend.client
    city = await client.view_city()
    calls = client.acting_as(caller.key)
    talk = EnterpriseTalk(lambda _: calls, MemorySessions(), scenarios, city, SHANGHAI, drafts=DraftKeeper(delay=0))
    said: list[Press | Text | Gone] = [Press("begin:power-cut"), Text("反复停电跳闸"), Gone(Leaving.HUNG_UP)]
    for at, event in enumerate(said):
        await talk.handle(Incoming(caller, f"call-{at}", bots.backend.clock(), event))
    await talk.close()
    [ticket] = (await client.acting_as(caller.key).list_tickets()).items
    return ticket.number
