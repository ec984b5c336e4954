"""Words that say nothing are told from words on a matter, and rather taken for a matter."""

import pytest

from dialogs.understanding import is_nonsense


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？？？",
        "😀",
        "哈哈哈哈",
        "啦啦啦",
        "呃",
        "喵喵",
        "asdfgh",
        "sdfsdf",
        "qwerty",
        "sdkfjhsdkf",
        "hahaha",
        "test",
        "测试一下",
        "666",
        "123",
        "阿斯顿发",
    ],
)
def test_it_says_nothing(text: str) -> None:
    assert is_nonsense(text)


@pytest.mark.parametrize(
    "text",
    [
        "停电",
        "停电了",
        "急急急",
        "救命救命",
        "水电费太贵",
        "没水",
        "KTV太吵",
        "wifi",
        "property tax",
        "power",
        "trees",
        "no gas",
        "hi",
        "你好",
        "13812345678",
        "91440101MA5CXXXX00",
        "部门推诿",
        "tdl",
    ],
)
def test_it_may_say_something(text: str) -> None:
    assert not is_nonsense(text)
