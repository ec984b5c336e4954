"""One person with two pages open: what is said on a page belongs to what that page asked about."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from backend.contract.models.tickets import TicketOut
from dialogs.chat import ChatMessage, present
from dialogs.enterprise import EnterpriseTalk
from dialogs.events import Event, Incoming, Media, Person, Press, Start, Text, Upload
from dialogs.staff import StaffTalk
from tests.backend.city import new_ticket
from tests.dialogs.chats import MONDAY
from tests.dialogs.conftest import Town
from tests.dialogs.test_filling import STORY, broken_off

_EVENTS = itertools.count(1)


@dataclass(repr=False)
class Tab:
    """A page as bot/web/assets/questions.js has it: all pages show all that is said."""

    talk: EnterpriseTalk | StaffTalk
    person: Person
    log: list[tuple[ChatMessage, str]] = field(default_factory=list)
    """Each message with what was asked after it; shared by a person's pages."""
    asked: str = ""
    text: str = ""

    def another(self) -> Tab:
        return Tab(self.talk, self.person, self.log)

    async def says(self, text: str) -> str:
        return await self.does(Text(text), self.asked or (self.log[-1][1] if self.log else ""))

    async def sends_file(self, attachment: str) -> str:
        event = Media((Upload(attachment, "photo", "image/jpeg", 3, "photo.jpg"),))
        return await self.does(event, self.asked or self.log[-1][1])

    async def presses(self, label: str) -> str:
        """The newest button of all pages whose label holds `label`."""
        for message, question in reversed(self.log):
            for button in (one for row in message.rows for one in row):
                if label in button.label:
                    return await self.does(Press(button.command), question)
        raise AssertionError(f"no button {label!r}")

    async def opens(self, command: str) -> str:
        return await self.does(Press(command), self.asked)

    async def does(self, event: Event, question: str, event_id: str = "") -> str:
        now = MONDAY + timedelta(seconds=5 * (number := next(_EVENTS)))
        incoming = Incoming(self.person, event_id or f"e{number}", now, event, question=question)
        reply = await self.talk.handle(incoming)
        fresh = [message for output in reply.outputs for message in present(output, reply.language)]
        self.log += [(message, reply.question) for message in fresh]
        self.asked = reply.question
        self.text = "\n".join(message.plain for message in fresh)
        return self.text


def of_staff(town: Town, username: str = "power-1") -> Tab:
    return Tab(town.staff_talk, Person("web-staff", username))


def of_enterprise(town: Town) -> Tab:
    return Tab(town.enterprise_talk, Person("web", "4711"))


async def filed(town: Town, **changes: Any) -> str:
    receipt = await town.backend.client.acting_as("web:4711").file_ticket(new_ticket(**changes), key=town.backend.key())
    return receipt.number


async def signed(town: Town, tab: Tab, **changes: Any) -> str:
    number = await filed(town, **changes)
    await tab.opens(f"ticket:{number}")
    await tab.presses("签收")
    return number


async def seen(town: Town, number: str) -> TicketOut:
    return await town.backend.staff("power-1").view_ticket(number)


async def test_each_page_writes_to_its_own_ticket(town: Town) -> None:
    one = of_staff(town)
    other = one.another()
    first, second = await signed(town, one), await signed(town, other, title="另一件事")
    await one.opens(f"ticket:{first}")
    await one.presses("问企业")
    await other.opens(f"ticket:{second}")
    await other.presses("问企业")
    assert f"{second}" in other.text
    await one.says("第一件：是总开关跳，还是分路跳？")
    assert first in one.text
    await other.says("第二件：停电从几点开始？")
    assert second in other.text
    await one.presses("确认")  # under the newest confirmation, which is the other page's
    await one.opens(f"ticket:{first}")
    asked = {number: [one.text for one in (await seen(town, number)).questions] for number in (first, second)}
    assert asked[second] == ["第二件：停电从几点开始？"]
    assert asked[first] == []


async def test_a_page_whose_question_was_left_by_another_goes_on_with_it(town: Town) -> None:
    one = of_staff(town)
    number = await signed(town, one)
    await one.opens(f"ticket:{number}")
    await one.presses("问企业")
    await one.another().opens("menu")
    await one.says("是总开关跳，还是分路跳？")
    await one.presses("确认")
    assert [one.text for one in (await seen(town, number)).questions] == ["是总开关跳，还是分路跳？"]


async def test_a_reply_in_pieces_goes_to_one_ticket_while_another_page_works_on_the_next(town: Town) -> None:
    one = of_staff(town)
    other = one.another()
    first, second = await signed(town, one), await signed(town, other, title="另一件事")
    await one.opens(f"ticket:{first}")
    await one.presses("阶段性答复")
    await other.opens(f"ticket:{second}")
    await other.presses("已联系企业")
    await one.says("已派人到现场查看，正在更换开关。")
    await one.presses("确认")
    await other.says("电话联系了李小姐")
    assert (await seen(town, first)).assignments[0].interim_at is not None
    assert (await seen(town, first)).assignments[0].contacted_at is None
    assert (await seen(town, second)).assignments[0].contacted_at is not None


async def test_what_comes_for_a_step_that_is_over_goes_nowhere_and_the_page_asks_nothing_then(town: Town) -> None:
    one = of_staff(town)
    other = one.another()
    first, second = await signed(town, one), await signed(town, other, title="另一件事")
    await one.opens(f"ticket:{first}")
    await one.presses("问企业")
    asked = one.asked
    await other.says("跳闸几次？")  # the first question is the last on this page too
    await other.presses("确认")
    await other.opens(f"ticket:{second}")
    await other.presses("问企业")
    one.asked = asked
    assert "没有发出去" in await one.says("还有：什么时候跳的？")
    assert one.asked == ""
    assert "没有发出去" in await one.does(Text("什么时候跳的？"), "")
    assert "没有发出去" in await one.does(Press("confirm"), asked)
    assert [len((await seen(town, number)).questions) for number in (first, second)] == [1, 0]
    await other.says("停电几点开始？")
    await other.presses("确认")
    assert [one.text for one in (await seen(town, second)).questions] == ["停电几点开始？"]


async def test_a_step_that_was_passed_on_another_page_is_not_answered_twice(town: Town) -> None:
    one = of_staff(town)
    number = await signed(town, one)
    await one.opens(f"ticket:{number}")
    await one.presses("退单")
    asked = one.asked
    await one.says("不属于供电范围")
    assert "已经答过了" in await one.does(Text("线路归村里管"), asked)
    assert "哪个单位" in one.text or "单位" in one.text
    assert one.asked != asked


async def test_a_form_being_filled_in_stays_while_another_page_writes_elsewhere(town: Town) -> None:
    number = await broken_off(town)
    one = of_staff(town, "seat-1")
    await one.opens(f"fill_in:{number}")
    other = one.another()
    second = await filed(town, scenario="other", title="另一件事")
    await other.opens(f"ticket:{second}")
    await other.presses("不予受理")
    await one.says(STORY)
    assert "哪个区（县）" in one.text
    await other.says("不属于本市")
    assert "补全" not in other.text


async def test_the_same_event_again_names_the_same_question(town: Town) -> None:
    """A page that lost its line and sends once more learns what its own answer asked, not what another page did."""
    one = of_staff(town)
    first, second = await signed(town, one), await signed(town, one, title="另一件事")
    await one.opens(f"ticket:{first}")
    asked = await one.does(Press(f"ask:{first}"), one.asked, "again") and one.asked
    other = one.another()
    await other.opens(f"ask:{second}")
    await one.does(Press(f"ask:{first}"), "", "again")
    assert one.asked == asked != other.asked


async def test_nothing_asked_means_nothing_sent(town: Town) -> None:
    one = of_staff(town)
    for text in (await one.says("已经处理好了"), await one.sends_file("7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10")):
        assert "没有发给任何人" in text
    number = await filed(town)
    assert number in await one.says(number)


async def test_two_forms_of_an_enterprise_stay_apart(town: Town) -> None:
    one = of_enterprise(town)
    await one.does(Start("power-cut"), "")
    await one.presses("反复停电跳闸")
    other = one.another()
    await other.opens("begin:noise-next-door")
    before = other.text
    await one.says("城东区")
    assert "具体地址" in one.text
    assert before
    form = {key.partition(":")[0] for key in (one.asked, other.asked)}
    assert len(form) == 2
    assert "已经答过了" in await one.does(Text("城东区"), f"{one.asked.partition('/')[0]}/kind")


async def test_an_addition_of_one_page_and_a_form_of_another_stay_apart(town: Town) -> None:
    number = await filed(town)
    one = of_enterprise(town)
    await one.does(Start("power-cut"), "")
    await one.presses("反复停电跳闸")
    other = one.another()
    await other.opens(f"add:{number}")
    await one.says("城东区")
    assert "具体地址" in one.text
    await other.says("补一句：昨晚又跳了两次。")
    await other.presses("发完了")
    ticket = await town.backend.client.acting_as("web:4711").view_ticket(number)
    assert [one.text for one in ticket.additions] == ["补一句：昨晚又跳了两次。"]


async def test_where_a_page_asks_nothing_its_words_are_no_answer_to_another(town: Town) -> None:
    one = of_enterprise(town)
    await one.does(Start(), "")
    assert one.asked == ""
    other = one.another()
    await other.opens("begin:power-cut")
    assert "没有发出去" in await one.does(Text("城东区"), "")
    assert "没有发出去" in await one.does(Press("human"), "")


async def test_a_messenger_says_so_too(town: Town) -> None:
    chat = town.staff("power-1")
    await chat.says("已经处理好了")
    assert "没有发给任何人" in chat.text
    await chat.sends_file("7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10")
    assert "没有发给任何人" in chat.text


@pytest.mark.parametrize("label", ["主菜单", "菜单"])
async def test_who_turns_away_from_words_kept_is_told_they_were_not_submitted(town: Town, label: str) -> None:
    chat = town.enterprise()
    await chat.says("又要罚款又要办证")
    assert "还没有提交" in chat.text
    await chat.says(label)
    assert "没有提交" in chat.text
