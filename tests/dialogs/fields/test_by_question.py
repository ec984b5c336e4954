"""Readers that know what was asked: in the built-in scenarios, sentences as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from dialogs.fields import Declined, Doubtful, Understood
from dialogs.templates import BUILT_IN
from dialogs.templates.loader import load_scenarios
from dialogs.templates.scenario import Scenarios
from dialogs.understanding import answers_alone, read_answer

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
"""A Monday."""


@cache
def scenarios() -> Scenarios:
    return load_scenarios(BUILT_IN)


def read(field: str, text: str) -> object:
    """The value; `(value,)` where it is asked back, "skip" where none is given, else "ask"."""
    scenario, name = field.split("/")
    outcome = read_answer(scenarios()[scenario].by_id[name], text, NOW)
    if isinstance(outcome, Understood):
        return outcome.value
    if isinstance(outcome, Doubtful):
        return (outcome.value,)
    return "skip" if isinstance(outcome, Declined) else "ask"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("power-cut/danger", "这样子可不安全", True),
        ("power-cut/danger", "没人受伤，但是电表箱在冒烟", True),
        ("power-cut/danger", "没冒烟也没火花", False),
        ("power-cut/danger", "不能说没有危险", True),
        ("power-cut/danger", "点会冇危险啊", True),
        ("power-cut/danger", "没电了", "ask"),
        ("power-cut/danger", "应该没有", (False,)),
        ("power-cut/danger", "不晓得", "skip"),
        ("power-cut/danger", "什么叫危险？", "ask"),
        ("power-cut/danger", "nothing dangerous, just dark", False),
        ("power-cut/called", "打过了，没人接", True),
        ("power-cut/called", "怎么可能没打", True),
        ("power-cut/called", "正准备打", False),
        ("unpaid-invoice/disputed", "没问题，字都签了", False),
        ("unpaid-invoice/disputed", "嫌我们送得晚，要扣钱", True),
        ("report/named", "没问题", True),
        ("report/named", "你们保密的话可以", (True,)),
        ("report/may_contact", "发消息就行，别打电话", False),
        ("noise-next-door/permit", "没留意", "skip"),
    ],
)
def test_yes_and_no_by_meaning(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("power-cut/problem", "不是停电，是灯一闪一闪的", "voltage"),
        ("power-cut/supply", "以前交给房东，今年改了，直接交供电局", "grid"),
        ("power-cut/supply", "老公管钱，我哪知道", "unsure"),
        ("fire-inspection/place_type", "卖糖水的", "catering"),
        ("gas-fee/fee", "水电都有", "ask"),
        ("loan/assets", "除了商标什么都没有", ["ip"]),
        ("report/proof", "证人没有，别的都有", ["paper", "recording", "chat"]),
        ("unpaid-invoice/papers", "就差发票，其他的都齐", ["contract", "acceptance", "statement", "demand"]),
        ("hiring/want", "全都要", ["fair", "publish", "school", "training", "share", "subsidy"]),
        ("noise-next-door/effect", "客人都走光了，我也天天头痛", ["customers", "health"]),
    ],
)
def test_options_by_what_a_sentence_tells(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("hiring/number", "不到50个", (50,)),
        ("hiring/number", "30多人", (30,)),
        ("hiring/number", "20到30", "ask"),
        ("hiring/number", "我们在3栋2楼", "ask"),
        ("hiring/number", "打包三个，开机两个，一共五个", 5),
        ("hiring/number", "8个，不对，10个", 10),
        ("power-cut/times", "11月2号、9号各一次，一共2次", 2),
        ("fire-inspection/area", "两千呎", "ask"),
        ("fire-inspection/area", "180㎡", 180.0),
        ("fire-inspection/area", "120平，下一个吧", 120.0),
        ("fire-inspection/area", "面积这个不用管它了下一个吧", "skip"),
        ("fire-inspection/area", "比隔壁大一倍", "ask"),
        ("gas-fee/billed", "1w2", "12000.00"),
        ("gas-fee/billed", "3块25", "3.25"),
        ("gas-fee/billed", "1块2一度", "ask"),
        ("gas-fee/billed", "十多万", ("100000.00",)),
        ("gas-fee/expected", "一分钱都不该收", "0.00"),
        ("loan/amount", "三个W", "30000.00"),
        ("hiring/wage", "4000-5000元", "ask"),
        ("hiring/wage", "日薪200", "ask"),
        ("hiring/wage", "一个月六千五", "6500.00"),
        ("hiring/wage", "底薪3000加提成", ("3000.00",)),
    ],
)
def test_quantities_are_what_was_asked_for(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("power-cut/since", "昨天，哦不是，前天", "2026-11-28"),
        ("power-cut/since", "我家在解放路12-5号", "ask"),
        ("power-cut/since", "尋晚開始", "2026-11-29"),
        ("power-cut/since", "上个礼拜三，到今天都没好", "2026-11-25"),
        ("power-cut/since", "他们说干到12月20号，是10月29号进场的", "2026-10-29"),
        ("loan/expires_on", "农历十一月二十", "2026-12-28"),
        ("loan/expires_on", "腊月二十八", "2027-02-04"),
        ("hiring/needed_by", "过完元宵", "ask"),
        ("hiring/needed_by", "1月5号或者6号", "ask"),
        ("hiring/needed_by", "春节后第二天", "ask"),
        ("licence-delay/filed_on", "第一次10月9号，11月2号又补了一次", "2026-10-09"),
        ("unpaid-invoice/due_on", "the 15th of August last year", "2025-08-15"),
        ("unpaid-invoice/due_on", "合同没写", "skip"),
    ],
)
def test_days_are_what_was_asked_for(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("other/contact_phone", "0663-8234567转12", "+866638234567-12"),
        ("other/contact_phone", "我的是13800138000，我老婆的是13900139000", "+8613800138000"),
        ("other/contact_phone", "13800138000，写错了是13800138001", "+8613800138001"),
        ("other/uscc", "code: 91350100M 000100Y43 thx", "91350100M000100Y43"),
        ("other/uscc", "执照不在手边，晚点再补", "skip"),
        ("other/enterprise_name", "我们公司名字叫恒顺纸品", "恒顺纸品"),
        ("gas-fee/meter", "单子不在手边", "skip"),
        ("gas-fee/meter", "0340 2215 887", "0340 2215 887"),
        ("report/who", "不知道姓名，工号0213", "不知道姓名，工号0213"),
        ("other/topic", "门口垃圾没人收", "门口垃圾没人收"),
    ],
)
def test_names_and_numbers_in_sentences(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("unpaid-invoice/amount", "总共120万付了70万", "500000.00"),
        ("unpaid-invoice/amount", "一共八十八万他先给了三十", "580000.00"),
        ("unpaid-invoice/amount", "合同38万6，已收20万，尾款18万6", "186000.00"),
        ("unpaid-invoice/amount", "原来五十万，付了二十万，还欠三十万", "300000.00"),
        ("unpaid-invoice/amount", "尾數十七萬六千四百元", "176400.00"),
        ("unpaid-invoice/amount", "质保金五万，货款还有十一万，加起来十六万", "160000.00"),
        ("unpaid-invoice/amount", "三笔：12000、8600、21400，一共42000", "42000.00"),
        ("unpaid-invoice/amount", "两万二，我表弟那份一万不算", "22000.00"),
        ("unpaid-invoice/amount", "他说欠五万我算是六万", "ask"),
        ("unpaid-invoice/amount", "他说20万，我们账上是23万5", "ask"),
        ("unpaid-invoice/amount", "还欠20到30万", "ask"),
        ("unpaid-invoice/amount", "1500箱*42块", "ask"),
        ("unpaid-invoice/amount", "付了一半，总共60万", ("600000.00",)),
        ("unpaid-invoice/amount", "付了5万", ("50000.00",)),
        ("unpaid-invoice/amount", "质保金5%，合同价260万", ("2600000.00",)),
        ("unpaid-invoice/amount", "本金加利息六十三万", ("630000.00",)),
        ("loan/amount", "一个亿的项目想贷三千万", "30000000.00"),
        ("loan/amount", "100万周转，抵押物值300万", "ask"),
        ("gas-fee/billed", "本来八百，后来涨到一千二", "1200.00"),
        ("gas-fee/billed", "户号4500129087，应缴706.32元", "706.32"),
        ("gas-fee/billed", "补缴15600分3期", "15600.00"),
        ("gas-fee/billed", "四位数吧", "ask"),
        ("gas-fee/expected", "上个月才780，这个月给我打2100", "780.00"),
        ("gas-fee/expected", "去年一年才3600，合一个月300", "300.00"),
        ("hiring/wage", "底薪4500，加提成平均到手7000", "7000.00"),
        ("hiring/wage", "七千二一个月还有全勤奖两百", "7200.00"),
        ("report/amount", "一瓶茅台，你懂的", "ask"),
        ("report/amount", "卫生费一个月一百五", "ask"),
        ("tax-benefit/sales", "Q3是452,300，Q2差一点", "452300.00"),
        ("tax-benefit/sales", "月销十万左右", "ask"),
        ("tax-benefit/profit", "收入500万成本费用440万，利润60万", "600000.00"),
        ("tax-benefit/profit", "赔了三十万", "ask"),
        ("unpaid-invoice/amount", "本来八万，尾数还有三千没结", "3000.00"),
        ("unpaid-invoice/amount", "合同五十万，只给过两成定金", ("500000.00",)),
        ("tax-benefit/profit", "一年做三千万，利润一成不到", ("30000000.00",)),
    ],
)
def test_of_several_amounts_the_one_asked_for_is_taken_or_none(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("hiring/number", "焊工两个普工八个加起来十个", 10),
        ("hiring/number", "12个，加我13", 13),
        ("hiring/number", "原来50人现在只剩30人，缺20", 20),
        ("hiring/number", "现在15个人，满员要23", "ask"),
        ("hiring/number", "三个师傅两个学徒", "ask"),
        ("hiring/number", "一条线的人吧", "ask"),
        ("hiring/number", "一个都不缺", "ask"),
        ("hiring/number", "男女各5", (5,)),
        ("hiring/number", "一个会计一个仓管", (1,)),
        ("hiring/number", "5条线各缺2个", (2,)),
        ("hiring/number", "20个人，包吃住，工资6000", 20),
        ("power-cut/times", "1号一次，5号一次，9号一次", (1,)),
        ("road-access/trucks", "早上3辆，中午2辆，晚上5辆", 10),
        ("tax-benefit/staff", "24个工人，6个文员，一共30", 30),
        ("tax-benefit/staff", "我两公婆加三个伙计", 5),
        ("tax-benefit/staff", "二十人左右，忙的时候三十", "ask"),
        ("tax-benefit/staff", "一个班十个，两个班", (10,)),
        ("road-access/trucks", "早上5车下午6车", 11),
        ("road-access/trucks", "我们门口40辆，隔壁的不知道", 40),
        ("power-cut/times", "每个礼拜两次", (2,)),
        ("power-cut/times", "隔天一次", (1,)),
        ("gas-fee/reading", "上月2210这月2389", 2389.0),
        ("gas-fee/reading", "表号是0098123，读数6540", 6540.0),
        ("gas-fee/reading", "两万零七十六度", 20076.0),
        ("fire-inspection/area", "一楼80二楼60", "ask"),
        ("hiring/number", "招一对夫妻，看果园", 2),
        ("fire-inspection/area", "就一间小铺", "ask"),
        ("gas-fee/reading", "表坏了，一个数字都看不到", "skip"),
    ],
)
def test_of_several_numbers_the_one_asked_for_is_taken_or_none(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("hiring/number", "五六个吧，先写6个", 6),
        ("hiring/number", "十二三个", "ask"),
        ("gas-fee/billed", "九百三十几块九百三十六", "936.00"),
        ("unpaid-invoice/amount", "二三十万吧，25万", "250000.00"),
        ("unpaid-invoice/amount", "二三十万吧，50万", "ask"),
        ("unpaid-invoice/amount", "1w5k", "15000.00"),
        ("unpaid-invoice/amount", "八实万", "800000.00"),
        ("unpaid-invoice/amount", "时二万块", "120000.00"),
        ("licence-delay/promised_days", "拾无个工作日", 15),
        ("licence-delay/filed_on", "拾月时五号交的", "2026-10-15"),
    ],
)
def test_a_guess_is_made_exact_by_what_is_said_beside_it_and_sounds_are_read(
    field: str, text: str, value: object
) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("power-cut/since", "上个月底那几天吧", "ask"),
        ("power-cut/since", "九月底", ("2026-09-30",)),
        ("power-cut/since", "11月初三", ("2025-12-22",)),
        ("power-cut/since", "正月初十", "2026-02-26"),
        ("power-cut/since", "20号以前", "ask"),
        ("power-cut/since", "11月十几号", "ask"),
        ("power-cut/since", "十一月的第一个星期一", "ask"),
        ("power-cut/since", "国庆放假前一天", "2026-09-30"),
        ("power-cut/since", "不是昨天，前天", "2026-11-28"),
        ("power-cut/since", "噚日落昼", "2026-11-29"),
        ("power-cut/since", "qiantian kaishi de", "2026-11-28"),
        ("power-cut/since", "大年初一就停过，这回是从10月6号起", "2026-10-06"),
        ("power-cut/since", "工期2026年8月10日—2026年12月30日", "2026-08-10"),
        ("report/happened_on", "大大前天", "2026-11-26"),
        ("report/happened_on", "上个月的今天", "2026-10-30"),
        ("report/happened_on", "上月二十六，礼拜四", "ask"),
        ("report/happened_on", "2025年春节前，1月20日送的烟酒", "2025-01-20"),
        ("report/happened_on", "去年8月一次，今年3月一次，上礼拜四又来", "2026-11-26"),
        ("report/happened_on", "中元节前后", "ask"),
        ("fire-inspection/inspected_on", "10月3号来过，上周又来", "ask"),
        ("fire-inspection/inspected_on", "15、16号吧", "ask"),
        ("fire-inspection/inspected_on", "11月5号之前", "ask"),
        ("fire-inspection/inspected_on", "国庆长假最后一天", "ask"),
        ("fire-inspection/inspected_on", "一个月零三天前", "ask"),
        ("fire-inspection/inspected_on", "18号(周三)", "2026-11-18"),
        ("fire-inspection/inspected_on", "18号下午，哦是17号", "2026-11-17"),
        ("fire-inspection/inspected_on", "11月18日检查的，要求15天内整改", "2026-11-18"),
        ("fire-inspection/deadline", "落款11月18日，要求12月3日前整改", "2026-12-03"),
        ("fire-inspection/deadline", "30天，单子是11月18号的", "ask"),
        ("fire-inspection/deadline", "3日前", "ask"),
        ("fire-inspection/deadline", "昨天发的通知，三天内要改完", "ask"),
        ("fire-inspection/deadline", "给了十五天，从二十号开始算", "ask"),
        ("fire-inspection/deadline", "月底前要搞好", "2026-11-30"),
        ("licence-delay/filed_on", "本来想十一月二号去排不上队四号才交进去", "2026-11-04"),
        ("licence-delay/filed_on", "上个月15或者16吧", "ask"),
        ("loan/expires_on", "12月9号，说错，19号", "2026-12-19"),
        ("loan/expires_on", "还有10天整", "2026-12-10"),
        ("loan/expires_on", "这个月十五", "2026-11-15"),
        ("loan/expires_on", "今年最后一天", "2026-12-31"),
        ("loan/expires_on", "End of this month, the 30th", "2026-11-30"),
        ("loan/expires_on", "上个月31号到的，现在算逾期18天", "2026-10-31"),
        ("hiring/needed_by", "农历十二月初", "ask"),
        ("unpaid-invoice/due_on", "去年国庆前", "ask"),
        ("unpaid-invoice/due_on", "发票开出后90天，7月1号开的", "ask"),
        ("unpaid-invoice/due_on", "二零二五年幺幺月三十", "2025-11-30"),
        ("fire-inspection/inspected_on", "礼拜五来的吧，就是这个月18号", "ask"),
        ("licence-delay/filed_on", "不是十月八号就是九号", "ask"),
        ("licence-delay/filed_on", "中秋收假没两天", "ask"),
        ("licence-delay/filed_on", "十月三号，因为国庆那天窗口不开", "2026-10-03"),
        ("hiring/needed_by", "元旦要开工，最迟十二月二十号要到岗", "2026-12-20"),
        ("power-cut/planned_on", "贴的是五号，后来又改到八号", "2026-12-08"),
    ],
)
def test_a_day_is_the_one_meant_or_asked_back(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("other/contact_phone", "妖八九七七五零六八八九", "+8618977506889"),
        ("other/contact_phone", "八九七七五零六八八九", "ask"),
        ("other/contact_phone", "189-7750-4466，打不通就打 0775-2250011", "+8618977504466"),
        ("other/contact_phone", "幺三三零七七五后面四个八", "+8613307758888"),
        ("other/contact_phone", "人事部：0775-3116688-205（小梁）", "+867753116688-205"),
        ("other/contact_phone", "幺三七，二二零八，四五幺九", "+8613722084519"),
        ("other/contact_phone", "一三九双八零四三个二六", "+8613988042226"),
        ("other/contact_phone", "要三八零零二要要五六七", "+8613800211567"),
        ("other/contact_phone", "壹叁伍 零零贰肆 陆柒捌玖", "+8613500246789"),
        ("other/contact_phone", "one three eight, double five, zero one, two three four six", "+8613855012346"),
        ("other/contact_phone", "13722084519，最后一位好像报错了", "ask"),
        ("other/contact_phone", "13722084519，工号 0138", "+8613722084519"),
        ("other/uscc", "九一四四五二零零五八六四零三一七二Q", "91445200586403172Q"),
        ("other/contact_phone", "137🙃7758🙃2020", "+8613777582020"),
        ("other/contact_phone", "我住18栋302，電話13978512266", "+8613978512266"),
        ("other/contact_phone", "不留电话，怕报复", "skip"),
        ("other/uscc", "店还没办执照", "skip"),
        ("other/uscc", "太长了我念不来", "skip"),
    ],
)
def test_a_telephone_among_other_words(field: str, text: str, value: object) -> None:
    assert read(field, text) == value


@pytest.mark.parametrize("text", ["等下我发定位给你", "跟执照上一样", "嗯", "问这个干什么？"])
def test_what_is_said_in_place_of_an_address_is_none(text: str) -> None:
    assert read("other/address", text) in ("ask", "skip")


def test_a_described_answer_says_more_than_the_option() -> None:
    place_type = scenarios()["fire-inspection"].by_id["place_type"]
    assert answers_alone(place_type, "餐饮", NOW)
    assert not answers_alone(place_type, "做肠粉的", NOW)
    danger = scenarios()["power-cut"].by_id["danger"]
    assert answers_alone(danger, "有的", NOW)
    assert not answers_alone(danger, "电线掉下来了", NOW)
