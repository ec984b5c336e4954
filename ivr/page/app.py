"""The addresses that a page calls by, to be mounted on the application that serves the page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.contract import client_address as addresses
from backend.contract.errors import BackendError, Forbidden, Invalid, TooMany, Unavailable
from ivr.call import CallHandler, EndReason
from ivr.page import lines
from ivr.page.assets import PanelAssets
from ivr.page.call import PageCall
from ivr.page.lines import Line
from ivr.page.network import Network, NoPort
from ivr.page.offer import BadOffer, Offer, read_offer
from ivr.refusal import Refusal
from ivr.switchboard import Switchboard

log = logging.getLogger(__name__)

_LARGEST_OFFER: Final = 32 * 1024
"""Bytes; a browser's has about 4 KB."""
_OFFER_SECONDS = 5.0
_CONNECT_SECONDS = 15.0
_CLOSING_SECONDS = 5.0
_REASONS: Final = {Forbidden: Refusal.STRANGER, TooMany: Refusal.BUSY, Unavailable: Refusal.BUSY}

Identify = Callable[[web.Request], Awaitable[str | None]]


async def withheld(_: web.Request) -> None:
    """A visitor of a page has no telephone number."""
    return


@dataclass(frozen=True)
class PageDeps:
    on_call: CallHandler
    is_own: Callable[[web.Request], bool]
    """Whether a request comes from our own page."""
    wait: Callable[[str], float]
    """How many seconds this address has to wait for its next call; 0 counts one."""
    trusted: addresses.Networks = addresses.LOOPBACK
    """Proxies that are believed whom they pass on."""
    caller: Identify = withheld
    """The number of who calls, in E.164, where the page knows it."""
    called: str | None = None
    """The number that the call counts as dialled to."""
    network: Network = field(default_factory=Network)
    max_calls: int = 10
    max_seconds: float = 1800
    quiet_seconds: float = 15
    """How long a page that speaks may send no audio; a muted one sends silence."""
    drain_seconds: float = 10
    """For calls under way when the service stops."""
    refused: Callable[[Refusal], None] = lambda _: None
    """Told of each call that is not taken."""


class OfferIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sdp: str


class PagePhone:
    """Takes calls from pages: `add_routes` makes one."""

    def __init__(self, deps: PageDeps) -> None:
        self._deps = deps
        self._assets = PanelAssets()
        self._board = Switchboard(deps.on_call)
        self._calls: dict[str, PageCall] = {}
        self._networks: dict[str, str] = {}
        """Where each call comes from, as `lines.network_of` tells it."""
        self._carried: set[asyncio.Task[None]] = set()
        self._reserved = 0
        self._stopping = False
        # These two name addresses of visitors at INFO.
        for name in ("aioice", "aiortc"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def script(self) -> str:
        """Address of the module that brings the call button of a page to life."""
        return self._assets.script

    @property
    def style(self) -> str:
        return self._assets.style

    @property
    def calls(self) -> int:
        """Calls under way, those included that are being connected."""
        return self._reserved + sum(call.ended is None for call in self._calls.values())

    def mount(self, app: web.Application) -> None:
        app.router.add_post("/call/offer", self._offer)
        app.router.add_post("/call/{id}/bye", self._bye)
        app.router.add_get("/call/{version:[0-9a-f]{12}}/{name}", self._assets.serve)
        app.on_shutdown.append(self._stop)

    async def _offer(self, request: web.Request) -> web.Response:
        try:
            call, answer = await self._take(request)
            return _json({"id": call.id, "sdp": answer})
        except BackendError as error:
            log.warning("a call from a page was refused", extra={"action": "page_call_refused", "why": error.code})
            self._deps.refused(_REASONS.get(type(error), Refusal.UNFIT))
            refused = _json({"code": error.code}, error.status)
            if isinstance(error, TooMany):
                refused.headers["Retry-After"] = "30"
            return refused

    async def _bye(self, request: web.Request) -> web.Response:
        """The page goes away; only it knows the call's id."""
        call = self._calls.get(request.match_info["id"])
        if call is not None and self._deps.is_own(request):
            call.end(EndReason.HANGUP)
        return web.Response(status=204)

    async def _take(self, request: web.Request) -> tuple[PageCall, str]:
        """Answer one offer; raises a BackendError that says why not."""
        if not self._deps.is_own(request):
            raise Forbidden
        address = addresses.client_address(request, self._deps.trusted)
        if self._deps.wait(addresses.group(address)):
            raise TooMany
        try:
            offer = read_offer(await _body(request))  # before a line is taken: nobody holds one by sending slowly
            self._make_room(lines.network_of(address))
            self._reserved += 1
            try:
                with addresses.asking_from(address):  # the call's task too
                    return await self._answer(request, offer, lines.network_of(address))
            finally:
                self._reserved -= 1
        except BadOffer as error:
            raise Invalid from error
        except NoPort as error:
            raise Unavailable from error

    def _make_room(self, network: str) -> None:
        """Raises Unavailable when there is no line for a call from this network."""
        taken = [
            Line(id_, self._networks[id_], call.is_connected) for id_, call in self._calls.items() if call.ended is None
        ]
        if self._stopping or lines.is_full_for(network, taken, self._deps.max_calls):
            raise Unavailable
        if self.calls < self._deps.max_calls:
            return
        left = lines.gives_way(network, taken)
        if left is None:
            raise Unavailable
        self._calls[left].end(EndReason.ERROR)

    async def _answer(self, request: web.Request, offer: Offer, network: str) -> tuple[PageCall, str]:
        call = PageCall(
            id=str(uuid4()),
            caller=await self._deps.caller(request),
            called=self._deps.called,
            max_seconds=self._deps.max_seconds,
            quiet_seconds=self._deps.quiet_seconds,
        )
        try:
            answer = await call.answer(offer, self._deps.network)
        except BaseException:
            call.end(EndReason.ERROR)
            await call.close()
            raise
        self._calls[call.id] = call
        self._networks[call.id] = network
        task = asyncio.create_task(self._carry(call), name=f"page call {call.id}")
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)
        return call, answer

    async def _carry(self, call: PageCall) -> None:
        try:
            if await call.connected(_CONNECT_SECONDS):
                await self._board.carry(call, call.run())
            else:
                await call.close()
        finally:
            del self._calls[call.id], self._networks[call.id]

    async def _stop(self, _app: web.Application) -> None:
        self._stopping = True
        await self._board.stop(self._deps.drain_seconds)
        for call in tuple(self._calls.values()):
            call.end(EndReason.CANCELLED)  # those that were not connected yet
        if self._carried:
            # Cancelled in the middle of it, a connection would leave its sockets open.
            _, late = await asyncio.wait(self._carried, timeout=_CLOSING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def add_routes(app: web.Application, deps: PageDeps) -> PagePhone:
    """Mount the call's addresses; on shutdown calls under way may finish for a while."""
    phone = PagePhone(deps)
    phone.mount(app)
    return phone


async def _body(request: web.Request) -> str:
    """The offer's session description. Raises Invalid."""
    if (request.content_length or 0) > _LARGEST_OFFER:
        raise Invalid
    body = bytearray()
    try:
        async with asyncio.timeout(_OFFER_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > _LARGEST_OFFER:
                    raise Invalid
        return OfferIn.model_validate_json(body).sdp
    except (ValidationError, TimeoutError) as error:
        raise Invalid from error


def _json(body: object, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.json_response(body, status=status, headers=headers)
