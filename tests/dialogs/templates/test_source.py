"""YAML is read with line numbers, and words stay words."""

from pathlib import Path

import pytest

from backend.contract.faults import FileFaults
from backend.contract.yaml_source import read_source
from dialogs.wording import Wording


def write(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_only_plain_numbers_and_truth_values_are_not_text(tmp_path: Path) -> None:
    data = read_source(write(tmp_path, 'a: [yes, no, on, 012, 12:30, "1", 1, -2, 1.5, true, null, 2026-11-20]')).data
    assert data == {"a": ("yes", "no", "on", "012", "12:30", "1", 1, -2, 1.5, True, None, "2026-11-20")}


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "a:\n  - b: 1\n  - b: 2\n"))
    assert source.line(("a", 1, "b")) == 3
    assert source.line(("a", 1, "missing")) == 3
    assert source.line(()) == 1


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\na: 2\n", 2, "a is given twice"),
        ("a:\n - [\n", 3, ""),
        ("? [a]\n: 1\n", 1, "a key is a plain word"),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(FileFaults) as caught:
        read_source(write(tmp_path, text))
    assert caught.value.faults[0].line == line
    assert reason in Wording("en").faults(caught.value)[0]


def test_another_encoding_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("a: 停电".encode("gb18030"))
    with pytest.raises(FileFaults) as caught:
        read_source(path)
    assert "not UTF-8" in Wording("en").faults(caught.value)[0]
