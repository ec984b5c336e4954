"""The web chat's addresses, to be mounted on the backend's own application or on one of their own."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from aiohttp import web
from pydantic import ValidationError

from backend.contract.channels import WEB, WEB_STAFF
from backend.contract.client import BackendClient
from backend.contract.client_address import asking_from, client_address
from backend.contract.errors import (
    BackendError,
    BadCode,
    CodeNeeded,
    Forbidden,
    Invalid,
    TooMany,
    Unauthenticated,
    Unavailable,
    WrongPassword,
    WrongState,
)
from backend.contract.models.log_ins import LogIn, LogInCodeIn, PasswordIn, SessionOut
from backend.contract.models.second_factor import CodeIn, EnrolIn
from backend.contract.models.staff import StaffOut
from bot.web import files
from bot.web.cookies import KEPT_SECONDS, STAFF_COOKIE, VISITOR_COOKIE, Cookies, device_cookie
from bot.web.deps import WebDeps
from bot.web.guard import is_own_origin, secure
from bot.web.identity import Signer
from bot.web.pace import Pace
from bot.web.pages import Look, page_files, preferred_language
from bot.web.protocol import LOGGED_OUT
from bot.web.sitting import Guest, sit
from bot.web.telephone_numbers import own_numbers
from dialogs.events import Incoming, Person
from dialogs.exchange import Reply

log = logging.getLogger(__name__)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LEFT = ("kept", "ended", "left", "elsewhere", "elsewhere_kept")
"""How a log-in ended, as the log-in page is asked to say it."""


def build_app(deps: WebDeps) -> web.Application:
    """The web chat alone; the caller serves it."""
    app = web.Application()
    add_routes(app, deps)
    return app


def add_routes(app: web.Application, deps: WebDeps) -> None:
    """Mount the pages, sockets and files; on shutdown open pages are told to come again."""
    assets = page_files()
    door = _Door(deps, Look(assets, deps.city, deps.call, own_numbers(deps.city, deps.texts)))
    app.router.add_get("/", door.chat)
    app.router.add_get("/chat/ws", door.own(door.chat_socket))
    app.router.add_post("/chat/files", door.own(door.chat_upload))
    app.router.add_get("/chat/files/{id:[0-9a-f-]{36}}", door.chat_download)
    app.router.add_get("/staff", door.desk)
    app.router.add_get("/staff/log-in", door.log_in_form)
    app.router.add_post("/staff/log-in", door.own(door.log_in))
    app.router.add_post("/staff/log-in/code", door.own(door.log_in_by_code))
    app.router.add_get("/staff/second-factor", door.second_factor_form)
    app.router.add_post("/staff/second-factor/start", door.own(door.start_second_factor))
    app.router.add_post("/staff/second-factor/confirm", door.own(door.confirm_second_factor))
    app.router.add_post("/staff/second-factor/off", door.own(door.turn_off_second_factor))
    app.router.add_post("/staff/log-out", door.own(door.log_out))
    app.router.add_get("/staff/password", door.password_form)
    app.router.add_post("/staff/password", door.own(door.change_password))
    app.router.add_get("/staff/ws", door.own(door.staff_socket))
    app.router.add_post("/staff/files", door.own(door.staff_upload))
    app.router.add_get("/staff/files/{id:[0-9a-f-]{36}}", door.staff_download)
    app.router.add_get("/assets/{version}/{name}", assets.serve)

    async def stop(_app: web.Application) -> None:
        await finish(deps)

    app.on_shutdown.append(stop)


async def finish(deps: WebDeps) -> None:
    """Close the pages, and do what they have sent: the server forgets a handler once its page is gone.

    Harmless to repeat. Before the server stops where the backend is served by the same one: events need it.
    """
    await deps.rooms.close_all()
    if deps.at_work:
        _, late = await asyncio.wait(deps.at_work, timeout=deps.stop_seconds)
        for one in late:
            one.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class _Door:
    """Knows who comes in, and shows them to their page."""

    def __init__(self, deps: WebDeps, look: Look) -> None:
        self._deps = deps
        self._look = look
        self._signer = Signer(deps.secret)
        self._cookies = Cookies(deps.secure)
        self._events = Pace(burst=20, per_second=4)
        self._uploads = Pace(burst=20, per_second=0.5)

    def own(self, handler: _Handler) -> _Handler:
        """Only for requests of our own pages; the backend is told where they come from."""

        async def checked(request: web.Request) -> web.StreamResponse:
            if is_own_origin(request, self._deps.public_url):
                with asking_from(client_address(request, self._deps.trusted_proxies)):
                    return await handler(request)
            log.warning("request of a foreign origin refused", extra={"path": request.path})
            return self._refused(request, Forbidden())

        return checked

    # --- enterprises ---------------------------------------------------------------------------------------------

    async def chat(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request) or self._signer.new_id()
        page = self._look.chat(request, self._signer.storage_name(visitor), self._deps.upload_limit)
        # Lax, not strict: a link from elsewhere must bring back the person who was here before, not make a stranger.
        made = self._signer.cookie(visitor)
        self._cookies.give(request, page, VISITOR_COOKIE, made, seconds=KEPT_SECONDS, same_site="Lax")
        return page

    async def chat_socket(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request)
        if visitor is None:
            return self._refused(request, Unauthenticated())
        guest = Guest(WEB.name, visitor, preferred_language(request), self._deps.enterprise)
        return await sit(request, self._deps, guest, self._events)

    async def chat_upload(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request)
        if visitor is None:
            return self._refused(request, Unauthenticated())
        account = _visitor_account(visitor)
        return await self._take_in(request, account, self._deps.backend.acting_as(account))

    async def chat_download(self, request: web.Request) -> web.StreamResponse:
        visitor = self._visitor(request)
        if visitor is None:
            return self._refused(request, Unauthenticated())
        return await files.give_out(request, self._deps.backend.acting_as(_visitor_account(visitor)))

    def _visitor(self, request: web.Request) -> str | None:
        return self._signer.read(self._cookies.read(request, VISITOR_COOKIE))

    # --- staff ---------------------------------------------------------------------------------------------------

    async def desk(self, request: web.Request) -> web.StreamResponse:
        try:
            staff = await self._staff(request)
        except (Unauthenticated, Forbidden):
            ended = "?ended" if self._cookies.read(request, STAFF_COOKIE) else ""
            return self._redirect(request, f"/staff/log-in{ended}")
        except BackendError as error:
            return self._look.log_in(request, _problem(error), status=503)
        if staff.must_enrol:
            return self._redirect(request, "/staff/second-factor")
        return self._look.desk(request, self._page_of(staff), self._deps.upload_limit, staff)

    async def log_in_form(self, request: web.Request) -> web.StreamResponse:
        """After a log-in that ended it says how, and whether the page still keeps words that were not sent."""
        said = next((key for key in _LEFT if key in request.query), "")
        if said:
            with suppress(BackendError):
                await self._staff(request)
                return self._redirect(request, "/staff")  # another of the person's log-ins ended, this one holds
        return self._look.log_in(request, f"web.log_in.{said}" if said else "")

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        username, password = str(form.get("username", "")).strip(), str(form.get("password", ""))
        try:
            device = self._cookies.read(request, device_cookie(username))[:200]
            session = await self._deps.backend.log_in(LogIn(username=username, password=password, device=device))
        except ValidationError:
            return self._look.log_in(request, "web.log_in.wrong", username[:200], status=401)
        except CodeNeeded as error:
            return self._look.code(request, str(error.extra.get("ticket")), username)
        except BackendError as error:
            return self._look.log_in(request, _problem(error), username, status=error.status)
        return self._let_in(request, username, session)

    async def log_in_by_code(self, request: web.Request) -> web.StreamResponse:
        """The second step, for who has an authenticator app."""
        form = await request.post()
        ticket, username, code = (str(form.get(name, "")) for name in ("ticket", "username", "code"))
        try:
            device = self._cookies.read(request, device_cookie(username))[:200]
            session = await self._deps.backend.finish_log_in(LogInCodeIn(ticket=ticket, code=code, device=device))
        except ValidationError:
            return self._look.code(request, ticket[:200], username[:200], "web.code.wrong", status=422)
        except Unauthenticated:
            return self._look.log_in(request, "web.code.too_late", username[:200], status=401)
        except BackendError as error:
            problem = _code_problem(error)
            return self._look.code(request, ticket[:200], username[:200], problem, status=error.status)
        return self._let_in(request, session.staff.username, session)

    def _let_in(self, request: web.Request, username: str, session: SessionOut) -> web.Response:
        response = self._redirect(request, "/staff")
        ends = _seconds_until(session.expires_at, self._deps.now())
        for cookie, value, seconds in (
            (STAFF_COOKIE, session.token, ends),
            (device_cookie(username), session.device, KEPT_SECONDS),
        ):
            self._cookies.give(request, response, cookie, value, seconds=seconds, same_site="Strict", path="/staff")
        return response

    async def log_out(self, request: web.Request) -> web.StreamResponse:
        response = self._redirect(request, "/staff/log-in?left")
        self._cookies.take(request, response, STAFF_COOKIE, path="/staff")
        try:
            staff = await self._staff(request)
            await self._client(request).log_out(key=str(uuid.uuid4()))
        except (Unauthenticated, Forbidden):
            return response  # over already
        except BackendError as error:
            return self._refused(request, error)
        # The person's other sessions, if any, find their pages open again at once.
        await self._deps.rooms.close(_staff_account(staff), LOGGED_OUT)
        return response

    async def password_form(self, request: web.Request) -> web.StreamResponse:
        try:
            return self._look.password(request, await self._staff(request))
        except (Unauthenticated, Forbidden):
            return self._redirect(request, "/staff/log-in")
        except BackendError as error:
            return self._look.log_in(request, _problem(error), status=503)

    async def change_password(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
        try:
            staff = await self._staff(request)
        except BackendError:
            return self._redirect(request, "/staff/log-in")
        try:
            if new != again:
                return self._look.password(request, staff, "web.password.differ", status=422)
            await self._client(request).change_password(PasswordIn(old=old, new=new))
        except (ValidationError, Invalid):
            return self._look.password(request, staff, "web.password.weak", status=422)
        except BackendError as error:
            return self._look.password(request, staff, _password_problem(error), status=error.status)
        # This session goes on, its pages open again at once; the others find the log-in form.
        await self._deps.rooms.close(_staff_account(staff), LOGGED_OUT)
        return self._look.password(request, staff, "web.password.done")

    async def second_factor_form(self, request: web.Request) -> web.StreamResponse:
        return await self._second_factor(request, lambda staff, _: self._show_second_factor(request, staff))

    async def start_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def start(staff: StaffOut, password: str) -> web.Response:
            secret = await self._client(request).enrol(EnrolIn(password=password))
            return self._look.second_factor(request, staff, "secret", secret=secret)

        return await self._second_factor(request, start, "password")

    async def confirm_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def confirm(staff: StaffOut, code: str) -> web.Response:
            try:
                made = await self._client(request).confirm_second_factor(CodeIn(code=code))
            except (BadCode, ValidationError):
                return self._look.second_factor(request, staff, "confirm", "web.code.wrong", status=422)
            await self._deps.rooms.close(_staff_account(staff), LOGGED_OUT)
            return self._look.second_factor(request, staff, "codes", codes=made.codes)

        return await self._second_factor(request, confirm, "code")

    async def turn_off_second_factor(self, request: web.Request) -> web.StreamResponse:
        async def turn_off(staff: StaffOut, code: str) -> web.Response:
            await self._client(request).turn_off_second_factor(CodeIn(code=code))
            return await self._show_second_factor(request, staff)

        return await self._second_factor(request, turn_off, "code")

    async def _second_factor(
        self, request: web.Request, act: Callable[[StaffOut, str], Awaitable[web.Response]], field: str = ""
    ) -> web.StreamResponse:
        """Do it with what was typed, for who is logged in; what was wrong is told on the page as it stands then."""
        typed = str((await request.post()).get(field, ""))
        try:
            staff = await self._staff(request)
            try:
                return await act(staff, typed)
            except (WrongPassword, BadCode, TooMany, WrongState, ValidationError) as error:
                return await self._show_second_factor(request, staff, _code_problem(error))
        except (Unauthenticated, Forbidden):
            return self._redirect(request, "/staff/log-in?ended")
        except BackendError as error:
            return self._look.log_in(request, _problem(error), status=503)

    async def _show_second_factor(self, request: web.Request, staff: StaffOut, problem: str = "") -> web.Response:
        state = await self._client(request).view_second_factor()
        status = 422 if problem else 200
        return self._look.second_factor(request, staff, "on" if state.on else "off", problem, status, state=state)

    async def staff_socket(self, request: web.Request) -> web.StreamResponse:
        token = self._cookies.read(request, STAFF_COOKIE)

        async def talk(incoming: Incoming) -> Reply:
            with self._deps.staff_tokens.acting_by(token):
                return await self._deps.staff(incoming)

        try:
            staff = await self._staff(request)
        except BackendError as error:
            return self._refused(request, error)
        welcome = partial(self._staff, request)
        guest = Guest(WEB_STAFF.name, str(staff.id), staff.language, talk, self._page_of(staff), welcome)
        return await sit(request, self._deps, guest, self._events)

    async def staff_upload(self, request: web.Request) -> web.StreamResponse:
        try:
            staff = await self._staff(request)
        except BackendError as error:
            return self._refused(request, error)
        return await self._take_in(request, _staff_account(staff), self._client(request))

    async def staff_download(self, request: web.Request) -> web.StreamResponse:
        if not self._cookies.read(request, STAFF_COOKIE):
            return self._refused(request, Unauthenticated())
        return await files.give_out(request, self._client(request))

    def _page_of(self, staff: StaffOut) -> str:
        return self._signer.storage_name(_staff_account(staff))

    async def _staff(self, request: web.Request) -> StaffOut:
        """Who is logged in; raises Unauthenticated."""
        if not self._cookies.read(request, STAFF_COOKIE):
            raise Unauthenticated
        return await self._client(request).check_log_in()

    # --- both ----------------------------------------------------------------------------------------------------

    async def _take_in(self, request: web.Request, person: str, client: BackendClient) -> web.StreamResponse:
        if seconds := self._uploads.wait(person):
            refused = self._refused(request, TooMany())
            refused.headers["Retry-After"] = str(int(seconds) + 1)
            return refused
        return await files.take_in(request, client, self._deps.upload_limit)

    def _client(self, request: web.Request) -> BackendClient:
        return self._deps.backend.with_token(self._cookies.read(request, STAFF_COOKIE))

    def _redirect(self, request: web.Request, to: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})
        secure(request, response)
        return response

    def _refused(self, request: web.Request, error: BackendError) -> web.Response:
        response = web.json_response({"code": error.code}, status=error.status)
        secure(request, response)
        return response


def _visitor_account(visitor: str) -> str:
    return Person(WEB.name, visitor).key


def _staff_account(staff: StaffOut) -> str:
    return Person(WEB_STAFF.name, str(staff.id)).key


def _problem(error: BackendError) -> str:
    """Catalogue key of what to say about a log-in that failed."""
    if isinstance(error, TooMany):
        return "web.log_in.too_many"
    return "web.log_in.unavailable" if isinstance(error, Unavailable) or error.status >= 500 else "web.log_in.wrong"


def _password_problem(error: BackendError) -> str:
    """Catalogue key of what to say about a password that was not changed."""
    if isinstance(error, WrongPassword):
        return "web.password.wrong"
    return "web.log_in.too_many" if isinstance(error, TooMany) else "web.log_in.unavailable"


def _code_problem(error: Exception) -> str:
    """Catalogue key of what to say about a code that was not taken, or a password asked for beside it."""
    if isinstance(error, BadCode | ValidationError):
        return "web.code.wrong"
    if isinstance(error, WrongState):
        return "web.second_factor.begin_again"
    return _password_problem(error) if isinstance(error, BackendError) else "web.log_in.unavailable"


def _seconds_until(ends: datetime, now: datetime) -> int:
    return max(0, int((ends - now).total_seconds()))
