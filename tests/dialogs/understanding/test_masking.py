"""Nothing leaves that tells who or where somebody is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.masking import masked


@pytest.mark.parametrize(
    ("said", "secrets"),
    [
        ("我叫刘德全，电话13800138000，榕江注塑厂的", ["刘德全", "13800138000", "榕江注塑"]),
        ("城东区建设路18号宏达制造有限公司的王经理", ["建设路", "18号", "宏达制造", "王"]),
        ("打幺三八零零幺三八零零零给我", ["幺三八", "零零零"]),
        ("统一码91445200MA4W1234XG", ["91445200", "1234XG"]),
        ("my name is John Smith from Hongda Trading Co., call 138-0013-8000", ["John", "Smith", "Hongda", "8000"]),
        ("查询码 1234 5678，工单261123000017", ["1234", "5678", "261123000017"]),
        ("张伟是我们老板，找陈小姐也行", ["张伟", "陈"]),
        ("微信abc12345，邮箱wang.li@example.com", ["abc12345", "wang.li", "example"]),
        ("车牌粤A12345一直堵在门口", ["A12345"]),
        ("阿珍在建设路8号2栋301室等你", ["阿珍", "8号", "2栋", "301"]),
        ("欧阳明珠说她的座机是0663-8234567转12", ["欧阳明珠", "8234567"]),
        ("电话１３８００１３８０００", ["１３８", "138", "8000"]),
        ("户号 4408 1234 5678 90", ["4408", "5678"]),
    ],
)
def test_what_tells_who_or_where_is_taken_out(said: str, secrets: list[str]) -> None:
    assert [one for one in secrets if one in masked(said)] == []


@pytest.mark.parametrize(
    "said",
    [
        *(
            "这周停了6次,每次四十分钟",
            "损失35000元,1200000块也有",
            "12月15日开始的",
            "我们厂老是停电",
            "隔壁餐馆油烟太大",
        ),
        *("我想开个店要办什么证", "电表坏了,收费不对", "欠我工资三个月了", "有人偷排污水到河里", "社保要交多少"),
    ],
)
def test_what_the_matter_is_stays(said: str) -> None:
    assert masked(said) == said


def test_what_is_known_of_the_person_is_taken_out_wherever_it_stands() -> None:
    assert masked("鑫鑫那边说是老榕树下", ["鑫鑫", "老榕树下", "a"]) == "〔已知〕那边说是〔已知〕"


@given(st.text(max_size=200))
def test_masking_bears_any_text(text: str) -> None:
    masked(text)


@given(st.text("零一二三四五六七八九幺0123456789 -", min_size=0, max_size=4), st.integers(10**9, 10**11 - 1))
def test_no_long_number_is_left(around: str, number: int) -> None:
    assert str(number) not in masked(f"{around}{number}{around}")
