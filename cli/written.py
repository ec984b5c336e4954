"""What the office has written: templates, organisation, policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.terminal import told_in
from dialogs.wording import Wording
from settings import Settings

if TYPE_CHECKING:
    import authoring


def read_written(chosen: Settings, wording: Wording) -> authoring.Written:
    import authoring

    with told_in(wording):
        return authoring.read(chosen)
    raise AssertionError
