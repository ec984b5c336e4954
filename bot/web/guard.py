"""What every answer of the web chat carries and every request must show: security headers, and our own origin."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aiohttp import web

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")
_PERMISSIONS = "geolocation=(self), camera=(), microphone=(), payment=()"


def secure(request: web.Request, response: web.StreamResponse) -> None:
    """Set the security headers of a page, a redirect or a file."""
    # Older Safari does not count WebSockets under 'self' (WebKit bug 201591).
    sockets = f" ws://{request.host} wss://{request.host}" if _HOST.fullmatch(request.host) else ""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        f"connect-src 'self'{sockets}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = _PERMISSIONS
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def allow_microphone(response: web.StreamResponse) -> None:
    """For a page on which one can speak; the browser still asks the person."""
    response.headers["Permissions-Policy"] = _PERMISSIONS.replace("microphone=()", "microphone=(self)")


def is_own_origin(request: web.Request, public_url: str) -> bool:
    """Whether our own page asks. Every browser names the origin of a POST and of a WebSocket; what names none is
    no browser of a person, and has no business here (OWASP CSRF prevention, verifying origin)."""
    origin = request.headers.get("Origin", "")
    if not origin or origin == "null":
        return False
    asked = urlsplit(origin)
    return asked.netloc == request.host or (asked.scheme, asked.netloc) == urlsplit(public_url)[:2]
