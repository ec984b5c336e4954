"""A phrase counts only when it is all that was said."""

import json

import pytest

from dialogs.speech.recogniser import UNKNOWN, Utterance, Word
from dialogs.wording import Wording
from ivr.speech.phrases import Phrase, PhraseFaults, PhraseSet
from ivr.speech.vocabulary import Vocabulary

SYNONYMS = {"complain": ["投诉", "我要投诉"], "good": ["满意"], "bad": ["不满意"], "help": ["求助", "帮帮我"]}


@pytest.fixture(scope="module")
def phrases(vocabulary: Vocabulary) -> PhraseSet:
    return PhraseSet.of(SYNONYMS, vocabulary, "menu.yaml:3")


def said(text: str, unknown: float = 0.2, confidence: float = 1.0) -> Utterance:
    """The words one after another, half a second each, unknown speech as long as given."""
    words, at = [], 0.0
    for word in text.split():
        length = unknown if word == UNKNOWN else 0.5
        words.append(Word(word, at, at + length, confidence))
        at += length
    return Utterance(tuple(words))


def test_the_grammar_has_every_phrase_in_words_and_a_way_out(phrases: PhraseSet) -> None:
    grammar = json.loads(phrases.grammar)
    assert {"投诉", "我 要 投诉", "不 满意", "求助", "嗯", UNKNOWN} <= set(grammar)
    assert len(grammar) == len(set(grammar))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("投诉", "complain"),
        ("我 要 投诉", "complain"),
        ("嗯 那个 我 想 投诉 吧", "complain"),
        ("[unk] 投诉", "complain"),
        ("请 帮帮 我", "help"),
        ("满意", "good"),
        ("不 满意", "bad"),
        ("不 太 满意", None),
        ("我 要 投诉 企业", None),
        ("不 [unk] 满意", None),
        ("投诉 [unk] 求助", None),
        ("[unk]", None),
        ("嗯", None),
        ("", None),
    ],
)
def test_meaning(phrases: PhraseSet, text: str, key: str | None) -> None:
    assert phrases.key(said(text)) == key


def test_a_phrase_at_the_end_of_longer_talk_is_not_an_answer(phrases: PhraseSet) -> None:
    assert phrases.key(said("[unk] 满意", unknown=0.5)) == "good"
    assert phrases.key(said("[unk] 满意", unknown=0.9)) is None


def test_confidence_is_that_of_the_least_certain_word() -> None:
    words = (Word("不", 0, 1, 0.4), Word("满意", 1, 2, 0.9), Word(UNKNOWN, 2, 3, 0.1))
    assert Utterance(words).confidence == 0.4
    assert Utterance(()).confidence == 0.0


def test_written_words_mean_the_same(phrases: PhraseSet) -> None:
    assert phrases.meaning("嗯，我要投诉。") == "complain"


def test_every_phrase_that_cannot_be_heard_is_named_with_its_place(vocabulary: Vocabulary) -> None:
    wrong = [
        Phrase("a", "投诉", "menu.yaml:3"),
        Phrase("b", "办ETC", "menu.yaml:4"),
        Phrase("c", "按2号键", "menu.yaml:5"),
        Phrase("d", "投诉", "menu.yaml:6"),
    ]
    with pytest.raises(PhraseFaults) as raised:
        PhraseSet(wrong, vocabulary)
    english, chinese = Wording("en").faults(raised.value), Wording("zh_CN").faults(raised.value)
    assert english[0] == "menu.yaml:4: 办ETC: the speech model has no word for ETC; say it otherwise"
    assert english[1].startswith("menu.yaml:5: ")
    assert english[2].startswith("menu.yaml:6: 投诉 means d here, and a before")
    assert chinese[0] == "menu.yaml:4: “办ETC”：语音模型里没有“ETC”这个词，听不出来；请换个说法"
    assert chinese[2].startswith("menu.yaml:6: “投诉”在这里是 d，前面是 a")
