"""The staff's conversation: queues, tickets and acts, in any channel."""

from dialogs.staff.talk import StaffTalk

__all__ = ["StaffTalk"]
