"""How staff turn their authenticator app on or off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError

from backend.contract.errors import (
    BackendError,
    BadCode,
    Forbidden,
    TooMany,
    Unauthenticated,
    WrongPassword,
    WrongState,
)
from backend.contract.models.second_factor import CodeIn, EnrolIn
from backend.contract.models.staff import StaffOut
from bot.web.access import Access, staff_account
from bot.web.problems import code_problem, problem
from bot.web.protocol import LOGGED_OUT


class SecondFactorPages:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def second_factor_form(self, request: web.Request) -> web.StreamResponse:
        return await self._second_factor(request, lambda staff, _: self._show_second_factor(request, staff))

    async def start_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def start(staff: StaffOut, password: str) -> web.Response:
            secret = await self._access.client(request).enrol(EnrolIn(password=password))
            return self._access.look.second_factor(request, staff, "secret", secret=secret)

        return await self._second_factor(request, start, "password")

    async def confirm_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def confirm(staff: StaffOut, code: str) -> web.Response:
            try:
                made = await self._access.client(request).confirm_second_factor(CodeIn(code=code))
            except (BadCode, ValidationError):
                return self._access.look.second_factor(request, staff, "confirm", "web.code.wrong", status=422)
            await self._access.deps.rooms.close(staff_account(staff), LOGGED_OUT)
            return self._access.look.second_factor(request, staff, "codes", codes=made.codes)

        return await self._second_factor(request, confirm, "code")

    async def turn_off_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def turn_off(staff: StaffOut, code: str) -> web.Response:
            await self._access.client(request).turn_off_second_factor(CodeIn(code=code))
            return await self._show_second_factor(request, staff)

        return await self._second_factor(request, turn_off, "code")

    async def _second_factor(
        self, request: web.Request, act: Callable[[StaffOut, str], Awaitable[web.Response]], field: str = ""
    ) -> web.StreamResponse:
        """Do it with what was typed, for who is logged in; what was wrong is told on the page as it stands then."""
        typed = str((await request.post()).get(field, ""))
        try:
            staff = await self._access.staff(request)
            try:
                return await act(staff, typed)
            except (WrongPassword, BadCode, TooMany, WrongState, ValidationError) as error:
                return await self._show_second_factor(request, staff, code_problem(error))
        except (Unauthenticated, Forbidden):
            return self._access.redirect(request, "/staff/log-in?ended")
        except BackendError as error:
            return self._access.look.log_in(request, problem(error), status=503)

    async def _show_second_factor(self, request: web.Request, staff: StaffOut, problem: str = "") -> web.Response:
        state = await self._access.client(request).view_second_factor()
        status = 422 if problem else 200
        return self._access.look.second_factor(
            request, staff, "on" if state.on else "off", problem, status, state=state
        )
