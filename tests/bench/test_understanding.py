"""The bench of understanding tells apart what is right, what is taken wrongly and what is missed."""

import json
from pathlib import Path

import pytest

from bench.cases import Case, read_cases, same
from bench.understanding import House, Verdict, figures, pass_over


@pytest.fixture(scope="module")
def house() -> House:
    return House.open(model=False)


async def judge(house: House, **case: object) -> tuple[Verdict, ...]:
    return (await house.judge(Case.model_validate(case))).verdicts


async def test_an_answer_that_is_kept_is_right_or_taken_wrongly(house: House) -> None:
    asked = {"kind": "answer", "scenario": "power-cut", "field": "danger", "say": "没有危险"}
    assert await judge(house, **asked, expect=False) == (Verdict.RIGHT,)
    assert await judge(house, **asked, expect=True) == (Verdict.WRONG,)
    assert await judge(house, **asked, expect=True, accept=[False]) == (Verdict.RIGHT,)
    assert await judge(house, **{**asked, "say": "什么"}, expect="ask") == (Verdict.RIGHT,)
    assert await judge(house, **{**asked, "say": "什么"}, expect=True) == (Verdict.MISSED,)


async def test_an_optional_question_may_be_skipped(house: House) -> None:
    asked = {"kind": "answer", "scenario": "gas-fee", "field": "expected", "say": "跳过"}
    assert await judge(house, **asked, expect="skip") == (Verdict.RIGHT,)


async def test_a_number_is_due_or_a_false_alarm(house: House) -> None:
    fire = {"kind": "emergency", "say": "仓库着火了"}
    assert await judge(house, **fire, expect={"numbers": ["119"]}) == (Verdict.RIGHT,)
    assert await judge(house, **fire, expect={"numbers": []}) == (Verdict.WRONG,)
    assert await judge(house, **fire, expect={"numbers": ["110"]}, accept=[{"numbers": ["119"]}]) == (Verdict.RIGHT,)
    assert await judge(house, kind="emergency", say="今天停电", expect={"numbers": []}) == (Verdict.RIGHT,)


async def test_an_intent_is_right_by_its_name_and_what_was_said_with_it(house: House) -> None:
    assert await judge(house, kind="intent", say="转人工", expect={"intent": "human"}) == (Verdict.RIGHT,)
    assert await judge(house, kind="intent", say="转人工", expect={"intent": None}) == (Verdict.WRONG,)
    assert await judge(house, kind="intent", say="说中文", expect={"intent": "language", "language": "en"}) == (
        Verdict.WRONG,
    )


async def test_rates_are_counted_by_kind_and_language(house: House, tmp_path: Path) -> None:
    lines = [
        {"kind": "emergency", "say": "仓库着火了", "expect": {"numbers": ["119"]}},
        {"kind": "emergency", "say": "nothing", "expect": {"numbers": ["119"]}, "tags": ["en"]},
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    found = {one.name: one.value for one in figures(await pass_over(house, read_cases([file])))}
    assert found["emergencies, chat: a right number (n=2)"] == 0.5
    assert found["emergencies, chat: a right number, English (n=1)"] == 0.0


def test_a_line_that_is_not_of_the_format_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"kind": "answer", "say": "x", "expect": 1}\n{"kind": "song", "say": "x", "expect": 1}\n')
    with pytest.raises(SystemExit, match=r"cases\.jsonl:2"):
        read_cases([file])


def test_values_are_compared_as_people_write_them() -> None:
    assert same(1200, "1200.00")
    assert same(["b", "a"], ["a", "b"])
    assert same("13812345678", "+8613812345678")
    assert same("0663-8234567", "+866638234567")
    assert same("建设路18号", {"text": "建设路18号。", "county": ""})
    assert not same(True, "true")
    assert not same(1, True)
