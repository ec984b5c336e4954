"""Tries what a start can fail on before it makes anything: addresses, templates, the speech model, the bots' tokens."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
from pydantic import SecretStr

from backend.actions.organisation_file import read_organisation
from backend.contract.faults import Fault, FileFaults, NamedFault, Problem, fault_from_json, system_reason
from backend.contract.message import Message, Words
from backend.rules.policy.file import load_policy
from dialogs.speech import delivery
from settings import ListenAddress, Settings, SettingsError

_ASK_SECONDS: Final = 10.0
_UNKNOWN_TOKEN: Final = frozenset({401, 404})
_REFUSED_TOKEN: Final = frozenset({401, 403})
"""What the Bot API answers to a token that it does not know."""
_BOTH: Final = (socket.SOCK_STREAM, socket.SOCK_DGRAM)


@dataclass(frozen=True)
class _Door:
    """An address that a part will listen on."""

    setting: str
    address: ListenAddress
    kinds: tuple[socket.SocketKind, ...] = (socket.SOCK_STREAM,)
    ports: tuple[int, ...] = field(default=())
    """Those of the address's host, where they are others than its own."""


async def check_backend(chosen: Settings) -> None:
    """Raises SettingsError, as all here do."""
    busy = _busy(_Door("HTTP_LISTEN", chosen.http_listen))
    _raise([*busy, *_bad_files(chosen), *await _bad_templates(chosen)])


async def check_worker(chosen: Settings) -> None:
    busy = [problem for door in _worker_doors(chosen) for problem in _busy(door)]
    _raise([*busy, *_bad_files(chosen)])


async def check_bot(chosen: Settings) -> None:
    door = _Door("BOT_LISTEN", chosen.bot_listen)
    asked = [*await _wrong_tokens(chosen), *await _no_language_model(chosen)]
    _raise([*_busy(door), *await _bad_templates(chosen), *asked])


async def check_ivr(chosen: Settings) -> None:
    doors = [_Door("IVR_LISTEN", chosen.ivr_listen), *_phone_doors(chosen)]
    problems: list[Problem] = [problem for door in doors for problem in _busy(door)]
    problems += [*_no_model(chosen), *_no_call_port(chosen), *_bad_sip(chosen)]
    _raise([*problems, *await _bad_templates(chosen)])


async def check_all(chosen: Settings) -> None:
    """For all parts in one process."""
    doors = [_Door("HTTP_LISTEN", chosen.http_listen), *_worker_doors(chosen), *_phone_doors(chosen)]
    problems: list[Problem] = [problem for door in doors for problem in _busy(door)]
    problems += [*_no_model(chosen), *_no_call_port(chosen), *_bad_sip(chosen), *_bad_files(chosen, with_city=True)]
    problems += [*await _bad_templates(chosen), *await _wrong_tokens(chosen), *await _no_language_model(chosen)]
    _raise(problems)


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise SettingsError(*problems)


# --- addresses ----------------------------------------------------------------------------------------------------


def _worker_doors(chosen: Settings) -> Iterator[_Door]:
    if chosen.worker_status_listen is not None:
        yield _Door("WORKER_STATUS_LISTEN", chosen.worker_status_listen)


def _phone_doors(chosen: Settings) -> Iterator[_Door]:
    if chosen.ivr_status_listen is not None:
        yield _Door("IVR_STATUS_LISTEN", chosen.ivr_status_listen)
    if chosen.audiosocket_listen is not None:
        yield _Door("AUDIOSOCKET_LISTEN", chosen.audiosocket_listen)
    if chosen.sip_listen is not None:
        first = chosen.sip_listen.port
        workers = tuple(range(first, first + 2 * chosen.ivr_workers, 2))
        yield _Door("SIP_LISTEN", chosen.sip_listen, _BOTH, workers)
        if "tls" in (*chosen.sip_transports, chosen.sip_trunk_transport):
            yield _Door("SIP_LISTEN", chosen.sip_listen, ports=tuple(port + 1 for port in workers))


def _busy(door: _Door) -> list[NamedFault]:
    """What is in the way, the first if there is more."""
    for port in door.ports or (door.address.port,):
        for kind in door.kinds:
            address = ListenAddress(door.address.host, port)
            try:
                _bind(address, kind)
            except OSError as error:
                return [NamedFault(door.setting, _why(address, error))]
    return []


def _bind(address: ListenAddress, kind: socket.SocketKind) -> None:
    found = socket.getaddrinfo(*address, type=kind, flags=socket.AI_PASSIVE)
    family, _, _, _, place = found[0]
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just ended is in nobody's way
        probe.bind(place)


def _why(address: ListenAddress, error: OSError) -> Message:
    told: dict[str, Words | int] = {"address": str(address)}
    if isinstance(error, socket.gaierror):
        return Message("start.no_host", told)
    match error.errno:
        case errno.EADDRINUSE:
            return Message("start.port_taken", told)
        case errno.EADDRNOTAVAIL:
            return Message("start.other_machine", told)
        case errno.EACCES:
            return Message("start.port_closed", told)
    return Message("start.port_unusable", {**told, "reason": system_reason(error)})


def _no_call_port(chosen: Settings) -> list[NamedFault]:
    """One port that is free is enough to begin with: each call takes what it finds."""
    ports = chosen.call_ports
    if not chosen.call_button or ports is None:
        return []
    for port in range(ports.first, ports.last + 1):
        try:
            _bind(ListenAddress("0.0.0.0", port), socket.SOCK_DGRAM)  # noqa: S104 - tried, and given back at once
        except OSError:
            continue
        return []
    return [NamedFault("CALL_PORTS", Message("start.no_call_port", {"ports": str(ports)}))]


# --- the office's files -------------------------------------------------------------------------------------------


def _bad_files(chosen: Settings, *, with_city: bool = False) -> list[Fault]:
    """Mistakes of an office's own policy and city."""
    told: list[Fault] = []
    try:
        if chosen.policy_path is not None:
            load_policy(chosen.policy_path)
    except FileFaults as error:
        told += error.faults
    try:
        if with_city and chosen.city_path is not None:
            read_organisation(chosen.city_path)
    except FileFaults as error:
        told += error.faults
    return told


async def _bad_templates(chosen: Settings) -> list[Fault]:
    """Mistakes of an office's own templates. A process apart reads them: a backend would keep the 17 MB it takes."""
    if chosen.scenarios_path is None:
        return []
    command = (sys.executable, "-X", "utf8", "-m", "dialogs.templates.check")
    checking = await asyncio.create_subprocess_exec(
        *(*command, str(chosen.scenarios_path)),
        cwd=Path(__file__).parent,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await checking.communicate()
    if checking.returncode:  # it could not look: the channels find out themselves
        return []
    return [fault_from_json(one) for one in json.loads(told)]


# --- the speech model and the bots' tokens ------------------------------------------------------------------------


def _no_model(chosen: Settings) -> list[Problem]:
    """A model that was named must be there; without a name the phone works by keys, and says so."""
    if chosen.vosk_model_path is None:
        return []
    try:
        delivery.locate(chosen.models_dir, chosen.vosk_model_path)
    except delivery.ModelUnavailable as error:
        return [*error.faults]
    return []


def _bad_sip(chosen: Settings) -> list[Problem]:
    """What the settings of the phone's line have that SIP cannot carry."""
    import wiring_channels  # only phones import it: its libraries are large

    try:
        wiring_channels.sip_settings(chosen)
    except SettingsError as error:
        return [*error.faults]
    return []


async def _no_language_model(chosen: Settings) -> list[NamedFault]:
    """A token that the language model's server does not take. While it cannot be reached nothing is wrong: chats do
    without.
    """
    if chosen.understanding_url is None:
        return []
    token = chosen.understanding_token
    headers = {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=_ASK_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{chosen.understanding_url}/models", headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status in _REFUSED_TOKEN:
                return [NamedFault("UNDERSTANDING_TOKEN", Message("start.language_model_refuses"))]
    except (aiohttp.ClientError, TimeoutError):
        pass
    return []


async def _wrong_tokens(chosen: Settings) -> list[NamedFault]:
    """Tokens that the Bot API does not know. While it cannot be reached nothing is wrong: the bots try again."""
    tokens = {
        "TELEGRAM_ENTERPRISE_TOKEN": chosen.telegram_enterprise_token,
        "TELEGRAM_STAFF_TOKEN": chosen.telegram_staff_token,
    }
    given = {name: token for name, token in tokens.items() if token is not None}
    if not given:
        return []
    timeout = aiohttp.ClientTimeout(total=_ASK_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        known = await asyncio.gather(*(_is_known(session, chosen.telegram_api_url, token) for token in given.values()))
    told = Message("start.bot_unknown")
    return [NamedFault(name, told) for name, is_known in zip(given, known, strict=True) if not is_known]


async def _is_known(session: aiohttp.ClientSession, api_url: str, token: SecretStr) -> bool:
    url = f"{api_url}/bot{token.get_secret_value()}/getMe"
    try:
        async with session.post(url, allow_redirects=False) as answer:
            return answer.status not in _UNKNOWN_TOKEN
    except (aiohttp.ClientError, TimeoutError):
        return True
