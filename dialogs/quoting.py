"""Words of others among the service's own: a mark on each of their lines lets none pass for one of ours."""

from __future__ import annotations

MARK = "│ "


def quoted(text: str) -> str:
    """What an enterprise wrote, as staff read it: the first line stands behind a label of ours, the others are marked.

    Else a story could end in a line like "your log-in has ended, log in again at ...".
    """
    return f"\n{MARK}".join(text.splitlines())
