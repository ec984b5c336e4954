"""Temporary folders: gone with their owner, or cleared away by the next one if the owner was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from scratch import ScratchFolder

ROOT = Path(__file__).parents[1]
_OWNER = """
import sys
from pathlib import Path
from scratch import ScratchFolder
folder = ScratchFolder("jiesu-x-", Path(sys.argv[1]))
(folder.path / "within").mkdir()
(folder.path / "within" / "certificate.pem").write_text("x")
print(folder.path, flush=True)
sys.stdin.read()
"""
_TURNS = """
import sys
from pathlib import Path
from scratch import ScratchFolder
for _ in range(30):
    with ScratchFolder("jiesu-x-", Path(sys.argv[1])) as folder:
        (folder.path / "a").write_text("x")
        assert (folder.path / "a").read_text() == "x"
"""
_PHONE = """
import sys
from ivr.sip.settings import SipSettings
from ivr.sip.workers import SipWorkers
workers = SipWorkers(SipSettings(), None)
print("ready", flush=True)
sys.stdin.read()
"""
_DEMO = """
import sys
from embedded import EmbeddedPostgres, EmbeddedValkey, throwaway_dir
with throwaway_dir() as folder:
    EmbeddedPostgres.start(folder / "postgres", durable=False)
    EmbeddedValkey.start(folder / "valkey", durable=False)
    print(folder, flush=True)
    sys.stdin.read()
"""


def _begun(program: str, *arguments: Path, temporary: Path | None = None) -> tuple[subprocess.Popen[str], str]:
    """A process that runs until its input ends, and its first line."""
    environment = dict(os.environ) | ({"TMPDIR": str(temporary)} if temporary is not None else {})
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _end(process: subprocess.Popen[str], number: signal.Signals | None = None) -> None:
    if number is not None:
        process.send_signal(number)
    process.communicate()


def test_it_goes_with_its_owner(tmp_path: Path) -> None:
    with ScratchFolder("jiesu-x-", tmp_path) as folder:
        (folder.path / "file").write_text("x")
    process, made = _begun(_OWNER, tmp_path)
    assert Path(made).is_dir()
    _end(process)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_owner_left_is_cleared_by_the_next_and_a_living_ones_stays(tmp_path: Path) -> None:
    killed, left = _begun(_OWNER, tmp_path)
    living, kept = _begun(_OWNER, tmp_path)
    _end(killed, signal.SIGKILL)
    assert Path(left).is_dir()
    with ScratchFolder("jiesu-x-", tmp_path) as folder:
        assert {str(one) for one in tmp_path.iterdir()} == {kept, str(folder.path)}
        assert (Path(kept) / "within" / "certificate.pem").exists()
    _end(living)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_surely_left_behind_is_left_alone(tmp_path: Path) -> None:
    """A folder of another version, one that another kind of process made, a link to anything."""
    for name in ("jiesu-x-older", "jiesu-y-other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    (tmp_path / "jiesu-y-other" / ".owner").touch()
    (tmp_path / "jiesu-x-link").symlink_to(tmp_path / "jiesu-y-other")
    ScratchFolder("jiesu-x-", tmp_path).close()
    assert (tmp_path / "jiesu-x-older" / "file").exists()
    assert (tmp_path / "jiesu-y-other" / "file").exists()


def test_many_at_once_never_take_each_others(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TURNS, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=ROOT) for _ in range(6)]
    assert [process.wait() for process in running] == [0] * 6
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_phone_clears_away_what_a_killed_phone_left(tmp_path: Path) -> None:
    for number in (signal.SIGKILL, signal.SIGKILL, None):
        process, told = _begun(_PHONE, temporary=tmp_path)
        assert told == "ready"
        assert len(list(tmp_path.glob("jiesu-sip-*"))) == 1
        _end(process, number)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.failure
def test_servers_that_a_killed_demo_left_end_with_its_folder(server_dir: Path) -> None:
    place = server_dir / "demos"
    place.mkdir()
    place.chmod(0o711)
    process, folder = _begun(_DEMO, temporary=place)
    _end(process, signal.SIGKILL)
    assert len(_servers_in(Path(folder))) == 2
    process, other = _begun(_DEMO, temporary=place)
    assert not _servers_in(Path(folder))
    assert list(place.iterdir()) == [Path(other)]
    _end(process, signal.SIGKILL)
    process, _ = _begun("from embedded import throwaway_dir\nwith throwaway_dir():\n    pass", temporary=place)
    _end(process)
    assert list(place.iterdir()) == []
    assert not _servers_in(Path(other))


def _servers_in(folder: Path) -> list[int]:
    """PostgreSQL's postmaster and Valkey that work below it."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            works = process.cwd()
            parent = process.parent()
        except psutil.Error:
            continue
        if works.startswith(str(folder)) and (parent is None or parent.name() != process.name()):
            found.append(process.pid)
    return found


def test_no_other_part_makes_temporary_folders_that_nobody_clears() -> None:
    """The speech model's download clears its own away, under a lock of its folder."""
    allowed = {"scratch.py", "dialogs/speech/delivery.py"}
    parts = ("backend", "bot", "dialogs", "ivr", "locales")
    places = [*ROOT.glob("*.py"), *(path for part in parts for path in (ROOT / part).rglob("*.py"))]
    found = {
        str(path.relative_to(ROOT))
        for path in places
        if any(word in path.read_text("utf-8") for word in ("mkdtemp", "TemporaryDirectory", "NamedTemporaryFile"))
    }
    assert found == allowed
