"""Scripts, styles and words that a page loads: read and compressed once, addressed by their content.

Only these are compressed. A page or an answer that carries a secret beside what others wrote is not: its length would
tell of the secret (BREACH, CVE-2013-3587).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


class StaticFiles:
    """The files of a folder under an address that changes whenever one of them does, so browsers keep them for ever."""

    def __init__(self, base: str, folder: Path, made: Mapping[str, bytes] | None = None) -> None:
        """`base` is their path; `made` are files that are in no folder, by name."""
        self._base = base
        found = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        self._files = {**found, **(made or {})}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:12]
        self._compressed = {name: gzip.compress(content, mtime=0) for name, content in self._files.items()}

    def url(self, name: str) -> str:
        """Address of a file. Raises KeyError."""
        assert self._files[name] is not None
        return f"{self._base}/{self.version}/{name}"

    def scripts(self) -> list[str]:
        """Addresses of all scripts, that a page may fetch at once what they would import one after the other."""
        return [self.url(name) for name in self._files if name.endswith(".js")]

    async def serve(self, request: web.Request) -> web.Response:
        """A file; those of another version are gone, so that a page never mixes versions."""
        name = request.match_info["name"]
        if name not in self._files or request.match_info["version"] != self.version:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        body = self._files[name]
        if _takes_gzip(request) and len(self._compressed[name]) < len(body):
            body, headers["Content-Encoding"] = self._compressed[name], "gzip"
        return web.Response(body=body, content_type=_TYPES[Path(name).suffix], charset="utf-8", headers=headers)


def _takes_gzip(request: web.Request) -> bool:
    """Whether the client named it, and not with weight 0 (RFC 9110, 12.5.3)."""
    named = (one.partition(";") for one in request.headers.get("Accept-Encoding", "").lower().split(","))
    weights = {coding.strip(): weight.replace(" ", "") for coding, _, weight in named}
    return "gzip" in weights and weights["gzip"].rstrip("0.") != "q="
