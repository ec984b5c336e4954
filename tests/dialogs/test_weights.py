"""What was learnt is read by the next process; whatever is wrong with what was kept, it is learnt again."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dialogs import weights
from dialogs.linear import LinearClassifier
from dialogs.weights import Weights, kept

SAID = [("cats purr", "cat"), ("a cat purrs", "cat"), ("dogs bark", "dog"), ("a dog barked", "dog")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(weights, "_folders", [])
    weights.keep_in(tmp_path / "weights")
    yield tmp_path / "weights"
    weights._tell.cache_clear()


def margins(said: list[tuple[str, str]] = SAID, freedom: float = 0.5) -> dict[str, float]:
    return LinearClassifier(said, str.split, freedom=freedom).margins("a dog")


def never() -> Weights:
    raise AssertionError("learnt again")


def test_the_next_process_reads_what_the_first_learnt(folder: Path) -> None:
    first = margins()
    assert kept((SAID, 0.5, True), str.split, never).labels == ("cat", "dog")
    assert margins() == first
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("said", "freedom"), [(SAID[:3], 0.5), (SAID, 2.0)])
def test_other_sentences_and_another_way_are_learnt_for_themselves(
    folder: Path, said: list[tuple[str, str]], freedom: float
) -> None:
    margins()
    margins(said, freedom)
    assert len(list(folder.iterdir())) == 2


def test_other_code_learns_for_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    margins()
    monkeypatch.setattr(weights, "_code", lambda _: ["of tomorrow"])
    margins()
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damaged", [b"", b"no weights", b"PK\x05\x06" + bytes(18), "nan", "short"])
def test_a_damaged_file_is_made_anew(folder: Path, damaged: bytes | str) -> None:
    right = margins()
    (file,) = folder.iterdir()
    if isinstance(damaged, bytes):
        file.write_bytes(damaged)
    else:
        with np.load(file) as stored:
            arrays = dict(stored)
        arrays["bias"] = arrays["bias"][:1] if damaged == "short" else np.full_like(arrays["bias"], np.nan)
        np.savez(file, **arrays)
    assert margins() == right
    assert kept((SAID, 0.5, True), str.split, never).fit_together


def test_where_nothing_can_be_kept_it_is_learnt_and_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a file").touch()
    weights.keep_in(tmp_path / "a file")
    with caplog.at_level("INFO"):
        assert margins() == margins()
    assert [record.message for record in caplog.records] == ["weights are not kept"]
