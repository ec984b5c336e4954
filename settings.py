"""The settings of every part, read once at start from the environment or `.env`, and frozen.

A secret may come by file instead: `NAME_FILE` names a file that holds the value of `NAME`, as Docker secrets do.
"""

from __future__ import annotations

import difflib
import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from backend.contract.faults import NamedFault, OperatorError, Refused, system_reason
from backend.contract.message import Message
from backend.contract.misfits import Misfit
from backend.contract.yaml_source import neighbour, unreadable

_ALIKE = 0.86
"""Likeness from which an unknown name is taken for a setting that was mistyped."""


class SettingsError(OperatorError):
    """Settings that cannot be used; no fault quotes a secret."""


_UNMADE = SecretStr("made at the first start")
"""Stands for a secret of this installation that is not there yet."""

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class ListenAddress(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class PortRange(NamedTuple):
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


class SettingRow(NamedTuple):
    """One line of `jiesu settings`."""

    name: str
    value: str
    """`***` for a secret that is set, empty for anything that is not set."""
    is_default: bool
    description: Message


def _listen_address(value: object) -> ListenAddress:
    if isinstance(value, ListenAddress):
        return value
    host, colon, port = str(value).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Refused(Message("value.listen_address"))
    return ListenAddress(host, int(port))


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise Refused(Message("value.web_address"))
    return value.rstrip("/")


def _database_url(value: SecretStr) -> SecretStr:
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "asyncpg"} or not rest:
        raise Refused(Message("value.database_url"))
    return SecretStr(f"postgres://{rest}")


def _redis_url(value: SecretStr) -> SecretStr:
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"redis", "rediss", "unix", "valkey", "valkeys"} or not rest:
        raise Refused(Message("value.redis_url"))
    return SecretStr(f"{scheme.replace('valkey', 'redis')}://{rest}")


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise Refused(Message("value.short_secret"))
    return value


def _telegram_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise Refused(Message("value.telegram_token"))
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    # Telegram allows 1 to 256 of these characters: https://core.telegram.org/bots/api#setwebhook
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
        raise Refused(Message("value.webhook_secret"))
    return value


def _own_path(value: Path) -> Path:
    return value.expanduser().absolute()


def _networks(value: object) -> object:
    """Addresses and networks with commas between; an address alone is a network of one."""
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
    except ValueError:
        raise Refused(Message("value.networks")) from None


def _ports(value: object) -> object:
    """First and last port, `16384-17383`."""
    if not isinstance(value, str):
        return value
    first, _, last = value.partition("-")
    if not (first.isdigit() and last.isdigit() and 1024 <= int(first) < int(last) <= 65535):
        raise Refused(Message("value.ports"))
    return PortRange(int(first), int(last))


def _transports(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
    if not found or not set(found) <= {"udp", "tcp", "tls"}:
        raise Refused(Message("value.transports"))
    return found


def _existing_file(value: Path) -> Path:
    if not value.is_file():
        raise Refused(Message("value.no_file"), neighbour(value))
    return value.absolute()


def _existing_folder(value: Path) -> Path:
    if not value.is_dir():
        raise Refused(Message("value.no_folder"), neighbour(value, folders=True))
    return value.absolute()


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Listen = Annotated[ListenAddress, NoDecode, BeforeValidator(_listen_address), PlainSerializer(str)]
Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...],
    NoDecode,
    BeforeValidator(_networks),
    PlainSerializer(lambda value: ",".join(map(str, value))),
]
Ports = Annotated[PortRange, NoDecode, BeforeValidator(_ports), PlainSerializer(str)]
Transports = Annotated[
    tuple[Literal["udp", "tcp", "tls"], ...], NoDecode, BeforeValidator(_transports), PlainSerializer(",".join)
]
WebAddress = Annotated[str, AfterValidator(_web_address)]
OwnPath = Annotated[Path, AfterValidator(_own_path)]
ExistingFile = Annotated[Path, AfterValidator(_existing_file)]
ExistingFolder = Annotated[Path, AfterValidator(_existing_folder)]
TelegramToken = Annotated[SecretStr, AfterValidator(_telegram_token)]
LongSecret = Annotated[SecretStr, AfterValidator(_long_secret)]


def default_models_dir() -> Path:
    """Outside DATA_DIR, for what is fetched is the same everywhere and large: one copy an account, as caches are."""
    if os.geteuid() == 0:
        return Path("/var/cache/jiesu/models")  # services that root sets up can read it, and nothing below /root
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jiesu" / "models"


class Settings(BaseSettings):
    """Every setting of jiesu; the environment's names are these in capitals.

    What each is for says the catalogue, under `setting.` and its name.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = None
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] | None = None
    data_dir: OwnPath = Field(default_factory=lambda: _default_data_dir(Path.cwd()))
    http_listen: Listen = ListenAddress("127.0.0.1", 8080)
    bot_listen: Listen = ListenAddress("127.0.0.1", 8081)
    backend_url: WebAddress = Field(default_factory=lambda known: f"http://{known['http_listen']}")
    channel_token: LongSecret = Field(default_factory=lambda known: _kept_secret(known["data_dir"], "channel_token"))
    secret_key: LongSecret = Field(default_factory=lambda known: _kept_secret(known["data_dir"], "secret_key"))
    metrics_token: LongSecret | None = None
    public_url: WebAddress = Field(default_factory=lambda known: f"http://{known['http_listen']}")
    trusted_proxies: Networks = LOOPBACK
    telegram_api_url: WebAddress = "https://api.telegram.org"
    telegram_enterprise_token: TelegramToken | None = None
    telegram_staff_token: TelegramToken | None = None
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    policy_path: OwnPath | None = None
    city_path: OwnPath | None = None
    scenarios_path: OwnPath | None = None
    vosk_model_path: ExistingFolder | None = None
    models_dir: OwnPath = Field(default_factory=default_models_dir)
    prompts_dir: ExistingFolder | None = None
    ivr_listen: Listen = ListenAddress("127.0.0.1", 8082)
    ivr_seat: str = ""
    ivr_personal: str = ""
    ivr_on_hangup: Literal["ticket", "draft"] = "ticket"
    ivr_workers: int = Field(1, ge=1, le=64)
    ivr_max_calls: int = Field(20, ge=1, le=500)
    ivr_max_seconds: int = Field(1800, ge=60, le=14400)
    ivr_drain_seconds: int = Field(20, ge=0, le=600)
    ivr_status_listen: Listen | None = None
    call_button: bool = True
    call_ports: Ports | None = None
    call_address: str = ""
    sip_listen: Listen | None = None
    sip_allowed: Networks = LOOPBACK
    sip_transports: Transports = ("udp", "tcp")
    sip_rtp_ports: Ports = PortRange(16384, 17383)
    sip_tls_certificate: ExistingFile | None = None
    sip_tls_key: ExistingFile | None = None
    sip_tls_ca: ExistingFile | None = None
    sip_srtp: Literal["off", "optional", "required"] = "off"
    sip_trunk: str = ""
    sip_trunk_user: str = ""
    sip_trunk_password: SecretStr | None = None
    sip_trunk_auth_user: str = ""
    sip_trunk_proxy: str = ""
    sip_trunk_transport: Literal["udp", "tcp", "tls"] = "udp"
    sip_trunk_numbers: Literal["e164", "national"] = "e164"
    sip_register_seconds: int = Field(0, ge=0, le=86400)
    sip_caller_id: str = ""
    audiosocket_listen: Listen | None = None
    audiosocket_allowed: Networks = LOOPBACK
    sms_url: WebAddress | None = None
    sms_token: SecretStr | None = None
    understanding_url: WebAddress | None = None
    understanding_model: str = ""
    understanding_token: SecretStr | None = None
    attachments_dir: OwnPath = Field(default_factory=lambda known: known["data_dir"] / "attachments")
    attachment_limit_bytes: int = Field(20 * 1024 * 1024, ge=1024)
    attachment_reserve_bytes: int = Field(2 * 2**30, ge=0)
    session_hours: float = Field(72, gt=0, allow_inf_nan=False)
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    log_format: Literal["json", "text"] = "text"
    db_pool_size: int = Field(20, ge=1, le=1000)
    worker_status_listen: Listen | None = None
    worker_concurrency: int = Field(4, ge=1, le=100)

    @model_validator(mode="after")
    def _telegram_fits_together(self) -> Self:
        if self.telegram_enterprise_token is not None and self.telegram_enterprise_token == self.telegram_staff_token:
            raise Refused(Message("value.same_token"), place=("telegram_staff_token",))
        if self.telegram_mode == "webhook":
            if not self.public_url.startswith("https://"):
                raise Refused(Message("value.webhook_address"), place=("public_url",))
            self._need("telegram_webhook_secret", "TELEGRAM_MODE=webhook")
        return self

    @model_validator(mode="after")
    def _understanding_fits_together(self) -> Self:
        if self.understanding_url is not None:
            self._need("understanding_model", "UNDERSTANDING_URL")
        return self

    @model_validator(mode="after")
    def _phone_fits_together(self) -> Self:
        if self.sip_tls_certificate is not None:
            self._need("sip_tls_key", "SIP_TLS_CERTIFICATE")
        if self.sip_tls_key is not None:
            self._need("sip_tls_certificate", "SIP_TLS_KEY")
        if "tls" in (*self.sip_transports, self.sip_trunk_transport):
            self._need("sip_tls_certificate", "TLS")
        if self.sip_register_seconds:
            self._need("sip_trunk", "SIP_REGISTER_SECONDS")
            self._need("sip_trunk_user", "SIP_REGISTER_SECONDS")
        return self

    def _need(self, name: str, by: str) -> None:
        if not getattr(self, name):
            raise Refused(Message("value.needed", {"by": by}), place=(name,))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic's own convention, not NAME_FILE
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Overrides first, then the environment, then `.env`, then secrets by file."""
        by_file = _SecretFiles(settings_cls, getattr(dotenv_settings, "env_file", None))
        return init_settings, env_settings, dotenv_settings, by_file


def load_settings(env_file: Path | None = None, **overrides: object) -> Settings:
    """As `read_settings`, and secrets that are needed but not given are made and kept below DATA_DIR."""
    chosen = read_settings(env_file, **overrides)
    unmade = [name for name in ("channel_token", "secret_key") if getattr(chosen, name) == _UNMADE]
    try:
        for name in unmade:
            _make_secret(chosen.data_dir / "secrets" / name)
    except OSError as error:
        raise _data_dir_unusable(error) from None
    return read_settings(env_file, **overrides) if unmade else chosen


def read_settings(env_file: Path | None = None, **overrides: object) -> Settings:
    """Read and check the settings; makes nothing. `overrides` are named as the fields and win over everything.

    `env_file` defaults to `.env` in the working folder, and may be missing. Raises SettingsError with every fault.
    """
    unknown = overrides.keys() - Settings.model_fields.keys()
    if unknown:
        raise SettingsError(*(NamedFault(name.upper(), Message("value.no_setting")) for name in sorted(unknown)))
    try:
        return Settings(_env_file=env_file or Path(".env"), _env_file_encoding="utf-8", **overrides)  # type: ignore[arg-type]  # names are checked above, values by pydantic
    except ValidationError as error:
        details = [one for one in error.errors(include_url=False) if one["type"] != "default_factory_not_called"]
        raise SettingsError(*map(_fault, details)) from None
    except OSError as error:
        raise _data_dir_unusable(error) from None


def _data_dir_unusable(error: OSError) -> SettingsError:
    told = Message("value.data_dir", {"path": str(error.filename), "reason": system_reason(error)})
    return SettingsError(NamedFault("DATA_DIR", told))


def misspelt(env_file: Path | None = None) -> list[NamedFault]:
    """A fault for each name that is no setting: all of the file's, and of the environment those that look like one."""
    known = set(Settings.model_fields.keys()) | {f"{name.lower()}_file" for name in secret_names()}
    path = env_file or Path(".env")
    in_file = {name.lower() for name in dotenv_values(path, encoding="utf-8")} if path.exists() else set()
    told = []
    for name in sorted((in_file | {name.lower() for name in os.environ}) - known):
        meant = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if meant:
            told.append((name, Message("fault.did_you_mean", {"word": meant[0].upper()})))
        elif name in in_file:
            told.append((name, Message("value.all_settings")))
    return [NamedFault(name.upper(), Message("value.no_setting"), hint) for name, hint in told]


def terminal_language() -> str:
    """What LC_ALL, LC_MESSAGES or LANG ask for, such as `en_US`; empty where nothing is asked for."""
    asked = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((one for one in asked if one), "").partition(".")[0]


def describe_settings(settings: Settings) -> list[SettingRow]:
    """Every setting with its value as an operator may see it: secrets as `***`."""
    return [
        SettingRow(
            name=name.upper(),
            value=_shown(getattr(settings, name)),
            is_default=name not in settings.model_fields_set,
            description=_description(name),
        )
        for name in Settings.model_fields
    ]


def secret_names() -> frozenset[str]:
    """The settings that may also come by file, as NAME_FILE."""
    return frozenset(name.upper() for name, field in Settings.model_fields.items() if _is_secret(field))


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads the file that NAME_FILE names, for every secret NAME."""

    def __init__(self, settings_cls: type[BaseSettings], env_file: object) -> None:
        super().__init__(settings_cls)
        in_file = dotenv_values(env_file, encoding="utf-8") if isinstance(env_file, Path) and env_file.exists() else {}
        self._known: Mapping[str, str | None] = {**in_file, **os.environ}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The secret from its file, or None when there is no NAME_FILE or NAME itself is given."""
        name = field_name.upper()
        file = self._known.get(f"{name}_FILE") if _is_secret(field) else None
        if not file:
            return None, field_name, False
        if self._known.get(name):
            raise SettingsError(NamedFault(name, Message("value.twice", {"other": f"{name}_FILE"})))
        try:
            # An empty file is no value, as an empty variable is none.
            return Path(file).read_text(encoding="utf-8").strip() or None, field_name, False
        except OSError as error:
            told = unreadable(Path(file), error)
            raise SettingsError(NamedFault(f"{name}_FILE", told.reason, told.hint)) from None
        except UnicodeDecodeError:
            raise SettingsError(NamedFault(f"{name}_FILE", Message("fault.file.encoding"))) from None

    def __call__(self) -> dict[str, Any]:
        """All secrets given by file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in repr(field.annotation)


def _shown(value: object) -> str:
    if value is None or value == _UNMADE:
        return ""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return ",".join(map(str, value))
    return "***" if isinstance(value, SecretStr) else str(value)


def _fault(detail: ErrorDetails) -> NamedFault:
    within = detail.get("ctx", {}).get("error")
    # A check over several settings says itself which of them to mend.
    name = str((*detail["loc"], *(within.place if isinstance(within, Refused) else ()))[0])
    value = "***" if _is_secret(Settings.model_fields[name]) else str(detail["input"])
    reason, hint = Misfit(Settings, detail, (name,), value).told()
    if not isinstance(within, Refused):
        reason = Message(f"setting.{reason.key}", reason.args)  # in a file's words the key is part of the sentence
    described = Message("value.described", {"reason": reason, "description": _description(name)})
    return NamedFault(name.upper(), described, hint)


def _description(name: str) -> Message:
    return Message(f"setting.{name}")


def _default_data_dir(here: Path) -> Path:
    """`./var`; for root, whose servers run as another account, a place which that account can reach."""
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in (here, *here.parents)):
        return here / "var"
    return Path("/var/lib/jiesu") / str(here).strip("/").replace("/", "-")


def _kept_secret(data_dir: Path, name: str) -> SecretStr:
    """The random secret of this installation."""
    try:
        return SecretStr((data_dir / "secrets" / name).read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return _UNMADE


def _make_secret(file: Path) -> None:
    """Made once an installation, read by its owner alone."""
    # The servers' account must get through DATA_DIR when root runs us, and needs to see nothing in it.
    _make_folders(file.parent.parent, 0o711 if os.geteuid() == 0 else 0o700)
    _make_folders(file.parent, 0o700)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(32))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)  # whole or not at all, and the first of two processes wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _make_folders(path: Path, mode: int) -> None:
    """Make `path` and its missing parents, whatever the umask; folders that exist stay as they are."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
