"""Every text the phone may say is wanted once, with where it comes from."""

import pytest

from ivr.voice import corpus, reading
from ivr.voice.corpus import Wanted
from ivr.voice.speech import normalised
from locales import VOICE, catalogue
from tests.built_in import built_in_scenarios

NAMES = {"zh_CN": ["城东区"], "en": ["Chengdong District"]}


@pytest.fixture(scope="module")
def wanted() -> tuple[Wanted, ...]:
    return corpus.wanted(built_in_scenarios(), NAMES)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_the_phone_says_is_wanted(wanted: tuple[Wanted, ...], language: str) -> None:
    texts = {one.text for one in wanted if one.language == language}
    assert texts >= {normalised(piece) for piece in reading.pieces(language)}
    for text in catalogue(language, VOICE).values():
        assert texts >= {normalised(stretch) for stretch in reading.stretches(text)}
    scenarios = built_in_scenarios()
    for scenario in scenarios.values():
        assert normalised(scenario.template.localized_title.spoken(language)) in texts
        for question in scenario.questions:
            assert normalised(question.spec.localized_label.spoken(language)) in texts
            if question.spec.voice.defer not in ("link", "seat"):
                assert normalised(question.spec.localized_ask.spoken(language)) in texts
            for option in question.options:
                assert normalised(question.spec.label_of(option).spoken(language)) in texts
    assert normalised(NAMES[language][0]) in texts


def test_each_is_wanted_once_and_normalised(wanted: tuple[Wanted, ...]) -> None:
    assert len({one.key for one in wanted}) == len(wanted)
    assert all(one.text == normalised(one.text) and one.text and one.source for one in wanted)
