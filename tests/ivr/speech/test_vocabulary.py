"""Phrases are cut into the fewest words that the model has."""

import pytest

from ivr.speech.vocabulary import Unspeakable, Vocabulary, plain

WORDS = {"企业", "服务", "企", "业", "我", "要", "求助", "要求", "助", "一", "二", "一二", "二三", "三", "四"}
SOME = Vocabulary(WORDS.__contains__)


def test_the_fewest_words_win_over_the_longest_first() -> None:
    assert SOME.segment("企业服务") == ("企业", "服务")
    assert SOME.segment("我要求助") in {("我", "要", "求助"), ("我", "要求", "助")}
    assert len(SOME.segment("一二三四")) == 3


def test_spaces_punctuation_and_width_do_not_matter() -> None:
    assert SOME.segment(" 企业，服务！") == ("企业", "服务")
    assert plain("Ａ 3，可以吗？") == "A3可以吗"


@pytest.mark.parametrize(("phrase", "gap"), [("企业咨询", "咨询"), ("A企业", "A企业"), ("", ""), ("。", "。")])
def test_a_phrase_that_is_not_covered_tells_from_where(phrase: str, gap: str) -> None:
    with pytest.raises(Unspeakable, match=f"^{gap}$"):
        SOME.segment(phrase)


def test_the_models_own_vocabulary(vocabulary: Vocabulary) -> None:
    assert vocabulary.segment("企业服务") == ("企业", "服务")
    assert vocabulary.segment("政策咨询") == ("政策", "咨询")  # 咨 alone is not in it
    for phrase in ("按1", "VIP服务"):
        with pytest.raises(Unspeakable):
            vocabulary.segment(phrase)
