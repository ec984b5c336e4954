"""Why calls by SIP cannot be taken, for whoever starts them."""

from __future__ import annotations

from backend.contract.faults import OperatorError


class WorkersFailed(OperatorError):
    """A SIP worker did not become ready: most often its port is taken."""
