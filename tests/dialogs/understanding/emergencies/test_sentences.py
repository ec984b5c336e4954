"""The default policy on sentences of people who know nothing of it, and what a sentence does to an emergency word."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.actions.city_views import emergency_rules, emergency_sentences
from backend.contract.models.organisation import CityOut, EmergencyCase, EmergencyOut, EmergencySentences
from backend.contract.yaml_source import read_source
from dialogs.pinyin import syllables
from dialogs.understanding.emergencies import Emergencies
from tests.built_in import default_policy

RULES, SENTENCES = emergency_rules(default_policy()), emergency_sentences(default_policy())
TYPED, HEARD = Emergencies(RULES, None, SENTENCES), Emergencies(RULES, syllables, SENTENCES)
WRITTEN = read_source(Path(__file__).parent / "sentences.yaml").data
ALARMS = {"110", "119", "120", "122", "12356"}


def alarms(text: str, asked: str = "", reader: Emergencies = TYPED) -> set[str]:
    return {one.number for one in reader.found_in(text, asked) if one.grade != "hint"} & ALARMS


def grades(text: str) -> dict[str, str]:
    return {one.number: one.grade for one in TYPED.found_in(text)}


@pytest.mark.parametrize(("group", "reader"), [("typed", TYPED), ("heard", HEARD)])
def test_people_are_told_a_right_number_and_hardly_ever_one_in_vain(group: str, reader: Emergencies) -> None:
    """On sentences that were not known when the patterns were made it does worse: docs/emergencies.md has figures."""
    said = WRITTEN["heard"] if group == "heard" else {name: texts for name, texts in WRITTEN.items() if name != "heard"}
    right = [bool(alarms(text, reader=reader) & set(key.replace("|", " ").split())) for key, texts in said.items()
             if key != "none" for text in texts]  # fmt: skip
    false = [bool(alarms(text, reader=reader)) for text in said["none"]]
    assert sum(right) / len(right) >= 0.95
    assert sum(false) / len(false) <= (0.02 if group == "typed" else 0.11)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("没人受伤但是着火了", {"119"}),
        ("没有人受伤，也没有着火", set()),
        ("上个月着火了", set()),
        ("上个月着过火，现在又着火了", {"119"}),
        ("昨天着火了", set()),
        ("我女儿昨天走丢了，现在还没找到", {"110"}),
        ("着火了，已经扑灭了", set()),
        ("着火了，还没扑灭", {"119"}),
        ("万一着火了怎么办", set()),
        ("我怕电线着火", set()),
        ("差点着火", set()),
        ("天天有人打架", set()),
        ("听说隔壁市有工厂着火了", set()),
        ("消防演练模拟着火", set()),
        ("消防演练的时候真的着火了", {"119"}),
        ("想问工厂着火的保险怎么赔", set()),
        ("气死我了，忙死了", set()),
        ("这价格简直是抢劫", set()),
        ("车祸，司机流了好多血", {"122", "120"}),
        ("着火了，有人受伤", {"119", "120"}),
        ("有人要跳楼", {"110", "120", "12356"}),
        ("活着没意思", {"12356"}),
        ("you ren shou shang", {"120"}),
        ("zháo huǒ le", {"119"}),
        ("ZHAOHUOLE", {"119"}),
        ("zhao2 huo3 le5", {"119"}),
        ("厂里找火了", {"119"}),
        ("倉庫著火了", {"119"}),
        ("人暈咗，叫極都冇反應", {"120"}),
    ],
)
def test_clauses_are_read_one_by_one(text: str, numbers: set[str]) -> None:
    assert alarms(text) == numbers


def test_there_are_three_grades() -> None:
    assert grades("仓库着火了") == {"119": "certain"}
    assert grades("好像着火了") == {"119": "possible"}
    assert grades("停电了") == {"95598": "hint"}
    assert grades("电线掉在地上冒火花，旁边有小孩")["95598"] == "certain"


@pytest.mark.parametrize(
    ("asked", "answer", "numbers"),
    [
        ("有没有人受伤？", "有两个", {"120"}),
        ("有没有人受伤？", "有", {"120"}),
        ("有没有人受伤？", "没有", set()),
        ("有没有人受伤？", "不知道", set()),
        ("有没有人受伤？", "城东区", set()),
        ("现场有没有起火？", "是的", {"119"}),
        ("Is anybody injured?", "yes, two", {"120"}),
        ("是否拖欠工资？", "有", set()),
        ("", "有两个", set()),
    ],
)
def test_a_yes_to_a_question_about_harm_tells_of_harm(asked: str, answer: str, numbers: set[str]) -> None:
    assert alarms(answer, asked) == numbers


# --- the office's own, other backends -------------------------------------------------------------------------------


def rule(**further: object) -> EmergencyOut:
    return EmergencyOut.model_validate({"id": "fire", "number": "119", "name": {}, "words": ["走火"], **further})


def test_plain_words_of_the_office_are_read_in_sentences_too() -> None:
    fire = EmergencyOut(id="fire", number="119", name={}, words=["走火"], grade="certain")
    ours = Emergencies([fire], None, SENTENCES)
    assert [one.grade for one in ours.found_in("车间走火了")] == ["certain"]
    assert not ours.found_in("上个月车间走火了")


def test_a_backend_that_knows_words_alone_is_read() -> None:
    city = CityOut.model_validate(
        {"name": "x", "name_en": "x", "districts": [], "departments": [],
         "emergencies": [{"id": "fire", "number": "119", "name": {}, "words": ["着火"], "negations": ["没有"]}]}
    )  # fmt: skip
    old = Emergencies.of(city)
    assert [one.number for one in old.found_in("仓库着火了")] == ["119"]
    assert not old.found_in("没有着火")


def test_what_a_newer_backend_writes_otherwise_is_left_out() -> None:
    sentences = EmergencySentences(
        classes={"火": ["起火"]},
        cases=[EmergencyCase(tell=["fire", "moon"], grade="cosmic", patterns=["[火] <<new>> &", "[水]", "[火]"])],
    )
    newer = Emergencies([EmergencyOut(id="fire", number="119", name={}, words=[])], None, sentences)
    assert [(one.number, one.grade) for one in newer.found_in("起火了")] == [("119", "possible")]


# --- any text -------------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for reader in (TYPED, HEARD):
        found = reader.found_in(text)
        assert len({one.number for one in found}) == len(found)


@pytest.mark.parametrize(
    "piece", ["火", "着火", "没有", "人", "手夹", "人被车撞", "zhaohuo", "a ", "没有人", "电线掉", "，", "!"]
)
def test_a_text_without_an_end_does_not_hang(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    for reader in (TYPED, HEARD):
        reader.found_in("着火了")
        began = time.process_time()
        reader.found_in(text)
        assert time.process_time() - began < 5


def test_a_message_is_read_in_milliseconds() -> None:
    texts = [text for name, texts in WRITTEN.items() if name != "heard" for text in texts]
    TYPED.warm_up()
    for text in texts:
        TYPED.found_in(text)
    spent = []
    for text in texts:
        began = time.process_time()
        TYPED.found_in(text)
        spent.append(time.process_time() - began)
    assert sorted(spent)[int(len(spent) * 0.95)] < 0.005


def test_the_sentences_travel_as_json() -> None:
    assert EmergencySentences.model_validate(json.loads(SENTENCES.model_dump_json())) == SENTENCES
