"""Archives of clips: small, by subject, and one sentence changes one of them."""

from pathlib import Path

import pytest

from ivr.voice import BUILT_IN, archives


def written(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With room for three clips in an archive."""
    monkeypatch.setattr(archives, "MOST_BYTES", 4000)
    for number in range(7):
        archives.put(tmp_path, "power-cut", {f"clip{number}": bytes([number]) * 1000})
    archives.put(tmp_path, "loan", {"other": b"x"})
    return tmp_path


def test_what_is_put_is_read_again(folder: Path) -> None:
    index = archives.index(folder)
    assert {name: archives.read(archive, name)[:1] for name, archive in index.items() if name != "other"} == {
        f"clip{number}": bytes([number]) for number in range(7)
    }
    assert archives.read(index["other"], "other") == b"x"


def test_no_archive_is_larger_than_it_may_be(folder: Path) -> None:
    assert sorted(written(folder)) == ["loan.1.zip", "power-cut.1.zip", "power-cut.2.zip", "power-cut.3.zip"]
    assert max(map(len, written(folder).values())) <= archives.MOST_BYTES
    assert max(file.stat().st_size for file in BUILT_IN.glob("*.zip")) <= 500_000


def test_a_new_clip_rewrites_one_archive_and_so_does_one_that_goes(folder: Path) -> None:
    before = written(folder)
    archives.put(folder, "power-cut", {"new": b"new"})
    after = written(folder)
    assert len(changed(before, after)) == 1
    archives.drop(folder, {"new"})
    assert written(folder) == before


def test_a_clip_said_otherwise_replaces_the_one_before(folder: Path) -> None:
    archives.put(folder, "loan", {"clip3": b"new"})
    assert archives.read(archives.index(folder)["clip3"], "clip3") == b"new"
    assert archives.index(folder)["clip3"].name == "loan.1.zip"


def test_a_clip_larger_than_an_archive_has_one_of_its_own(folder: Path) -> None:
    archives.put(folder, "loan", {"huge": b"x" * 9000})
    assert archives.read(archives.index(folder)["huge"], "huge") == b"x" * 9000


def test_the_same_clips_are_the_same_bytes_in_whatever_order_they_came(tmp_path: Path) -> None:
    archives.put(tmp_path, "a", {"one": b"1", "two": b"2"})
    archives.put(tmp_path, "b", {"four": b"", "two2": b""})
    before = (tmp_path / "a.1.zip").read_bytes()
    archives.drop(tmp_path, {"one"})
    archives.put(tmp_path, "a", {"one": b"1"})
    assert (tmp_path / "a.1.zip").read_bytes() == before


def test_an_archive_that_is_none_holds_nothing_and_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "a.1.zip").write_bytes(b"PK, but not really")
    assert archives.index(tmp_path) == {}
    with pytest.raises(OSError, match="not a zip"):
        archives.read(tmp_path / "a.1.zip", "one")
    archives.put(tmp_path, "a", {"one": b"1"})
    assert archives.index(tmp_path) == {"one": tmp_path / "a.1.zip"}
