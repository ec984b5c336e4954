"""The channels by which people write or call and are told things, each with what sets it apart.

A messenger that is like most needs no line here: what is not declared is a chat with one person, told at decent hours,
open to enterprises, or to staff by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

_OF_STAFF = "-staff"


@dataclass(frozen=True)
class Channel:
    """A way to people. Its accounts are `<name>:<id>`, with an id that only the channel understands."""

    name: str
    """In accounts, notices and tokens, which keep it for ever."""
    is_page: bool = False
    """A page in a browser: its notices wait until somebody has it open, at whatever hour. Staff log in there."""
    is_telephone: bool = False
    """Heard instead of read, by whoever picks up: nothing shown to others may be told, and nobody is vouched for."""
    has_groups: bool = False
    """Its groups stand for departments: told once, in place of the private chats of their people."""

    @property
    def is_for_staff(self) -> bool:
        """Whether its accounts are those of staff; else they are enterprises'."""
        return self.name.endswith(_OF_STAFF)


TELEGRAM = Channel("telegram")
TELEGRAM_STAFF = Channel("telegram-staff", has_groups=True)
WEB = Channel("web", is_page=True)
WEB_STAFF = Channel("web-staff", is_page=True)
PHONE = Channel("phone", is_telephone=True)

DECLARED = (TELEGRAM, TELEGRAM_STAFF, WEB, WEB_STAFF, PHONE)
PAGES = tuple(one for one in DECLARED if one.is_page)
_BY_NAME = {one.name: one for one in DECLARED}


def channel_named(name: str | None) -> Channel:
    """What is known of the channel of this name; None: of no channel at all."""
    return _BY_NAME.get(name or "") or Channel(name or "")
