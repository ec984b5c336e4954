"""Slow clients are let go, nonsense is no error of ours, no answer tells what serves it, a full disk is told."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from backend import database
from backend.api import serving as served
from backend.api.serving import serving
from backend.contract.client import BackendClient, Retry
from backend.contract.errors import Unavailable
from tests.backend.city import Backend, new_ticket

pytestmark = pytest.mark.realtime
_PATIENCE = 10.0


async def _length(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server whose limits are a fiftieth of the real ones."""
    monkeypatch.setattr(served, "HEADER_SECONDS", 0.4)
    monkeypatch.setattr(served, "BODY_SECONDS", 0.6)
    app = web.Application()
    app.router.add_post("/", _length)
    async with serving(app, "127.0.0.1", 0) as url:
        yield int(url.rpartition(":")[2])


async def _sent(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """All that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(_PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"POST / HTTP/1.1\r\nHost: x\r\n"], ids=["nothing", "half a head"])
async def test_who_sends_no_head_is_let_go(port: int, begun: bytes) -> None:
    assert await _sent(port, begun) == b""


async def test_a_head_that_drips_is_let_go(port: int) -> None:
    dripping = [b"POST / HTTP/1.1\r\n", *[b"X: y\r\n"] * 60]
    assert await _sent(port, *dripping, pause=0.05) == b""


async def test_a_body_that_drips_is_ended_with_408(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    answer = await _sent(port, head, *[b"y" * 10] * 30, pause=0.05)
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_body_in_good_time_is_taken(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n"
    answer = await _sent(port, head, *[b"y" * 1000] * 20, pause=0.05)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"20000")


NONSENSE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nBroken header\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
]


@pytest.mark.parametrize("sent", NONSENSE, ids=["tls", "version", "header", "long", "length", "chunk"])
async def test_nonsense_is_no_error_in_the_log_and_tells_no_version(
    port: int, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await _sent(port, sent)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert b"aiohttp" not in answer.lower()
    assert b"python" not in answer.lower()


@pytest.mark.parametrize("path", ["/api/v1/staff/sessions", "/api/v1/nowhere"])
async def test_a_body_that_is_not_packed_as_it_says_is_no_error_in_the_log(
    backend: Backend, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = b"this is no gzip"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
    reader, writer = await asyncio.open_connection(*backend.url.removeprefix("http://").split(":"))
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    status = int((await reader.readline()).split()[1])
    async with asyncio.timeout(_PATIENCE):
        await reader.read()
    writer.close()
    assert status == (404 if path.endswith("nowhere") else 400)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_body_cut_off_is_no_error_of_the_backend(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    port = int(backend.url.rpartition(":")[2])
    head = b"POST /api/v1/staff/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    answer = await _sent(port, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert b" 500 " not in answer
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


_NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$
"""


async def test_a_full_disk_is_told_as_such_and_the_part_is_not_ready(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "fullness", database.Fullness())
    monkeypatch.setattr("backend.api.problems.fullness", database.fullness)
    await database.execute(_NO_ROOM)
    await database.execute("CREATE TRIGGER no_room BEFORE INSERT ON ticket FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        hasty = BackendClient.to(backend.session, backend.url, backend.client.transport.token, Retry(budget=0.0))
        with pytest.raises(Unavailable):
            await hasty.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
        async with backend.session.get(f"{backend.url}/readyz") as answer:
            assert (answer.status, (await answer.json())["database"]) == (503, "disk full")
        assert "Traceback" not in caplog.text
    finally:
        await database.execute("DROP TRIGGER no_room ON ticket")
        await database.execute("DROP FUNCTION no_room()")
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())


def test_a_full_disk_is_forgotten_after_a_while() -> None:
    now = [0.0]
    full = database.Fullness(lambda: now[0])
    assert not full.seen_in(ValueError())
    assert not full.lasts()
    wrapped = ValueError()
    wrapped.__cause__ = database.FULL[0]()
    assert full.seen_in(wrapped)
    assert full.lasts()
    now[0] = 61.0
    assert not full.lasts()
