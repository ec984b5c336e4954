"""Each bench runs, small: the numbers mean nothing here, that there are some does."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import figures, loops, talks, updates
from bench.figures import Figure, Goal
from bench.servers import Servers


@pytest.mark.slow
async def test_loops(given: Servers) -> None:
    size = loops.Size(rounds=1, seconds=0.5, concurrency=2, warming=0.2, enterprises=2)
    found = {one.name: one for one in await loops.run(given, size)}
    assert found["loops"].value > 0
    assert found["loops"].goal == Goal("<=", 2.6)
    assert found["loop transactions"].value == 4
    # What a loop writes is known: a change here is a change of what an installation stores for every ticket.
    assert found["loop rows inserted"].floor == found["loop rows inserted"].value > 20


@pytest.mark.slow
async def test_updates(given: Servers) -> None:
    found = {one.name: one for one in await updates.run(given, updates.Size(rounds=1, people=2))}
    assert found["updates"].value > 0
    assert found["updates"].goal == Goal(">=", 0.45)
    assert found["update messages sent"].floor == 1


@pytest.mark.slow
async def test_talks(given: Servers, tmp_path: Path) -> None:
    people = talks.FILE.read_text("utf-8").splitlines()[:2]
    file = tmp_path / "talks.jsonl"
    file.write_text("\n".join(people), "utf-8")
    found = {one.name: one for one in await talks.run(given, talks.Size(file))}
    assert 0 < found["talks: filed (n=2)"].value <= 1
    assert found["talks: messages sent for each required field, median"].goal == Goal("<=", 1.1)


def test_ratio_decides_whether_the_goal_is_met(tmp_path: Path) -> None:
    slow = Figure("slow", 40.0, "1/s", 120.0, 3.0, Goal("<=", 2.6))
    fast = Figure("fast", 90.0, "1/s", 100.0, 0.9, Goal(">=", 0.45))
    plain = Figure("plain", 1.0, "ms")
    assert [one.met for one in (slow, fast, plain)] == [False, True, None]
    figures.write([slow, fast, plain], datetime(2026, 11, 22, tzinfo=UTC), tmp_path / "latest.json")
    written = json.loads((tmp_path / "latest.json").read_text())["figures"]
    assert [one["met"] for one in written] == [False, True, None]
    assert written[0]["goal"] == "<= 2.6"
    assert "NO" in figures.table([slow]).splitlines()[1]
