"""What is said before a matter, or instead of one: greetings, requests for a moment, wrong numbers, misheard wishes."""

import pytest

from ivr.talk.alarms import is_cry, without_cries
from ivr.talk.greetings import is_greeting, wants_time
from ivr.talk.misheard_human import sounds_like_human
from ivr.talk.small_talk import SmallTalk


@pytest.mark.parametrize("words", ["喂", "为", "位你好", "你好你好", "喂喂听得到吗"])
def test_a_greeting_is_known_by_its_sound(words: str) -> None:
    assert is_greeting(words)


@pytest.mark.parametrize("words", ["", "嗯", "你好我们厂停电了", "为什么"])
def test_other_words_are_no_greeting(words: str) -> None:
    assert not is_greeting(words)


def test_a_moment_is_asked_for_by_whole_utterances() -> None:
    assert wants_time("哦等一下啊")
    assert not wants_time("等一下又停电了")
    assert not wants_time("")


@pytest.mark.parametrize("words", ["是送水的张师傅吗", "一位女同志啊", "师傅你怎么还没到", "不好意思打错电话了"])
def test_talk_to_somebody_else_is_no_matter(small_talk: SmallTalk, words: str) -> None:
    assert small_talk(words)


@pytest.mark.parametrize(
    "words", ["我店里从早上八点就停电了", "水费单不对", "门口路灯不亮", "我们厂里停水了", "快递公司把货弄丢了不赔"]
)
def test_a_matter_is_no_small_talk(small_talk: SmallTalk, words: str) -> None:
    assert not small_talk(words)


@pytest.mark.parametrize(
    ("words", "asks"), [("给我穿圆拱", True), ("传人工", True), ("转让工厂", False), ("招不到人工", False)]
)
def test_a_misheard_wish_for_a_person_is_known_by_its_sound(words: str, asks: bool) -> None:
    assert sounds_like_human(words) is asks


def test_a_cry_does_not_say_what_for() -> None:
    assert is_cry("救命了")
    assert not is_cry("着火了")
    assert not is_cry("")
    assert without_cries("救命啊我的店着火了") == "，我的店着火了"
