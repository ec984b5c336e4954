"""Why calls by SIP cannot be taken, for whoever starts them."""

from __future__ import annotations


class WorkersFailed(RuntimeError):
    """A SIP worker did not become ready: most often its port is taken."""
