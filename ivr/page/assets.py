"""What a page that wants the call button loads."""

from __future__ import annotations

from pathlib import Path

from backend.contract.static_files import StaticFiles


class PanelAssets(StaticFiles):
    """The panel's scripts, `script` first among them, and its style."""

    def __init__(self) -> None:
        super().__init__("/call", Path(__file__).parent / "assets")
        self.script, self.style = self.url("call.js"), self.url("call.css")
        self.modules = tuple(one for one in self.scripts() if one != self.script)
