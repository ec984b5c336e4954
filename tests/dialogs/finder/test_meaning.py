"""The sentence model is tried in another process before it is loaded, for its engine could end this one."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest

from dialogs.finder import meaning, open_embedder


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    open_embedder.cache_clear()
    yield
    open_embedder.cache_clear()


def test_sentences_that_mean_the_same_lie_close() -> None:
    embedder = open_embedder()
    if embedder is None:
        pytest.skip("the sentence model does not run here")
    power, dark, loan = embedder.embed(["厂里停电了", "工厂没有电了", "银行不给贷款"])
    assert np.linalg.norm(power) == pytest.approx(1, abs=1e-3)
    assert power @ dark > power @ loan


@pytest.mark.parametrize(
    "trial", ["import os, signal; os.kill(os.getpid(), signal.SIGILL)", "import a_package_nobody_has"]
)
def test_a_model_that_would_end_the_process_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trial: str
) -> None:
    monkeypatch.setattr(meaning, "_TRIAL", trial)
    with caplog.at_level(logging.WARNING):
        assert open_embedder() is None
    assert "no sentence model" in caplog.text


def test_a_trial_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_TRIAL", "import time; time.sleep(60)")
    monkeypatch.setattr(meaning, "_TRIAL_SECONDS", 0.2)
    assert open_embedder() is None
