"""An enterprise corrects its contact details in chat; staff read it; the office confirms a registered name."""

from typing import Any

import pytest

from backend.contract.acts import LOOK
from backend.contract.acts.look import LookIn
from backend.contract.models.notices import ClaimIn
from backend.contract.models.tickets import TicketOut
from tests.backend.city import new_ticket
from tests.dialogs.chats import Chat
from tests.dialogs.conftest import Town

ACTOR = "telegram:4711"
FIRM: dict[str, Any] = {
    "contact": {"name": "王小名", "phone": "+8613800138000"},
    "enterprise": {"uscc": "91445200MA4W1234XG", "name": "甲厂"},
}


async def filed(town: Town, **changes: Any) -> str:
    form = new_ticket(**FIRM | changes)
    return (await town.backend.client.acting_as(ACTOR).file_ticket(form, key=town.backend.key())).number


async def own(town: Town, number: str) -> TicketOut:
    return await town.backend.client.acting_as(ACTOR).view_ticket(number)


@pytest.fixture
def chat(town: Town) -> Chat:
    return town.enterprise("4711")


async def test_a_telephone_is_corrected_and_the_units_are_told(town: Town, chat: Chat) -> None:
    number = await filed(town)
    await chat.sends(f"ticket:{number}")
    await chat.presses("更正联系信息")
    for there in ("王小名", "+8613800138000", "甲厂"):
        assert there in chat.text
    await chat.presses("联系电话")
    await chat.says("一二三")
    assert "已更正" not in chat.text
    await chat.says("139 1111 2222")
    assert f"工单 {number} 已更正" in chat.text
    assert "第一次请报查询码" in chat.text
    assert (await own(town, number)).contact_phone == "+8613911112222"
    staff = await town.staff("power-1").sends(f"ticket:{number}")
    assert "139****2222" in staff.text
    assert "13911112222" not in staff.text
    await staff.sends(f"timeline:{number}")
    assert "企业更正信息" in staff.text
    assert "更正了：联系电话" in staff.text
    page = await town.backend.client.claim_notices(ClaimIn(channels=["web-staff"], limit=200))
    told = [one.args["fields"] for one in page.items if (one.template, one.ticket) == ("corrected", number)]
    assert told
    assert all(fields == ["contact_phone"] for fields in told)


@pytest.mark.parametrize(("answer", "both"), [("一起改", True), ("只改这一个", False)])
@pytest.mark.parametrize("typed", [False, True])
async def test_others_are_corrected_only_where_the_person_says_so(
    town: Town, chat: Chat, answer: str, both: bool, typed: bool
) -> None:
    one, two = await filed(town), await filed(town)
    other_firm = await filed(town, enterprise={"name": "乙厂"})
    await chat.sends(f"correct:{one}:name")
    await chat.says("王小明")
    assert "还有 1 个没办结的工单" in chat.text
    assert two[-5:] in chat.text
    assert (await own(town, one)).contact_name == "王小名", "nothing yet"
    await (chat.says("是" if both else "不是") if typed else chat.presses(answer))
    assert f"工单 {one} 已更正" in chat.text
    assert ("另外 1 个工单也改好了" in chat.text) is both
    names = [(await own(town, number)).contact_name for number in (one, two, other_firm)]
    assert names == ["王小明", "王小明" if both else "王小名", "王小名"]


async def test_an_old_button_decides_nothing_and_a_form_below_goes_on(town: Town, chat: Chat) -> None:
    one, _ = await filed(town), await filed(town)
    await chat.starts("other")
    await chat.sends(f"correct:{one}:enterprise:also")
    assert "已更正" not in chat.text
    await chat.sends(f"correct:{one}:enterprise")
    await chat.says("甲工厂")
    await chat.sends(f"correct:{one}:name:also")
    assert "已更正" not in chat.text
    await chat.presses("一起改")
    assert "已更正" in chat.text
    assert "求助" in chat.labels, "the form's question again"
    assert (await own(town, one)).enterprise == "甲工厂"


async def test_what_is_written_is_not_dropped_by_turning_away(town: Town, chat: Chat) -> None:
    one, _ = await filed(town), await filed(town)
    await chat.sends(f"correct:{one}:name")
    await chat.says("王小明")
    await chat.sends("menu")
    assert one in chat.text
    assert (await own(town, one)).contact_name == "王小名"


async def test_an_ended_ticket_cannot_be_corrected(town: Town, chat: Chat) -> None:
    number = await filed(town)
    await chat.sends(f"withdraw:{number}")
    await chat.presses("确定撤回")
    await chat.sends(f"ticket:{number}")
    assert "更正联系信息" not in chat.labels
    await chat.sends(f"correct:{number}")
    assert "不能再更正" in chat.text


async def test_the_office_confirms_a_name_as_stated_or_as_the_register_has_it(town: Town) -> None:
    first, second = await filed(town), await filed(town)
    office = await town.staff("office").sends(f"ticket:{first}")
    await office.presses("核实企业名称")
    assert "企业自填的名称：甲厂" in office.text
    await office.presses("下一步")
    assert "登记名称：甲厂" in office.text
    await office.presses("确认")
    assert "登记名称已核实" in office.text
    assert "核实企业名称" not in office.labels
    await office.sends(f"ticket:{second}")
    assert "核实企业名称" not in office.labels
    third = await filed(town, enterprise={"uscc": "91445200MA4W1234XG", "name": "甲工厂"})
    await office.sends(f"ticket:{third}")
    await office.presses("核实企业名称")
    assert "已核实的登记名称：甲厂" in office.text
    await office.says("甲厂有限公司")
    assert "登记名称：甲厂有限公司" in office.text
    await office.presses("确认")
    for number in (first, third):
        seen = await town.backend.staff("seat-1").do(LOOK, number, LookIn(), key=town.backend.key())
        assert seen.enterprise_confirmed == "甲厂有限公司"


async def test_where_no_name_is_stated_the_office_has_to_type_one(town: Town) -> None:
    number = await filed(town, enterprise={"uscc": "91445200MA4W1234XG"})
    office = await town.staff("office").sends(f"ticket:{number}")
    await office.presses("核实企业名称")
    assert "企业自填的名称：（没有登记）" in office.text
    assert "下一步" not in office.labels
    await office.sends("skip")
    assert "登记名称已核实" not in office.text
    await office.says("甲厂有限公司")
    await office.presses("确认")
    assert "登记名称已核实" in office.text


async def test_others_than_the_office_see_that_a_name_is_not_confirmed_and_cannot_confirm_it(town: Town) -> None:
    number = await filed(town)
    for who in ("seat-1", "power-1"):
        staff = await town.staff(who).sends(f"ticket:{number}")
        assert "甲厂" in staff.text
        assert "核实企业名称" not in staff.labels
        await staff.sends(f"confirm_name:{number}:1")
        assert "登记名称" not in staff.text
