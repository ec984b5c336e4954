"""A name is kept as it is written on a letter."""

from datetime import UTC, datetime

import pytest

from dialogs.fields import Name, NotUnderstood, Understood

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我姓刘", "刘"),
        ("免贵姓刘", "刘"),
        ("我姓刘，女士", "刘女士"),
        ("姓刘，刘先生。", "刘先生"),
        ("我姓刘叫建国", "刘建国"),
        ("我姓刘，叫刘建国", "刘建国"),
        ("您好，我姓欧阳", "欧阳"),
        ("我叫刘建国", "刘建国"),
        ("叫我老刘就行", "老刘"),
        ("我叫阿依古丽·买买提", "阿依古丽·买买提"),
        ("My name is Li Ming.", "Li Ming"),
        ("王师傅", "王师傅"),
        ("叶女士", "叶女士"),
        ("我是开饭店的", "我是开饭店的"),
        ("我叫刘建国，电话13800138000", "刘建国"),
        ("我是文员，联系罗厂长吧，罗厂长", "罗厂长"),
        ("This is Oleg, from the trading company", "Oleg"),
    ],
)
def test_it_is_taken_from_what_is_said_round_it(text: str, name: str) -> None:
    assert Name().parse(text, NOW) == Understood(name, name)


def test_a_name_is_a_text_with_its_limits() -> None:
    assert isinstance(Name(max_chars=3).parse("我的名字特别长", NOW), NotUnderstood)
    assert isinstance(Name().parse("？？", NOW), NotUnderstood)
