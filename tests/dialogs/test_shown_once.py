"""What is shown once: kept in no session, and repeated whole only while its delivery may fail."""

import asyncio
import json

import pytest

from dialogs.events import Text
from dialogs.outputs import Say
from dialogs.recent_replies import Answered
from dialogs.session import Session
from dialogs.sessions import MemorySessions
from dialogs.staff import StaffTalk
from tests.backend.city import new_ticket
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town
from tests.dialogs.test_staff import filed

PHONE = "+8613800138000"


def _kept(town: Town) -> str:
    """All that the sessions hold."""
    sessions = town.sessions
    assert isinstance(sessions, MemorySessions)
    return json.dumps([json.loads(one) for one in sessions._kept.values()], ensure_ascii=False)


def _in_another_process(town: Town, chat: Chat) -> None:
    before = chat.talk
    assert isinstance(before, StaffTalk)
    before._answered = Answered()


async def test_a_look_is_kept_nowhere_and_a_lost_answer_is_repeated_whole(town: Town) -> None:
    number = await filed(town, contact={"name": "王师傅", "phone": PHONE})
    chat = await town.staff("power-1").sends(f"ticket:{number}")
    await chat.presses("看联系人")
    assert PHONE in chat.text
    assert PHONE not in _kept(town)
    assert "王师傅" not in _kept(town)
    await chat.again()
    assert PHONE in chat.text
    _in_another_process(town, chat)
    await chat.again()
    assert PHONE not in chat.text
    assert "已隐去，请再查一次" in chat.text
    await chat.presses("看联系人")
    assert PHONE in chat.text


async def test_a_hidden_reporter_is_kept_nowhere_either(town: Town) -> None:
    number = await filed(town, contact={"name": "王师傅", "phone": PHONE}, hidden_reporter=True)
    chat = await town.staff("seat-1").sends(f"ticket:{number}")
    await chat.presses("看联系人")
    await chat.says("核实举报内容")
    assert PHONE in chat.text
    assert PHONE not in _kept(town)
    await chat.again()
    assert PHONE in chat.text


async def test_a_binding_code_is_kept_neither_where_it_is_shown_nor_where_it_is_typed(town: Town) -> None:
    chat = await town.staff("power-1").sends("code")
    code = chat.text.split("绑定码：")[1][:8]
    assert code.isdigit()
    assert code not in _kept(town)
    await chat.again()
    assert code in chat.text
    _in_another_process(town, chat)
    await chat.again()
    assert code not in chat.text
    assert "绑定码已隐去" in chat.text
    messenger = town.stranger("904")
    await messenger.says("在吗")
    await messenger.does(Text(code, message="904/7"))
    assert "绑定成功" in messenger.text
    assert code not in _kept(town)


@pytest.mark.parametrize("right", [True, False])
async def test_a_retrieval_code_that_is_typed_is_not_kept(town: Town, right: bool) -> None:
    owner, other = town.enterprise("31"), town.enterprise("32")
    number = (
        await town.backend.client.acting_as(owner.person.key).file_ticket(new_ticket(), key=town.backend.key())
    ).number
    await owner.gets_notices(town.backend.client, town.notices)
    code = owner.text.split("查询码：")[1][:8] if right else "12345678"
    await other.sends("progress")
    await other.says(number)
    await other.does(Text(code, message="32/9"))
    assert (number in other.text) or "对不上" in other.text
    assert code not in _kept(town)


async def test_short_memory_ends_by_itself() -> None:
    answered, session = Answered(whole_seconds=0), Session()
    answered.remember("web:1", session, "e1", (Say("13800138000", kept="隐去"),))
    assert answered.recall("web:1", session, "e1") == (Say("13800138000", kept="隐去"),)
    await asyncio.sleep(0)  # the loop runs what is due
    await asyncio.sleep(0)
    assert answered.recall("web:1", session, "e1") == (Say("隐去"),)
    assert answered.recall("web:1", session, "e2") is None
