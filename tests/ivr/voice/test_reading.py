"""What is written, as it is said: dates, amounts, telephone and ticket numbers in any text."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from ivr.voice import reading
from ivr.voice.speech import Pause, Speech


def shown(speech: Speech) -> str:
    return "|".join("-" if isinstance(part, Pause) else part for part in speech)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("请于2026年3月5日前答复", "请于|二零二六年|三月|五号|前答复"),
        ("2026-03-05 15:30到场", "二零二六年|三月|五号|下午三点半|到场"),
        ("2026/3/5", "二零二六年|三月|五号"),
        ("2026年10月的账单", "二零二六年|十月|的账单"),
        ("2026年", "二零二六年"),
        ("3月5日（星期四）09:05", "三月|五号|（星期四）|上午九点|零五分"),
        ("下午3:30", "下午三点半"),
        ("晚上8点", "晚上八点"),
        ("15时20分", "下午三点|二十分"),
        ("上午9点到17点半", "上午九点|到|下午五点半"),
        ("9:00-17:30", "上午九点|到|下午五点半"),
        ("2点", "两点"),
        ("收费35,000元", "收费|三万|五千元"),
        ("￥1,200.50", "一千|两百元|五角"),
        ("3.5万元", "三|点五|万元"),
        ("12000万元", "一亿|两千万元"),
        ("2万", "两万"),
        ("50%", "百分之|五十"),
        ("3个月，2天，第2个，12个", "三|个月，|两|天，第|二|个，|十二|个"),
        ("24小时内", "二十四|小时内"),
        ("建设路118号", "建设路|一百|一十八|号"),
        ("工单号261122000017", "工单号|二|六|幺|幺|-|二|二|零|零|-|零|零|幺|七"),
        ("261122 00001 7", "二|六|幺|幺|-|二|二|零|零|-|零|零|幺|七"),
        ("工单号2611221000007", "工单号|二|六|幺|幺|-|二|二|幺|零|-|零|零|零|零|七"),
        ("261122 100000 7", "二|六|幺|幺|-|二|二|幺|零|-|零|零|零|零|七"),
        ("手机13812345678", "手机|幺|三|八|-|幺|二|三|四|-|五|六|七|八"),
        ("+86 138 1234 5678", "幺|三|八|-|幺|二|三|四|-|五|六|七|八"),
        ("0715-5221234", "零|七|幺|五|-|五|二|二|-|幺|二|三|四"),
        ("02712345678", "零|二|七|-|幺|二|三|四|-|五|六|七|八"),
        ("400-800-1234", "四|零|零|-|八|零|零|-|幺|二|三|四"),
        ("拨打12345或119。", "拨打|幺|二|三|四|五|或|幺|幺|九|-"),
        ("急救120，报警110，电力95598", "急救|幺|二|零|-|报警|幺|幺|零|-|电力|九|五|五|九|八"),
        ("119元，120个，110天", "一百|一十九元|-|一百|二十|个，|一百|一十|天"),
        ("0012", "零|零|幺|二"),
        ("没有数字。", "没有数字。"),
        ("，开头", "-|开头"),
        ("", ""),
        ("？！", "-"),
    ],
)
def test_chinese(text: str, spoken: str) -> None:
    assert shown(reading.aloud(text, "zh_CN")) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("by 2026-03-05, 15:30", "by|March|fifth|twenty twenty-six|-|three|thirty|p.m."),
        ("3:30 pm", "three|thirty|p.m."),
        ("35,000 yuan", "thirty-five|thousand|yuan"),
        ("Call 119.", "Call|one|one|nine|-"),
        ("Call 12345 or 110", "Call|one|two|three|four|five|or|one|one|zero"),
        ("within 120 days", "within|one hundred|twenty|days"),
        ("ticket 261122000017", "ticket|two|six|one|one|-|two|two|zero|zero|-|zero|zero|one|seven"),
        ("from 9:00-17:30", "from|nine|a.m.|to|five|thirty|p.m."),
        ("No numbers.", "No numbers."),
    ],
)
def test_english(text: str, spoken: str) -> None:
    assert shown(reading.aloud(text, "en")) == spoken


def test_digits_in_groups() -> None:
    assert shown(reading.digits("2611 2200 0017", "zh_CN")) == "二|六|幺|幺|-|二|二|零|零|-|零|零|幺|七"
    assert shown(reading.digits("482913", "zh_CN", (3, 3))) == "四|八|二|-|九|幺|三"
    assert shown(reading.digits("1234567", "en", (3,))) == "one|two|three|-|four|five|six|-|seven"
    assert shown(reading.digits("9A", "zh_CN")) == "九|A"
    assert reading.digits("", "zh_CN") == ()


def test_values() -> None:
    assert reading.number(2, "zh_CN") == ("二",)
    assert reading.money(Decimal(35260), "zh_CN") == ("三万", "五千", "两百", "六十元")
    assert reading.day(date(2026, 3, 5), "zh-CN") == ("二零二六年", "三月", "五号")
    assert reading.moment(datetime(2026, 3, 5, 14, 0), "zh_CN")[-1] == "下午两点"  # noqa: DTZ001  # the city's own time
    assert reading.number(12, "en") == ("twelve",)


def test_a_sentence_keeps_its_stretches_whole() -> None:
    template = "您的编号是{number}，请拨打12345查询。再见{name}"
    spoken = reading.sentence(template, {"number": ("七", "八")}, "zh_CN")
    assert spoken == ("您的编号是", "七", "八", Pause(0.2), "请拨打12345查询。再见")
    assert reading.stretches(template) == ("您的编号是", "请拨打12345查询。再见")


def test_written_out_has_no_digit_left() -> None:
    assert reading.written_out("请拨打119，收费35元。", "zh_CN") == "请拨打幺幺九，收费三十五元。"
    assert reading.written_out("手机13812345678。", "zh_CN") == "手机幺三八,幺二三四,五六七八。"
    assert reading.written_out("Call 119, or pay 35 yuan.", "en") == "Call one one nine, or pay thirty-five yuan."


def test_what_is_no_date_is_still_said() -> None:
    assert shown(reading.aloud("2026-13-45", "zh_CN"))
    assert shown(reading.aloud("25:99", "zh_CN"))


def test_pieces_are_listed_once() -> None:
    for language in ("zh_CN", "en"):
        pieces = reading.pieces(language)
        assert len(pieces) == len(set(pieces)) > 200
