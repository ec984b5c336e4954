"""What people want, in words of their own, wherever they say it."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import authoring
from dialogs.form import Answer, Form
from dialogs.templates.scenario import Scenario
from dialogs.understanding import Context, Intent, Wish, normalise
from dialogs.understanding.intents import find_intent
from settings import Settings

_NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_ASKED = {"rating": "rate/grade", "solved": "rate/solved", "comment": "rate/comment"}
_LINES = [json.loads(line) for line in Path(__file__).with_name("intents.jsonl").read_text("utf-8").splitlines()]


@lru_cache(maxsize=1)
def _scenarios() -> Mapping[str, Scenario]:
    return authoring.read(Settings()).scenarios


def _form(scenario: Scenario, **answers: Any) -> Form:
    kept = {
        name: Answer(scenario.by_id[name].type, value, str(value), scenario.by_id[name].spec.localized_label)
        for name, value in answers.items()
    }
    return Form(scenario.id, scenario.version, "draft", "zh_CN", _NOW, _NOW, answers=kept)


def _at(place: str, channel: Any = "chat", **answers: Any) -> Context:
    """`scenario/field`, `scenario` at its summary, `@rating`, or nothing that is open."""
    if place.startswith("@"):
        return Context(_NOW, channel, asked=_ASKED[place[1:]])
    if not place:
        return Context(_NOW, channel)
    name, _, field = place.partition("/")
    scenario = _scenarios()[name]
    return Context(_NOW, channel, scenario, _form(scenario, **answers), scenario.by_id.get(field))


def _said(text: str, place: str = "", **answers: Any) -> Intent | None:
    return find_intent(normalise(text), _at(place, **answers))


def _place(line: Mapping[str, Any]) -> str:
    if "at" in line:
        return f"@{line['at']}"
    return "/".join(filter(None, (line.get("scenario", ""), line.get("field", ""))))


def _is_right(line: Mapping[str, Any]) -> bool:
    found = find_intent(normalise(line["say"]), _at(_place(line), line.get("channel", "chat")))
    if line["expect"] == "ask":
        return found is None or not found.sure
    wanted = line["expect"]["intent"]
    if wanted is None:  # to ask is no mistake
        return found is None or not found.sure or found.wish is Wish.UNSURE
    return found is not None and found.wish == wanted


@pytest.mark.parametrize("kind", ["meant", "alike"])
def test_wishes_are_told_from_answers(kind: str) -> None:
    lines = [line for line in _LINES if (line["expect"] == {"intent": None}) == (kind == "alike")]
    wrong = [line["say"] for line in lines if not _is_right(line)]
    assert len(lines) > 40
    assert len(wrong) <= len(lines) * (0.01 if kind == "alike" else 0.05), wrong


@pytest.mark.parametrize(
    ("said", "answers", "field", "value"),
    [
        ("电话错了，应该是13677231908", {"contact_phone": "13677231980"}, "contact_phone", "13677231908"),
        ("区选错啦，我们在河阳镇", {"district": "shatian"}, "district", "河阳镇"),
        ("电话错了，应该是136", {"contact_phone": "13677231980"}, "contact_phone", "136"),
        ("the address is wrong", {"address": {"text": "建设路1号"}}, "address", ""),
    ],
)
def test_a_correction_names_what_is_wrong_and_what_is_right(
    said: str, answers: dict[str, Any], field: str, value: str
) -> None:
    found = _said(said, "power-cut", **answers)
    assert found is not None
    assert (found.wish, found.field, found.value) == (Wish.CORRECT, field, value)


@pytest.mark.parametrize(
    ("said", "place", "answers", "corrections"),
    [
        (
            "应付日期错了，应该是5月2日；欠款单位是榕江市东湖区城市管理局",
            "unpaid-invoice",
            {"due_on": "2026-03-28", "debtor": "城市管理局", "amount": "186400.00"},
            {"due_on": "5月2日", "debtor": "榕江市东湖区城市管理局"},
        ),
        (
            "电话改成13911112222，联系人改成陈伟",
            "power-cut",
            {"contact_phone": "13677231980", "contact_name": "陈"},
            {"contact_phone": "13911112222", "contact_name": "陈伟"},
        ),
        (
            "欠款单位名称还是错的，改成榕江市东湖区城市管理局",
            "unpaid-invoice",
            {"debtor": "城市管理局", "district": "chengdong", "amount": "186400.00"},
            {"debtor": "榕江市东湖区城市管理局"},
        ),
        (
            "店名不要后面那句 就叫梁记五金店",
            "power-cut",
            {"enterprise_name": "梁记五金店 我说过"},
            {"enterprise_name": "梁记五金店"},
        ),
        ("不对，是全部停产", "power-cut/enterprise_name", {"impact": "partly"}, {"impact": "全部停产"}),
        ("不对，是全部停产", "power-cut", {"impact": "partly", "supply": "grid"}, {"impact": "全部停产"}),
        (
            "no it's a food business license, not business licence",
            "licence-delay",
            {"licence": "business"},
            {"licence": "food business license"},
        ),
    ],
)
def test_all_that_is_corrected_in_one_message_is_found(
    said: str, place: str, answers: dict[str, Any], corrections: dict[str, str]
) -> None:
    found = _said(said, place, **answers)
    assert found is not None
    assert dict([(found.field, found.value), *found.more]) == corrections


def test_what_is_denied_finds_the_answer_that_it_was() -> None:
    found = _said("不是燃气是水费你记错了", "gas-fee", fee="gas")
    assert found is not None
    assert (found.wish, found.field) == (Wish.CORRECT, "fee")
    assert found.value.startswith("水费")


def test_a_mistake_that_somebody_else_made_is_no_correction() -> None:
    assert _said("抄表抄错了，应该是3120他抄成3210", "gas-fee/story") is None
    assert _said("电话号码错了，网上公布的那个打不通，应该更新", "suggestion/story") is None


@pytest.mark.parametrize(
    ("said", "grade", "solved"),
    [
        ("没解决，又停了", "dissatisfied", False),
        ("基本满意", "basically", None),
        ("没啥不满意的", "satisfied", None),
        ("搞好了，路平了，给你们点个赞", "satisfied", True),
        ("not satisfied. the noise is the same every night", "dissatisfied", None),
    ],
)
def test_a_grade_is_read_in_words(said: str, grade: str, solved: bool | None) -> None:
    found = _said(said, "@rating")
    assert found is not None
    assert (found.wish, found.grade) == (Wish.RATE, grade)
    assert solved is None or found.solved is solved


def test_half_solved_is_neither() -> None:
    assert _said("解决了一半", "@solved") == Intent(Wish.SOLVED, sure=False)


def test_the_name_of_an_option_is_an_answer() -> None:
    assert _said("不知道", "power-cut/supply") is None


def test_an_answer_beside_courtesy_stays_an_answer() -> None:
    assert _said("没有，谢谢", "power-cut/danger") is None


def test_no_message_takes_long_to_read() -> None:
    for text in ("我" * 400, "请请请帮我帮我" * 40, "a b " * 200, "不是" * 100, "再说一遍" * 50):
        started = datetime.now(tz=_NOW.tzinfo)
        _said(text, "power-cut/danger")
        assert (datetime.now(tz=_NOW.tzinfo) - started).total_seconds() < 0.5


@pytest.mark.parametrize(
    ("said", "place", "wish"),
    [
        ("我报好几回都记不得了，能不能调出来看看有几张", "", Wish.TICKETS),
        ("是真的有人在打字还是自动的，你是录音吧", "", Wish.MACHINE),
        ("太感谢了，给各位添麻烦了", "", Wish.THANKS),
        ("客服外包公司拖欠我们坐席服务费三十万", "", None),
        ("啥嘛就那个", "fire-inspection/kind", None),
        ("那边的那个", "", None),
        ("不要写我名字", "power-cut/danger", Wish.ANONYMOUS),
        ("不要写我名字", "report/named", None),
    ],
)
def test_what_no_pattern_knows_is_learnt_from_sentences(said: str, place: str, wish: Wish | None) -> None:
    found = _said(said, place)
    assert (found and found.wish) == wish


@pytest.mark.parametrize("words", ["是", "不是", "好", "嗯", "不要"])
def test_a_plain_yes_or_no_is_no_wish_that_was_only_learnt(words: str) -> None:
    assert find_intent(normalise(words), Context(datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai")))) is None


def test_what_may_be_an_answer_as_well_is_not_sure() -> None:
    found = _said("不方便讲地方", "report/spot")
    assert found is not None
    assert (found.wish, found.sure) == (Wish.SKIP, False)
    plain = _said("跳过", "report/spot")
    assert plain is not None
    assert plain.sure
