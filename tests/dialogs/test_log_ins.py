"""One's own log-ins in the staff chat, and refused ones for the auditor, as chats over a real backend."""

import pytest

from backend.contract.client_address import asking_from
from backend.contract.errors import Unauthenticated
from backend.contract.models.log_ins import LogIn
from backend.contract.models.messengers import BindIn
from dialogs.events import Start
from tests.dialogs.conftest import Town


async def log_in(town: Town, username: str, address: str) -> str:
    with asking_from(address):
        request = LogIn(username=username, password=town.backend.city.passwords[username])
        return (await town.backend.client.log_in(request)).token


async def test_one_looks_where_one_is_logged_in_and_ends_one(town: Town) -> None:
    there = await log_in(town, "power-1", "203.0.113.7")
    chat = await town.staff("power-1").does(Start())
    await chat.presses("我的登录")
    assert "网页（203.0.113.7）" in chat.text
    assert "（本次）" in chat.text
    assert there not in chat.text
    ends = [label for label in chat.labels if label.startswith("结束第")]
    assert len(ends) == 1
    await chat.presses(ends[0])
    assert "已结束。" in chat.text
    assert "203.0.113.7" not in chat.text
    assert "结束其他全部" not in chat.labels
    with pytest.raises(Unauthenticated):
        await town.backend.client.with_token(there).view_staff()


async def test_all_others_are_ended_once_that_is_confirmed_and_the_messenger_asks_for_a_code_again(town: Town) -> None:
    there = await log_in(town, "power-1", "203.0.113.7")
    code = await town.backend.staff("power-1").make_binding_code()
    await town.backend.client.acting_as("telegram-staff:900").bind(BindIn(code=code.code), key=town.backend.key())
    chat = await town.staff("power-1").sends("log_ins")
    assert "手机消息" in chat.text
    await chat.presses("结束其他全部")
    assert "手机消息也要重新绑定" in chat.text
    assert (await town.backend.client.with_token(there).view_staff()).username == "power-1"
    await chat.presses("确认")
    assert "其他登录已全部结束" in chat.text
    with pytest.raises(Unauthenticated):
        await town.backend.client.with_token(there).view_staff()
    messenger = await town.stranger("900").says("你好")
    assert "8 位绑定码" in messenger.text


async def test_log_ins_are_not_shown_where_others_read_along(town: Town) -> None:
    code = await town.backend.staff("power-1").make_binding_code()
    await town.backend.client.acting_as("telegram-staff:900").bind(BindIn(code=code.code), key=town.backend.key())
    topic = town.stranger("900", ticket="261123000010")
    for command in ("log_ins", "failed"):
        assert "请到私聊里办理" in (await topic.sends(command)).text


async def test_the_auditor_reads_refused_log_ins_page_by_page_and_others_are_not_offered_them(town: Town) -> None:
    for number in range(12):
        with asking_from(f"203.0.113.{number}"), pytest.raises(Unauthenticated):
            name = "power-1" if number % 2 else f"secret{number}"
            await town.backend.client.log_in(LogIn(username=name, password="wrong"))
    chat = await town.staff("auditor").does(Start())
    await chat.presses("登录失败记录")
    assert "power-1，来自 203.0.113.11：密码不对" in chat.text
    assert "不存在的用户名" in chat.text
    assert "secret" not in chat.text
    assert "203.0.113.1：" not in chat.text
    await chat.presses("更多")
    assert "203.0.113.1：" in chat.text
    assert "更多" not in chat.labels
    office = await town.staff("office").does(Start())
    assert "登录失败记录" not in office.labels
    assert "没有权限" in (await office.sends("failed")).text
