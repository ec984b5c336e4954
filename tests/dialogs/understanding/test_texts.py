"""Of what is said to a question for a text the part that answers is kept; who gives none is not taken at their word."""

from __future__ import annotations

import pytest

from dialogs.understanding.texts import Asked, Sentence, TextReader
from tests.dialogs.fields.test_by_question import read


def _text(value: object) -> object:
    return value["text"] if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("power-cut/address", "停了一上午了，城东区和平路88号，快派人来", "城东区和平路88号"),
        ("power-cut/address", "和平路88号", "和平路88号"),
        ("licence-delay/hall", "我跑了两趟，行政服务中心二楼6号窗口", "行政服务中心二楼6号窗口"),
        ("unpaid-invoice/case_no", "（2026）粤03民初118号", "（2026）粤03民初118号"),
        ("road-access/parked_when", "早上七八点，送货的大车", "早上七八点，送货的大车"),
        ("tax-benefit/refusal", "说我行业不符", "说我行业不符"),
        # Short complaints are a matter, and no excuse.
        ("other/topic", "路灯不亮", "路灯不亮"),
        ("other/topic", "店门口垃圾没人清", "店门口垃圾没人清"),
        ("suggestion/headline", "公交站加个棚", "公交站加个棚"),
        ("suggestion/authority", "不晓得归谁管", "skip"),
        ("power-cut/reply", "没有人理我", "skip"),
    ],
)
def test_the_part_that_answers_is_kept(field: str, text: str, value: str) -> None:
    assert _text(read(field, text)) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("power-cut/address", "先讲几点来电"),
        ("other/address", "你们自己查不到吗"),
    ],
)
def test_what_answers_nothing_is_not_taken(field: str, text: str) -> None:
    value = read(field, text)
    assert value in ("ask", "skip") or isinstance(value, tuple)


def test_nothing_is_learnt_of_a_kind_of_which_few_told() -> None:
    reader = TextReader(
        [Sentence(asked=Asked.SHORT, say=f"你好，就是{one}号", keep=f"{one}号") for one in range(60)] + _NONE
    )
    short = reader.read(Asked.SHORT, "你好，就是7号")
    assert short is not None
    assert short.words == "7号"
    assert reader.read(Asked.PERSON, "就是陈志强") is None


_NONE = [
    Sentence(asked=Asked.SHORT, say="问这个做什么", none="open"),
    Sentence(asked=Asked.SHORT, say="我不知道", none="declined"),
]
