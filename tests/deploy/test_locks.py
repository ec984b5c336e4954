"""The locks hold every package and extra that anything in them asks for: with --no-deps nothing else is installed."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[(?P<extras>[^\]]*)\])?==(?P<version>[^ ;\\]+)")

Pins = dict[str, tuple[frozenset[str], str]]
"""Extras and version, by name."""


def _pins(lock: str) -> Pins:
    found = filter(None, map(_PIN.match, (ROOT / lock).read_text("utf-8").splitlines()))
    pins: Pins = {}
    for pin in found:
        extras = frozenset(filter(None, (pin["extras"] or "").replace(" ", "").split(",")))
        known, _ = pins.get(canonicalize_name(pin["name"]), (frozenset(), ""))
        pins[canonicalize_name(pin["name"])] = (known | extras, pin["version"])
    return pins


def _asked_by_us(group: str | None) -> Iterator[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    yield from map(Requirement, project["project"]["dependencies"])
    for line in project["dependency-groups"][group] if group else ():
        if isinstance(line, str):
            yield Requirement(line)


def _asked_by(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    """What an installed package asks for here, its extras included."""
    for line in metadata.requires(name) or ():
        asked = Requirement(line)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield asked


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", None), ("requirements-dev.lock", "dev")])
def test_a_lock_holds_all_that_anything_in_it_asks_for(lock: str, group: str | None) -> None:
    pins = _pins(lock)
    missing, asked_extras, queue = [], 0, list(_asked_by_us(group))
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        asked = queue.pop()
        if asked.marker is not None and not asked.marker.evaluate({"extra": ""}) and not asked.extras:
            continue
        name = canonicalize_name(asked.name)
        extras, version = pins.get(name, (frozenset(), ""))
        asked_extras += len(asked.extras)
        if not version or not asked.extras <= extras or not asked.specifier.contains(version, prereleases=True):
            missing.append(str(asked))
        elif (name, extras) not in seen:
            seen.add((name, extras))
            queue += _asked_by(name, extras)
    assert missing == []
    assert asked_extras, "no extra was asked for: this test would hold nothing"


def test_nothing_beside_the_locks_is_installed() -> None:
    """pip resolves nothing when setting up: what it installs is what the lock names."""
    setup = (ROOT / "deploy" / "setup").read_text("utf-8")
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    installs = [line for line in (*setup.splitlines(), *dockerfile.splitlines()) if "--require-hashes" in line]
    assert len(installs) == 4
    assert all("--no-deps" in line for line in installs)
    assert "--no-strip-extras" in (ROOT / "Makefile").read_text("utf-8")
