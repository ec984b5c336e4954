"""Style, scripts and icon of the page: read once, addressed by their content, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "assets"

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    """The files of a folder under an address that changes whenever one of them does."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Address of a file. Raises KeyError."""
        assert self._files[name] is not None
        return f"/assets/{self.version}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """A file; those of another version are gone, so that a page never mixes versions."""
        content = self._files.get(request.match_info["name"])
        if content is None or request.match_info["version"] != self.version:
            raise web.HTTPNotFound
        kind = _TYPES.get(Path(request.match_info["name"]).suffix) or mimetypes.types_map[".txt"]
        return web.Response(
            body=content,
            content_type=kind,
            charset="utf-8",
            headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
        )
