"""All that people are told by notices, one frozen model a kind."""

from backend.contract.notices import to_enterprise, to_staff  # noqa: F401  # importing them registers their kinds
from backend.contract.notices.notice import KINDS, Notice, UnknownNotice, read

__all__ = ["KINDS", "Notice", "UnknownNotice", "read"]
