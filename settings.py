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
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

_ALIKE = 0.86
"""Likeness from which an unknown name is taken for a setting that was mistyped."""


class SettingsError(ValueError):
    """Settings that cannot be used; `problems` has one line for each, and no line quotes a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


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
    description: str


def _listen_address(value: object) -> ListenAddress:
    if isinstance(value, ListenAddress):
        return value
    host, colon, port = str(value).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise PydanticCustomError("listen_address", "is not host:port; write for example 127.0.0.1:8080 or [::1]:8080")
    return ListenAddress(host, int(port))


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise PydanticCustomError("web_address", "is not a web address; begin it with http:// or https://")
    return value.rstrip("/")


def _database_url(value: SecretStr) -> SecretStr:
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "asyncpg"} or not rest:
        raise PydanticCustomError(
            "database_url", "is not a PostgreSQL address; write postgres://user:password@host:5432/name"
        )
    return SecretStr(f"postgres://{rest}")


def _redis_url(value: SecretStr) -> SecretStr:
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"redis", "rediss", "unix", "valkey", "valkeys"} or not rest:
        raise PydanticCustomError("redis_url", "is not a Redis or Valkey address; write redis://:password@host:6379/0")
    return SecretStr(f"{scheme.replace('valkey', 'redis')}://{rest}")


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 16:
        raise PydanticCustomError("short_secret", "has fewer than 16 characters; make a longer one, at random")
    return value


def _telegram_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise PydanticCustomError("telegram_token", "is not a bot token; copy it whole from @BotFather, 123456:ABC...")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    # Telegram allows 1 to 256 of these characters: https://core.telegram.org/bots/api#setwebhook
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
        raise PydanticCustomError("webhook_secret_form", "is not 16 to 256 letters, digits, _ and -; choose another")
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
        raise PydanticCustomError(
            "networks", "names what is no address or network; write for example 10.0.0.5,192.168.8.0/24"
        ) from None


def _ports(value: object) -> object:
    """First and last port, `16384-17383`."""
    if not isinstance(value, str):
        return value
    first, _, last = value.partition("-")
    if not (first.isdigit() and last.isdigit() and 1024 <= int(first) < int(last) <= 65535):
        raise PydanticCustomError("ports", "is not a range of ports; write for example 16384-17383")
    return PortRange(int(first), int(last))


def _transports(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if part.strip()))
    if not found or not set(found) <= {"udp", "tcp", "tls"}:
        raise PydanticCustomError("transports", "knows udp, tcp and tls; write for example udp,tcp")
    return found


def _existing(value: Path) -> Path:
    if not value.exists():
        raise PydanticCustomError("no_such_path", "names nothing that exists; correct it or leave it out")
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
ExistingPath = Annotated[Path, AfterValidator(_existing)]
TelegramToken = Annotated[SecretStr, AfterValidator(_telegram_token)]
LongSecret = Annotated[SecretStr, AfterValidator(_long_secret)]


def default_models_dir() -> Path:
    """Outside DATA_DIR, for what is fetched is the same everywhere and large: one copy an account, as caches are."""
    if os.geteuid() == 0:
        return Path("/var/cache/jiesu/models")  # services that root sets up can read it, and nothing below /root
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jiesu" / "models"


class Settings(BaseSettings):
    """Every setting of jiesu; the environment's names are these in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = Field(
        None, description="PostgreSQL 16 or newer; unset: a private server of our own below DATA_DIR"
    )
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] | None = Field(
        None, description="Redis or Valkey 7 or newer; unset: a private server of our own below DATA_DIR"
    )
    data_dir: OwnPath = Field(
        default_factory=lambda: _default_data_dir(Path.cwd()),
        description="folder of all that this installation keeps on disk; as root it moves below /var/lib/jiesu"
        " when ./var is closed to other accounts",
    )
    http_listen: Listen = Field(
        ListenAddress("127.0.0.1", 8080), description="backend API; in the all-in-one process the web chat too"
    )
    bot_listen: Listen = Field(
        ListenAddress("127.0.0.1", 8081), description="web chat of `jiesu bot` alone, and Telegram webhooks"
    )
    backend_url: WebAddress = Field(
        default_factory=lambda known: f"http://{known['http_listen']}",
        description="where the channels find the backend",
    )
    channel_token: LongSecret = Field(
        default_factory=lambda known: _kept_secret(known["data_dir"], "channel_token"),
        description="service token by which the channels enter the backend, at least 16 characters; unset: made once"
        " and kept below DATA_DIR",
    )
    secret_key: LongSecret = Field(
        default_factory=lambda known: _kept_secret(known["data_dir"], "secret_key"),
        description="signs log-ins and digests personal keys, at least 16 characters; unset: made once and kept below"
        " DATA_DIR; a new one logs everybody out",
    )
    metrics_token: LongSecret | None = Field(
        None,
        description="lets a collector on another machine read /metrics as a bearer token, at least 16 characters;"
        " unset: only this machine may",
    )
    public_url: WebAddress = Field(
        default_factory=lambda known: f"http://{known['http_listen']}", description="how people reach us, for links"
    )
    trusted_proxies: Networks = Field(
        LOOPBACK,
        description="addresses and networks of the reverse proxies before us, with commas: whom they name in"
        " X-Forwarded-For is believed; others' is not",
    )
    telegram_api_url: WebAddress = Field(
        "https://api.telegram.org", description="Telegram's Bot API or a local server of it"
    )
    telegram_enterprise_token: TelegramToken | None = Field(
        None, description="token of the bot for enterprises; unset: that bot stays off"
    )
    telegram_staff_token: TelegramToken | None = Field(
        None, description="token of the bot for staff; unset: that bot stays off"
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="how updates arrive; webhook needs PUBLIC_URL on https and TELEGRAM_WEBHOOK_SECRET"
    )
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = Field(
        None, description="what Telegram sends with each webhook call: 16 to 256 letters, digits, _ and -"
    )
    policy_path: OwnPath | None = Field(None, description="policy file (clocks, limits); unset: the built-in one")
    city_path: OwnPath | None = Field(None, description="organisation file of the city; unset: the demo city")
    scenarios_path: OwnPath | None = Field(None, description="folder of request templates; unset: built in")
    vosk_model_path: ExistingPath | None = Field(
        None, description="folder of an unpacked speech model of your own; unset: the one `jiesu models fetch` brings"
    )
    models_dir: OwnPath = Field(
        default_factory=default_models_dir,
        description="folder of the models that are fetched; checkouts of one account share it",
    )
    prompts_dir: ExistingPath | None = Field(
        None, description="folder of recordings that stand in for our own prompts; see docs/telephony.md"
    )
    ivr_listen: Listen = Field(
        ListenAddress("127.0.0.1", 8082), description="addresses of the call button when `jiesu ivr` runs alone"
    )
    ivr_seat: str = Field(
        "", description="where humans answer: a number or SIP address; unset: callers who want one are called back"
    )
    ivr_personal: str = Field("", description="where personal matters are answered; unset: at IVR_SEAT")
    ivr_on_hangup: Literal["ticket", "draft"] = Field(
        "ticket", description="what becomes of a form left by hanging up: a ticket for a seat, or a draft to go on with"
    )
    ivr_workers: int = Field(1, ge=1, le=64, description="processes that speak SIP; the n-th uses port + 2n, from 0")
    ivr_max_calls: int = Field(20, ge=1, le=500, description="calls at once in each SIP process, and by each other way")
    ivr_max_seconds: int = Field(1800, ge=60, le=14400, description="the longest call, seconds")
    ivr_drain_seconds: int = Field(20, ge=0, le=600, description="seconds that calls may go on when the phone stops")
    ivr_status_listen: Listen | None = Field(
        None, description="/healthz, /readyz and /metrics of the phone, such as 127.0.0.1:8084; unset: off"
    )
    call_button: bool = Field(True, description="whether the enterprise's page has a button to call by the browser")
    call_ports: Ports | None = Field(
        None, description="UDP ports of calls by the button, such as 18384-18483; unset: any"
    )
    call_address: str = Field(
        "", description="address that browsers send call audio to, where a gateway passes it on; unset: this machine's"
    )
    sip_listen: Listen | None = Field(
        None, description="where SIP is spoken, such as 0.0.0.0:5060; unset: no calls by SIP"
    )
    sip_allowed: Networks = Field(
        LOOPBACK,
        description="addresses and networks that calls may come from, with commas; the trunk's are added",
    )
    sip_transports: Transports = Field(("udp", "tcp"), description="udp, tcp and tls, with commas")
    sip_rtp_ports: Ports = Field(PortRange(16384, 17383), description="UDP ports of SIP calls' audio, two a call")
    sip_tls_certificate: ExistingPath | None = Field(None, description="PEM file of the certificate for SIP over TLS")
    sip_tls_key: ExistingPath | None = Field(None, description="PEM file of its key")
    sip_tls_ca: ExistingPath | None = Field(
        None, description="PEM file of who signs the other ends' certificates; unset: the system's"
    )
    sip_srtp: Literal["off", "optional", "required"] = Field("off", description="whether call audio is encrypted")
    sip_trunk: str = Field("", description="host of the PBX or provider that calls go out by; unset: no calls out")
    sip_trunk_user: str = Field("", description="name or number at the trunk; unset: it knows us by our address")
    sip_trunk_password: SecretStr | None = Field(None, description="its password")
    sip_trunk_auth_user: str = Field("", description="digest user name where it is not SIP_TRUNK_USER")
    sip_trunk_proxy: str = Field("", description="outbound proxy where it is not the trunk itself")
    sip_trunk_transport: Literal["udp", "tcp", "tls"] = Field("udp", description="how the trunk is reached")
    sip_trunk_numbers: Literal["e164", "national"] = Field(
        "e164", description="how numbers are dialled: +8613912345678, or 13912345678 as at home"
    )
    sip_register_seconds: int = Field(
        0, ge=0, le=86400, description="how long a registration at the trunk lasts, seconds; 0 does not register"
    )
    sip_caller_id: str = Field("", description="number shown to those we call; unset: SIP_TRUNK_USER")
    audiosocket_listen: Listen | None = Field(
        None, description="where Asterisk's AudioSocket connects, such as 127.0.0.1:9092; unset: off"
    )
    audiosocket_allowed: Networks = Field(
        LOOPBACK,
        description="addresses and networks that AudioSocket may connect from, with commas",
    )
    sms_url: WebAddress | None = Field(
        None, description="your SMS gateway's adapter; unset: no short messages; see docs/telephony.md"
    )
    sms_token: SecretStr | None = Field(None, description="bearer token sent to it")
    attachments_dir: OwnPath = Field(
        default_factory=lambda known: known["data_dir"] / "attachments", description="folder of what people send in"
    )
    attachment_limit_bytes: int = Field(20 * 1024 * 1024, ge=1024, description="largest attachment, bytes")
    attachment_reserve_bytes: int = Field(
        2 * 2**30, ge=0, description="free room on the disk of ATTACHMENTS_DIR below which uploads are refused, bytes"
    )
    session_hours: float = Field(72, gt=0, description="hours a half-filled form lives before it becomes a draft")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", description="least level logged: DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Literal["json", "text"] = Field("text", description="json for machines, text for people")
    db_pool_size: int = Field(20, ge=1, le=1000, description="most database connections of one process")
    worker_status_listen: Listen | None = Field(
        None, description="/healthz, /readyz and /metrics of the worker, such as 127.0.0.1:8083; unset: off"
    )
    worker_concurrency: int = Field(4, ge=1, le=100, description="due rows that one worker carries out at a time")

    @model_validator(mode="after")
    def _telegram_fits_together(self) -> Self:
        if self.telegram_enterprise_token is not None and self.telegram_enterprise_token == self.telegram_staff_token:
            raise PydanticCustomError(
                "same_token", "TELEGRAM_STAFF_TOKEN: is the enterprise bot's token; make a second bot for staff"
            )
        if self.telegram_mode == "webhook" and not self.public_url.startswith("https://"):
            raise PydanticCustomError(
                "webhook_address",
                "PUBLIC_URL: is not on https, which webhooks need; correct it or use polling",
            )
        if self.telegram_mode == "webhook" and self.telegram_webhook_secret is None:
            raise PydanticCustomError(
                "webhook_secret", "TELEGRAM_WEBHOOK_SECRET: is missing, which TELEGRAM_MODE=webhook needs; set it"
            )
        return self

    @model_validator(mode="after")
    def _phone_fits_together(self) -> Self:
        if (self.sip_tls_certificate is None) != (self.sip_tls_key is None):
            raise PydanticCustomError("tls_pair", "SIP_TLS_CERTIFICATE and SIP_TLS_KEY: give both, or neither")
        if "tls" in (*self.sip_transports, self.sip_trunk_transport) and self.sip_tls_certificate is None:
            raise PydanticCustomError("tls_missing", "SIP_TLS_CERTIFICATE: is missing, which TLS needs; set it")
        if self.sip_register_seconds and not (self.sip_trunk and self.sip_trunk_user):
            raise PydanticCustomError(
                "registration", "SIP_REGISTER_SECONDS: registering needs SIP_TRUNK and SIP_TRUNK_USER; set them"
            )
        return self

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

    `env_file` defaults to `.env` in the working folder, and may be missing. Raises SettingsError with a line for each
    fault.
    """
    unknown = overrides.keys() - Settings.model_fields.keys()
    if unknown:
        raise SettingsError([f"{name.upper()}: there is no such setting" for name in sorted(unknown)])
    try:
        return Settings(_env_file=env_file or Path(".env"), _env_file_encoding="utf-8", **overrides)  # type: ignore[arg-type]  # names are checked above, values by pydantic
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_problem(detail) for detail in details if detail["type"] != "default_factory_not_called"]
        raise SettingsError(problems) from None
    except OSError as error:
        raise _data_dir_unusable(error) from None


def _data_dir_unusable(error: OSError) -> SettingsError:
    return SettingsError([f"DATA_DIR: {error.filename} cannot be used ({error.strerror}); set another"])


def misspelt(env_file: Path | None = None) -> list[str]:
    """A line for each name that is no setting: all of the file's, and of the environment those that look like one."""
    known = set(Settings.model_fields.keys()) | {f"{name.lower()}_file" for name in secret_names()}
    path = env_file or Path(".env")
    in_file = {name.lower() for name in dotenv_values(path, encoding="utf-8")} if path.exists() else set()
    told = []
    for name in sorted((in_file | {name.lower() for name in os.environ}) - known):
        meant = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if meant:
            told.append(f"{name.upper()}: there is no such setting; did you mean {meant[0].upper()}?")
        elif name in in_file:
            told.append(f"{name.upper()}: there is no such setting; `jiesu settings` shows them all")
    return told


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
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
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
            raise SettingsError([f"{name}: is given, and {name}_FILE too; keep one of them"])
        try:
            # An empty file is no value, as an empty variable is none.
            return Path(file).read_text(encoding="utf-8").strip() or None, field_name, False
        except (OSError, UnicodeDecodeError):
            raise SettingsError([f"{name}_FILE: cannot be read; correct the path or its permissions"]) from None

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


def _problem(detail: ErrorDetails) -> str:
    if not detail["loc"]:  # a check over several settings, whose message begins with the name
        return detail["msg"]
    name = str(detail["loc"][0]).upper()
    reason = detail["msg"][:1].lower() + detail["msg"][1:]
    description = Settings.model_fields[name.lower()].description
    return f"{name}: {reason} ({description})"


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
