"""The stages of the tests: `pure` ones are quick, `served` ones need a server, `realtime` ones the seconds themselves,
and `alone` ones the whole machine.

A test that needs PostgreSQL, Valkey, the speech model or a browser is known by its fixtures and marks. What must happen
in real time (calls, kills, pages whose timers run) is marked, by its folder here or in its module, and runs apart: a
busy machine is not a fault of what it tests. What makes the machine busy by itself, or measures how soon something
comes, is marked `alone` and has nothing beside it. `--stage pure --stage served` runs those two.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
STAGES = ("pure", "served", "realtime", "alone")
REALTIME = tuple(TESTS / folder for folder in ("failures", "ivr/audiosocket", "ivr/calls", "ivr/page", "ivr/sip"))
"""Folders in which every test is of real time; elsewhere a module says `pytestmark = pytest.mark.realtime`."""
_SERVERS = frozenset({"postgres", "valkey", "server_dir", "speech_model"})
"""Fixtures that every server, and what takes as long, is made by."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stage", action="append", choices=STAGES, help="run only tests of this stage; may be repeated")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module that can hold nothing of the chosen stages is not even read: reading all of them takes ten seconds."""
    chosen = set(config.getoption("--stage") or STAGES)
    return True if collection_path.name.startswith("test_") and not chosen & _possible(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    hidden = {str(item.path) for item in items if stage_of(item) not in _possible(item.path)}
    assert not hidden, f"a mark is not written in its module, and would not be found: {hidden}"
    chosen = config.getoption("--stage")
    if not chosen:
        return
    others = [item for item in items if stage_of(item) not in chosen]
    items[:] = [item for item in items if stage_of(item) in chosen]
    config.hook.pytest_deselected(items=others)


def stage_of(item: pytest.Item) -> str:
    if item.get_closest_marker("alone"):
        return "alone"
    if item.get_closest_marker("realtime") or is_realtime(item.path):
        return "realtime"
    takes_long = item.get_closest_marker("browser") or item.get_closest_marker("slow")
    return "served" if takes_long or _SERVERS & set(getattr(item, "fixturenames", ())) else "pure"


@cache
def _possible(module: Path) -> set[str]:
    text = module.read_text("utf-8")
    marked = {stage for stage in ("realtime", "alone") if f"mark.{stage}" in text}
    return marked | ({"realtime"} if is_realtime(module) else {"pure", "served"})


def is_realtime(path: Path) -> bool:
    return any(folder in path.parents for folder in REALTIME)
