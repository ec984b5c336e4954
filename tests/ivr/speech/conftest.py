"""The real speech model's vocabulary, and all recorded menu phrases."""

import pytest

from dialogs.speech.model import SpeechModel
from ivr.speech.phrases import PhraseSet
from ivr.speech.vocabulary import Vocabulary
from tests.dialogs.speech.conftest import speech_model, threads
from tests.ivr import recordings

__all__ = ["speech_model", "threads"]


@pytest.fixture(scope="session")
def vocabulary(speech_model: SpeechModel) -> Vocabulary:
    return Vocabulary(speech_model.knows)


@pytest.fixture(scope="session")
def menu(vocabulary: Vocabulary) -> PhraseSet:
    """All recorded menu phrases in one grammar, each its own key: harder than any real menu."""
    return PhraseSet.of({name: [recordings.TRANSCRIPTS[name]] for name in recordings.names("menu")}, vocabulary, "menu")
