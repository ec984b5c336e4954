"""Commands are whole phrases, in any of the languages at any time."""

import pytest

from dialogs.phrases import read_phrases

PHRASES = read_phrases()


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("帮助", "help"),
        ("帮助！", "help"),
        ("HELP", "help"),
        ("Ｈｅｌｐ", "help"),
        ("转人工", "human"),
        ("Go back.", "back"),
        ("找个人跟我讲", "human"),
        ("轉人工", "human"),
        ("找个人跟我讲啊", "human"),
        ("叫个人来啊", "human"),
        ("叫个真人同我讲", "human"),
        ("幫助", "help"),
        ("我要真人同我讲", "human"),
        ("有没有人啊", "human"),
        ("有冇人啊？", "human"),
        ("唔该转人工", "human"),
        ("帮我叫个工作人员好伐", "human"),
        ("你打电话畀我啦", "human"),
        ("你帮我填", "human"),
        ("我不识字", "human"),
        ("算了", "cancel"),
        ("取消啦", "cancel"),
        ("喂？喂？", "hello"),
    ],
)
def test_a_phrase_is_a_command(text: str, verb: str) -> None:
    assert PHRASES.command(text) == verb


@pytest.mark.parametrize(
    "text",
    [
        "请帮助我们",
        "他们要取消合同",
        "我要找个人来修水管",
        "打电话给我都没人接",
        "唔该",
        "啊",
        "help us please",
        "",
        "。",
    ],
)
def test_more_than_the_phrase_is_not(text: str) -> None:
    assert PHRASES.command(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("改电话", "电话"),
        ("修改 联系电话", "联系电话"),
        ("change the phone", "phone"),
        ("电话填错了", "电话"),
        ("电话", ""),
    ],
)
def test_what_is_to_be_corrected(text: str, name: str) -> None:
    assert PHRASES.to_correct(text) == name


def test_yes_and_no() -> None:
    assert PHRASES.answer("是的。") is True
    assert PHRASES.answer("No, thanks") is False
    assert PHRASES.answer("好啊") is True
    assert PHRASES.answer("不要啦") is False
    assert PHRASES.answer("也许") is None
