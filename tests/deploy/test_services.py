"""The systemd units and the reverse proxy know the parts: names, secrets, addresses, and how long stopping may take."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import settings as settings_module
from settings import Settings, secret_names

ROOT = Path(settings_module.__file__).parent
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
PARTS = {"backend", "worker", "bot", "ivr"}


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def hardening(unit: Path) -> str:
    return unit.read_text(encoding="utf-8").partition("NoNewPrivileges")[2]


def test_every_part_has_a_unit() -> None:
    assert {unit.stem.removeprefix("jiesu-") for unit in UNITS} == PARTS
    for unit in UNITS:
        assert lines(unit, "ExecStart") == [f"/opt/jiesu/.venv/bin/jiesu {unit.stem.removeprefix('jiesu-')}"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_secret_is_handed_over_and_read(unit: Path) -> None:
    handed = {line.partition(":")[0] for line in lines(unit, "LoadCredential")}
    given = dict(pair.split("=", 1) for line in lines(unit, "Environment") for pair in line.split())
    files = {name: value for name, value in given.items() if name.endswith("_FILE")}
    assert files == {f"{name.upper()}_FILE": f"%d/{name}" for name in handed}
    assert {name.removesuffix("_FILE") for name in files} <= secret_names()
    assert {name for name in given if name not in files} <= {name.upper() for name in Settings.model_fields} | {
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
    }


def test_the_phone_is_confined_as_the_others_but_may_ask_for_its_addresses() -> None:
    by_name = {unit.stem: hardening(unit) for unit in UNITS}
    others = {text for name, text in by_name.items() if name != "jiesu-ivr"}
    assert len(others) == 1
    told = (
        by_name["jiesu-ivr"].replace(" AF_NETLINK", "").replace("# Netlink: to learn this machine's addresses.\n", "")
    )
    assert {told} == others


def test_the_phone_has_time_for_calls_under_way() -> None:
    """The ways of calling stop one after the other, each after the drain time: outbox, AudioSocket, SIP, page."""
    unit = ROOT / "deploy" / "systemd" / "jiesu-ivr.service"
    assert int(lines(unit, "TimeoutStopSec")[0]) >= 4 * Settings.model_fields["ivr_drain_seconds"].default + 30


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    copies = []
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/jiesu/.venv/bin/jiesu", sys.executable)
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(text, encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_the_proxy_passes_each_path_to_the_part_that_has_it() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    passed = dict(re.findall(r"location (?:= )?(\S+) \{[^}]*proxy_pass http://([\d.:]+);", text))
    listens = {name: str(Settings.model_fields[f"{name}_listen"].default) for name in ("http", "bot", "ivr")}
    assert passed == {
        "/": listens["bot"],
        "/staff/log-in": listens["bot"],
        "/call/": listens["ivr"],
        "/api/": listens["http"],
    }


def test_the_channels_have_time_for_all_that_they_finish() -> None:
    """Notices in hand, dead pages, what pages have sent: ten seconds each at most, one after the other."""
    assert int(lines(ROOT / "deploy" / "systemd" / "jiesu-bot.service", "TimeoutStopSec")[0]) >= 60
