"""The API client: every operation as a typed method, told apart by whom it is for.

A method's signature stands once, in the module of its resource. A conversation is given the narrow client of those it
talks with, so that what contacts say can never reach what staff may do.
"""

from __future__ import annotations

from dataclasses import replace

import aiohttp

from backend.contract.client.acts import Acts
from backend.contract.client.attachments import Attachments
from backend.contract.client.city import City
from backend.contract.client.contact import Contact
from backend.contract.client.drafts import Drafts
from backend.contract.client.groups import Groups
from backend.contract.client.log_ins import LogIns
from backend.contract.client.notices import Notices
from backend.contract.client.staff import Staff
from backend.contract.client.tickets import OwnTickets, Tickets
from backend.contract.client.transport import Call, Retry, Transport, problem_error

__all__ = ["BackendClient", "Call", "ContactClient", "Retry", "StaffClient", "Transport", "problem_error"]


class ContactClient(Contact, Tickets, OwnTickets, Drafts, Attachments):
    """What an enterprise's contact may do."""


class StaffClient(Staff, Tickets, Acts):
    """What a member of staff may do."""


class BackendClient(ContactClient, StaffClient, LogIns, Notices, Groups, City):
    """What a program with a token may do, for itself or for an account."""

    @classmethod
    def to(
        cls, session: aiohttp.ClientSession, base_url: str, token: str | None = None, retry: Retry | None = None
    ) -> BackendClient:
        """A client of the backend at this address."""
        return cls(Transport(session, base_url, token, retry or Retry()))

    def acting_as(self, account: str) -> BackendClient:
        """The same client for an account of a channel, `<channel>:<id>`."""
        return BackendClient(replace(self.transport, account=account))

    def with_token(self, token: str) -> BackendClient:
        """The same client for somebody else's token, such as a staff session's, which speaks for its owner."""
        return BackendClient(replace(self.transport, token=token, account=None))
