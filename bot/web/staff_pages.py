"""The chat of staff."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from backend.contract.channels import WEB_STAFF
from backend.contract.errors import (
    BackendError,
    Forbidden,
    Unauthenticated,
)
from bot.web import files
from bot.web.access import Access, staff_account
from bot.web.cookies import STAFF_COOKIE
from bot.web.problems import problem
from bot.web.sitting import Guest, sit
from dialogs.events import Incoming
from dialogs.exchange import Reply


class StaffPages:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def desk(self, request: web.Request) -> web.StreamResponse:
        try:
            staff = await self._access.staff(request)
        except (Unauthenticated, Forbidden):
            ended = "?ended" if self._access.cookies.read(request, STAFF_COOKIE) else ""
            return self._access.redirect(request, f"/staff/log-in{ended}")
        except BackendError as error:
            return self._access.look.log_in(request, problem(error), status=503)
        if staff.must_enrol:
            return self._access.redirect(request, "/staff/second-factor")
        return self._access.look.desk(request, self._access.page_of(staff), self._access.deps.upload_limit, staff)

    async def staff_socket(self, request: web.Request) -> web.StreamResponse:
        token = self._access.cookies.read(request, STAFF_COOKIE)

        async def talk(incoming: Incoming) -> Reply:
            with self._access.deps.staff_tokens.acting_by(token):
                return await self._access.deps.staff(incoming)

        try:
            staff = await self._access.staff(request)
        except BackendError as error:
            return self._access.refused(request, error)
        welcome = partial(self._access.staff, request)
        guest = Guest(WEB_STAFF.name, str(staff.id), staff.language, talk, self._access.page_of(staff), welcome)
        return await sit(request, self._access.deps, guest, self._access.events)

    async def staff_upload(self, request: web.Request) -> web.StreamResponse:
        try:
            staff = await self._access.staff(request)
        except BackendError as error:
            return self._access.refused(request, error)
        return await self._access.take_in(request, staff_account(staff), self._access.client(request))

    async def staff_download(self, request: web.Request) -> web.StreamResponse:
        if not self._access.cookies.read(request, STAFF_COOKIE):
            return self._access.refused(request, Unauthenticated())
        return await files.give_out(request, self._access.client(request))
