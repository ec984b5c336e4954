"""Choices, yes and no, and free text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.contract.message import Message
from dialogs.fields import Boolean, Choice, MultiChoice, Option, Parser, Text, Understood

NOW = datetime(2026, 11, 22, tzinfo=UTC)
POWER = (
    Option("power", ("停电", "Power cut"), ("没电", "断电")),
    Option("planned", ("计划停电", "Planned power cut")),
    Option("bill", ("电费问题", "Electricity bill"), ("账单",)),
    Option("other", ("其他", "Other")),
)


def value(parser: Parser, text: str) -> object:
    outcome = parser.parse(text, NOW)
    return outcome.value if isinstance(outcome, Understood) else outcome.problem.key.removeprefix("field.")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2", "planned"),
        ("２", "planned"),
        ("②", "planned"),
        ("二", "planned"),
        ("第二个", "planned"),
        ("选2", "planned"),
        ("2.", "planned"),
        ("2号", "planned"),
        ("option 2", "planned"),
        ("second", "planned"),
        ("最后一个", "other"),
        ("停电", "power"),
        ("停 电！", "power"),
        ("计划停电", "planned"),
        ("我们这里计划停电了", "planned"),
        ("厂里没电", "power"),
        ("POWER CUT", "power"),
        ("a planned power cut please", "planned"),
        ("电费", "bill"),
        ("我要问账单", "bill"),
        ("bill", "bill"),
        ("不是停电，是电费问题", "bill"),
        ("停电和电费问题", "choice.ambiguous"),
        ("电", "choice.ambiguous"),
        ("9", "choice.out_of_range"),
        ("0", "choice.out_of_range"),
        ("不是停电", "choice.not_understood"),
        ("停水", "choice.not_understood"),
        ("another", "choice.not_understood"),
        ("", "choice.not_understood"),
    ],
)
def test_choice(text: str, chosen: str) -> None:
    assert value(Choice(POWER), text) == chosen


def test_an_ambiguous_answer_names_the_candidates() -> None:
    outcome = Choice(POWER).parse("停电和电费问题", NOW)
    candidates = Message("field.list", {"first": "停电", "rest": "电费问题"})
    assert getattr(outcome, "problem", None) == Message("field.choice.ambiguous", {"candidates": candidates})


def test_a_label_that_is_a_number_beats_the_position() -> None:
    sizes = (Option("ten", ("10",)), Option("two", ("2",)), Option("one", ("1",)))
    assert value(Choice(sizes), "2") == "two"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("1 3", ["power", "bill"]),
        ("1、3", ["power", "bill"]),
        ("1,3和4", ["power", "bill", "other"]),
        ("3,1", ["power", "bill"]),
        ("13", ["power", "bill"]),
        ("1-3", ["power", "planned", "bill"]),
        ("1到3", ["power", "planned", "bill"]),
        ("第一个和第三个", ["power", "bill"]),
        ("停电、账单", ["power", "bill"]),
        ("停电 and bill", ["power", "bill"]),
        ("都有", ["power", "planned", "bill", "other"]),
        ("全部", ["power", "planned", "bill", "other"]),
        ("all of them", ["power", "planned", "bill", "other"]),
        ("除了4都有", ["power", "planned", "bill"]),
        ("都没有", []),
        ("2", ["planned"]),
        ("1 9", "multi_choice.part"),
        ("停水", "multi_choice.part"),
        ("", "multi_choice.not_understood"),
    ],
)
def test_multi_choice(text: str, chosen: object) -> None:
    assert value(MultiChoice(POWER, min=0), text) == chosen


def test_multi_choice_limits() -> None:
    assert value(MultiChoice(POWER, min=2), "1") == "multi_choice.too_few"
    assert value(MultiChoice(POWER, max=2), "1 2 3") == "multi_choice.too_many"
    assert value(MultiChoice(POWER), "都没有") == "multi_choice.none"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *[
            (text, True)
            for text in ("是", "是的", "对", "对啊", "有", "有的", "要", "嗯", "嗯嗯", "好的", "可以", "行")
        ],
        *[
            (text, True)
            for text in ("没有问题", "没问题", "没错", "当然", "y", "Yes", "YES!", "ok", "sure", "1", "👍", "✅")
        ],
        *[
            (text, True)
            for text in ("是的，我们有", "有停电", "已经报过了", "可以的", "yes, we do", "no problem", "需要的")
        ],
        *[(text, True) for text in ("打过", "打过了", "报修过", "去过两次", "打过了，没人接")],
        *[(text, False) for text in ("没打过", "没有报修过", "没去过")],
        *[(text, "boolean.not_understood") for text in ("难过", "打过没打过")],
        *[
            (text, False)
            for text in ("不", "否", "没有", "不要", "不是", "不是的", "没", "不用了", "还没", "还没有呢", "无")
        ],
        *[
            (text, False)
            for text in ("n", "No", "nope", "no, thanks", "2", "👎", "没有停电", "不可以", "不对", "没有，从来没有")
        ],
        *[
            (text, "boolean.unsure")
            for text in ("不知道", "不清楚", "可能吧", "maybe", "I don't know", "不一定", "有时候有")
        ],
        *[(text, "boolean.not_understood") for text in ("是不是", "有没有", "对不起", "是吗？", "对方没来", "哈", "")],
        *[(text, "boolean.not_understood") for text in ("不得不", "停电", "是否")],
        ("不是没有", True),
        ("好，不要", "doubtful"),
    ],
)
def test_boolean(text: str, answer: object) -> None:
    assert value(Boolean(), text) == answer


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  停电了 \n", "停电了"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("有\x00空\x07字符", "有空字符"),
        ("方向\u202e反转", "方向反转"),
        ("e\u0301clair", "éclair"),
        ("坏\ud800字", "坏字"),
        ("行\n\n\n\n\n行", "行\n\n行"),
        ("", "text.empty"),
        ("。。。。", "text.empty"),
        ("👍", "text.empty"),
        ("\u3164\u3164", "text.empty"),
        ("。\uffa0", "text.empty"),
        ("停\u2800电\u115f", "停电"),
    ],
)
def test_text_is_cleaned(text: str, kept: str) -> None:
    assert value(Text(), text) == kept


def test_text_limits_count_as_a_person_does() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert value(Text(max_chars=2), f"好{family}") == f"好{family}"
    assert value(Text(max_chars=2), "好e\u0301") == "好é"
    outcome = Text(max_chars=3).parse("一二三四五", NOW)
    assert getattr(outcome, "problem", None) == Message("field.text.too_long", {"max": 3, "over": 2})
    assert value(Text(min_chars=5), "停电") == "text.too_short"


def test_text_pattern() -> None:
    meter = Text(pattern=r"\d{10}", example="0312345678")
    assert value(meter, "0312345678") == "0312345678"
    assert value(meter, "12") == "text.pattern_example"
    assert value(Text(pattern=r"\d+"), "a") == "text.pattern"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("冇", False),
        ("冇啊", False),
        ("冇危险", False),
        ("冇危險", False),
        ("唔係", False),
        ("未有喎", False),
        ("沒有", False),
        ("係", True),
        ("係啊", True),
        ("對的", True),
        ("有危險", True),
        ("有冇危险啊", "boolean.not_understood"),
        ("係咪呀", "boolean.not_understood"),
        ("唔知喎", "boolean.unsure"),
    ],
)
def test_yes_and_no_in_the_south(text: str, answer: bool | str) -> None:
    assert value(Boolean(), text) == answer


@pytest.mark.parametrize("text", ["停電", "計劃停電", "選第二個"])
def test_traditional_characters_name_an_option(text: str) -> None:
    assert value(Choice(POWER), text) in {"power", "planned"}
