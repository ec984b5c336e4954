"""What no pattern knows is told a number by what it sounds like; what sounds like an ordinary matter is not."""

from __future__ import annotations

from backend.actions.city_views import emergency_rules, emergency_sentences
from dialogs.understanding.emergencies import Emergencies
from dialogs.understanding.emergencies.learner import Learner
from tests.built_in import default_policy

RULES, SENTENCES = emergency_rules(default_policy()), emergency_sentences(default_policy())
UNKNOWN = "那边红彤彤的一片往这边蔓延"
"""No pattern knows it."""
LEARNT = Learner(
    {
        "119": [UNKNOWN, "红彤彤的蔓延过来"],
        "120": ["他脸色蜡黄站不住", "脸色蜡黄手心冰凉"],
        "calm": ["价格爆炸 原料涨了一倍", "油价爆炸 原料也涨了", "原料涨价 价格太高", "营业执照怎么办"],
    }
)


def numbers(text: str, **changed: bool) -> dict[str, str]:
    reader = Emergencies(RULES, None, SENTENCES.model_copy(update=changed), lambda: LEARNT)
    return {one.number: one.grade for one in reader.found_in(text)}


def test_what_sounds_like_an_emergency_is_possible() -> None:
    assert numbers(UNKNOWN) == {"119": "possible"}


def test_the_policy_turns_it_off() -> None:
    assert numbers(UNKNOWN, learnt=False) == {}


def test_a_number_that_the_policy_does_not_have_is_not_told() -> None:
    others = [rule for rule in RULES if rule.number != "119"]
    assert Emergencies(others, None, SENTENCES, lambda: LEARNT).found_in(UNKNOWN) == ()


def test_what_sounds_like_an_ordinary_matter_is_no_alarm() -> None:
    assert numbers("价格爆炸 原料涨了一倍", learnt=False) == {"119": "certain"}
    assert numbers("价格爆炸 原料涨了一倍") == {}


def test_the_plain_words_of_the_office_stand_whatever_was_learnt() -> None:
    ours = [rule.model_copy(update={"words": ["价格爆炸"]}) if rule.id == "fire" else rule for rule in RULES]
    assert {
        one.number for one in Emergencies(ours, None, SENTENCES, lambda: LEARNT).found_in("价格爆炸 原料涨了一倍")
    } == {"119"}


def test_hardship_told_in_strong_words_is_no_alarm() -> None:
    reader = Emergencies(RULES, sentences=SENTENCES)
    said = ("猪肉价格爆炸", "你们这是抢钱", "我们追尾款追了半年", "房租涨得我吐血")
    told = {text: reader.found_in(text) for text in said}
    assert told == dict.fromkeys(told, ())


def test_need_that_no_pattern_knows_is_told_a_number() -> None:
    reader = Emergencies(RULES, sentences=SENTENCES)
    assert {one.number for one in reader.found_in("有时候开车过桥就想,往下一拐就好了")} == {"12356"}
