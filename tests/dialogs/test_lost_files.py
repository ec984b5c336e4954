"""Files that are not kept any more: they are named, and all else goes its way."""

from backend import models
from backend.contract.models.tickets import TicketOut
from dialogs.events import Gone, Incoming, Leaving, Media, Person, Press, Upload
from tests.dialogs.chats import MONDAY, Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_enterprise import NUMBER, file, fill, reply

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


async def _sends(town: Town, chat: Chat, name: str) -> str:
    kept = await town.backend.client.acting_as(chat.person.key).upload(PNG, name=name, key=town.backend.key())
    await chat.does(Media((Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name),), ""))
    return kept.id


async def _lose(attachment: str) -> None:
    await models.Attachment.filter(id=attachment).delete()


async def _filed(town: Town, chat: Chat) -> TicketOut:
    [one] = (await town.backend.client.acting_as(chat.person.key).list_tickets()).items
    return await town.backend.client.acting_as(chat.person.key).view_ticket(one.number)


async def test_a_form_is_filed_without_a_file_that_is_gone_and_the_person_told_which(town: Town) -> None:
    chat = town.enterprise()
    await fill(chat)
    lost, kept = await _sends(town, chat, "合同.png"), await _sends(town, chat, "现场.png")
    await _lose(lost)
    await chat.presses("确认提交")
    assert "合同.png" in chat.text
    assert "现场.png" not in chat.text
    assert NUMBER.search(chat.text)
    assert [one.id for one in (await _filed(town, chat)).attachments] == [kept]


async def test_a_form_that_waited_for_the_backend_is_filed_without_it_too(town: Town) -> None:
    chat = town.enterprise()
    await fill(chat)
    lost = await _sends(town, chat, "合同.png")
    town.line.cut()
    await chat.presses("确认提交")
    await _lose(lost)
    town.line.mend()
    [(_, told)] = await town.enterprise_talk.retry_pending(
        lambda person: Incoming(person, "retry-1", MONDAY, Press("retry"))
    )
    assert "合同.png" in chat.sees(told).text
    assert not (await _filed(town, chat)).attachments


async def test_an_addition_keeps_its_words_and_goes_without_the_file(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await chat.sends(f"add:{number}")
    await chat.says("补一句")
    lost = await _sends(town, chat, "合同.png")
    await _lose(lost)
    await chat.presses("发完了")
    assert "合同.png" in chat.text
    await chat.presses("再试一次")
    assert "补充好了" in chat.text
    office = town.staff("office")
    await office.sends(f"ticket:{number}")
    assert "补一句" in office.text


async def test_a_rating_keeps_its_grade_and_goes_without_the_recording(town: Town) -> None:
    chat = town.enterprise()
    number = await file(chat)
    await reply(town, number)
    await town.delivered(chat)
    await chat.presses("😊 满意")
    await chat.presses("解决了")
    await _lose(await _sends(town, chat, "声音.png"))
    await chat.presses("跳过")
    assert "声音.png" in chat.text
    await chat.presses("再试一次")
    assert "谢谢您的评价" in chat.text


async def test_who_wants_a_person_gets_one_without_the_file(town: Town) -> None:
    chat = town.enterprise()
    await chat.sends("human")
    await _lose(await _sends(town, chat, "合同.png"))
    assert "电话" in chat.text
    await chat.says("13800138000")
    assert "合同.png" in chat.text
    await chat.presses("再试一次")
    assert not (await _filed(town, chat)).attachments


async def test_what_was_left_by_hanging_up_goes_without_the_file(town: Town) -> None:
    chat = Chat(town.enterprise_talk, Person("phone", "+8613800138000"))
    await chat.says("路灯不亮")
    await _lose(await _sends(town, chat, "录音.png"))
    await town.enterprise_talk.handle(Incoming(chat.person, "gone", MONDAY, Gone(Leaving.HUNG_UP)))
    ticket = await _filed(town, chat)
    assert (ticket.callback, ticket.attachments) == (True, [])


async def test_a_reply_of_staff_is_asked_about_again(town: Town) -> None:
    number = await file(town.enterprise())
    staff = town.staff("power-1")
    await staff.sends(f"ticket:{number}")
    await staff.presses("签收")
    await staff.presses("答复")
    await staff.says("已更换开关，不再跳闸。")
    kept = await town.backend.staff("power-1").upload(PNG, name="照片.png", key=town.backend.key())
    await staff.does(Media((Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name),), ""))
    await staff.presses("下一步")
    await staff.presses("解决了")
    await _lose(kept.id)
    await staff.presses("确认")
    assert "照片.png" in staff.text
    await staff.presses("再试一次")
    assert "已更换开关" in staff.text
    await staff.presses("确认")
    assert "已答复" in staff.text or "已办结" in staff.text
