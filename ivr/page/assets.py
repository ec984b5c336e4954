"""The panel's script and style: read once, addressed by their content, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

_FOLDER: Final = Path(__file__).parent / "assets"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}


class PanelAssets:
    """`script` and `style` are what a page that wants the call button loads."""

    def __init__(self) -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}
        content = b"\0".join(part for name, body in self._files.items() for part in (name.encode(), body))
        self._version = hashlib.sha256(content).hexdigest()[:12]
        self.script = f"/call/{self._version}/call.js"
        self.style = f"/call/{self._version}/call.css"

    async def serve(self, request: web.Request) -> web.Response:
        """A file; those of another version are gone, so that a page never mixes versions."""
        name = request.match_info["name"]
        if name not in self._files or request.match_info["version"] != self._version:
            raise web.HTTPNotFound
        return web.Response(
            body=self._files[name],
            content_type=_TYPES[Path(name).suffix],
            charset="utf-8",
            headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
        )
