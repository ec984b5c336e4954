"""The command line, run as an administrator runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import jiesu

ROOT = Path(jiesu.__file__).parent


class Shell:
    """Runs commands on a database of its own."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self._folder = folder
        self._settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DATA_DIR": str(folder / "data")}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "jiesu.py", *words],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], **self._settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def told(self, *words: str) -> str:
        """What a command that succeeds prints."""
        done = self(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def shell(tmp_path: Path, database_url: str, redis_url: str) -> Shell:
    return Shell(tmp_path, database_url, redis_url)


@pytest.mark.parametrize("part", [("backend",), ("token", "list")])
def test_an_old_database_is_refused_in_a_line(shell: Shell, part: tuple[str, ...]) -> None:
    done = shell(*part)
    assert (done.returncode, done.stderr.strip()) == (2, "the database is not up to date; run `jiesu migrate`")


@pytest.mark.slow
def test_what_an_administrator_does_on_the_first_day(shell: Shell, tmp_path: Path) -> None:
    assert "0001_initial" in shell.told("migrate")

    city = ROOT / "backend" / "cities" / "demo.yaml"
    assert "power-1" in shell.told("city", "load", str(city))
    again = shell.told("city", "load", str(city))
    assert "power-1" not in again
    bad = tmp_path / "bad.yaml"
    bad.write_text(city.read_text(encoding="utf-8").replace("lead: power\n", "lead: nobody\n"), encoding="utf-8")
    refused = shell("city", "load", str(bad))
    assert refused.returncode == 2
    assert "there is no department nobody" in refused.stderr

    assert shell.told("staff", "password", "power-1").startswith("Password of power-1, shown this once: ")
    assert shell.told("staff", "dismiss", "power-2") == "power-2 is shut out"
    missing = shell("staff", "password", "nobody")
    assert (missing.returncode, missing.stderr.strip()) == (2, "nobody: there is no such account.")

    issue = ("token", "issue", "phone-line", "--scope", "contacts", "--scope", "notices", "--channel", "phone")
    assert shell.told(*issue).startswith("svc_")
    assert shell.told("token", "list").split() == ["phone-line", "contacts,notices", "phone"]
    assert shell.told("token", "revoke", "phone-line") == "phone-line is shut out"
    assert shell("token", "issue", "channels").returncode == 2


def test_a_speech_model_that_cannot_be_had_is_told_in_a_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"VOSK_MODEL_PATH={tmp_path}\n", encoding="utf-8")
    done = shell("models", "fetch")
    assert done.returncode == 2
    assert done.stderr.startswith("VOSK_MODEL_PATH: ")
    assert "Traceback" not in done.stderr
