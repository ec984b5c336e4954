"""The compose file names only settings, secrets, volumes and files that exist: no engine runs here to say so."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import settings as settings_module
from settings import Settings, load_settings, secret_names

ROOT = Path(settings_module.__file__).parent
PARTS = ("migrate", "backend", "worker", "bot", "ivr")
PHONE = ("IVR_", "CALL_", "SIP_", "AUDIOSOCKET_", "SMS_", "PROMPTS_DIR", "VOSK_MODEL_PATH")
"""How the names of the phone's settings begin."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_the_image_is_given_every_module_that_the_package_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    modules = {f"{name}.py" for name in project["tool"]["setuptools"]["py-modules"]}
    copied = re.search(r"^COPY (pyproject.*) \./$", (ROOT / "deploy" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert copied is not None
    assert modules <= set(copied[1].split())
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert modules <= let_in


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_given_settings_that_exist(compose: dict[str, Any], part: str) -> None:
    known = {name.upper() for name in Settings.model_fields} | {f"{name}_FILE" for name in secret_names()}
    assert set(compose["services"][part]["environment"]) <= known


def test_the_phone_is_given_every_setting_of_its_own(compose: dict[str, Any]) -> None:
    wanted = {name.upper() for name in Settings.model_fields if name.upper().startswith(PHONE)}
    given = {name.removesuffix("_FILE") for name in compose["services"]["ivr"]["environment"]}
    assert wanted <= given


def test_the_phone_finds_on_the_hosts_network_what_the_others_call_by_name(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert ("networks" in service) != ("network_mode" in service), name
    assert services["ivr"]["network_mode"] == "host"
    assert set(services["ivr"]["extra_hosts"]) == {"backend:127.0.0.1", "valkey:127.0.0.1"}
    for name, port in (("backend", 8080), ("valkey", 6379)):
        assert services[name]["ports"] == [f"127.0.0.1:{port}:{port}"]
        assert "front" in services[name]["networks"]  # nothing is published from an internal network alone
    assert services["ivr"]["environment"]["IVR_LISTEN"] == str(Settings.model_fields["ivr_listen"].default)


def test_calls_may_end_before_the_phone_is_killed(compose: dict[str, Any]) -> None:
    """The ways of calling stop one after the other, each after the drain time: outbox, AudioSocket, SIP, page."""
    assert compose["services"]["ivr"]["stop_grace_period"] == "2m"
    assert compose["services"]["bot"]["stop_grace_period"] == "60s"
    assert 4 * Settings.model_fields["ivr_drain_seconds"].default + 30 <= 120


def test_every_secret_file_named_is_mounted_and_made(compose: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path / "deploy")
    subprocess.run([tmp_path / "deploy" / "make-secrets"], check=True)
    assert {file.name for file in (tmp_path / "secrets").iterdir()} == set(compose["secrets"])
    for name, service in compose["services"].items():
        mounted = set(service.get("secrets", ()))
        assert mounted <= set(compose["secrets"]), name
        assert set(re.findall(r"/run/secrets/(\w+)", repr(service))) <= mounted, name


def test_secrets_made_are_accepted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path / "deploy")
    script = tmp_path / "deploy" / "make-secrets"
    subprocess.run([script], check=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    subprocess.run([script], check=True)
    assert made == {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}

    for name in secret_names():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secrets" / name.lower()))
    settings = load_settings(tmp_path / "no.env", data_dir=tmp_path / "data")
    assert settings.telegram_staff_token is None
    assert settings.sip_trunk_password is None
    assert settings.database_url is not None
    assert made["postgres_password"].strip() in settings.database_url.get_secret_value()
    assert not (tmp_path / "data").exists()


def test_services_are_confined_and_wait_for_what_they_need(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert service["read_only"], name
        assert "healthcheck" in service, name
        for needed in service.get("depends_on", ()):
            assert needed in services, name
        for volume in service.get("volumes", ()):
            assert volume == "./config:/config:ro" or volume.partition(":")[0] in compose["volumes"], name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", ())), name
    for part in ("backend", "worker"):
        assert services[part]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_copies_files_that_the_ignore_file_lets_through() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    lines = [line.split()[1:-1] for line in (ROOT / "deploy" / "Dockerfile").read_text().splitlines() if "COPY" in line]
    copied = {name for line in lines for name in line if not name.startswith(("-", "/"))}
    assert all((ROOT / name).exists() for name in copied)
    whole = {name for name in copied if name in allowed}
    assert whole == allowed
    assert all(name.partition("/")[0] in allowed for name in copied - whole)


def test_the_image_fetches_the_speech_model_with_what_it_has_copied_by_then(tmp_path: Path) -> None:
    """An import that fails there ends in a phone without ears, and says so in the build's output only."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    for line in text.partition("import delivery")[0].splitlines():
        if line.startswith("COPY") and "fetching" in line:
            *names, to = line.split()[1:]
            folder = tmp_path / to
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import delivery; delivery.fetch"]
    subprocess.run(command, cwd=tmp_path / "fetching", check=True)
