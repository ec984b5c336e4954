"""An account that files for several firms says which one a form is for, and never files for another."""

import json
from typing import Any

import pytest

from backend.contract.acts import LOOK
from backend.contract.acts.look import LookIn
from backend.contract.models.contacts import EnterpriseOut, SpeakerOut
from backend.contract.models.tickets import TicketOut
from dialogs.enterprise.firms import firms_of
from dialogs.events import Gone, Incoming, Leaving, Person
from tests.backend.city import new_ticket
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town

ACCOUNTANT = "4711"
CODE = "91445200MA4W1234XG"
OTHER = "91445200MA4W9999X8"
FIRST: dict[str, Any] = {
    "contact": {"name": "王小明", "phone": "+8613800138000"},
    "enterprise": {"uscc": CODE, "name": "鑫达商贸有限公司"},
}
SECOND: dict[str, Any] = {
    "contact": {"name": "李大明", "phone": "+8613900000000"},
    "enterprise": {"name": "榕江注塑厂"},
}
ASK = "您是为哪家企业反映"


async def filed(town: Town, *filings: dict[str, Any], actor: str = f"telegram:{ACCOUNTANT}") -> None:
    for one in filings:
        await town.backend.client.acting_as(actor).file_ticket(new_ticket(**one), key=town.backend.key())


async def newest(town: Town) -> TicketOut:
    client, actor = town.backend.client, f"telegram:{ACCOUNTANT}"
    page = await client.acting_as(actor).list_tickets()
    return await client.acting_as(actor).view_ticket(page.items[0].number)


async def tells(chat: Chat, *who: str) -> Chat:
    """A broken lamp, up to the summary; `who` answers what is asked of firm and contact."""
    await chat.presses("求助")
    for answer in ("路灯不亮", "店门口的路灯上周五起一直不亮，晚上客人不敢来。"):
        await chat.says(answer)
    await chat.presses("城东区")
    await chat.presses("不确定镇街")
    for answer in ("建设路18号", "跳过", *who):
        await chat.says(answer)
    return chat


@pytest.fixture
async def accountant(town: Town) -> Chat:
    await filed(town, FIRST, SECOND)
    return town.enterprise(ACCOUNTANT)


@pytest.mark.parametrize(
    ("label", "who", "person"),
    [
        ("鑫达商贸有限公司", (), ("王小明", "+8613800138000", "鑫达商贸有限公司")),
        ("榕江注塑厂", ("跳过",), ("李大明", "+8613900000000", "榕江注塑厂")),
        ("另一家企业", ("跳过", "丙厂", "丙师傅", "13911112222"), ("丙师傅", "+8613911112222", "丙厂")),
    ],
)
async def test_a_third_filing_asks_for_which_firm_and_is_filed_for_that_one(
    town: Town, accountant: Chat, label: str, who: tuple[str, ...], person: tuple[str, str, str]
) -> None:
    await accountant.starts("other")
    assert ASK in accountant.text
    assert accountant.labels == ["榕江注塑厂", "鑫达商贸有限公司", "另一家企业", "取消"]
    await accountant.presses(label)
    await tells(accountant, *who)
    assert person[2] in accountant.text
    await accountant.presses("确认提交")
    ticket = await newest(town)
    assert (ticket.contact_name, ticket.contact_phone, ticket.enterprise) == person
    seen = await town.backend.staff("seat-1").do(LOOK, ticket.number, LookIn(), key=town.backend.key())
    assert seen.uscc == (CODE if person[0] == "王小明" else None)


async def test_one_firm_is_not_asked_for(town: Town) -> None:
    await filed(town, FIRST, FIRST)
    chat = await town.enterprise(ACCOUNTANT).starts("other")
    assert ASK not in chat.text
    await tells(chat)
    assert "鑫达商贸有限公司" in chat.text
    assert "王小明" in chat.text


async def test_who_reports_is_not_asked_and_nothing_of_either_firm_is_filled_in(town: Town, accountant: Chat) -> None:
    await accountant.starts("report")
    assert ASK not in accountant.text
    async with town.sessions.locked(accountant.person.key) as slot:
        assert slot.data is not None
        form = json.loads(slot.data)["form"]
        assert (form["scenario"], form["answers"]) == ("report", {})


async def test_the_form_that_is_open_is_put_aside_only_once_the_firm_is_known(accountant: Chat) -> None:
    await accountant.starts("other")
    await accountant.presses("榕江注塑厂")
    await accountant.presses("求助")
    await accountant.starts("suggestion")
    assert ASK in accountant.text
    assert "没填完的内容已为您保存" not in accountant.text
    await accountant.presses("取消")
    assert "一句话" in accountant.text or "什么事" in accountant.text, "the form that was open goes on"
    await accountant.sends("begin:suggestion")
    await accountant.presses("鑫达")
    assert "没填完的内容已为您保存" in accountant.text


async def test_a_name_that_is_typed_chooses_the_firm_and_goes_into_no_form(accountant: Chat) -> None:
    await accountant.starts("other")
    await accountant.presses("另一家企业")
    await accountant.presses("求助")
    await accountant.starts("other")
    await accountant.says("什么厂")
    assert "请点一家企业" in accountant.text
    await accountant.says("鑫达")
    assert "请点一家企业" not in accountant.text
    assert "咨询" in accountant.labels, "the first question of the new form, once"
    assert len(accountant.fresh[-1].rows) > 1
    await tells(accountant)
    assert "鑫达商贸有限公司" in accountant.text


async def test_words_that_name_no_firm_go_below_the_story(town: Town, accountant: Chat) -> None:
    """They were dropped with "tap a business": people tell the matter wherever they are."""
    await accountant.starts("other")
    await accountant.says("丙厂的门口，晚上一片漆黑")
    await accountant.says("13911112222")  # has a place of its own in the form
    await accountant.says("不知道")
    await accountant.presses("榕江注塑厂")
    await tells(accountant, "跳过")
    assert "丙厂的门口，晚上一片漆黑" in accountant.text
    await accountant.presses("确认提交")
    story = (await newest(town)).story
    assert story.startswith("店门口的路灯")
    assert "丙厂的门口，晚上一片漆黑" in story
    assert "13911112222" not in story
    assert "不知道" not in story


async def test_what_was_told_stays_the_story_and_words_at_the_question_come_below_it(
    town: Town, accountant: Chat
) -> None:
    await accountant.says("我们厂老是停电跳闸，机器都烧坏了")
    await accountant.presses("停电、电压不稳")
    await accountant.says("就是新开的那家")
    await accountant.sends("human")
    ticket = await newest(town)
    assert ticket.story == "我们厂老是停电跳闸，机器都烧坏了\n就是新开的那家"


async def test_words_for_another_firm_are_kept_too(accountant: Chat) -> None:
    await accountant.says("我们厂老是停电跳闸，机器都烧坏了")
    await accountant.presses("停电、电压不稳")
    await accountant.says("就是新开的那家")
    await accountant.presses("另一家企业")
    await accountant.presses("城东区")
    await accountant.presses("不确定镇街")
    for answer in (
        "建设路18号",
        "今天",
        "6",
        "供电公司",
        "部分停产",
        "没有",
        "跳过",
        "跳过",
        "丙厂",
        "丙师傅",
        "13911112222",
    ):
        await accountant.says(answer)
    assert "我们厂老是停电跳闸，机器都烧坏了" in accountant.text
    assert "就是新开的那家" in accountant.text


async def test_what_was_told_before_the_question_becomes_the_story_of_the_firm_chosen(accountant: Chat) -> None:
    await accountant.says("我们厂老是停电跳闸，机器都烧坏了")
    await accountant.presses("停电、电压不稳")
    assert ASK in accountant.text
    await accountant.presses("榕江注塑厂")
    await accountant.presses("城东区")
    await accountant.presses("不确定镇街")
    for answer in ("建设路18号", "今天", "供电公司", "部分停产"):
        await accountant.says(answer)
    assert "我们厂老是停电跳闸，机器都烧坏了" in accountant.text


@pytest.mark.parametrize("how", [Leaving.HUNG_UP, Leaving.UNSERVED])
async def test_what_was_told_is_not_lost_when_somebody_leaves_at_the_question(
    town: Town, accountant: Chat, how: Leaving
) -> None:
    await accountant.says("我们厂老是停电跳闸，机器都烧坏了")
    await accountant.presses("停电、电压不稳")
    assert ASK in accountant.text
    gone = Incoming(Person("telegram", ACCOUNTANT), "gone", accountant.now, Gone(how))
    await town.enterprise_talk.handle(gone)
    ticket = await newest(town)
    assert ticket.story == "我们厂老是停电跳闸，机器都烧坏了"
    assert ticket.enterprise is None, "nobody said which"


async def test_who_asks_for_a_person_files_for_no_firm_they_did_not_name(town: Town, accountant: Chat) -> None:
    await accountant.sends("human")
    await accountant.says("请联系我")
    assert "电话" in accountant.text, "each firm has one of its own"
    await accountant.shares_phone("13800138000")
    ticket = await newest(town)
    assert (ticket.contact_phone, ticket.enterprise) == ("+8613800138000", None)


def speaker(name: str | None, uscc: str | None = None, contact: str = "王小明") -> SpeakerOut:
    return SpeakerOut(name=contact, phone=None, enterprise=EnterpriseOut(uscc=uscc, name=name, district=None))


def test_a_bare_name_is_the_firm_that_gave_its_code_with_it() -> None:
    firms = list(firms_of([speaker("甲厂"), speaker("甲厂", CODE, "李大明")]).values())
    assert [(one.name, one.uscc, one.speaker.name) for one in firms] == [("甲厂", CODE, "王小明")]


def test_two_codes_of_one_name_are_two_firms_and_a_bare_name_is_neither() -> None:
    firms = firms_of([speaker("甲厂"), speaker("甲厂", CODE), speaker("甲厂", OTHER)])
    assert [one.uscc for one in firms.values()] == [None, CODE, OTHER]


async def test_firms_of_one_name_are_told_apart_by_their_codes(town: Town) -> None:
    await filed(town, FIRST, FIRST | {"enterprise": {"uscc": OTHER, "name": "鑫达商贸有限公司"}})
    chat = await town.enterprise(ACCOUNTANT).starts("other")
    assert chat.labels[:2] == ["鑫达商贸有限公司（代码尾号 99X8）", "鑫达商贸有限公司（代码尾号 34XG）"]
