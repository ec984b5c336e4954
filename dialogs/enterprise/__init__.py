"""The enterprise's conversation: menu, forms, tickets, ratings, in any channel."""

from dialogs.enterprise.talk import EnterpriseTalk

__all__ = ["EnterpriseTalk"]
