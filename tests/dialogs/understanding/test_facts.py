"""A message is read for every open question of a form; to take wrongly is worse than to ask."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import authoring
from dialogs.form import Answer, Form
from dialogs.templates.scenario import Scenarios, ToldMessage, ToldMessages
from dialogs.understanding import Context, Medium, normalise
from dialogs.understanding.facts import find_facts
from dialogs.understanding.facts.learner import fact_learner
from dialogs.understanding.facts.story import Story
from settings import Settings

NOW = datetime(2026, 12, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def scenarios() -> Scenarios:
    return authoring.read(Settings()).scenarios


def told(scenarios: Scenarios, scenario: str, text: str, channel: Medium = "chat") -> dict[str, Any]:
    found = find_facts(normalise(text), Context(NOW, channel, scenarios[scenario]))
    return {fact.field: fact.value["text"] if isinstance(fact.value, dict) else fact.value for fact in found}


@pytest.mark.parametrize(
    ("scenario", "text", "expected"),
    [
        ("power-cut", "昨晚停的电到现在没来", {"problem": "outage", "since": "2026-12-07"}),
        ("power-cut", "12月5号下午开始就没电，我在新港镇沿河路9号", {"district": "xingang", "address": "沿河路9号"}),
        ("power-cut", "從12月5號開始電壓忽高忽低，敝廠在新港鎮", {"problem": "voltage", "district": "xingang"}),
        ("power-cut", "no power since december 6, Heyang Town, 12 Linjiang Road", {"since": "2026-12-06"}),
        ("power-cut", "没停产，三条线停了一条，主要是电压不够", {"impact": "partly", "problem": "voltage"}),
        ("fire-inspection", "咨询一下，我想开个烧烤店，85平，还没人来检查过", {"area": 85, "inspected": False}),
        ("fire-inspection", "派出所前天来查，12月20日前改完", {"inspected_on": "2026-12-06", "inspected": True}),
        ("gas-fee", "电费1w2，吓死人，平时也就5k", {"billed": "12000.00", "expected": "5000.00"}),
        ("gas-fee", "水表读数是三千四百二十一", {"reading": 3421}),
        ("hiring", "公司现有120人，还差40个普工，20号之前到岗", {"number": 40, "needed_by": "2026-12-20"}),
        ("loan", "不是要150万，是要50万。买设备", {"amount": "500000.00", "purpose": "equipment"}),
        ("noise-next-door", "楼下KTV吵死人，测到86分贝", {"measured": True, "decibels": 86}),
        ("unpaid-invoice", "总价300万，付了240万，还欠60万", {"amount": "600000.00"}),
        ("unpaid-invoice", "河阳镇中心小学欠我们课桌款七万八", {"debtor": "河阳镇中心小学", "amount": "78000.00"}),
        ("power-cut", "成條街黑晒，做唔到生意", {"problem": "outage", "impact": "stopped"}),
        ("road-access", "路烂得要命，联系罗先生 0663-8234511", {"problem": "damaged", "contact_name": "罗先生"}),
        ("other", "call Ms. Rivera 13912345670, not the shop phone 0663-8123456", {"contact_phone": "+8613912345670"}),
        ("unpaid-invoice", "拖欠药款12万6", {"amount": "126000.00"}),
        ("unpaid-invoice", "东门街道办搞文化节，灯光音响都是我们租给他的，6800元，演完就没下文", {"amount": "6800.00"}),
        ("hiring", "想请服务员，人工五千，没有人来", {"wage": "5000.00"}),
        ("other", "91450302MACK31D5X5，榕江市鸿雁印刷厂", {"uscc": "91450302MACK31D5X5"}),
        ("unpaid-invoice", "就一张欠条，七万六，是批发老板", {"amount": "76000.00"}),
        ("loan", "xiang daikuan 30 wan, mei you diya", {"amount": "300000.00"}),
        ("fire-inspection", "今年第七次来查了", {"times": 7}),
        ("tax-benefit", "增值税，2026年第二季度的", {"period": "2026年第二季度"}),
        ("unpaid-invoice", "判决书号是（2026）榕0103民初88号", {"case_no": "（2026）榕0103民初88号"}),
        ("other", "招人难。李小姐 13907738842", {"contact_name": "李小姐", "contact_phone": "+8613907738842"}),
        ("other", "请回电 13907738842，庄经理。", {"contact_name": "庄经理"}),
        ("other", "我们是榕江喜福来茶饮有限公司", {"enterprise_name": "榕江喜福来茶饮有限公司"}),
        ("tax-benefit", "想问优惠。榕江瑞禾农资有限公司。", {"enterprise_name": "榕江瑞禾农资有限公司"}),
        ("tax-benefit", "不是问增值税也不是个税是空着的地每年交的", {"tax": "property"}),
        ("road-access", "河阳镇工业园东门，路坏了", {"district": "heyang"}),
    ],
)
def test_what_is_told_is_taken(scenarios: Scenarios, scenario: str, text: str, expected: dict[str, Any]) -> None:
    found = told(scenarios, scenario, text)
    assert {field: found.get(field) for field in expected} == expected


@pytest.mark.parametrize(
    ("scenario", "text", "fields"),
    [
        pytest.param("power-cut", "白水路27号的糖水铺停电了", ["district", "since"], id="a street named like a town"),
        pytest.param("power-cut", "沙田柚专卖店，没电", ["district"], id="a fruit named like a town"),
        pytest.param("power-cut", "要是明天还停电我们就停产了", ["impact", "problem"], id="what is only supposed"),
        pytest.param("power-cut", "代码91450300MA5K12340A，停电", ["uscc"], id="a code with a wrong check character"),
        pytest.param("road-access", "不是积水", ["problem"], id="what is denied"),
        pytest.param("hiring", "月薪7000-9000，一天200块的也行", ["wage"], id="a range, and a price of a day"),
        pytest.param("gas-fee", "房东收我们一块五一度", ["billed"], id="a price of one"),
        pytest.param("unpaid-invoice", "大概欠三四十万，要对账才知道", ["amount"], id="a guess"),
        pytest.param("loan", "需要80到100万周转", ["amount"], id="from one amount to another"),
        pytest.param(
            "other", "隔壁老王的电话是13800001111", ["contact_phone", "contact_name"], id="another's telephone"
        ),
        pytest.param("other", "队长电话18577003322，你们可以查", ["contact_phone"], id="whose it is, is said"),
        pytest.param("noise-next-door", "对方叫强盛石材厂", ["enterprise_name"], id="another's firm"),
        pytest.param("power-cut", "我们是城关镇的家具厂", ["enterprise_name"], id="a branch of trade is no name"),
        pytest.param("noise-next-door", "我是开餐厅的，楼上很吵", ["source"], id="one's own trade"),
        pytest.param("unpaid-invoice", "法院判了，他不还", ["debtor_type"], id="who judges, not who owes"),
        pytest.param("licence-delay", "受理了，在办证大厅拿的号", ["answer"], id="a place named like a state"),
        pytest.param("report", "我12月1号投诉了他们", ["happened_on"], id="the day of something else"),
        pytest.param("road-access", "12月25号要封路做亮化", ["since"], id="a day to come is none of last year"),
        pytest.param("unpaid-invoice", "我朋友被欠了两千万都没要回来", ["amount"], id="a friend's sum"),
        pytest.param("unpaid-invoice", "欠款从6月30日起算逾期", ["amount"], id="a day is no sum"),
        pytest.param("unpaid-invoice", "催了他二十遍，货款一直不给", ["amount"], id="how often is no sum"),
        pytest.param("report", "每车收一百蚊一个月，冇票", ["amount"], id="a sum and the number behind it"),
        pytest.param("noise-next-door", "味道倒没什么", ["nuisance"], id="what is set aside"),
        pytest.param("gas-fee", "电费没问题", ["fee"], id="what is all right"),
        pytest.param("noise-next-door", "我这酒店名字都臭了", ["enterprise_name", "contact_name"], id="no name"),
        pytest.param("tax-benefit", "去年底买的冲床，所得税", ["period"], id="a part of a year"),
        pytest.param("unpaid-invoice", "我是做绿化的那个镇政府欠我钱", ["debtor"], id="more than a name"),
    ],
)
def test_what_is_not_told_is_left_to_be_asked(
    scenarios: Scenarios, scenario: str, text: str, fields: list[str]
) -> None:
    assert not told(scenarios, scenario, text).keys() & set(fields)


WAYS = {
    "outage": ["一点电都没有", "全黑了", "整栋楼没有电", "黑灯瞎火", "灯全灭了", "一片漆黑"],
    "voltage": ["灯泡一闪一闪", "灯管忽明忽暗", "灯光一闪一闪的", "灯泡发暗，电机带不动", "灯泡老是闪", "灯一直闪"],
}


def test_a_choice_is_told_without_any_of_its_cues(scenarios: Scenarios) -> None:
    told = ToldMessages(
        tuple(ToldMessage(say, {"problem": (id_,)}, partly=False) for id_, says in WAYS.items() for say in says)
    )
    power = replace(scenarios["power-cut"], told=told)
    learner = fact_learner(power, power.by_id["problem"], lambda *_: ())
    assert learner is not None
    assert learner.told(Story.of(normalise("灯泡又是一闪一闪的"))) == ("voltage",)
    assert learner.told(Story.of(normalise("如果灯泡一闪一闪的"))) == ()
    assert learner.told(Story.of(normalise("不是灯泡一闪一闪"))) == ()


def test_nothing_is_learnt_from_few_messages(scenarios: Scenarios) -> None:
    power = scenarios["power-cut"]
    told = ToldMessages((ToldMessage("黑了", {"problem": ("outage",)}, partly=False),))
    assert fact_learner(replace(power, told=told), power.by_id["problem"], lambda *_: ()) is None


def test_what_is_learnt_of_first_messages_reads_no_later_ones(scenarios: Scenarios) -> None:
    says = {"outage": ["乌漆墨黑", "伸手不见五指", "摸黑干活"], "voltage": ["萤火虫一样", "跟萤火虫似的", "像萤火虫"]}
    told = ToldMessages(
        tuple(ToldMessage(say, {"problem": (id_,)}, partly=False) for id_, ways in says.items() for say in ways * 2)
    )
    power, text = replace(scenarios["power-cut"], told=told), normalise("萤火虫一样，像萤火虫，跟萤火虫似的")
    begun = Form("power-cut", 1, "", "zh_CN", NOW, NOW)
    answered = replace(begun, answers={"reply": Answer("text", "等", "等", power.by_id["reply"].spec.localized_label)})
    assert {one.field: one.value for one in find_facts(text, Context(NOW, "chat", power, begun))} == {
        "problem": "voltage"
    }
    assert not find_facts(text, Context(NOW, "chat", power, answered))
    assert not find_facts(text, Context(NOW, "chat", power, begun, power.by_id["reply"]))


def test_of_two_telephones_the_one_of_who_writes_is_taken(scenarios: Scenarios) -> None:
    text = "供电所老黄的手机是13977812345 他不接 你们打我的吧18677851230"
    assert told(scenarios, "power-cut", text)["contact_phone"] == "+8618677851230"


def test_a_list_is_read_by_its_labels(scenarios: Scenarios) -> None:
    text = "企业名称：榕江市畅通物流 联系人：贾志强 手机：15678001290 路段：沙田镇沙石路8号门口 现象：坑洼"
    assert told(scenarios, "road-access", text) == {
        "enterprise_name": "榕江市畅通物流",
        "contact_name": "贾志强",
        "contact_phone": "+8615678001290",
        "district": "shatian",
        "address": "沙石路8号门口",
        "problem": "damaged",
    }


def test_what_comes_only_after_one_answer_gives_that_too(scenarios: Scenarios) -> None:
    assert told(scenarios, "fire-inspection", "决定书文号某消行罚决字〔2026〕第0012号") == {
        "topic": "fine",
        "inspected": True,
        "document": "penalty",
        "penalty_no": "某消行罚决字〔2026〕第0012号",
    }


def test_a_district_that_a_recogniser_misspelt_is_found_by_its_sound(scenarios: Scenarios) -> None:
    assert told(scenarios, "power-cut", "我在心港镇开冰厂的", "phone")["district"] == "xingang"


@pytest.mark.parametrize("text", ["", "。", "1", "x" * 20_000, "电" * 5_000, "１２３😀", "（（（", "从从从" * 3_000])
def test_any_text_is_read_and_fast(scenarios: Scenarios, text: str) -> None:
    for scenario in scenarios:
        told(scenarios, scenario, text)
