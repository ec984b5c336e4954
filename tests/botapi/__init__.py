"""A small Telegram Bot API server for tests and benches, with people who chat."""

from tests.botapi.driver import BotMessage, ChatDriver, GroupDriver, UserDriver
from tests.botapi.server import BotApiServer
from tests.botapi.state import BotAccount, CallbackPress

__all__ = ["BotAccount", "BotApiServer", "BotMessage", "CallbackPress", "ChatDriver", "GroupDriver", "UserDriver"]
