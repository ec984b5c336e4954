"""The settings take the environment, `.env` and secret files, and say plainly what is wrong."""

import os
import re
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

import settings as settings_module
from dialogs.wording import Wording
from locales import LANGUAGES, catalogue
from settings import ListenAddress, Settings, SettingsError, describe_settings, load_settings, secret_names

ROOT = Path(settings_module.__file__).parent


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder and an environment that say nothing, but for where data goes."""
    for name in (*Settings.model_fields, *(f"{name}_FILE" for name in secret_names())):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def problems_of(language: str = "en", **overrides: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, **overrides)
    return Wording(language).faults(caught.value)


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
    assert problem.startswith("HTTP_LISTEN: must be host:port, such as")


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
    assert problems_of(htttp_listen="x") == ["HTTTP_LISTEN: there is no such setting"]


WEBHOOK: dict[str, object] = {"telegram_mode": "webhook"}
FAULTS: list[tuple[dict[str, object], str, str]] = [
    (
        {"db_pool_size": "many"},
        "DB_POOL_SIZE: 应是数字，计数的要用整数，不能是“many”",
        "DB_POOL_SIZE: must be a number, whole where it counts something, not many",
    ),
    (
        {"session_hours": "long"},
        "SESSION_HOURS: 应是数字，计数的要用整数，不能是“long”",
        "SESSION_HOURS: must be a number, whole where it counts something, not long",
    ),
    (
        {"session_hours": "inf"},
        "SESSION_HOURS: 应是数字，计数的要用整数，不能是“inf”",
        "SESSION_HOURS: must be a number, whole where it counts something, not inf",
    ),
    ({"session_hours": "0"}, "SESSION_HOURS: 要大于 0", "SESSION_HOURS: must be more than 0"),
    ({"ivr_workers": "0"}, "IVR_WORKERS: 不能小于 1", "IVR_WORKERS: cannot be less than 1"),
    ({"ivr_workers": "65"}, "IVR_WORKERS: 不能大于 64", "IVR_WORKERS: cannot be more than 64"),
    ({"call_button": "mute"}, "CALL_BUTTON: 只能写 true 或 false", "CALL_BUTTON: must be true or false, not mute"),
    ({"telegram_mode": "poling"}, "TELEGRAM_MODE: 不能是“poling”", "TELEGRAM_MODE: cannot be poling"),
    ({"http_listen": "8080"}, "HTTP_LISTEN: 要写成“主机:端口”", "HTTP_LISTEN: must be host:port"),
    ({"public_url": "a.cn"}, "PUBLIC_URL: 不是网址；要以 http:// 或", "PUBLIC_URL: is not a web address"),
    (
        {"database_url": "mysql://x"},
        "DATABASE_URL: 不是 PostgreSQL 的地址",
        "DATABASE_URL: is not a PostgreSQL address",
    ),
    ({"redis_url": "x"}, "REDIS_URL: 不是 Redis 或 Valkey 的地址", "REDIS_URL: is not a Redis or Valkey address"),
    ({"secret_key": "x"}, "SECRET_KEY: 不到 16 个字符", "SECRET_KEY: has fewer than 16 characters"),
    ({"telegram_staff_token": "x"}, "TELEGRAM_STAFF_TOKEN: 不是机器人的", "TELEGRAM_STAFF_TOKEN: is not a bot token"),
    ({"telegram_webhook_secret": "x"}, "TELEGRAM_WEBHOOK_SECRET: 要用 16", "TELEGRAM_WEBHOOK_SECRET: must be 16"),
    ({"sip_allowed": "here"}, "SIP_ALLOWED: 里面有的不是地址或网段", "SIP_ALLOWED: names what is no address"),
    ({"call_ports": "9-8"}, "CALL_PORTS: 不是端口范围", "CALL_PORTS: is not a range of ports"),
    ({"sip_transports": "sctp"}, "SIP_TRANSPORTS: 只能写 udp、tcp、tls", "SIP_TRANSPORTS: knows udp, tcp and tls"),
    ({"sip_tls_ca": "nowhere"}, "SIP_TLS_CA: 没有这个文件", "SIP_TLS_CA: there is no such file"),
    ({"prompts_dir": "nowhere"}, "PROMPTS_DIR: 没有这个文件夹", "PROMPTS_DIR: there is no such folder"),
    ({"data_dir": []}, "DATA_DIR: 写的内容不合要求", "DATA_DIR: does not fit"),
    (
        {"telegram_enterprise_token": "1:a", "telegram_staff_token": "1:a"},
        "TELEGRAM_STAFF_TOKEN: 和企业机器人的 token 相同",
        "TELEGRAM_STAFF_TOKEN: is the enterprise bot's token",
    ),
    (
        WEBHOOK | {"telegram_webhook_secret": "s" * 16},
        "PUBLIC_URL: 不是 https 网址",
        "PUBLIC_URL: is not on https",
    ),
    (
        WEBHOOK | {"public_url": "https://city.example"},
        "TELEGRAM_WEBHOOK_SECRET: 没有设，而 TELEGRAM_MODE=webhook 需要它",
        "TELEGRAM_WEBHOOK_SECRET: is not set, which TELEGRAM_MODE=webhook needs",
    ),
    (
        {"sip_tls_certificate": __file__},
        "SIP_TLS_KEY: 没有设，而 SIP_TLS_CERTIFICATE 需要它",
        "SIP_TLS_KEY: is not set, which SIP_TLS_CERTIFICATE needs",
    ),
    (
        {"sip_tls_key": __file__},
        "SIP_TLS_CERTIFICATE: 没有设，而 SIP_TLS_KEY 需要它",
        "SIP_TLS_CERTIFICATE: is not set, which SIP_TLS_KEY needs",
    ),
    (
        {"sip_transports": "udp,tls"},
        "SIP_TLS_CERTIFICATE: 没有设，而 TLS 需要它",
        "SIP_TLS_CERTIFICATE: is not set, which TLS needs",
    ),
    (
        {"understanding_url": "http://10.0.0.5:8000/v1"},
        "UNDERSTANDING_MODEL: 没有设，而 UNDERSTANDING_URL 需要它",
        "UNDERSTANDING_MODEL: is not set, which UNDERSTANDING_URL needs",
    ),
    (
        {"sip_register_seconds": "60", "sip_trunk": "pbx"},
        "SIP_TRUNK_USER: 没有设，而 SIP_REGISTER_SECONDS 需要它",
        "SIP_TRUNK_USER: is not set, which SIP_REGISTER_SECONDS needs",
    ),
]


@pytest.mark.parametrize(("given", "chinese", "english"), FAULTS, ids=lambda one: one if isinstance(one, str) else "")
def test_each_kind_of_fault_is_told_in_both_languages_with_what_the_setting_is_for(
    given: dict[str, object], chinese: str, english: str
) -> None:
    for language, expected in (("zh_CN", chinese), ("en", english)):
        (problem,) = problems_of(language, **given)
        assert problem.startswith(expected)
        assert catalogue(language)[f"setting.{expected.partition(':')[0].lower()}"] in problem


def test_what_was_probably_meant_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts.txt").touch()
    assert problems_of("zh_CN", telegram_mode="poling")[0].endswith("。是不是想写“polling”？")
    assert problems_of("zh_CN", log_format="xml")[0].endswith("。可以写：json, text")
    assert problems_of("en", prompts_dir="prompt")[0].endswith("; did you mean prompts?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_is_so_odd_that_there_are_no_words_for_it(
    language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told = 0
    for value in ("?{}", "-5", "99999999999", "1.5", "inf", "\N{FULLWIDTH DIGIT ONE}", "\u200b"):
        for name in Settings.model_fields.keys() - {"data_dir"}:
            monkeypatch.setenv(name.upper(), value)
        told += len(problems_of(language))
    assert told > 200
    assert "text missing" not in caplog.text
    assert "placeholder" not in caplog.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_described_in_the_catalogues_and_no_other(language: str) -> None:
    described = {name.removeprefix("setting.") for name in catalogue(language) if name.startswith("setting.")}
    assert {name for name in described if not name.startswith("fault.")} == set(Settings.model_fields)
    for row in describe_settings(load_settings()):
        words = Wording(language).text(row.description)
        assert (re.search("[\u4e00-\u9fff]", words) is not None) == (language == "zh_CN"), row.name


def test_a_folder_of_data_that_cannot_be_made_is_told_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (english,) = problems_of(data_dir=tmp_path / "file" / "data")
    (chinese,) = problems_of("zh_CN", data_dir=tmp_path / "file" / "data")
    assert english.startswith(f"DATA_DIR: {tmp_path}/file/data/secrets/channel_token cannot be used (a part of")
    assert chinese.startswith(
        f"DATA_DIR: 用不了 {tmp_path}/file/data/secrets/channel_token（路径中间有一段不是文件夹）"
    )


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
    assert problems_of() == ["SECRET_KEY: is given, and SECRET_KEY_FILE too; keep one of them"]
    assert problems_of("zh_CN") == ["SECRET_KEY: 设了，SECRET_KEY_FILE 也设了；请只留一个"]


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret_key").touch()
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret_keys"))
    assert problems_of() == ["SECRET_KEY_FILE: there is no such file; did you mean secret_key?"]
    assert problems_of("zh_CN") == ["SECRET_KEY_FILE: 没有这个文件。是不是想写“secret_key”？"]
    (tmp_path / "secret_key").write_bytes("密".encode("gbk"))
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret_key"))
    assert problems_of()[0].startswith("SECRET_KEY_FILE: the file is not UTF-8")


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
