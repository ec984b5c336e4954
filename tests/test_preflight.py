"""What a start can fail on is tried before anything is made, and told by the setting with its cure."""

import socket
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import preflight
from settings import Settings, SettingsError, load_settings, misspelt
from wiring import free_port

Check = Callable[[Settings], Coroutine[Any, Any, None]]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    def load(**settings: object) -> Settings:
        free = {"http_listen": f"127.0.0.1:{free_port()}", "bot_listen": f"127.0.0.1:{free_port()}"}
        return load_settings(tmp_path / "none.env", data_dir=tmp_path, **{**free, **settings})

    return load


async def problems(check: Check, chosen: Settings) -> list[str]:
    try:
        await check(chosen)
    except SettingsError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("setting", "kind", "check"),
    [
        ("http_listen", socket.SOCK_STREAM, preflight.check_all),
        ("http_listen", socket.SOCK_STREAM, preflight.check_backend),
        ("bot_listen", socket.SOCK_STREAM, preflight.check_bot),
        ("ivr_listen", socket.SOCK_STREAM, preflight.check_ivr),
        ("worker_status_listen", socket.SOCK_STREAM, preflight.check_worker),
        ("worker_status_listen", socket.SOCK_STREAM, preflight.check_all),
        ("ivr_status_listen", socket.SOCK_STREAM, preflight.check_all),
        ("audiosocket_listen", socket.SOCK_STREAM, preflight.check_all),
        ("sip_listen", socket.SOCK_STREAM, preflight.check_all),
        ("sip_listen", socket.SOCK_DGRAM, preflight.check_ivr),
    ],
)
async def test_a_taken_port_is_told_by_its_setting(
    load: Callable[..., Settings], setting: str, kind: socket.SocketKind, check: Check
) -> None:
    with socket.socket(type=kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        told = await problems(check, load(**{setting: address}))
    assert len(told) == 1
    assert told[0].startswith(f"{setting.upper()}: {address} is taken by another program")
    assert await problems(check, load(**{setting: address})) == []


async def test_addresses_of_no_machine_are_told(load: Callable[..., Settings]) -> None:
    told = await problems(preflight.check_backend, load(http_listen="192.0.2.7:8080"))
    assert told == [
        "HTTP_LISTEN: 192.0.2.7:8080 is no address of this machine; take one of its own, or 0.0.0.0 for all"
    ]


async def test_call_ports_that_are_all_taken_are_told(load: Callable[..., Settings]) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        while True:
            first.bind(("0.0.0.0", 0))
            port = int(first.getsockname()[1])
            second = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            try:
                second.bind(("0.0.0.0", port + 1))
            except OSError:
                first = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
                continue
            break
        told = await problems(preflight.check_all, load(call_ports=f"{port}-{port + 1}"))
    assert told == [f"CALL_PORTS: no port of {port}-{port + 1} is free; choose others"]


async def test_a_named_model_that_is_none_is_told(load: Callable[..., Settings], tmp_path: Path) -> None:
    told = await problems(preflight.check_all, load(vosk_model_path=tmp_path))
    assert len(told) == 1
    assert told[0].startswith("VOSK_MODEL_PATH: ")


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (401, 2), (404, 2), (302, 0), (500, 0), (429, 0)])
async def test_bot_tokens_that_telegram_does_not_know_are_told(
    load: Callable[..., Settings], status: int, expected: int
) -> None:
    """Only what Telegram says of the token counts: a gateway that is ill must not keep the city from starting."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"ok": status == 200}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with TestServer(app) as api:
        chosen = load(
            telegram_enterprise_token="1:AAA",
            telegram_staff_token="2:BBB",
            telegram_api_url=str(api.make_url("")).rstrip("/"),
        )
        told = await problems(preflight.check_bot, chosen)
    assert len(told) == expected
    assert not any("AAA" in line or "BBB" in line for line in told)


async def test_a_bot_api_out_of_reach_is_no_problem(load: Callable[..., Settings]) -> None:
    chosen = load(telegram_staff_token="2:BBB", telegram_api_url=f"http://127.0.0.1:{free_port()}")
    assert await problems(preflight.check_bot, chosen) == []


def test_names_that_are_no_settings_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "HTTP_LISTN=127.0.0.1:1\nFAVOURITE_COLOUR=red\nSECRET_KEY_FILE=/x\nhttp_listen=127.0.0.1:2\n", "utf-8"
    )
    monkeypatch.setenv("SIP_LISTENN", "127.0.0.1:5060")
    monkeypatch.setenv("SOMETHING_ELSE", "of another program")
    assert misspelt(env) == [
        "FAVOURITE_COLOUR: there is no such setting; `jiesu settings` shows them all",
        "HTTP_LISTN: there is no such setting; did you mean HTTP_LISTEN?",
        "SIP_LISTENN: there is no such setting; did you mean SIP_LISTEN?",
    ]
