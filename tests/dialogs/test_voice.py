"""Voice messages in chat: what was heard is shown, confirmed, and used where it was said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest

from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Incoming, Media, Press, Upload
from dialogs.sessions import MemorySessions
from dialogs.speech.voice_messages import NotHeard, Reason
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import ZONE, Town

OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(50)
ACTOR = "telegram:4711"


@dataclass
class Ears:
    """Hears what a test says."""

    heard: list[str | Reason] = field(default_factory=list)

    async def words_of(self, sound: bytes) -> str:
        assert sound == OGG
        words = self.heard.pop(0)
        if isinstance(words, Reason):
            raise NotHeard(words)
        return words


@dataclass
class Speaker:
    """A person who sends voice messages."""

    town: Town
    ears: Ears
    chat: Chat

    async def speaks(self, words: str | Reason) -> Upload:
        """Send a voice message in which this is heard."""
        kept = await self.town.backend.client.acting_as(ACTOR).upload(OGG, name="", key=self.town.backend.key())
        upload = Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name, spoken=True)
        self.ears.heard.append(words)
        await self.chat.does(Media((upload,)))
        return upload


@pytest.fixture
def speaker(town: Town) -> Speaker:
    ears = Ears()
    talk = EnterpriseTalk(town._contact, MemorySessions(), town.scenarios, town.out, ZONE, ears=ears)
    return Speaker(town, ears, replace(town.enterprise(), talk=talk))


async def at_story(speaker: Speaker) -> Chat:
    """A power cut, up to the question what happened."""
    chat = await speaker.chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产", "没有"):
        await chat.says(answer)
    assert "经过和要求" in chat.text
    return chat


async def filed(speaker: Speaker, *answers: str) -> str:
    """Go on from the story, or with these answers, to the ticket; its number."""
    chat = speaker.chat
    for answer in answers or ("跳过", "榕江注塑厂", "王师傅", "13800138000"):
        await chat.says(answer)
    await chat.presses("确认提交")
    [ticket] = (await speaker.town.backend.client.acting_as(ACTOR).list_tickets()).items
    return ticket.number


async def test_what_was_heard_is_shown_and_used_once_it_is_right(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    upload = await speaker.speaks("这周停了三次注塑机的料全废了")
    assert "我听到的是" in chat.text
    assert "这周停了三次注塑机的料全废了" in chat.text
    assert chat.labels == ["对的", "重说"]
    await chat.presses("对的")
    assert "我听到的是" not in chat.text
    number = await filed(speaker)
    ticket = await speaker.town.backend.staff("office").view_ticket(number)
    assert ticket.story == "这周停了三次注塑机的料全废了"
    [recording] = ticket.attachments
    assert (recording.id, recording.kind, recording.transcript) == (upload.attachment, "voice", ticket.story)


@pytest.mark.parametrize(
    ("does", "story"),
    [
        (lambda chat: chat.says("对"), "停了三次电料全费了"),
        (lambda chat: chat.says("对的"), "停了三次电料全费了"),
        (lambda chat: chat.says("停了三次电，料全废了"), "停了三次电，料全废了"),
    ],
)
async def test_the_right_words_can_be_typed(
    speaker: Speaker, does: Callable[[Chat], Awaitable[Chat]], story: str
) -> None:
    chat = await at_story(speaker)
    upload = await speaker.speaks("停了三次电料全费了")
    await does(chat)
    number = await filed(speaker)
    ticket = await speaker.town.backend.staff("office").view_ticket(number)
    assert ticket.story == story
    assert [(one.id, one.transcript) for one in ticket.attachments] == [(upload.attachment, story)]


@pytest.mark.parametrize("how", ["重说", "不对"])
async def test_what_is_said_again_takes_the_place_of_the_first(speaker: Speaker, how: str) -> None:
    chat = await at_story(speaker)
    await speaker.speaks("亭了三刺点")
    await (chat.presses(how) if how == "重说" else chat.says(how))
    assert "再发一条语音" in chat.text
    second = await speaker.speaks("停了三次电")
    await chat.presses("对的")
    ticket = await speaker.town.backend.staff("office").view_ticket(await filed(speaker))
    assert ticket.story == "停了三次电"
    assert [one.id for one in ticket.attachments] == [second.attachment]


async def test_a_second_voice_message_takes_the_place_of_one_not_confirmed(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    await speaker.speaks("亭了三刺点")
    await speaker.speaks("停了三次电")
    assert "停了三次电" in chat.text
    first = next(message for message in chat.shown if "亭了三刺点" in message.plain)
    await chat.sends(first.rows[0][0].command)
    assert "用不上" in chat.text
    await chat.presses("对的")
    ticket = await speaker.town.backend.staff("office").view_ticket(await filed(speaker))
    assert ticket.story == "停了三次电"


async def test_an_answer_of_any_kind_can_be_spoken(speaker: Speaker) -> None:
    chat = await speaker.chat.starts("power-cut")
    await speaker.speaks("反复停电跳闸")
    await chat.presses("对的")
    assert "哪个区" in chat.text
    await speaker.speaks("城东区")
    await chat.says("对")
    assert "具体地址" in chat.text


@pytest.mark.parametrize("reason", list(Reason))
async def test_a_recording_without_words_is_kept_and_that_is_said(speaker: Speaker, reason: Reason) -> None:
    chat = await at_story(speaker)
    upload = await speaker.speaks(reason)
    assert "先留着" in chat.text
    assert "我听到的是" not in chat.text
    await chat.says("停了三次电")
    ticket = await speaker.town.backend.staff("office").view_ticket(await filed(speaker))
    assert [(one.id, one.transcript) for one in ticket.attachments] == [(upload.attachment, None)]


async def test_who_does_something_else_keeps_the_recording_with_the_form(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    upload = await speaker.speaks("亭了三刺点")
    await chat.says("帮助")
    await chat.says("停了三次电")
    ticket = await speaker.town.backend.staff("office").view_ticket(await filed(speaker))
    assert ticket.story == "停了三次电"
    assert [(one.id, one.transcript) for one in ticket.attachments] == [(upload.attachment, None)]


async def test_an_emergency_is_told_before_it_is_confirmed(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    await speaker.speaks("配电房着火了")
    assert "119" in chat.text
    assert chat.text.index("119") < chat.text.index("我听到的是")
    await chat.presses("对的")
    assert "119" not in chat.text


async def test_an_emergency_counts_by_its_sound_too(speaker: Speaker) -> None:
    """The recogniser writes what sounds alike."""
    chat = await at_story(speaker)
    await chat.says("厨房起了和")
    assert "119" not in chat.text
    await speaker.speaks("厨房起了和")
    assert "119" in chat.text


async def test_a_matter_told_outside_any_form_goes_with_its_recording(speaker: Speaker) -> None:
    chat = await speaker.chat.starts()
    upload = await speaker.speaks("我们厂里的电有点问题")
    await chat.presses("对的")
    await chat.presses("停电")
    assert "哪种用电问题" in chat.text
    for press in ("反复停电跳闸", "城东区", "不确定镇街"):
        await chat.presses(press)
    for answer in ("建设路18号", "今天", "6", "供电公司", "部分停产", "榕江注塑厂"):
        await chat.says(answer)
    number = await filed(speaker, "13800138000")
    ticket = await speaker.town.backend.staff("office").view_ticket(number)
    assert ticket.story == "我们厂里的电有点问题"
    assert [one.id for one in ticket.attachments] == [upload.attachment]


async def test_the_same_voice_message_delivered_twice_is_answered_alike(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    await speaker.speaks("停了三次电")
    said = chat.text
    speaker.ears.heard.append("停了三次店")
    await chat.again()
    assert chat.text == said


async def test_a_voice_message_that_quotes_an_older_question_answers_that(speaker: Speaker) -> None:
    chat = await speaker.chat.starts("power-cut")
    await chat.presses("反复停电跳闸")
    await chat.presses("城东区")
    unsure = next(one for message in chat.fresh for row in message.rows for one in row if "不确定镇街" in one.label)
    address = await chat.talk.handle(Incoming(chat.person, "q1", chat.now, Press(unsure.command)))
    chat.sees(address)
    await chat.says("建设路18号")
    await chat.says("今天")
    kept = await speaker.town.backend.client.acting_as(ACTOR).upload(OGG, name="", key=speaker.town.backend.key())
    upload = Upload(kept.id, kept.kind, kept.media_type, kept.size, kept.name, spoken=True)
    speaker.ears.heard.append("建设路八十号")
    quoting = Incoming(chat.person, "q2", chat.now, Media((upload,)), quotes=address.question)
    chat.sees(await chat.talk.handle(quoting))
    await chat.presses("对的")
    assert "大约停了几次" in chat.text  # as before
    for answer in ("6", "供电公司", "部分停产", "没有", "这周停了三次，料全废了"):
        await chat.says(answer)
    ticket = await speaker.town.backend.staff("office").view_ticket(await filed(speaker))
    assert "八十号" in (ticket.address or "")


async def test_a_button_of_long_ago_says_so(speaker: Speaker) -> None:
    chat = await at_story(speaker)
    await chat.sends("voice:right:00000000-0000-4000-8000-000000000001")
    assert "用不上" in chat.text


async def test_nothing_that_is_said_stands_in_a_log(speaker: Speaker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    chat = await at_story(speaker)
    await speaker.speaks("我叫刘德全电话幺三八")
    await chat.presses("对的")
    assert "刘德全" not in caplog.text
