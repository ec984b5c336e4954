import pytest

from dialogs.speech.model import SpeechModel
from dialogs.wording import Wording
from ivr.speech.phrases import PhraseFaults
from ivr.talk.vocabulary import check_phrases
from tests.built_in import built_in_scenarios

SCENARIOS = built_in_scenarios()


def test_all_that_callers_are_expected_to_say_can_be_heard(speech_model: SpeechModel) -> None:
    check_phrases(speech_model.knows, SCENARIOS)


def test_a_phrase_that_cannot_be_heard_is_named_with_its_file_and_line(speech_model: SpeechModel) -> None:
    def knows(word: str) -> bool:
        return "诉" not in word and "燃" not in word and speech_model.knows(word)

    with pytest.raises(PhraseFaults) as raised:
        check_phrases(knows, SCENARIOS)
    faults = "\n".join(Wording("zh_CN").faults(raised.value))
    assert "phrases.yaml:" in faults
    assert "gas-fee.yaml:" in faults
    assert "诉" in faults
