"""Vectors of phrases are reckoned once and then read; whatever is wrong with what was kept, they are right."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dialogs.finder import kept
from dialogs.finder.kept import Kept, Vectors

PHRASES = ("厂里停电了", "贷款", "办证")


class Model:
    """Counts what it is asked."""

    def __init__(self, name: str = "model 1", scale: float = 1.0) -> None:
        self.name, self._scale = name, scale
        self.asked: list[tuple[str, ...]] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(tuple(texts))
        return np.array([[len(text) * self._scale, 1.0] for text in texts], dtype=np.float32)


def vectors(folder: Path, model: Model | None = None, texts: Sequence[str] = PHRASES) -> Vectors:
    """As a new process gets them."""
    return Kept(model or Model(), folder).embed(texts)


def test_the_next_process_reads_what_the_first_reckoned(tmp_path: Path) -> None:
    first, second = Model(), Model()
    assert (vectors(tmp_path / "new", first) == vectors(tmp_path / "new", second)).all()
    assert (len(first.asked), second.asked) == (1, [])


def test_what_a_person_says_is_never_kept(tmp_path: Path) -> None:
    model = Model()
    for _ in range(2):
        vectors(tmp_path, model, ("我叫王建国，厂里停电了",))
    assert len(model.asked) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "texts"),
    [(Model("model 2", 2.0), PHRASES), (Model(), ("厂里停电", *PHRASES[1:])), (Model(), PHRASES[:2])],
)
def test_another_model_or_another_phrase_has_vectors_of_its_own(
    tmp_path: Path, model: Model, texts: tuple[str, ...]
) -> None:
    vectors(tmp_path)
    assert (vectors(tmp_path, model, texts) == model.embed(texts)).all()
    assert model.asked[0] == texts


@pytest.mark.parametrize("damaged", [b"", b"\x93NUMPY", b"no vectors", b"PK\x05\x06" + bytes(18), None])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damaged: bytes | None) -> None:
    right = vectors(tmp_path)
    (file,) = tmp_path.iterdir()
    if damaged is None:
        np.save(file, np.full_like(right, np.nan))
    else:
        file.write_bytes(damaged)
    for _ in range(2):
        assert (vectors(tmp_path) == right).all()
    assert (np.load(file) == right).all()


def test_where_nothing_can_be_kept_the_model_is_asked(tmp_path: Path) -> None:
    taken = tmp_path / "a file"
    taken.touch()
    assert (vectors(taken) == Model().embed(PHRASES)).all()


def test_files_last_used_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_FILES", 2)
    for number in range(5):
        vectors(tmp_path, texts=("a", "b" * number))
    assert len(list(tmp_path.glob("*.npy"))) == 2
    model = Model()
    vectors(tmp_path, model, ("a", "bbbb"))
    assert model.asked == []
