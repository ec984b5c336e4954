"""The real speech model, fetched once a machine and loaded once a session."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.speech.decoding import decoding_threads
from ivr.speech.delivery import fetch
from ivr.speech.model import SpeechModel, load
from ivr.speech.phrases import PhraseSet
from ivr.speech.vocabulary import Vocabulary
from settings import default_models_dir
from tests.ivr import recordings


@pytest.fixture(scope="session")
def speech_model() -> SpeechModel:
    return load(fetch(default_models_dir()))


@pytest.fixture(scope="session")
def vocabulary(speech_model: SpeechModel) -> Vocabulary:
    return Vocabulary(speech_model.knows)


@pytest.fixture(scope="session")
def menu(vocabulary: Vocabulary) -> PhraseSet:
    """All recorded menu phrases in one grammar, each its own key: harder than any real menu."""
    return PhraseSet.of({name: [recordings.TRANSCRIPTS[name]] for name in recordings.names("menu")}, vocabulary, "menu")


@pytest.fixture(scope="session")
def threads() -> Iterator[ThreadPoolExecutor]:
    with decoding_threads(2) as pool:
        yield pool
