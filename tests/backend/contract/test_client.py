"""The client: tries again under the same key while the backend is away, and no longer than its budget."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from backend.contract.client import BackendClient, ContactClient, Retry, StaffClient, problem_error
from backend.contract.client.acts import Acts
from backend.contract.client.drafts import Drafts
from backend.contract.client.staff import Staff
from backend.contract.client.tickets import OwnTickets
from backend.contract.errors import BackendError, Forbidden, Stale, TooMany, Unavailable
from backend.contract.models.filing import NewTicket
from backend.contract.models.notices import ClaimIn
from tests.backend.city import new_ticket

QUICK = Retry(budget=2.0, first=0.01, longest=0.05, attempt=1.0)
RECEIPT = {"number": "261123000017", "state": "handling", "promised_at": None, "provisional": False}

Server = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[BackendClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Server]:
    """Serves one handler for everything and gives a client of it."""
    runners: list[web.AppRunner] = []
    session = aiohttp.ClientSession()

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> BackendClient:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        return BackendClient.to(session, f"http://127.0.0.1:{port}", "svc_x", QUICK)

    yield start
    await session.close()
    for runner in runners:
        await runner.cleanup()


async def _file(client: BackendClient, request: NewTicket | None = None) -> str:
    return (await client.acting_as("web:某人").file_ticket(request or new_ticket(), key="the-same-key")).number


async def test_same_key_and_body_on_every_try(serve: Server) -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.headers["Idempotency-Key"], request.headers["Jiesu-Actor"], await request.read()))
        if len(seen) == 1:
            raise web.HTTPBadGateway
        if len(seen) == 2:
            assert request.transport is not None
            request.transport.close()  # the answer is lost on the way
        if len(seen) == 3:
            return web.json_response({"code": "unavailable", "detail": "starting"}, status=503)
        return web.json_response(RECEIPT, status=201)

    assert await _file(await serve(handler)) == RECEIPT["number"]
    assert len(seen) == 4
    assert len(set(seen)) == 1
    assert seen[0][1] == "web:%E6%9F%90%E4%BA%BA"


async def test_it_speaks_for_the_account_it_acts_as_and_a_session_for_its_owner(serve: Server) -> None:
    seen: list[tuple[str, str | None]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.headers["Authorization"], request.headers.get("Jiesu-Actor")))
        return web.Response(status=204)

    client = await serve(handler)
    acting = client.acting_as("web:1")
    for one in (client, acting, acting.acting_as("web:2"), acting.with_token("ses_x")):
        await one.note_return(key="a-key")
    assert seen == [
        ("Bearer svc_x", None),
        ("Bearer svc_x", "web:1"),
        ("Bearer svc_x", "web:2"),
        ("Bearer ses_x", None),
    ]
    assert acting == client.acting_as("web:1") != client


def test_what_contacts_say_cannot_reach_what_staff_may_do() -> None:
    assert not {name for name in (*vars(Staff), *vars(Acts)) if not name.startswith("_")} & set(dir(ContactClient))
    assert not {name for name in (*vars(OwnTickets), *vars(Drafts)) if not name.startswith("_")} & set(dir(StaffClient))


async def test_gives_up_within_its_budget(serve: Server) -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPServiceUnavailable

    client = await serve(handler)
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await _file(client)


async def test_nobody_there() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Unavailable):
            await _file(BackendClient.to(session, "http://127.0.0.1:1", "svc_x", Retry(budget=0.2, first=0.01)))


async def test_refusals_and_claims_are_not_repeated(serve: Server) -> None:
    calls = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal calls
        calls += 1
        if request.path.endswith("/claims"):
            raise web.HTTPServiceUnavailable
        return web.json_response({"code": "forbidden", "detail": "no", "unbound": True}, status=403)

    client = await serve(handler)
    with pytest.raises(Forbidden) as caught:
        await _file(client)
    assert (caught.value.detail, caught.value.extra) == ("no", {"unbound": True})
    with pytest.raises(Unavailable):
        await client.claim_notices(ClaimIn(channels=["web"]))
    assert calls == 2


async def test_broken_upload_is_streamed_anew(serve: Server) -> None:
    opened = 0
    received: list[bytes] = []

    async def content() -> AsyncIterator[bytes]:
        nonlocal opened
        opened += 1
        for _ in range(4):
            yield b"x" * 1000

    async def handler(request: web.Request) -> web.StreamResponse:
        received.append(await request.read())
        if len(received) == 1:
            raise web.HTTPBadGateway
        out: dict[str, Any] = {"id": "a", "kind": "file", "media_type": "application/pdf", "size": 4000, "name": "n"}
        return web.json_response(out, status=201)

    client = await serve(handler)
    kept = await client.acting_as("web:1").upload(content, name="文件.pdf", key="upload-key")
    assert (kept.size, opened, [len(one) for one in received]) == (4000, 2, [4000, 4000])


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (409, b'{"code": "stale", "detail": "x", "ticket": {"version": 3}}', Stale),
        (429, b'{"code": "too-many", "detail": "x"}', TooMany),
        (500, b'{"code": "something-new", "detail": "x"}', BackendError),
        (503, b"<html>", Unavailable),
        (500, b"[]", BackendError),
    ],
)
def test_problems_become_errors_by_their_code(status: int, body: bytes, kind: type[BackendError]) -> None:
    error = problem_error(status, body, "900")
    assert type(error) is kind
    if kind is TooMany:
        assert error.extra["retry_after"] == 900


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_that_is_tried_again_and_never_followed(serve: Server, status: int) -> None:
    paths: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        paths.append(request.path)
        if len(paths) < 3:
            return web.Response(status=status, headers={"Location": "/elsewhere"})
        return web.json_response(RECEIPT)

    assert await _file(await serve(handler)) == RECEIPT["number"]
    assert paths == ["/api/v1/tickets"] * 3


async def test_a_backend_that_leads_elsewhere_for_good_is_told(serve: Server) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=308, headers={"Location": "/elsewhere"})

    client = await serve(handler)
    with pytest.raises(Unavailable, match="BACKEND_URL"):
        await client.view_city()
    with pytest.raises(Unavailable, match="BACKEND_URL"):
        async with client.download("0" * 36):
            pass
    assert "/elsewhere" not in asked
