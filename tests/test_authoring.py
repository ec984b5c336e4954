"""Templates, city and policy are found in one way by every command, and their mistakes told in the user's language."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import jiesu
from backend.actions.organisation_file import DEMO_CITY
from cli.main import app
from dialogs.templates import BUILT_IN

ROOT = Path(jiesu.__file__).parent
Run = Callable[..., Result]
IN_ENGLISH = "menu has no category utilties; did you mean utilities?"
IN_CHINESE = "菜单里没有“utilties”这个类别。是不是想写“utilities”？"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An office's own templates: two of ours."""
    own = tmp_path / "templates"
    own.mkdir()
    for name in ("_blocks.yaml", "other.yaml", "power-cut.yaml"):
        shutil.copy(BUILT_IN / name, own)
    return own


def spoil(folder: Path) -> None:
    file = folder / "power-cut.yaml"
    file.write_text(file.read_text("utf-8").replace("utilities/power", "utilties/power"), "utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "SCENARIOS_PATH", "CITY_PATH", "POLICY_PATH"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()

    def run(*words: str, typed: str = "", **settings: str) -> Result:
        return runner.invoke(app, words, input=typed, env={"DATA_DIR": str(tmp_path / "data"), **settings})

    return run


COMMANDS = [("scenarios", "check"), ("scenarios", "show", "other"), ("scenarios", "try", "other"), ("prompts", "check")]


@pytest.mark.parametrize("command", [*COMMANDS, ("prompts", "build"), ("run",)])
def test_a_bad_folder_is_told_alike_by_every_command_however_it_is_named(
    folder: Path, run: Run, command: tuple[str, ...]
) -> None:
    spoil(folder)
    by_flag = run(*command, "--scenarios", str(folder))
    by_setting = run(*command, SCENARIOS_PATH=str(folder))
    flag_first = run(*command, "--scenarios", "templates", SCENARIOS_PATH=str(BUILT_IN), LANG="en_GB.UTF-8")
    assert by_flag.stderr == by_setting.stderr == f"{folder}/power-cut.yaml:3: {IN_CHINESE}\n"
    assert flag_first.stderr == f"{folder}/power-cut.yaml:3: the {IN_ENGLISH}\n"
    expected = 1 if command == ("scenarios", "check") else 2
    assert [one.exit_code for one in (by_flag, by_setting, flag_first)] == [expected] * 3
    assert not (folder.parent / "data" / "postgres").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_not_there_is_told_with_the_one_beside_it(
    folder: Path, run: Run, command: tuple[str, ...]
) -> None:
    done = run(*command, SCENARIOS_PATH=f"{folder}s")
    assert done.stderr == f"{folder}s: 没有这个文件夹。是不是想写“templates”？\n"


def test_check_says_what_it_checked(folder: Path, run: Run) -> None:
    done = run("scenarios", "check", SCENARIOS_PATH=str(folder))
    assert (done.exit_code, done.stdout) == (0, f"{folder}：2 个模板，0 处错误\n")
    assert run("scenarios", "check", "--language", "en").stdout == f"{BUILT_IN}: 13 templates, 0 mistakes\n"


def test_what_city_and_policy_say_of_templates_that_are_not_there_is_told(folder: Path, run: Run) -> None:
    city = folder.parent / "city.yaml"
    text = DEMO_CITY.read_text("utf-8")
    head, duties = text.split("\nduties:\n")
    city.write_text(f"{head}\nduties:\n" + duties.replace("scenario: power-cut", "scenario: power-cuts", 1), "utf-8")
    policy = folder.parent / "policy.yaml"
    policy.write_text(
        (ROOT / "backend/policies/default.yaml").read_text("utf-8").replace("power-cut:", "power-cutt:"), "utf-8"
    )
    done = run("scenarios", "check", "--city", "city.yaml", "--policy", "policy.yaml", "--language", "en")
    line = head.count("\n") + 3
    at = policy.read_text("utf-8").split("power-cutt")[0].count("\n") + 1
    assert done.stderr.splitlines() == [
        f"{city}:{line}: there is no template power-cuts; did you mean power-cut?",
        f"{policy}:{at}: there is no template power-cutt; did you mean power-cut?",
    ]
    assert done.exit_code == 1


def test_the_city_is_there_for_show_and_try(folder: Path, run: Run) -> None:
    city = folder.parent / "city.yaml"
    city.write_text(
        DEMO_CITY.read_text("utf-8").replace("城东区", "新城区").replace("榕江供电局", "新城供电局"), "utf-8"
    )
    shown = run("scenarios", "show", "power-cut", "--city", "city.yaml")
    assert "承办：榕江市：新城供电局; 临河县：临河县供电公司" in shown.stdout
    tried = run("scenarios", "try", "power-cut", typed="4\n\n2026-11-20\n", CITY_PATH=str(city))
    assert "新城区" in tried.stdout
    assert "城东区" not in tried.stdout


def test_a_condition_names_districts_of_the_city(folder: Path, run: Run) -> None:
    file = folder / "power-cut.yaml"
    file.write_text(file.read_text("utf-8").replace("{problem: planned}", "{district: linhee}"), "utf-8")
    done = run("scenarios", "check", "--scenarios", str(folder), "--language", "en")
    assert "the city has no district linhee; did you mean linhe?" in done.stderr


def test_an_unknown_scenario_is_told_with_what_was_meant(run: Run) -> None:
    done = run("scenarios", "show", "power-cuts")
    assert (done.exit_code, done.stderr) == (2, "没有模板“power-cuts”。是不是想写“power-cut”？\n")
    assert run("scenarios", "show", "power-cuts", LANG="en_US.UTF-8").stderr.endswith("did you mean power-cut?\n")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["backend", "bot", "ivr"])
def test_a_part_does_not_start_with_a_bad_folder(folder: Path, tmp_path: Path, part: str) -> None:
    spoil(folder)
    done = subprocess.run(
        [sys.executable, ROOT / "jiesu.py", part],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "SCENARIOS_PATH": str(folder),
            **{f"{name}_LISTEN": "127.0.0.1:0" for name in ("HTTP", "BOT", "IVR")},
        },
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, f"{folder}/power-cut.yaml:3: {IN_CHINESE}\n")


NO_CITY = [
    (("scenarios", "show", "other"), 2),
    (("scenarios", "check"), 1),
    (("prompts", "check"), 2),
    (("run",), 2),
]


@pytest.mark.parametrize(("command", "code"), NO_CITY)
@pytest.mark.parametrize("setting", ["CITY_PATH", "POLICY_PATH"])
def test_a_missing_city_or_policy_is_told_with_the_file_beside_it(
    tmp_path: Path, run: Run, command: tuple[str, ...], code: int, setting: str
) -> None:
    (tmp_path / "office.yaml").touch()
    done = run(*command, **{setting: str(tmp_path / "offices.yaml")})
    assert done.stderr == f"{tmp_path}/offices.yaml: 没有这个文件。是不是想写“office.yaml”？\n"
    assert done.exit_code == code
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_city_that_cannot_be_loaded_is_told_before_a_database_is_made(tmp_path: Path, run: Run) -> None:
    missing = run("city", "load", "nofile.yaml", LANG="en_GB.UTF-8")
    assert (missing.exit_code, missing.stderr) == (2, "nofile.yaml: there is no such file\n")
    folder = run("city", "load", str(tmp_path))
    assert (folder.exit_code, folder.stderr) == (2, f"{tmp_path}: 这不是普通文件（可能是文件夹），读不了\n")
    file = tmp_path / "city.yaml"
    text = DEMO_CITY.read_text("utf-8")
    file.write_text(text.replace("from: 2026-01-01", "from: 2026-02-30", 1), "utf-8")
    line = text.split("from: 2026-01-01")[0].count("\n") + 1
    date = run("city", "load", str(file))
    assert date.stderr == f"{file}:{line}: 日历上没有“2026-02-30”这一天；日期写成 2026-11-20 这样\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [("settings",), ("scenarios", "check"), ("scenarios", "show", "other")])
def test_a_command_that_only_reads_makes_nothing(tmp_path: Path, run: Run, command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.exit_code == 0
    assert list(tmp_path.iterdir()) == []
