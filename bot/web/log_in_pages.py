"""How staff log in or out."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from pydantic import ValidationError

from backend.contract.errors import (
    BackendError,
    CodeNeeded,
    Forbidden,
    Unauthenticated,
)
from backend.contract.models.log_ins import LogIn, LogInCodeIn, SessionOut
from bot.web.access import Access, staff_account
from bot.web.cookies import KEPT_SECONDS, STAFF_COOKIE, device_cookie
from bot.web.problems import code_problem, problem
from bot.web.protocol import LOGGED_OUT

_LEFT = ("kept", "ended", "left", "elsewhere", "elsewhere_kept")
"""How a log-in ended, as the log-in page is asked to say it."""


class LogInPages:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def log_in_form(self, request: web.Request) -> web.StreamResponse:
        """After a log-in that ended it says how, and whether the page still keeps words that were not sent."""
        said = next((key for key in _LEFT if key in request.query), "")
        if said:
            with suppress(BackendError):
                await self._access.staff(request)
                return self._access.redirect(request, "/staff")  # another of the person's log-ins ended, this one holds
        return self._access.look.log_in(request, f"web.log_in.{said}" if said else "")

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        username, password = str(form.get("username", "")).strip(), str(form.get("password", ""))
        try:
            device = self._access.cookies.read(request, device_cookie(username))[:200]
            session = await self._access.deps.backend.log_in(LogIn(username=username, password=password, device=device))
        except ValidationError:
            return self._access.look.log_in(request, "web.log_in.wrong", username[:200], status=401)
        except CodeNeeded as error:
            return self._access.look.code(request, str(error.extra.get("ticket")), username)
        except BackendError as error:
            return self._access.look.log_in(request, problem(error), username, status=error.status)
        return self._let_in(request, username, session)

    async def log_in_by_code(self, request: web.Request) -> web.StreamResponse:
        """The second step, for who has an authenticator app."""
        form = await request.post()
        ticket, username, code = (str(form.get(name, "")) for name in ("ticket", "username", "code"))
        try:
            device = self._access.cookies.read(request, device_cookie(username))[:200]
            session = await self._access.deps.backend.finish_log_in(
                LogInCodeIn(ticket=ticket, code=code, device=device)
            )
        except ValidationError:
            return self._access.look.code(request, ticket[:200], username[:200], "web.code.wrong", status=422)
        except Unauthenticated:
            return self._access.look.log_in(request, "web.code.too_late", username[:200], status=401)
        except BackendError as error:
            problem = code_problem(error)
            return self._access.look.code(request, ticket[:200], username[:200], problem, status=error.status)
        return self._let_in(request, session.staff.username, session)

    def _let_in(self, request: web.Request, username: str, session: SessionOut) -> web.Response:
        response = self._access.redirect(request, "/staff")
        ends = _seconds_until(session.expires_at, self._access.deps.now())
        for cookie, value, seconds in (
            (STAFF_COOKIE, session.token, ends),
            (device_cookie(username), session.device, KEPT_SECONDS),
        ):
            self._access.cookies.give(
                request, response, cookie, value, seconds=seconds, same_site="Strict", path="/staff"
            )
        return response

    async def log_out(self, request: web.Request) -> web.StreamResponse:
        response = self._access.redirect(request, "/staff/log-in?left")
        self._access.cookies.take(request, response, STAFF_COOKIE, path="/staff")
        try:
            staff = await self._access.staff(request)
            await self._access.client(request).log_out(key=str(uuid.uuid4()))
        except (Unauthenticated, Forbidden):
            return response  # over already
        except BackendError as error:
            return self._access.refused(request, error)
        # The person's other sessions, if any, find their pages open again at once.
        await self._access.deps.rooms.close(staff_account(staff), LOGGED_OUT)
        return response


def _seconds_until(ends: datetime, now: datetime) -> int:
    return max(0, int((ends - now).total_seconds()))
