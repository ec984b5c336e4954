"""The default policy's emergency words: what must be recognised, and what only looks like one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.actions.city_views import emergency_rules, emergency_sentences
from backend.contract.yaml_source import read_source
from dialogs.pinyin import syllables
from dialogs.sound import SoundOf
from dialogs.understanding.emergencies import Emergencies
from tests.built_in import built_in_scenarios, default_policy
from tests.ivr.recordings import TRANSCRIPTS

RULES, SENTENCES = emergency_rules(default_policy()), emergency_sentences(default_policy())
ROOT = Path(__file__).parents[4]
HEARD = read_source(Path(__file__).parent / "heard.yaml").data
"""What the recogniser wrote, by rule and by what was said; `calm` holds what is no emergency."""

WORDS, BY_SOUND = Emergencies(RULES, None, SENTENCES), Emergencies(RULES, syllables, SENTENCES)


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
        ("着　火 了", ["fire"]),
        ("The warehouse is ON FIRE", ["fire"]),
        ("there is a gas leak in the workshop", ["fire", "gas"]),
        ("two workers injured", ["ambulance"]),
        ("我反锁在里头烟好大", ["fire"]),
        ("屋里好大烟走不出来", ["fire"]),
        ("舖頭裡面煙好大，門被鎖住", ["fire"]),
        ("有人觸電", ["ambulance"]),
        ("油烟机着火，店里烟好大", ["fire"]),
        ("店里大火爆炸了", ["fire"]),
        ("我被打了，被打破了头", ["police"]),
        ("火烧店铺喇快啲来救人", ["fire"]),
        ("我俾人锁住喺铺头里面，火烛啊", ["fire"]),
        ("我被锁到店里面了门打不开", ["fire"]),
        ("电线冒火花噼里啪啦", ["fire", "power"]),
        ("煤气罐漏气啦嗤嗤叫", ["fire", "gas"]),
        ("我闻到瓦斯味", ["fire", "gas"]),
        ("闻到一股臭鸡蛋味头好晕", ["fire", "gas"]),
        ("店里头好大煤气", ["fire", "gas"]),
        ("有人倒在地上不动了", ["ambulance"]),
        ("小工叫不醒", ["ambulance"]),
        ("救命啊", ["police"]),
        ("不想活了", ["lifeline"]),
        ("店也没了，我死了算了", ["lifeline"]),
        ("我老公打我", ["police"]),
        ("we are trapped inside", ["fire"]),
        ("I want to die", ["lifeline"]),
        ("我工人被机器压住了", ["fire", "ambulance"]),
        ("被冲床压住了胳膊 动不了", ["fire", "ambulance"]),
        ("压在叉车下面了人", ["fire", "ambulance"]),
        ("工人卡在机器里出不来了", ["fire", "ambulance"]),
        ("有个师傅被货架砸在下面了", ["fire", "ambulance"]),
        ("人被挤在两辆车中间", ["fire", "ambulance"]),
        ("拔不出来啊 119还是120", ["fire", "ambulance"]),
        ("he is stuck under the forklift", ["fire", "ambulance"]),
        ("我在城南路 有人被困！", ["fire"]),
        ("来不及了你们叫消防来啊 机器三吨重", ["fire"]),
        ("119打不通怎么办", ["fire", "police"]),
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
        "对面全是烟花爆竹店",
        "隔壁一个好大的烟囱",
        "我隔壁烧烤店油烟好大，能不能管管",
        "楼下烧烤烟好大，熏到我店里",
        "有人抽烟好大味，全是烟味",
        "隔壁大火锅店占道",
        "大火爆炒呛人",
        "我打人工电话没人接",
        "材料被打回来三次",
        "执照上的名字被打错了",
        "那是我的救命钱",
        "老公打我电话才晓得",
        "漏电保护器要不要换",
        "叫人打给我",
        "他不接 你们打我的吧18677851230",
        "打我女儿的吧我耳朵背",
        "我不想说 你叫人找人打给我",
        "交了两个月了没动静",
        "申请交上去没反应",
        "两边打架我听谁的",
        "员工社保卡在系统里",
        "我的卷帘门卡住了打不开",
        "钱压在里面出不来",
        "顾客都挤在门口",
        "叫消防来检查一下",
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


@pytest.mark.parametrize(
    ("heard", "rules"),
    [
        ("厂里着活了", ["fire"]),
        ("仓库找火了", ["fire"]),
        ("宿舍楼失活了", ["fire"]),
        ("锅炉暴炸了", ["fire"]),
        ("车间煤气泻漏", ["fire", "gas"]),
        ("有人触店了", ["ambulance"]),
        ("工人昏米不醒", ["ambulance"]),
        ("他流血不只", ["ambulance"]),
        ("门口有人抢结", ["police"]),
        ("有人被绑驾了", ["police"]),
        ("路口出了车货", []),  # as likely a lorry's load
        ("有人处电了", ["ambulance"]),
        ("没有着活", []),
        ("没有发生活灾", []),
    ],
)
def test_what_a_recogniser_writes_counts_by_its_sound(heard: str, rules: list[str]) -> None:
    assert [found.rule for found in BY_SOUND.found_in(heard)] == rules


@pytest.mark.parametrize(
    "text",
    [
        *TRANSCRIPTS.values(),
        "大伙儿都等着发工资",
        "找人住店要登记吗",
        "亲生父母的户口",
        "工地轻声施工",
        "学校食堂的菜钱结不出来",
        "大河边上的路坏了",
        "新的政企合作平台",
        "治沙的补贴没到",
        "货分到一半就停了",
        "会场搭起来了没人管",
        "有活干着活就是不给钱",
        "工人天天找活",
        "货在海关压着",
        "一车货都坏了",
        "被什么车或什么东西堵住",
        "多处电压不稳",
        "分时段电价怎么算",
        "这一段水渠没人管",
        "水管报修三天没人来",
        "同行打价格战",
        "听起来没有道理",
        "老是迟到",
        "达人培训退费",
        "合同被达成以后",
        "恶意中伤我们公司",
        "说话轻声一点",
        "小区刚通煤气了",
        "几处电线老化",
        "重大项目",
    ],
)
def test_what_only_sounds_alike_is_no_alarm(text: str) -> None:
    assert BY_SOUND.found_in(text) == WORDS.found_in(text)


def test_no_text_of_ours_read_back_sounds_like_an_emergency() -> None:
    """What callers say to our questions is much like what the templates expect."""
    for scenario in built_in_scenarios().values():
        texts = [scenario.template.localized_title.best("zh"), *scenario.template.examples.zh]
        texts += [question.spec.localized_ask.best("zh") for question in scenario.questions]
        texts += [word for question in scenario.questions for option in question.options for word in option.synonyms.zh]
        for text in texts:
            assert BY_SOUND.found_in(text) == WORDS.found_in(text), text


def numbers_of(rules: Emergencies, text: str) -> set[str]:
    return {found.number for found in rules.found_in(text)}


def texts_of(path: Path) -> set[str]:
    """Every stretch of Chinese in a file."""
    return set(re.findall("[\u4e00-\u9fff][\u4e00-\u9fff，、]*", path.read_text(encoding="utf-8")))


def test_no_other_text_of_ours_sounds_like_an_emergency() -> None:
    """Stories of conversations, sayings, the catalogues' wording, what callers say to menus."""
    files = [
        path
        for folder in ("dialogs", "ivr", "locales", "tests/conversations")
        for path in ROOT.glob(f"{folder}/**/*.yaml")
    ]
    files += [
        *ROOT.glob("locales/**/*.po"),
        ROOT / "tests/dialogs/finder/sayings.yaml",
        ROOT / "backend/cities/demo.yaml",
    ]
    texts = set().union(*map(texts_of, files))
    looked_at = sorted(texts)[::3]  # all would take half a minute
    assert len(looked_at) > 2000
    found = {text for text in looked_at if BY_SOUND.found_in(text) != WORDS.found_in(text)}
    known = {
        # As it should: power cuts, misheard.
        "喂你好我们这边停店了都两个小时了",
        "你好我这里是城南工业园三期我们这边从昨天晚上十一点就停店了到现在还没来店打了九五五九八说在抢修",
        # 谁管 sounds like 水管, and is a hint without alarm.
        "我们门口这段谁管啊，镇里说区里，区里说公路局",
        # Not as it should: 充了一下 sounds like somebody who was hit, and gets one line by phone.
        "我就是在门口充了一下电动车",
    }
    assert found == known & set(looked_at)


def test_of_what_a_recogniser_really_wrote_more_is_found_by_sound() -> None:
    """Distinct transcripts, most of them wrong: 134 of 411 as written, 138 with tones alone, 150 with accents."""
    told = 0
    for rule, sentences in HEARD.items():
        for said, heard in sentences.items():
            wanted = numbers_of(WORDS, said)
            assert wanted or rule == "calm", said
            told += sum(bool(wanted & numbers_of(BY_SOUND, text)) for text in heard)
    assert told >= 150


def test_ordinary_matters_raise_no_alarm_however_they_are_heard() -> None:
    for heard in HEARD["calm"].values():
        for text in heard:
            assert BY_SOUND.found_in(text) == WORDS.found_in(text), text


@pytest.mark.parametrize(
    ("said", "as_"),
    [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("ing", "in"), ("eng", "en"), ("ang", "an")],
)
def test_no_single_southern_sound_hides_an_emergency(said: str, as_: str) -> None:
    """In words that hold it no more often than there may be slips in a word of their length."""
    place = rf"^{said}(?=[aeiou])" if len(said) < 3 else rf"{said}(?=\d)"
    tried = 0
    for word in {word for name in SENTENCES.by_sound for word in SENTENCES.classes[name]}:
        plain = syllables(word)
        accented = [re.sub(place, as_, one) for one in plain]
        if 0 < sum(map(str.__ne__, plain, accented)) < min(len(word), 4):
            tried += 1
            assert list(SoundOf([word], syllables).spans("一" * len(word), accented)) == [(0, len(word))], word
    assert tried


def test_a_word_that_only_sounds_harmless_hides_no_written_one() -> None:
    assert rules_of("那一路段电线断了") == ["power"]
    assert [found.rule for found in WORDS.found_in("干着活着火了")] == ["fire"]
