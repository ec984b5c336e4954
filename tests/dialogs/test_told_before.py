"""Who told something before is asked whether it is that, and what stands after a district is not lost."""

from __future__ import annotations

from tests.dialogs.conftest import Town


async def test_a_name_told_before_is_found_and_a_place_after_the_district_asked_about(town: Town) -> None:
    chat = town.enterprise()
    await chat.says("停电了，梁记五金店，冰柜里的货全坏了")
    await chat.says("没有危险")
    await chat.says("青山县老钢厂边上")
    assert "您是说老钢厂边上" in chat.text
    for answer in ("对", "昨天", "供电公司", "部分停产"):
        await chat.says(answer)
    for _ in range(4):
        if "叫什么名字" in chat.text or "电话号码" in chat.text:
            break
        await chat.says("跳过")
    if "叫什么名字" in chat.text:
        await chat.says("前面说了的")
        assert "您是说梁记五金店" in chat.text
        await chat.says("对")
    await chat.says("李主管 13622223333")
    assert "李主管" in chat.text
    await chat.says("开始时间错了，应该是前天；电话错了，应该是13911112222")
    assert "139****2222" in chat.text
    assert "2026年11月" in chat.text or "前天" not in chat.text
