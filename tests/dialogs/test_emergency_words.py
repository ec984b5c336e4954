"""The default policy's emergency words: what must be recognised, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.actions.organisation import emergency_rules
from backend.rules.policy import load_policy
from dialogs.emergencies import Emergencies

WORDS = Emergencies(emergency_rules(load_policy(None)))


def rules_of(text: str) -> list[str]:
    return [found.rule for found in WORDS.found_in(text)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("着火了", ["fire"]),
        ("厂房起火,快来", ["fire"]),
        ("隔壁仓库失火了!", ["fire"]),
        ("煤气泄漏", ["fire", "gas"]),
        ("车间燃气泄露,味道很大", ["fire", "gas"]),
        ("有人受伤", ["ambulance"]),
        ("机器压到手,工人受伤了", ["ambulance"]),
        ("有人触电", ["ambulance"]),
        ("门口有人持刀砍人", ["police"]),
        ("厂门口发生车祸", ["traffic-police"]),
        ("工厂着火,有人受伤", ["fire", "ambulance"]),
        ("园区停电两天了", ["power"]),
        ("一直停水", ["water"]),
        ("没有灭火器,着火了", ["fire"]),
        ("没水灭火,仓库着火了", ["fire"]),
        ("不知道哪里起火", ["fire"]),
        ("不得了着火了", ["fire"]),
        ("昨天没有着火,今天着火了", ["fire"]),
        ("火锅店着火了", ["fire"]),
        ("消防检查的时候起火了", ["fire"]),
        ("着　火了", []),  # broken words are not guessed at
        ("The warehouse is ON FIRE", ["fire"]),
        ("there is a gas leak in the workshop", ["fire", "gas"]),
        ("two workers injured", ["ambulance"]),
    ],
)
def test_recognised(text: str, rules: list[str]) -> None:
    assert rules_of(text) == rules


@pytest.mark.parametrize(
    "text",
    [
        "没有着火",
        "并没有发生火灾",
        "没着火",
        "未发生火灾",
        "无人受伤",
        "没有人受伤",
        "没有人员受伤",
        "没有任何人员受伤",
        "不会起火吧",
        "不是着火",
        "火锅店",
        "消防检查",
        "着急",
        "我很着急,消防验收一直没批",
        "想咨询火灾保险怎么买",
        "火灾隐患整改通知",
        "订单爆炸式增长",
        "电脑中毒了",
        "交通事故理赔拖了很久",
        "燃气泄漏报警器怎么安装",
        "为了防止起火",
        "没有停电",
        "火车站附近的火爆生意",
        "煤气费太高",
        "no fire",
        "Nobody was injured",
        "fire inspection certificate",
        "we fired an employee",
        "there was no gas leak",
        "",
    ],
)
def test_not_an_emergency(text: str) -> None:
    assert rules_of(text) == []


def test_the_number_is_told() -> None:
    (fire,) = WORDS.found_in("仓库失火")
    assert (fire.rule, fire.number) == ("fire", "119")


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    found = WORDS.found_in(text)
    assert len({each.rule for each in found}) == len(found)
