"""The command line, run as an administrator runs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

import jiesu
from backend.rules.policy import load_policy
from tests.apart import run_apart
from wiring import free_port

ROOT = Path(jiesu.__file__).parent


class Shell:
    """Runs commands in a folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._settings = settings

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

    def set(self, **settings: str) -> None:
        """For the commands that follow."""
        self._settings |= settings

    @contextmanager
    def serving(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A part that runs until the end of the block, or ends by itself."""
        with subprocess.Popen(
            [sys.executable, ROOT / "jiesu.py", *words],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], **self._settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.terminate()
                process.communicate(timeout=30)

    def told(self, *words: str) -> str:
        """What a command that succeeds prints."""
        done = self(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def shell(tmp_path: Path, database_url: str, redis_url: str) -> Shell:
    """With a database of its own."""
    return Shell(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_url, DATA_DIR=str(tmp_path / "data"))


@pytest.mark.parametrize("part", [("backend",), ("token", "list")])
def test_an_old_database_is_refused_in_a_line(shell: Shell, part: tuple[str, ...]) -> None:
    done = shell(*part)
    assert (done.returncode, done.stderr.strip()) == (2, "the database is not up to date; run `jiesu migrate`")


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "password", "power-1"),
        ("staff", "dismiss", "power-1"),
        ("staff", "readmit", "power-1"),
        ("staff", "reset-totp", "power-1"),
        ("token", "list"),
        ("token", "issue", "phone-line"),
        ("token", "revoke", "phone-line"),
        ("enterprises", "import", "register.csv"),
    ],
)
def test_where_there_is_no_data_a_command_says_so_and_makes_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    """In a wrong folder it started a database of its own and said that this one was not up to date."""
    shell = Shell(tmp_path, DATA_DIR=str(tmp_path / "data"))
    done = shell(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"这里还没有数据（{tmp_path / 'data'}）")
    assert "jiesu run" in done.stderr
    assert list(tmp_path.iterdir()) == []


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
    assert "没有代码为“nobody”的部门" in refused.stderr

    assert shell.told("staff", "password", "power-1").startswith("Password of power-1, shown this once: ")
    assert shell.told("staff", "dismiss", "power-2") == "power-2 is shut out"
    missing = shell("staff", "password", "nobody")
    assert (missing.returncode, missing.stderr.strip()) == (2, "nobody: there is no such account.")

    register = tmp_path / "register.csv"
    register.write_text("uscc,name\n91445200MA4W1234XG,甲厂\n", encoding="utf-8")
    assert shell.told("enterprises", "import", str(register)) == "1 new, 0 confirmed, 0 unchanged"
    assert shell.told("enterprises", "import", str(register)) == "0 new, 0 confirmed, 1 unchanged"
    register.write_text("code,name\n", encoding="utf-8")
    refused = shell("enterprises", "import", str(register))
    assert (refused.returncode, refused.stderr.split(":")[:2]) == (2, [str(register), "1"])

    issue = ("token", "issue", "phone-line", "--scope", "contacts", "--scope", "notices", "--channel", "phone")
    assert shell.told(*issue).startswith("svc_")
    assert shell.told("token", "list").split() == ["phone-line", "contacts,notices", "phone"]
    assert shell.told("token", "revoke", "phone-line") == "phone-line is shut out"
    assert shell("token", "issue", "channels").returncode == 2


@pytest.mark.slow
def test_the_policy_is_kept_by_whichever_part_starts_and_an_edit_needs_a_new_version(
    shell: Shell, tmp_path: Path, database_url: str
) -> None:
    shell.told("migrate")
    policy = (ROOT / "backend" / "policies" / "default.yaml").read_text("utf-8")
    version = load_policy(None).version
    path = tmp_path / "policy.yaml"
    path.write_text(policy, "utf-8")
    shell.set(POLICY_PATH=str(path), HTTP_LISTEN=f"127.0.0.1:{free_port()}")
    with shell.serving("backend") as backend, shell.serving("worker") as worker:
        _hear(backend, "backend  http")
        _hear(worker, "worker is running")
    assert _versions(database_url) == [version]

    edited = policy.replace("sign: {working_hours: 2}", "sign: {working_hours: 1}")
    path.write_text(edited, "utf-8")
    line = next(number for number, words in enumerate(policy.splitlines(), 1) if words.startswith("version:"))
    for part in ("backend", "worker"):
        done = shell(part)
        assert done.returncode == 2
        assert done.stderr.startswith(f"{path}:{line}: 这个版本号（version）生效过")
        assert "limits.sign.working_hours" in done.stderr
    path.write_text(edited.replace(version, "ours-2"), "utf-8")
    with shell.serving("worker") as worker:
        _hear(worker, "worker is running")
    assert _versions(database_url) == [version, "ours-2"]


def _hear(process: subprocess.Popen[str], words: str) -> None:
    """Read what it says until it says this."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        if words in line:
            return
        said.append(line)
    pytest.fail("".join(said))


def _versions(database_url: str) -> list[str]:
    found: list[str] = []

    async def read() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            found.extend(row["version"] for row in await connection.fetch("SELECT version FROM policy ORDER BY 1"))
        finally:
            await connection.close()

    run_apart(read())
    return found


def test_a_speech_model_that_cannot_be_had_is_told_in_a_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"VOSK_MODEL_PATH={tmp_path}\n", encoding="utf-8")
    done = shell("models", "fetch")
    assert done.returncode == 2
    assert done.stderr.startswith("VOSK_MODEL_PATH: ")
    assert "Traceback" not in done.stderr
