"""A scenario can be shown and talked through in a terminal."""

from collections.abc import Iterator

import pytest

from backend.contract.message import Localized
from dialogs.console import show, try_
from dialogs.templates.schema import blocks_schema, scenario_schema
from tests.dialogs.city import ENGINE, NOW, RICH


def test_a_scenario_is_shown_with_its_conditions() -> None:
    text = show(RICH, "zh_CN")
    assert "样样都有  (rich v2, other/rich)" in text
    assert "加急条件：danger" in text
    assert '欠多少？  [amount: money]\n   条件：trouble in ["unpaid"]' in text
    assert "承办：职责清单里没有" in text
    assert "   - 拖延 (late)" in text


def test_it_is_shown_in_english_with_the_units_of_the_duty_list() -> None:
    text = show(RICH, "en", [Localized({"zh": "榕江市：供电局", "en": "Rongjiang: Power"})])
    assert "kinds: Complaint; Consultation" in text
    assert "handled by: Rongjiang: Power" in text
    assert "Since when?  [since: date, optional]" in text


REST = ("拖了三个月没办好", "东街", "/place 市场", "跳过", "跳过", "13800138000", "/photo", "完成", "确认")


def _read(lines: Iterator[str]) -> str:
    try:
        return next(lines)
    except StopIteration:
        raise EOFError from None


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        (["1", "拖延", "跳过", "昨天", "没有", *REST], "title: 拖延"),
        (["取消", "1"], "engine.cancelled"),
        (["人工"], "-> asked"),
        (["1"], "出了什么问题？"),
    ],
)
def test_a_scenario_is_talked_through(typed: list[str], end: str) -> None:
    written: list[str] = []
    lines = iter(typed)
    try_(RICH, ENGINE, "zh_CN", lambda: NOW, lambda _: _read(lines), written.append)
    assert any(end in line for line in written), written
    assert next(lines, None) is None


def test_the_schema_names_every_field_type() -> None:
    schema = scenario_schema()
    kinds = {
        definition["properties"]["type"].get("const")
        for definition in schema["$defs"].values()
        if "type" in definition.get("properties", {})
    }
    assert {"choice", "multi_choice", "uscc", "attachment"} <= kinds
    assert "blocks" in blocks_schema()["properties"]
