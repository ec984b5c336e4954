"""The web chat's addresses, to be mounted on the backend's own application or on one of their own."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.web.access import Access
from bot.web.chat_pages import ChatPages
from bot.web.deps import WebDeps
from bot.web.log_in_pages import LogInPages
from bot.web.pages import Look, page_files
from bot.web.password_pages import PasswordPages
from bot.web.second_factor_pages import SecondFactorPages
from bot.web.staff_pages import StaffPages
from bot.web.telephone_numbers import own_numbers


def build_app(deps: WebDeps) -> web.Application:
    """The web chat alone; the caller serves it."""
    app = web.Application()
    add_routes(app, deps)
    return app


def add_routes(app: web.Application, deps: WebDeps) -> None:
    """Mount the pages, sockets and files; on shutdown open pages are told to come again."""
    assets = page_files()
    access = Access(deps, Look(assets, deps.city, deps.call, own_numbers(deps.city, deps.texts)))
    chat, staff, log_in = ChatPages(access), StaffPages(access), LogInPages(access)
    password, second_factor = PasswordPages(access), SecondFactorPages(access)
    app.router.add_get("/", chat.chat)
    app.router.add_get("/chat/ws", access.own(chat.chat_socket))
    app.router.add_post("/chat/files", access.own(chat.chat_upload))
    app.router.add_get("/chat/files/{id:[0-9a-f-]{36}}", chat.chat_download)
    app.router.add_get("/staff", staff.desk)
    app.router.add_get("/staff/log-in", log_in.log_in_form)
    app.router.add_post("/staff/log-in", access.own(log_in.log_in))
    app.router.add_post("/staff/log-in/code", access.own(log_in.log_in_by_code))
    app.router.add_get("/staff/second-factor", second_factor.second_factor_form)
    app.router.add_post("/staff/second-factor/start", access.own(second_factor.start_second_factor))
    app.router.add_post("/staff/second-factor/confirm", access.own(second_factor.confirm_second_factor))
    app.router.add_post("/staff/second-factor/off", access.own(second_factor.turn_off_second_factor))
    app.router.add_post("/staff/log-out", access.own(log_in.log_out))
    app.router.add_get("/staff/password", password.password_form)
    app.router.add_post("/staff/password", access.own(password.change_password))
    app.router.add_get("/staff/ws", access.own(staff.staff_socket))
    app.router.add_post("/staff/files", access.own(staff.staff_upload))
    app.router.add_get("/staff/files/{id:[0-9a-f-]{36}}", staff.staff_download)
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
