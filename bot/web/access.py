"""Knows who comes in, by their cookies."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from backend.contract.channels import WEB, WEB_STAFF
from backend.contract.client import BackendClient
from backend.contract.client_address import asking_from, client_address
from backend.contract.errors import (
    BackendError,
    Forbidden,
    TooMany,
    Unauthenticated,
)
from backend.contract.models.staff import StaffOut
from bot.web import files
from bot.web.cookies import STAFF_COOKIE, VISITOR_COOKIE, Cookies
from bot.web.deps import WebDeps
from bot.web.guard import is_own_origin, secure
from bot.web.identity import Signer
from bot.web.pace import Pace
from bot.web.pages import Look
from dialogs.events import Person

log = logging.getLogger(__name__)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Access:
    """What all pages share."""

    def __init__(self, deps: WebDeps, look: Look) -> None:
        self.deps = deps
        self.look = look
        self.signer = Signer(deps.secret)
        self.cookies = Cookies(deps.secure)
        self.events = Pace(burst=20, per_second=4)
        self._uploads = Pace(burst=20, per_second=0.5)

    def own(self, handler: _Handler) -> _Handler:
        """Only for requests of our own pages; the backend is told where they come from."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if is_own_origin(request, self.deps.public_url):
                with asking_from(client_address(request, self.deps.trusted_proxies)):
                    return await handler(request)
            log.warning("request of a foreign origin refused", extra={"path": request.path})
            return self.refused(request, Forbidden())

        return checked

    def visitor(self, request: web.Request) -> str | None:
        return self.signer.read(self.cookies.read(request, VISITOR_COOKIE))

    async def staff(self, request: web.Request) -> StaffOut:
        """Who is logged in; raises Unauthenticated."""
        if not self.cookies.read(request, STAFF_COOKIE):
            raise Unauthenticated
        return await self.client(request).check_log_in()

    def page_of(self, staff: StaffOut) -> str:
        return self.signer.storage_name(staff_account(staff))

    def client(self, request: web.Request) -> BackendClient:
        return self.deps.backend.with_token(self.cookies.read(request, STAFF_COOKIE))

    async def take_in(self, request: web.Request, person: str, client: BackendClient) -> web.StreamResponse:
        if seconds := self._uploads.wait(person):
            refused = self.refused(request, TooMany())
            refused.headers["Retry-After"] = str(int(seconds) + 1)
            return refused
        return await files.take_in(request, client, self.deps.upload_limit)

    def redirect(self, request: web.Request, to: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})
        secure(request, response)
        return response

    def refused(self, request: web.Request, error: BackendError) -> web.Response:
        response = web.json_response({"code": error.code}, status=error.status)
        secure(request, response)
        return response


def visitor_account(visitor: str) -> str:
    return Person(WEB.name, visitor).key


def staff_account(staff: StaffOut) -> str:
    return Person(WEB_STAFF.name, str(staff.id)).key
