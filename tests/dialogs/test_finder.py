"""Own words find their scenario."""

import pytest

from dialogs.finder import OverlapFinder
from dialogs.templates.loader import BUILT_IN, load_scenarios

FINDER = OverlapFinder(load_scenarios(BUILT_IN))


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("我们厂老是停电跳闸", "power-cut"),
        ("货款一直拖着不给，对方欠我们二十万", "unpaid-invoice"),
        ("想申请贷款，银行不批", "loan"),
        ("隔壁施工噪声太大", "noise-next-door"),
        ("the power is out at our factory", "power-cut"),
    ],
)
async def test_a_matter_in_own_words_is_among_the_first(text: str, scenario: str) -> None:
    assert scenario in [match.scenario for match in await FINDER.find(text)]


@pytest.mark.parametrize("text", ["", "？？", "你好", "ok", "谢谢您"])
async def test_what_says_nothing_finds_nothing(text: str) -> None:
    assert await FINDER.find(text) == ()


async def test_no_more_than_asked_for() -> None:
    assert len(await FINDER.find("我们公司经常停电欠款贷款噪声", limit=2)) <= 2
