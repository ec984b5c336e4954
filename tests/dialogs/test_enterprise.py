"""The enterprise's conversation, as chats over a real backend."""

import re

import pytest

from backend.contract.acts import SIGN
from backend.contract.acts.sign import SignIn
from backend.contract.models.attachments import TranscriptIn
from backend.contract.models.contact_requests import AnswerQuestionIn
from backend.contract.words import EventKind
from dialogs.events import Incoming, Person, Press, Text
from dialogs.outputs import Say
from tests.dialogs.chats import MONDAY, Chat
from tests.dialogs.conftest import Town

STORY = "这周停了三次电，每次四十分钟，注塑机里的料全废了，希望查清原因。"
NUMBER = re.compile(r"\b\d{12,13}\b")


async def fill(chat: Chat) -> Chat:
    """A power cut, told to the summary."""
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产", "没有"):
        await chat.says(answer)
    await chat.says(STORY)
    await chat.says("跳过")
    for answer in ("榕江注塑厂", "王师傅", "13800138000"):
        await chat.says(answer)
    return chat


async def fill_known(chat: Chat) -> Chat:
    """A second power cut: who it is is known already."""
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产", "没有", STORY, "跳过"):
        await chat.says(answer)
    return chat


async def file(chat: Chat) -> str:
    """A power cut, filed; the number."""
    await fill(chat)
    await chat.presses("确认提交")
    if "不是，另外提交" in chat.labels:
        await chat.presses("不是，另外提交")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    return found[0]


async def reply(town: Town, number: str, text: str = "已更换开关，不再跳闸。") -> None:
    """Sign and reply as the lead department, in the staff chat."""
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    await staff.presses("签收")
    await staff.presses("答复")
    await staff.says(text)
    await staff.presses("下一步")
    await staff.presses("解决了")
    await staff.presses("确认")
    assert "已答复" in staff.text or "已办结" in staff.text, staff.text


async def ask(town: Town, number: str, text: str) -> None:
    """Ask the enterprise something as the lead department."""
    client = town.backend.staff("power-1")
    ticket = await client.view_ticket(number)
    assignment = ticket.assignments[0].id
    if f"sign:{assignment}" in ticket.may:
        await client.do(SIGN, assignment, SignIn(version=ticket.version), key=town.backend.key())
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    await staff.presses("问企业")
    await staff.says(text)
    await staff.presses("确认")
    assert "计时暂停" in staff.text


async def test_the_greeting_names_the_city_and_offers_two_levels(town: Town) -> None:
    chat = await town.enterprise().starts()
    assert "榕江市企业诉求服务" in chat.text
    assert {"我的工单", "查进度", "转人工", "English / 中文"} <= set(chat.labels)
    await chat.presses("水电气")
    assert {"停电、电压不稳", "主菜单"} <= set(chat.labels)


async def test_an_unknown_link_leads_to_the_menu(town: Town) -> None:
    chat = await town.enterprise().starts("no-such-thing")
    assert "现在没有了" in chat.text
    assert "我的工单" in chat.labels


async def test_a_form_is_filed_and_its_notice_and_state_are_told(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    assert f"已提交，编号 {number}" in chat.text
    assert len(chat.fresh) == 1
    await town.delivered(chat)
    assert "受理告知书" in chat.text
    assert "榕江供电局" in chat.text
    assert re.search(r"查询码：\d{8}\b", chat.text)
    assert re.search(r"月\d+日（周.）\d\d:\d\d 前答复您", chat.text)
    await chat.presses("查看工单")
    assert "状态：办理中" in chat.text
    assert {"补充材料", "撤回"} <= set(chat.labels)
    await chat.presses("我的工单")
    assert number in chat.text


async def test_facts_known_are_not_asked_a_second_time(town: Town) -> None:
    chat = town.enterprise()
    await file(chat)
    await chat.starts("other")
    await chat.presses("求助")
    for answer in ("路灯不亮", "店门口的路灯上周五起一直不亮，晚上客人不敢来。"):
        await chat.says(answer)
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await chat.says("建设路18号")
    await chat.says("跳过")
    await chat.says("跳过")
    assert "榕江注塑厂" in chat.text
    assert "联系电话：138" in chat.text


async def test_the_same_event_delivered_twice_files_once_and_answers_the_same(town: Town) -> None:
    chat = town.enterprise()
    await fill(chat)
    await chat.presses("确认提交")
    first = chat.text
    await chat.again()
    assert chat.text == first
    await chat.sends("tickets")
    assert len(NUMBER.findall(chat.text)) == 1


async def test_an_emergency_is_told_the_number_before_anything_else(town: Town) -> None:
    chat = await town.enterprise().says("厂里着火了，有人受伤")
    assert "119" in chat.fresh[0].plain
    assert "120" in chat.fresh[1].plain
    assert chat.last is not None
    said = (await chat.talk.handle(chat.last)).outputs
    assert [output.call for output in said if isinstance(output, Say)][:2] == ["119", "120"]
    await chat.says("着火了怎么办")
    assert "119" in chat.text


async def test_free_words_that_are_clear_begin_the_form_and_become_the_story(town: Town) -> None:
    chat = await town.enterprise().says("我们厂老是停电跳闸，机器都烧坏了")
    assert "先按“停电、电压不稳”给您登记" in chat.text
    assert "不是这件事" in chat.labels
    assert "已记下：用电问题是反复停电跳闸" in chat.text
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    for answer in ("建设路18号", "今天", "供电公司", "部分停产"):
        await chat.says(answer)
    assert "您的企业或店铺叫什么名字" in chat.text


async def test_what_the_first_sentence_told_is_not_asked(town: Town) -> None:
    chat = await town.enterprise().says(
        "我姓卢，新港镇沿河路9号的冰厂，昨晚开始停电，全停了，95598打过了，电话13977886655"
    )
    assert "现场有没有危险" in chat.text
    for answer in ("没有", "供电公司", "老卢冰厂"):
        await chat.says(answer)
    for told in ("全部停产停业", "详细地址：沿河路9号", "城东区 新港镇", "11月22日", "联系人：卢", "139****6655"):
        assert told in chat.text
    assert "统一社会信用代码" not in chat.text, "an official can act without it"
    await chat.presses("确认提交")
    assert "已提交，编号" in chat.text
    assert "再补充一两项，部门能办得更快：报修答复、统一社会信用代码" in chat.text
    await chat.presses("补充材料")
    assert chat.text


async def test_an_answer_that_tells_more_leaves_less_to_ask(town: Town) -> None:
    chat = await town.enterprise().sends("begin:power-cut")
    await chat.says("现在停着电，从昨天开始，供电局打过电话了")
    await chat.says("没有，我在新港镇")
    assert "具体地址" in chat.text
    assert "已记下：所在区域是城东区 新港镇" in chat.text


async def test_what_answers_another_question_is_taken_and_is_no_mistake(town: Town) -> None:
    chat = await town.enterprise().sends("begin:power-cut")
    await chat.says("在新港镇沿河路9号")
    assert "已记下：所在区域是城东区 新港镇、详细地址是沿河路9号" in chat.text
    assert "是哪种用电问题" in chat.text


@pytest.mark.parametrize("asks", ["帮助", "什么意思", "再说一遍", "上一步", "help"])
async def test_a_cry_for_help_while_choosing_is_answered_and_is_no_part_of_the_story(town: Town, asks: str) -> None:
    chat = town.enterprise()
    await chat.says("又要罚款又要办证")
    await chat.says(asks)
    assert "归到哪里" in chat.text
    assert {"消防检查和整改", "主菜单"} <= set(chat.labels)
    await chat.presses("作为新问题提交")
    await chat.presses("求助")
    await chat.says("改情况")
    assert "又要办证" in chat.text
    assert asks not in chat.text.splitlines()


async def test_a_cry_for_help_while_adding_to_a_ticket_is_not_sent_to_the_department(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"add:{number}")
    await chat.says("昨晚又停了两次")
    await chat.says("帮助")
    assert "写好的内容还在" in chat.text
    await chat.presses("发完了")
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    await staff.presses("办理过程")
    assert "昨晚又停了两次" in staff.text
    assert "帮助" not in staff.text


async def test_words_sent_while_a_ticket_is_open_are_not_guessed(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.says("今天又停了一次，损失更大了")
    assert any(number[-5:] in label for label in chat.labels)
    await chat.presses("补充到")
    assert f"补充到工单 {number}" in chat.text
    await chat.presses("发完了")
    assert "补充好了" in chat.text
    events = await town.backend.client.acting_as("telegram:4711").list_events(number)
    assert "added" in [event.kind for event in events.items]


async def test_several_pieces_of_material_are_one_addition(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    photo = await town.backend.client.acting_as("telegram:4711").upload(
        b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9", name="a.jpg", key=town.backend.key()
    )
    await chat.sends(f"add:{number}")
    await chat.says("第一句")
    await chat.sends_file(photo.id, "照片说明")
    assert "文件 1 个" in chat.text
    await chat.says("第二句")
    await chat.presses("发完了")
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    assert "附件：1 个" in staff.text


async def test_a_question_is_answered_under_its_own_ticket(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await ask(town, number, "跳闸一般在几点？")
    await town.delivered(chat)
    assert "跳闸一般在几点？" in chat.text
    await chat.presses("回答提问")
    await chat.says("下午两点左右")
    await chat.presses("发完了")
    assert "已把您的回答转给提问的人" in chat.text
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    assert "回答：下午两点左右" in staff.text
    await chat.sends(f"answer:{number}:1")
    assert "已经回答过" in chat.text


async def test_dissatisfied_is_asked_why_and_told_what_comes_next(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    assert "已更换开关" in chat.text
    await chat.presses("不满意")
    await chat.presses("没解决")
    assert "哪里不满意" in chat.text
    await chat.says("换完还是跳")
    assert "换人重新办理" in chat.text
    await chat.sends(f"rate:{number}")
    assert "不能评价" in chat.text


async def test_words_after_an_answer_are_offered_as_its_rating_and_become_the_reason(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    await chat.says("根本没恢复，还是没电")
    await chat.presses("评价")
    await chat.presses("不满意")
    await chat.presses("没解决")
    assert "换人重新办理" in chat.text
    staff = town.staff("power-2")
    await staff.sends(f"ticket:{number}")
    assert "根本没恢复，还是没电" in staff.text


async def test_satisfied_may_skip_the_word_and_closes_the_ticket(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    await chat.presses("😊 满意")
    await chat.presses("解决了")
    await chat.presses("跳过")
    assert "谢谢您的评价" in chat.text
    await chat.sends(f"ticket:{number}")
    assert "状态：已结束" in chat.text
    assert "评价：😊 满意" in chat.text


async def test_a_recording_goes_along_with_the_rating_and_stands_beside_it(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    client, actor, key = town.backend.client, "telegram:4711", town.backend.key
    voice = await client.acting_as(actor).upload(
        b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(50), key=key()
    )
    await client.acting_as(actor).set_transcript(voice.id, TranscriptIn(text="师傅态度很好"), key=key())
    await town.delivered(chat)
    await chat.presses("😊 满意")
    await chat.presses("解决了")
    await chat.sends_file(voice.id)
    assert "跟评价一起交上去" in chat.text
    await chat.presses("跳过")
    assert "谢谢您的评价" in chat.text
    staff = town.staff("office")
    await staff.sends(f"ticket:{number}")
    assert "评价：😊 满意\n🎙 录音（机器转写）：师傅态度很好\n评价的附件：1 个" in staff.text
    assert staff.text.count("师傅态度很好") == 1
    assert "查看附件" in staff.labels


async def test_an_older_message_that_is_edited_is_no_word_of_the_rating(town: Town) -> None:
    """A rating is given once: a typing error mended further up must not give it away."""
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    await chat.presses("不满意")
    await chat.presses("没解决")
    await chat.does(Text("车间昨晚又跳闸了", edited=True))
    assert "哪里不满意" in chat.text
    assert (await town.backend.client.acting_as("telegram:4711").view_ticket(number)).rating is None
    await chat.says("换完还是跳")
    rating = (await town.backend.client.acting_as("telegram:4711").view_ticket(number)).rating
    assert rating is not None
    assert rating.comment == "换完还是跳"


async def test_an_edited_message_does_not_answer_what_was_asked_after_it(town: Town) -> None:
    chat = town.enterprise("4712")
    await chat.sends("human")
    await chat.says("想问开发票的是")
    assert "电话" in chat.text
    await chat.does(Text("想问开发票的事", edited=True))
    assert "电话" in chat.text
    assert not (await town.backend.client.acting_as("telegram:4712").list_tickets()).items


async def test_an_edit_corrects_its_own_part_of_an_addition_and_nothing_else(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"add:{number}")
    for at, text in ((2, "下午两点停"), (3, "四点来电")):
        await chat.does(Text(text, message=f"7/{at}"))
    await chat.does(Text("下午三点停", edited=True, message="7/2", version=20))
    said = len(chat.shown)
    await chat.does(Text("下午三点停", edited=True, message="7/2", version=21))
    await chat.does(Text("下午一点停", edited=True, message="7/2", version=10))
    assert len(chat.shown) == said
    await chat.does(Text("你好啊", edited=True, message="7/1", version=30))
    await chat.presses("提交")
    events = await town.backend.staff("office").list_events(number)
    [event] = [one for one in events.items if one.kind is EventKind.ADDED]
    assert event.reason == "下午三点停\n四点来电"


async def test_a_correction_of_something_sent_off_is_offered_to_the_ticket(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"add:{number}")
    await chat.does(Text("下午两点停", message="7/2"))
    await chat.presses("提交")
    await chat.does(Text("下午三点停", edited=True, message="7/2", version=20))
    assert any(label.startswith("补充") for label in chat.labels), chat.labels


async def _adds_while_asked(town: Town, chat: Chat, *questions: str) -> str:
    number = await file(chat)
    for question in questions:
        await ask(town, number, question)
    await town.delivered(chat)
    await chat.sends(f"add:{number}")
    await chat.says("两点跳的闸")
    await chat.presses("提交")
    return number


async def _answers(town: Town, number: str) -> list[str | None]:
    return [one.answer for one in (await town.backend.client.acting_as("telegram:4711").view_ticket(number)).questions]


@pytest.mark.parametrize("press", [True, False])
async def test_an_addition_while_a_question_is_open_may_be_its_answer(town: Town, press: bool) -> None:
    chat = town.enterprise()
    number = await _adds_while_asked(town, chat, "几点跳闸？")
    assert "几点跳闸" in chat.text
    await (chat.presses("就是回答") if press else chat.says("是的"))
    assert "已把您的回答转给" in chat.text
    assert await _answers(town, number) == ["两点跳的闸"]


async def test_an_addition_that_is_no_answer_stays_an_addition_and_is_asked_about_once(town: Town) -> None:
    chat = town.enterprise()
    number = await _adds_while_asked(town, chat, "几点跳闸？")
    await chat.presses("只是补充")
    assert "补充好了" in chat.text
    assert await _answers(town, number) == [None]


async def test_of_several_open_questions_the_person_says_which_one_it_answers(town: Town) -> None:
    chat = town.enterprise()
    number = await _adds_while_asked(town, chat, "几点跳闸？", "哪个车间？")
    await chat.presses("回答：几点跳闸")
    assert await _answers(town, number) == ["两点跳的闸", None]


async def test_a_question_answered_meanwhile_leaves_an_addition(town: Town) -> None:
    chat = town.enterprise()
    number = await _adds_while_asked(town, chat, "几点跳闸？")
    shown = await town.backend.client.acting_as("telegram:4711").view_ticket(number)
    answer = AnswerQuestionIn(text="三点")
    await town.backend.client.acting_as("telegram:4711").answer_question(
        shown.questions[0].id, answer, key=town.backend.key()
    )
    await chat.presses("就是回答")
    assert "补充好了" in chat.text
    assert await _answers(town, number) == ["三点"]


async def test_withdrawing_asks_once_and_takes_a_reason(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"withdraw:{number}")
    await chat.says("已经来电了")
    assert "原因：已经来电了" in chat.text
    await chat.presses("确定撤回")
    assert f"工单 {number} 已撤回" in chat.text
    await chat.sends(f"withdraw:{number}")
    assert "不能撤回" in chat.text


async def test_progress_of_another_needs_the_retrieval_code(town: Town) -> None:
    owner = town.enterprise()
    number = await file(owner)
    await town.delivered(owner)
    found = re.search(r"查询码：(\d{8})", owner.text)
    assert found
    other = town.enterprise("4712")
    await other.says(f"{number[:6]} {number[6:]}")
    assert "查询码" in other.text
    await other.says("000000" if found[1] != "000000" else "000001")
    assert "对不上" in other.text
    await other.says(found[1])
    assert "状态：办理中" in other.text
    assert STORY not in other.text


async def test_too_many_guesses_end_the_asking(town: Town) -> None:
    number = await file(town.enterprise())
    other = town.enterprise("4713")
    await other.says(number)
    for guess in range(30):
        await other.says(f"{guess:06d}")
        if "次数太多" in other.text:
            return
    pytest.fail("guessing was never stopped")


async def test_a_ticket_of_somebody_else_cannot_be_opened(town: Town) -> None:
    number = await file(town.enterprise())
    other = await town.enterprise("4714").sends(f"ticket:{number}")
    assert "没有找到" in other.text


async def test_while_the_backend_is_away_the_form_is_kept_and_filed_later_by_itself(town: Town) -> None:
    chat = town.enterprise()
    await fill(chat)
    town.line.cut()
    await chat.presses("确认提交")
    assert "已经存好" in chat.text
    assert "再试一次" in chat.labels
    town.line.mend()
    told = await town.enterprise_talk.retry_pending(_retry)
    assert [person.id for person, _ in told] == ["4711"]
    chat.sees(told[0][1])
    assert "已提交，编号" in chat.text
    await chat.sends("tickets")
    assert len(NUMBER.findall(chat.text)) == 1
    assert await town.enterprise_talk.retry_pending(_retry) == []


async def test_a_form_confirmed_while_the_backend_is_away_is_filed_also_when_the_person_moved_on(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await fill_known(chat)
    town.line.cut()
    await chat.presses("确认提交")
    await chat.starts()
    await chat.sends(f"add:{number}")
    await chat.says("半句")
    town.line.mend()
    told = await town.enterprise_talk.retry_pending(_retry)
    assert "已提交，编号" in chat.sees(told[0][1]).text
    await chat.says("后半句")
    assert "5 字" in chat.text or "6 字" in chat.text
    await chat.sends("tickets")
    assert len(NUMBER.findall(chat.text)) == 2


def _retry(person: Person) -> Incoming:
    return Incoming(person, "retry-1", MONDAY, Press("retry"))


async def test_a_lost_session_is_restored_from_the_draft_and_the_person_is_told(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    await town.drafts.flush()
    town.sessions.__init__()  # type: ignore[misc]
    chat.talk = town.reborn()
    await chat.says("建设路18号")
    assert "还在" in chat.text
    assert "所在区域" in chat.text
    assert "具体地址" in chat.text
    await chat.says("建设路18号")
    assert "从哪天开始" in chat.text


async def test_a_session_lost_before_its_draft_was_written_is_restored_too(town: Town) -> None:
    chat = town.enterprise()
    chat.talk = town.reborn(delay=3600)
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    town.sessions.__init__()  # type: ignore[misc]
    await chat.says("城东区")
    assert "系统刚才中断了一下" in chat.text
    assert "哪个区" in chat.text


async def test_what_a_draft_kept_is_named_in_the_order_of_the_questions(town: Town) -> None:
    chat = town.enterprise()
    await fill(chat)
    await town.drafts.flush()
    town.sessions.__init__()  # type: ignore[misc]
    chat.talk = town.reborn()
    await chat.says("好了吗")
    assert "所在区域、详细地址、" in chat.text


async def test_another_form_puts_the_first_aside_and_it_can_be_gone_on_with(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.starts("other")
    assert "已为您保存" in chat.text
    await chat.starts()
    await chat.presses("继续填写：停电")
    assert "所在区域" in chat.text or "哪个区" in chat.text


async def test_an_errand_on_top_of_a_form_returns_to_it(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.starts("power-cut")
    await chat.sends(f"add:{number}")
    await chat.says("补充一句")
    await chat.presses("发完了")
    assert "补充好了" in chat.text
    assert "是哪种用电问题" in chat.text


async def test_a_human_without_a_form_is_asked_for_a_sentence_first(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.presses("转人工")
    await chat.says("有人上门收费，不知道对不对")
    assert "电话" in chat.text
    await chat.shares_phone("+8613800138000")
    assert "已转给专席" in chat.text
    seat = town.staff("seat-1")
    await seat.sends("queue:desk")
    assert "有人上门收费" in seat.text


async def test_a_human_from_within_a_form_takes_along_what_was_said(town: Town) -> None:
    chat = town.enterprise()
    await chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.says("人工")
    assert "一句话" in chat.text
    await chat.says("老是跳闸，机器开不了")
    await chat.presses("跳过")
    assert "已转给专席" in chat.text
    await chat.says("三千多块")
    assert "还没有提交" in chat.text
    assert "转人工" in chat.labels
    await chat.says("找个人跟我讲啊")
    assert "已转给专席" in chat.text


async def test_a_greeting_opens_the_menu_and_is_no_matter(town: Town) -> None:
    chat = await town.enterprise().says("喂？喂？")
    assert {"转人工", "查进度"} <= set(chat.labels)
    assert "没有提交" not in chat.text


async def test_the_language_changes_everywhere(town: Town) -> None:
    chat = await town.enterprise().starts()
    await chat.presses("English")
    await chat.presses("English")
    assert "we will go on in English" in chat.text
    number = await _file_in_english(chat)
    await town.delivered(chat)
    assert "Acceptance notice" in chat.text
    assert "Rongjiang Power Supply Company" in chat.text
    await chat.sends(f"ticket:{number}")
    assert "State: In hand" in chat.text


async def _file_in_english(chat: Chat) -> str:
    await chat.starts("power-cut")
    await chat.presses("Frequent cuts")
    await chat.presses("Chengdong")
    await chat.presses("Not sure, leave it")
    for answer in ("18 Jianshe Road", "today", "6", "Power company", "Partly stopped", "no"):
        await chat.says(answer)
    await chat.says("Three cuts this week, forty minutes each; please find the cause.")
    await chat.says("skip")
    for answer in ("Rongjiang Moulding", "Mr Wang", "13800138000"):
        await chat.says(answer)
    await chat.presses("Submit")
    found = NUMBER.search(chat.text)
    assert found, chat.text
    return found[0]


async def test_an_old_button_is_met_politely(town: Town) -> None:
    chat = await town.enterprise().sends("o:abcd:problem:often")
    assert "用不上了" in chat.text
    await chat.sends("nonsense")
    assert "用不上了" in chat.text


async def test_words_for_one_ticket_are_not_dropped_when_the_person_turns_to_another(town: Town) -> None:
    chat = town.enterprise()
    first = await file(chat)
    second = await file(chat)
    await chat.sends(f"add:{first}")
    await chat.says("补充：今天又停了")
    await chat.sends(f"add:{second}")
    assert f"您给工单 {first} 供电：反复停电跳闸，部分停产 写的内容还没有提交" in chat.text
    await chat.presses("继续处理")
    await chat.presses("发完了")
    events = await town.backend.client.acting_as("telegram:4711").list_events(first)
    assert "补充：今天又停了" in [event.reason for event in events.items]
    await chat.sends(f"add:{first}")
    await chat.says("不用看这句")
    await chat.sends("menu")
    await chat.presses("不要了")
    events = await town.backend.client.acting_as("telegram:4711").list_events(first)
    assert "不用看这句" not in [event.reason for event in events.items]


async def test_one_photo_of_an_addition_can_be_taken_back(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"add:{number}")
    first, second = "0b9f2a0e-0000-4000-8000-000000000001", "0b9f2a0e-0000-4000-8000-000000000002"
    await chat.sends_file(first)
    assert not any("去掉" in label for label in chat.labels)
    await chat.sends_file(second)
    await chat.presses("去掉第 2 个")
    assert "文件 1 个" in chat.text
