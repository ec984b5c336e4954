"""The real speech model, fetched once a machine and loaded once a session."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dialogs.speech.decoding import decoding_threads
from dialogs.speech.delivery import fetch
from dialogs.speech.model import SpeechModel, load
from settings import default_models_dir


@pytest.fixture(scope="session")
def speech_model() -> SpeechModel:
    return load(fetch(default_models_dir()))


@pytest.fixture(scope="session")
def threads() -> Iterator[ThreadPoolExecutor]:
    with decoding_threads(2) as pool:
        yield pool
