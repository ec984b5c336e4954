"""What a start can fail on is tried before anything is made, and told by the setting with its cure."""

import errno
import os
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import preflight
from dialogs.wording import Wording
from settings import Settings, SettingsError, load_settings, misspelt
from wiring import free_port

Check = Callable[[Settings], Coroutine[Any, Any, None]]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Settings]:
    def load(**settings: object) -> Settings:
        free = {"http_listen": f"127.0.0.1:{free_port()}", "bot_listen": f"127.0.0.1:{free_port()}"}
        return load_settings(tmp_path / "none.env", data_dir=tmp_path, **{**free, **settings})

    return load


async def problems(check: Check, chosen: Settings, language: str = "en") -> list[str]:
    try:
        await check(chosen)
    except SettingsError as error:
        return Wording(language).faults(error)
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
        chosen = load(**{setting: address})
        (english,), (chinese,) = await problems(check, chosen), await problems(check, chosen, "zh_CN")
    assert english.startswith(f"{setting.upper()}: {address} is taken by another program")
    assert chinese.startswith(f"{setting.upper()}: {address} 已被别的程序占用")
    # Another test may take a port that was free just now, but hardly three.
    free = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    assert [] in [await problems(check, load(**{setting: one})) for one in free]


async def test_addresses_of_no_machine_are_told(load: Callable[..., Settings]) -> None:
    chosen = load(http_listen="192.0.2.7:8080")
    assert await problems(preflight.check_backend, chosen) == [
        "HTTP_LISTEN: 192.0.2.7:8080 is no address of this machine; take one of its own, or 0.0.0.0 for all"
    ]
    assert await problems(preflight.check_backend, chosen, "zh_CN") == [
        "HTTP_LISTEN: 192.0.2.7:8080 不是本机的地址；请写本机的地址，或写 0.0.0.0 表示全部地址"
    ]


async def test_a_host_that_there_is_not_is_told(load: Callable[..., Settings]) -> None:
    chosen = load(http_listen="no.such.host.invalid:8080")
    (told,) = await problems(preflight.check_backend, chosen, "zh_CN")
    assert told == "HTTP_LISTEN: no.such.host.invalid:8080：没有这台主机；请改正主机名"


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        (errno.EACCES, "当前账号不能用 127.0.0.1:80；请换一个 1024 以上的端口", "127.0.0.1:80 may not be used by this"),
        (
            errno.EROFS,
            "用不了 127.0.0.1:80（磁盘是只读的）；请换一个",
            "127.0.0.1:80 cannot be used (the disk is read-only)",
        ),
        (
            errno.EMFILE,
            "用不了 127.0.0.1:80（Too many open files）",
            "127.0.0.1:80 cannot be used (Too many open files)",
        ),
    ],
)
async def test_what_the_system_refuses_is_told_with_its_reason(
    load: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, code: int, chinese: str, english: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    chosen = load(http_listen="127.0.0.1:80")
    monkeypatch.setattr(preflight, "_bind", refuse)
    for language, expected in (("zh_CN", chinese), ("en", english)):
        (told,) = await problems(preflight.check_backend, chosen, language)
        assert told.startswith(f"HTTP_LISTEN: {expected}")


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
        chosen = load(call_ports=f"{port}-{port + 1}")
        told = [await problems(preflight.check_all, chosen, language) for language in ("en", "zh_CN")]
    assert told == [
        [f"CALL_PORTS: no port of {port}-{port + 1} is free; choose others"],
        [f"CALL_PORTS: {port}-{port + 1} 里没有空着的端口；请换别的"],
    ]


async def test_a_named_model_that_is_none_is_told(load: Callable[..., Settings], tmp_path: Path) -> None:
    chosen = load(vosk_model_path=tmp_path)
    (english,) = await problems(preflight.check_all, chosen)
    (chinese,) = await problems(preflight.check_all, chosen, "zh_CN")
    assert english.startswith(f"VOSK_MODEL_PATH: {tmp_path} is no unpacked speech model, am/final.mdl is missing")
    assert chinese.startswith(f"VOSK_MODEL_PATH: {tmp_path} 不是解开的语音模型，缺少 am/final.mdl")


PHONE = {"sip_listen": "127.0.0.1:0", "sip_trunk": "pbx"}


@pytest.mark.parametrize(
    ("given", "chinese", "english"),
    [
        ({"sip_trunk": "p bx"}, "SIP_TRUNK: 里面有 SIP 地址不允许的字符", "SIP_TRUNK: has a character that no SIP"),
        ({"sip_trunk_user": "a@b"}, "SIP_TRUNK_USER: 里面有 SIP 地址不允许", "SIP_TRUNK_USER: has a character that"),
        ({"sip_caller_id": "1;2"}, "SIP_CALLER_ID: 里面有 SIP 地址不允许", "SIP_CALLER_ID: has a character that"),
        ({"sip_trunk_password": 'a"b'}, "SIP_TRUNK_PASSWORD: 不能有引号", "SIP_TRUNK_PASSWORD: may hold no quotation"),
        (
            {"sip_rtp_ports": "16384-16403", "ivr_workers": "2"},
            "SIP_RTP_PORTS: 只有 20 个端口，不够用：2 个进程，每个 20 路通话，每路两个，共要 80 个；",
            "SIP_RTP_PORTS: has 20 ports and needs 80: two a call, 20 calls in each of 2 processes;",
        ),
    ],
)
@pytest.mark.parametrize("check", [preflight.check_all, preflight.check_ivr])
async def test_what_sip_cannot_carry_is_told_by_its_setting_before_anything_is_made(
    load: Callable[..., Settings], check: Check, given: dict[str, object], chinese: str, english: str
) -> None:
    chosen = load(**PHONE | {"ivr_listen": f"127.0.0.1:{free_port()}"} | given)
    for language, expected in (("zh_CN", chinese), ("en", english)):
        (told,) = await problems(check, chosen, language)
        assert told.startswith(expected)
        assert 'a"b' not in told


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
        english = await problems(preflight.check_bot, chosen)
        chinese = await problems(preflight.check_bot, chosen, "zh_CN")
    assert len(english) == len(chinese) == expected
    assert all("Telegram does not know this bot token" in line for line in english)
    assert all("Telegram 不认这个 token" in line for line in chinese)
    assert not any("AAA" in line or "BBB" in line for line in english + chinese)


async def test_a_bot_api_out_of_reach_is_no_problem(load: Callable[..., Settings]) -> None:
    chosen = load(telegram_staff_token="2:BBB", telegram_api_url=f"http://127.0.0.1:{free_port()}")
    assert await problems(preflight.check_bot, chosen) == []


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (401, 1), (403, 1), (404, 0), (302, 0), (500, 0)])
async def test_a_token_that_the_language_model_refuses_is_told(
    load: Callable[..., Settings], status: int, expected: int
) -> None:
    """Whether it lists its models is its own matter: what counts is that it does not let us in."""

    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer wrong"
        return web.json_response({}, status=status)

    app = web.Application()
    app.router.add_get("/v1/models", answer)
    async with TestServer(app) as api:
        url = str(api.make_url("/v1"))
        chosen = load(understanding_url=url, understanding_model="x", understanding_token="wrong")
        told = await problems(preflight.check_bot, chosen)
    assert len(told) == expected
    assert all(line.startswith("UNDERSTANDING_TOKEN: the language model does not take") for line in told)
    chosen = load(understanding_url=f"http://127.0.0.1:{free_port()}/v1", understanding_model="x")
    assert await problems(preflight.check_bot, chosen) == []


def test_names_that_are_no_settings_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text(
        "HTTP_LISTN=127.0.0.1:1\nFAVOURITE_COLOUR=red\nSECRET_KEY_FILE=/x\nhttp_listen=127.0.0.1:2\n", "utf-8"
    )
    monkeypatch.setenv("SIP_LISTENN", "127.0.0.1:5060")
    monkeypatch.setenv("SOMETHING_ELSE", "of another program")
    assert [Wording("en").fault(one) for one in misspelt(env)] == [
        "FAVOURITE_COLOUR: there is no such setting; `jiesu settings` shows them all",
        "HTTP_LISTN: there is no such setting; did you mean HTTP_LISTEN?",
        "SIP_LISTENN: there is no such setting; did you mean SIP_LISTEN?",
    ]
    assert [Wording("zh_CN").fault(one) for one in misspelt(env)] == [
        "FAVOURITE_COLOUR: 没有这个设置。运行 jiesu settings 可以看到全部设置",
        "HTTP_LISTN: 没有这个设置。是不是想写“HTTP_LISTEN”？",
        "SIP_LISTENN: 没有这个设置。是不是想写“SIP_LISTEN”？",
    ]


async def test_a_check_of_templates_that_dies_stops_no_start(
    load: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channels read them again, and say what is wrong."""
    folder = tmp_path / "templates"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert await preflight._bad_templates(load(scenarios_path=folder)) == []
