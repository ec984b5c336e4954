"""No text makes a parser raise; importing the parsers is cheap; their library keeps quiet."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.fields import (
    Address,
    Boolean,
    Choice,
    Date,
    District,
    DistrictNode,
    Location,
    Money,
    MultiChoice,
    Number,
    Option,
    Parser,
    Phone,
    Text,
    Understood,
    Uscc,
    warm_up,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OPTIONS = (Option("a", ("停电", "Power cut")), Option("b", ("停水", "Water cut")), Option("c", ("其他", "Other")))
PARSERS: tuple[Parser, ...] = (
    Address(),
    Boolean(),
    Choice(OPTIONS),
    Date(past=True),
    Date(past=False, with_time=True),
    District((DistrictNode("r", ("榕城区",), (DistrictNode("x", ("仙桥街道",)),)),)),
    Location(),
    Money(),
    MultiChoice(OPTIONS, min=0),
    Number(integer=False),
    Phone(area_code="0663"),
    Text(),
    Uscc(),
)
# Pieces the rules look for, put together without sense, reach further into them than random characters do.
WORDS = """
0 1 2 12 13 30 99 2026 9999 一 二 三 十 廿 百 千 万 亿 两 半 点 年 月 日 号 天 周 星期 前 后 上 下 上个 个 初 底 末
农历 正月 春节 除夕 国庆 昨天 今晚 刚才 小时 到 至 元 块 毛 分 不 是 有 没 好 吗 ？ 转 和 、
第 选 除了 都 榕城区 镇 路 北纬 march may friday last ago am pm and +86 0663 O MA - / . , : ¥ ° ² ½ ٣
"""
PIECES = st.lists(
    st.sampled_from([*re.findall(r"\S+", WORDS), " ", "\u200d", "\ud800", "\x00", "\n"]), max_size=10
).map("".join)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: type(parser).__name__)
@given(text=st.text(max_size=60) | PIECES)
@settings(max_examples=120)
def test_no_text_makes_a_parser_raise(parser: Parser, text: str) -> None:
    outcome = parser.parse(text, NOW)
    if isinstance(outcome, Understood):
        json.dumps(outcome.value, allow_nan=False).encode()
        assert outcome.shown != ""
    else:
        assert outcome.problem.key.startswith("field.")


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: type(parser).__name__)
@pytest.mark.parametrize(
    "text", ["1" * 4000, "一" * 4000, "3月5日" * 1000, "是的，" * 1500, "1 2-" * 1500, "a." * 2000]
)
def test_a_long_text_is_read_in_time(parser: Parser, text: str) -> None:
    parser.parse(text, NOW)


def test_the_import_loads_no_heavy_library() -> None:
    heavy = ["jionlp", "cn2an", "phonenumbers", "numpy"]
    code = f"import sys, dialogs.fields; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_the_library_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    warm_up()
    assert capsys.readouterr().out == ""
