"""How staff change their password."""

from __future__ import annotations

from aiohttp import web
from pydantic import ValidationError

from backend.contract.errors import (
    BackendError,
    Forbidden,
    Invalid,
    Unauthenticated,
)
from backend.contract.models.log_ins import PasswordIn
from bot.web.access import Access, staff_account
from bot.web.problems import password_problem, problem
from bot.web.protocol import LOGGED_OUT


class PasswordPages:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def password_form(self, request: web.Request) -> web.StreamResponse:
        try:
            return self._access.look.password(request, await self._access.staff(request))
        except (Unauthenticated, Forbidden):
            return self._access.redirect(request, "/staff/log-in")
        except BackendError as error:
            return self._access.look.log_in(request, problem(error), status=503)

    async def change_password(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
        try:
            staff = await self._access.staff(request)
        except BackendError:
            return self._access.redirect(request, "/staff/log-in")
        try:
            if new != again:
                return self._access.look.password(request, staff, "web.password.differ", status=422)
            await self._access.client(request).change_password(PasswordIn(old=old, new=new))
        except (ValidationError, Invalid):
            return self._access.look.password(request, staff, "web.password.weak", status=422)
        except BackendError as error:
            return self._access.look.password(request, staff, password_problem(error), status=error.status)
        # This session goes on, its pages open again at once; the others find the log-in form.
        await self._access.deps.rooms.close(staff_account(staff), LOGGED_OUT)
        return self._access.look.password(request, staff, "web.password.done")
