"""What is said of the talk is no part of an answer."""

from datetime import UTC, datetime

import pytest

from dialogs.fields import EnterpriseName, Name, NotUnderstood, Understood
from dialogs.fields.chatter import says_it_was_said, wants_secrecy, without_chatter

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("梁记五金店 我刚才说过", "梁记五金店"),
        ("山月小筑，前面说了的", "山月小筑"),
        ("老周米粉啊前面说了", "老周米粉"),
        ("刚不是说了顺达五金嘛", "顺达五金"),
        ("前面讲过了，远大包装公司", "远大包装公司"),
        ("顺达货运，我跑车的，周师傅 13766118822", "顺达货运"),
        ("明彩图文印刷，我姓何", "明彩图文印刷"),
        ("老灶川菜馆，不过不要写我名字哈，怕他们报复，匿名", "老灶川菜馆"),
        ("叫什么诚信物业", "诚信物业"),
        ("没有店名 就是老张菜摊", "老张菜摊"),
        ("Harbour Deli. Mark Turner", "Harbour Deli"),
        ("榕江市华锐五金制品有限公司", "榕江市华锐五金制品有限公司"),
    ],
)
def test_a_firm_is_taken_from_what_is_said_round_it(text: str, name: str) -> None:
    assert EnterpriseName().parse(text, NOW) == Understood(name, name)


@pytest.mark.parametrize("text", ["前面说了的", "确认提交", "yes submit", "交吧", "I told you already"])
def test_what_is_only_of_the_talk_is_nobodys_name(text: str) -> None:
    assert isinstance(EnterpriseName().parse(text, NOW), NotUnderstood)
    assert isinstance(Name().parse(text, NOW), NotUnderstood)


def test_a_contact_is_who_has_a_title_beside_the_firm() -> None:
    assert Name().parse("顺达货运，我跑车的，周师傅 13766118822", NOW) == Understood("周师傅", "周师傅")


def test_an_address_is_left_without_it() -> None:
    assert without_chatter("刚说了呀 红星工业园B区6栋") == "红星工业园B区6栋"


def test_that_it_was_said_is_not_the_same_as_saying_it() -> None:
    assert says_it_was_said("我刚才不是都说过了吗")
    assert not says_it_was_said("我刚才说了，东湖区城市管理局")


@pytest.mark.parametrize(
    "text", ["匿名", "不要写我名字，怕他们报复", "不许公开", "你们不能把电话给酒吧的人", "不想让老板知道", "请保密"]
)
def test_who_wishes_to_stay_unknown_is_known_by_many_words(text: str) -> None:
    assert wants_secrecy(text)


@pytest.mark.parametrize(
    "text", ["收费标准不公开", "不知道是谁干的", "保密局旁边", "他们不写收据", "证上的名字写错了", "不要写错我的名字"]
)
def test_other_things_that_are_not_written_or_known_are_no_such_wish(text: str) -> None:
    assert not wants_secrecy(text)
