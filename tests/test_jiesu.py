"""The command line, run as an administrator runs it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import asyncpg
import pytest
import typer
from typer.testing import CliRunner, Result

import jiesu
from backend.contract.errors import Forbidden, TooMany, Unauthenticated, Unavailable
from backend.rules.policy.file import load_policy
from cli import parts
from cli.main import app
from cli.terminal import show_passwords, told_in
from dialogs.wording import Wording
from settings import Settings, read_settings
from tests.apart import run_apart
from wiring import free_port

if TYPE_CHECKING:
    from ivr.app import Phone

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
    assert (done.returncode, done.stderr.strip()) == (2, "数据库还是旧版本；请运行 jiesu migrate")


def test_a_database_out_of_reach_is_not_told_as_an_old_one(shell: Shell) -> None:
    shell.set(DATABASE_URL="postgres://jiesu:hush@127.0.0.1:9/jiesu")
    done = shell("token", "list")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("DATABASE_URL: 连不上数据库（那里没有程序在监听）；")


def test_a_terminal_without_chinese_ends_no_command(shell: Shell) -> None:
    shell.set(PYTHONIOENCODING="latin-1")
    assert "HTTP_LISTEN = 127.0.0.1:8080" in shell.told("settings")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command in this process, with these settings alone."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", *(name.upper() for name in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()
    return lambda *words, **settings: runner.invoke(app, words, env={"DATA_DIR": str(tmp_path), **settings})


@pytest.mark.parametrize(
    ("language", "described"),
    [
        ("", "后端接口的监听地址；用 jiesu run 时网页聊天也在这里"),
        ("en_US.UTF-8", "backend API; in the all-in-one process the web chat too"),
    ],
)
def test_settings_are_described_as_the_terminal_speaks(
    run: Callable[..., Result], language: str, described: str
) -> None:
    done = run("settings", LANG=language, HTTP_LISTEN="127.0.0.1:8000")
    assert f"* HTTP_LISTEN = 127.0.0.1:8000\n      {described}\n" in done.stdout


@pytest.mark.parametrize(
    ("language", "misspelt", "missing"),
    [
        (
            "zh_CN.UTF-8",
            "HTTP_LISTN: 没有这个设置。是不是想写“HTTP_LISTEN”？",
            "REDIS_URL: 没有设；单独运行的部分需要它（jiesu run 自带一个）",
        ),
        (
            "en_US.UTF-8",
            "HTTP_LISTN: there is no such setting; did you mean HTTP_LISTEN?",
            "REDIS_URL: is not set; a part that runs alone needs it (`jiesu run` brings its own)",
        ),
    ],
)
def test_misspelt_and_missing_settings_are_told_as_the_terminal_speaks(
    run: Callable[..., Result], language: str, misspelt: str, missing: str
) -> None:
    done = run("bot", LC_ALL=language, HTTP_LISTN="127.0.0.1:80")
    assert (done.exit_code, done.stderr.splitlines()) == (2, [misspelt, missing])


@pytest.mark.parametrize(
    ("error", "chinese", "english"),
    [
        (Unavailable(), "BACKEND_URL: 连不上后端；", "BACKEND_URL: the backend cannot be reached;"),
        (
            Unauthenticated(),
            "CHANNEL_TOKEN: 后端不认这个令牌；",
            "CHANNEL_TOKEN: the backend does not know this token;",
        ),
        (Forbidden(), "CHANNEL_TOKEN: 后端不认这个令牌；", "CHANNEL_TOKEN: the backend does not know this token;"),
        (TooMany("slowly"), "后端没有答应：slowly", "the backend refused: slowly"),
        (
            PermissionError(13, "x", "/etc/x"),
            "/etc/x: 系统没有允许（没有权限）",
            "/etc/x: the system refused (no permission)",
        ),
        (OSError("odd"), "系统没有允许（odd）", "the system refused (odd)"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_what_ends_a_start_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str], error: Exception, chinese: str, english: str
) -> None:
    for language, expected in (("zh_CN", chinese), ("en", english)):
        with pytest.raises(typer.Exit), told_in(Wording(language)):
            raise error
        assert capsys.readouterr().err.startswith(expected)


class Deaf:
    """As much of a phone as its addresses need."""

    hears = False


def test_addresses_are_told_as_the_terminal_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"secret_key": "s" * 16, "channel_token": "c" * 16}
    chosen = read_settings(tmp_path / "none.env", **keys, sip_listen="127.0.0.1:5060")
    quiet = read_settings(tmp_path / "none.env", **keys, call_button=False)
    told = {}
    for language in ("zh_CN.UTF-8", "en_GB.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        parts.show_phone(chosen, cast("Phone", Deaf()))
        parts.show_phone(quiet, cast("Phone", Deaf()))
        show_passwords({"power-1": "hush"})
        told[language] = [line for line in capsys.readouterr().out.splitlines() if line]
    assert told["zh_CN.UTF-8"] == [
        "  电话      sip:127.0.0.1:5060",
        "  电话      网页上的通话按钮",
        "            只能用按键：没有语音模型；运行 jiesu models fetch 可以下载",
        "  电话      没有开",
        "新账号的密码（只显示这一次）：",
        "  power-1                  hush",
    ]
    assert told["en_GB.UTF-8"] == [
        "  phone        sip:127.0.0.1:5060",
        "  phone        the call button of the page",
        "               by keys only: no speech model is here; `jiesu models fetch` brings it",
        "  phone        off",
        "Passwords of new staff, shown this once:",
        "  power-1                  hush",
    ]


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

    assert shell.told("staff", "password", "power-1").startswith("power-1 的新密码（只显示这一次）：")
    assert shell.told("staff", "dismiss", "power-2") == "power-2 不能再登录了"
    missing = shell("staff", "password", "power-11")
    assert (missing.returncode, missing.stderr.strip()) == (2, "power-11: 没有这个账号。是不是想写“power-1”？")

    register = tmp_path / "register.csv"
    register.write_text("uscc,name\n91445200MA4W1234XG,甲厂\n", encoding="utf-8")
    assert shell.told("enterprises", "import", str(register)) == "新增 1 家，确认 0 家，未变 0 家"
    assert shell.told("enterprises", "import", str(register)) == "新增 0 家，确认 0 家，未变 1 家"
    register.write_text("code,name\n", encoding="utf-8")
    refused = shell("enterprises", "import", str(register))
    assert (refused.returncode, refused.stderr.split(":")[:2]) == (2, [str(register), "1"])

    issue = ("token", "issue", "phone-line", "--scope", "contacts", "--scope", "notices", "--channel", "phone")
    assert shell.told(*issue).startswith("svc_")
    assert shell.told("token", "list").split() == ["phone-line", "contacts,notices", "phone"]
    assert shell.told("token", "revoke", "phone-line") == "phone-line 的令牌已作废"
    own = shell("token", "issue", "channels")
    assert (own.returncode, own.stderr.split("；")[0]) == (2, "channels: 这是我们自己的名称，它的令牌是 CHANNEL_TOKEN")

    shell.set(LANG="en_GB.UTF-8")
    assert shell.told("migrate") == "the database is up to date"
    assert shell.told("staff", "readmit", "power-2").startswith("Password of power-2, shown this once: ")
    assert shell("token", "revoke", "phone-line").stderr.startswith("phone-line: no program of this name has a token")


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
        _hear(worker, "worker  -")
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
        _hear(worker, "worker  -")
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
