"""A file that would fill the memory is refused in a line, wherever an office may put one."""

import tracemalloc
from pathlib import Path

import pytest

from backend.actions.organisation_file import DEMO_CITY, read_organisation
from backend.contract.faults import FileFaults
from backend.contract.yaml_bounds import DEEPEST, TooLarge, compose
from backend.contract.yaml_source import read_source
from backend.rules.policy.file import load_policy

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
DEEP = "a: " + "[" * 5000 + "]" * 5000 + "\n"
ITSELF = "a: &a [1, *a]\n"


@pytest.mark.parametrize("text", [BOMB, DEEP, ITSELF], ids=["bomb", "deep", "itself"])
def test_files_that_grow_are_refused_by_every_reader(text: str, tmp_path: Path) -> None:
    file = tmp_path / "given.yaml"
    file.write_text(text, "utf-8")
    tracemalloc.start()
    with pytest.raises(FileFaults, match=r"given\.yaml:\d+: "):
        read_organisation(file)
    with pytest.raises(FileFaults, match=r"given\.yaml:\d+: "):
        load_policy(file)
    with pytest.raises(FileFaults):
        read_source(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20


def test_the_line_is_that_of_the_alias_that_is_too_much() -> None:
    with pytest.raises(TooLarge) as refused:
        compose(BOMB)
    assert 1 < refused.value.line <= 12


def test_ordinary_aliases_and_depths_are_taken(tmp_path: Path) -> None:
    compose("common: &c {a: 1}\n" + "".join(f"k{n}: *c\n" for n in range(1000)))
    compose("a: " + "[" * (DEEPEST - 2) + "]" * (DEEPEST - 2))
    file = tmp_path / "few.yaml"
    file.write_text("words: &w {zh: 好, en: good}\nagain: *w\n", "utf-8")
    assert read_source(file).data == {"words": {"zh": "好", "en": "good"}, "again": {"zh": "好", "en": "good"}}
    read_organisation(DEMO_CITY)
