"""The settings take the environment, `.env` and secret files, and say plainly what is wrong."""

import os
import re
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

import settings as settings_module
from settings import ListenAddress, Settings, SettingsError, describe_settings, load_settings, secret_names

ROOT = Path(settings_module.__file__).parent


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder and an environment that say nothing, but for where data goes."""
    for name in (*Settings.model_fields, *(f"{name}_FILE" for name in secret_names())):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def problems_of(**overrides: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, **overrides)
    return caught.value.problems


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert settings.http_listen == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.attachments_dir == tmp_path / "data" / "attachments"
    assert settings.attachment_limit_bytes == 20 * 1024 * 1024


def test_env_file_gives_way_to_the_environment_and_that_to_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HTTP_LISTEN=127.0.0.1:1\nBOT_LISTEN=127.0.0.1:1\nLOG_LEVEL=debug\n")
    monkeypatch.setenv("HTTP_LISTEN", "127.0.0.1:2")
    monkeypatch.setenv("BOT_LISTEN", "127.0.0.1:2")
    settings = load_settings(bot_listen="127.0.0.1:3")
    assert (settings.log_level, settings.http_listen.port, settings.bot_listen.port) == ("DEBUG", 2, 3)


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_STAFF_TOKEN", "")
    monkeypatch.setenv("DB_POOL_SIZE", "")
    assert load_settings().telegram_staff_token is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ListenAddress("127.0.0.1", 8080)),
        ("[::1]:0", ListenAddress("::1", 0)),
        ("localhost:65535", ListenAddress("localhost", 65535)),
    ],
)
def test_listen_addresses_are_parsed_and_written_back(
    text: str, address: ListenAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_LISTEN", text)
    assert load_settings().http_listen == address
    assert str(address) == text


@pytest.mark.parametrize("text", ["8080", ":8080", "host:", "host:65536", "host:-1", "host:８０"])
def test_other_listen_addresses_are_refused(text: str) -> None:
    (problem,) = problems_of(http_listen=text)
    assert problem.startswith("HTTP_LISTEN: is not host:port; write for example")


def test_database_and_redis_addresses_take_one_scheme() -> None:
    settings = load_settings(database_url="postgresql://u:p@db/jiesu", redis_url="valkey://cache:6379/0")
    assert settings.database_url == SecretStr("postgres://u:p@db/jiesu")
    assert settings.redis_url == SecretStr("redis://cache:6379/0")


def test_each_fault_has_one_line_and_no_secret_is_quoted() -> None:
    faults = {
        "database_url": "mysql://hush",
        "redis_url": "hush",
        "channel_token": "hush",
        "telegram_enterprise_token": "hush",
        "telegram_webhook_secret": "hush!",
        "vosk_model_path": "nowhere",
        "db_pool_size": "many",
        "log_level": "loud",
        "public_url": "city.example",
    }
    problems = problems_of(**faults)
    assert [problem.partition(":")[0] for problem in problems] == sorted(
        (name.upper() for name in faults), key=[name.upper() for name in Settings.model_fields].index
    )
    assert not [problem for problem in problems if "hush" in problem or "\n" in problem]


def test_a_bad_data_dir_is_one_problem_not_three() -> None:
    problems = problems_of(data_dir=[])
    assert [problem.partition(":")[0] for problem in problems] == ["DATA_DIR"]


def test_an_unknown_override_is_named() -> None:
    assert problems_of(htttp_listen="x") == ("HTTTP_LISTEN: there is no such setting",)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"telegram_enterprise_token": "1:a", "telegram_staff_token": "1:a"}, "TELEGRAM_STAFF_TOKEN"),
        ({"telegram_mode": "webhook", "telegram_webhook_secret": "s" * 16}, "PUBLIC_URL"),
        ({"telegram_mode": "webhook", "public_url": "https://city.example"}, "TELEGRAM_WEBHOOK_SECRET"),
    ],
)
def test_telegram_settings_fit_together(given: dict[str, object], name: str) -> None:
    (problem,) = problems_of(**given)
    assert problem.startswith(f"{name}: ")


@pytest.mark.parametrize("name", sorted(secret_names()))
def test_every_secret_comes_by_file_too(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"DATABASE_URL": "postgres://u:p@db/jiesu", "REDIS_URL": "redis://cache"}.get(name, "1234567890123456")
    if name.startswith("TELEGRAM_") and name.endswith("_TOKEN"):
        value = "123:abc"
    (tmp_path / "secret").write_text(f"{value}\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    assert getattr(load_settings(), name.lower()) == SecretStr(value)


def test_a_secret_file_may_be_named_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-long-enough-secret")
    (tmp_path / ".env").write_text(f"SECRET_KEY_FILE={tmp_path / 'secret'}\n")
    assert load_settings().secret_key == SecretStr("a-long-enough-secret")


def test_an_empty_secret_file_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("\n")
    monkeypatch.setenv("TELEGRAM_STAFF_TOKEN_FILE", str(tmp_path / "secret"))
    assert load_settings().telegram_staff_token is None


def test_a_secret_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-long-enough-secret")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert problems_of() == ("SECRET_KEY: is given, and SECRET_KEY_FILE too; keep one of them",)


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "missing"))
    assert problems_of() == ("SECRET_KEY_FILE: cannot be read; correct the path or its permissions",)


def test_missing_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.secret_key == second.secret_key != first.channel_token
    for name in ("secret_key", "channel_token"):
        file = tmp_path / "data" / "secrets" / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(file.read_text()) >= 32
    assert {file.name for file in (tmp_path / "data" / "secrets").iterdir()} == {"channel_token", "secret_key"}


def test_given_keys_write_nothing(tmp_path: Path) -> None:
    load_settings(secret_key="a-long-enough-secret", channel_token="another-long-secret")
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")
def test_root_in_a_closed_folder_keeps_its_data_where_the_servers_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATA_DIR")
    tmp_path.chmod(0o700)
    settings = load_settings(secret_key="a-long-enough-secret", channel_token="another-long-secret")
    assert settings.data_dir == Path("/var/lib/jiesu", str(tmp_path).strip("/").replace("/", "-"))


def test_settings_are_frozen() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.log_level = "DEBUG"  # type: ignore[misc]  # that it is refused is the point


def test_description_shows_every_setting_and_no_secret() -> None:
    rows = describe_settings(load_settings(database_url="postgres://u:hush@db/jiesu"))
    assert [row.name.lower() for row in rows] == list(Settings.model_fields)
    assert all(row.description for row in rows)
    shown = {row.name: row for row in rows}
    assert (shown["DATABASE_URL"].value, shown["SECRET_KEY"].value, shown["REDIS_URL"].value) == ("***", "***", "")
    assert (shown["DATABASE_URL"].is_default, shown["BACKEND_URL"].is_default) == (False, True)
    assert "hush" not in repr(rows)


def test_the_example_lists_every_setting_and_no_other() -> None:
    named = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_works_as_it_is_with_its_defaults_uncommented(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(re.sub(r"^#(?=[A-Z_]+=)", "", text, flags=re.MULTILINE))
    assert load_settings().http_listen == ("127.0.0.1", 8080)
