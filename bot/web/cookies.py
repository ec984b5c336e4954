"""The page's cookies: who may set them, how long they live, and what they were called before."""

from __future__ import annotations

import hashlib
from typing import Literal

from aiohttp import web

VISITOR_COOKIE = "jiesu_visitor"
STAFF_COOKIE = "jiesu_staff"
DEVICE_COOKIE = "jiesu_device"

KEPT_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie; counted anew at every visit."""


class Cookies:
    """On https their names begin with `__Host-`: a browser then takes them from this very host by https alone, so that
    no neighbour below the same domain can slip in one of its own (RFC 6265bis, 4.1.3.2). On http names are plain.
    """

    def __init__(self, secure: bool) -> None:
        self._secure = secure

    def name(self, cookie: str) -> str:
        """What it is called in the browser."""
        return f"__Host-{cookie}" if self._secure else cookie

    def read(self, request: web.Request, cookie: str) -> str:
        """Its value, or empty. A plain name counts where there is no other: it was given before the change of names."""
        return request.cookies.get(self.name(cookie)) or request.cookies.get(cookie, "")

    def give(
        self,
        request: web.Request,
        response: web.StreamResponse,
        cookie: str,
        value: str,
        *,
        seconds: int,
        same_site: Literal["Lax", "Strict"],
        path: str = "/",
    ) -> None:
        """Set it, in place of one under its former name."""
        self._drop_former(request, response, cookie, path)
        response.set_cookie(
            self.name(cookie),
            value,
            max_age=seconds,
            path="/" if self._secure else path,
            httponly=True,
            secure=self._secure,
            samesite=same_site,
        )

    def take(self, request: web.Request, response: web.StreamResponse, cookie: str, *, path: str = "/") -> None:
        """Have the browser forget it."""
        self._drop_former(request, response, cookie, path)
        response.del_cookie(
            self.name(cookie), path="/" if self._secure else path, secure=self._secure or None, httponly=True
        )

    def _drop_former(self, request: web.Request, response: web.StreamResponse, cookie: str, path: str) -> None:
        if self._secure and cookie in request.cookies:
            response.del_cookie(cookie, path=path)


def device_cookie(username: str) -> str:
    """One an account: colleagues at one counter share a browser."""
    return f"{DEVICE_COOKIE}_{hashlib.sha256(username.encode()).hexdigest()[:16]}"
