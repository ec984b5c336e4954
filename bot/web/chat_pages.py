"""The chat of enterprises."""

from __future__ import annotations

from aiohttp import web

from backend.contract.channels import WEB
from backend.contract.errors import (
    Unauthenticated,
)
from bot.web import files
from bot.web.access import Access, visitor_account
from bot.web.cookies import KEPT_SECONDS, VISITOR_COOKIE
from bot.web.pages import preferred_language
from bot.web.sitting import Guest, sit


class ChatPages:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def chat(self, request: web.Request) -> web.StreamResponse:
        visitor = self._access.visitor(request) or self._access.signer.new_id()
        page = self._access.look.chat(
            request, self._access.signer.storage_name(visitor), self._access.deps.upload_limit
        )
        # Lax, not strict: a link from elsewhere must bring back the person who was here before, not make a stranger.
        made = self._access.signer.cookie(visitor)
        self._access.cookies.give(request, page, VISITOR_COOKIE, made, seconds=KEPT_SECONDS, same_site="Lax")
        return page

    async def chat_socket(self, request: web.Request) -> web.StreamResponse:
        visitor = self._access.visitor(request)
        if visitor is None:
            return self._access.refused(request, Unauthenticated())
        deps = self._access.deps
        guest = Guest(WEB.name, visitor, preferred_language(request), deps.enterprise, together=deps.together)
        return await sit(request, self._access.deps, guest, self._access.events)

    async def chat_upload(self, request: web.Request) -> web.StreamResponse:
        visitor = self._access.visitor(request)
        if visitor is None:
            return self._access.refused(request, Unauthenticated())
        account = visitor_account(visitor)
        return await self._access.take_in(request, account, self._access.deps.backend.acting_as(account))

    async def chat_download(self, request: web.Request) -> web.StreamResponse:
        visitor = self._access.visitor(request)
        if visitor is None:
            return self._access.refused(request, Unauthenticated())
        return await files.give_out(request, self._access.deps.backend.acting_as(visitor_account(visitor)))
