"""Setting up brings the speech model, does not wait for it again and again, and never fails for want of it."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import settings

ROOT = Path(settings.__file__).parent


class Checkout:
    """A checkout in which `jiesu models fetch` is what a test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = folder / "models" / "one"
        self.model.mkdir(parents=True)
        (folder / "deploy").mkdir()
        (folder / ".venv" / "bin").mkdir(parents=True)
        shutil.copy(ROOT / "deploy" / "speech-model", folder / "deploy")

    def answer(self, script: str) -> None:
        command = self.folder / ".venv" / "bin" / "jiesu"
        command.write_text(f'#!/bin/sh\necho "$@" >> {self.folder}/asked\n{script}\n')
        command.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        file = self.folder / "asked"
        return file.read_text().splitlines() if file.exists() else []

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.folder / "deploy" / "speech-model"], check=True, capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_model_is_fetched_once_and_its_absence_seen(checkout: Checkout) -> None:
    checkout.answer(f"echo {checkout.model}")
    checkout.run()
    again = checkout.run()
    assert checkout.asked == ["models fetch"]
    assert (again.stdout, again.stderr) == ("", "")
    shutil.rmtree(checkout.model)
    checkout.run()
    assert checkout.asked == ["models fetch"] * 2


def test_a_failure_is_told_and_tried_again_the_next_day(checkout: Checkout) -> None:
    checkout.answer("echo 'no way out' >&2; exit 2")
    told = checkout.run().stderr
    assert "no way out" in told
    assert "keys only" in told
    assert checkout.run().stderr == ""
    assert checkout.asked == ["models fetch"]
    yesterday = time.time() - 25 * 3600
    os.utime(checkout.folder / ".venv" / ".no-speech-model", (yesterday, yesterday))
    checkout.answer(f"echo {checkout.model}")
    checkout.run()
    checkout.run()
    assert checkout.asked == ["models fetch"] * 2


def test_setting_up_sees_to_it() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    setup = next(place for place, line in enumerate(lines) if line.startswith("setup:"))
    assert lines[setup + 1] == "\t@deploy/speech-model"
