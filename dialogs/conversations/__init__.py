"""Test conversations in YAML: read, played through the engine, and the branches of the scenario they reach."""

from dialogs.conversations.coverage import Branch, branches, unreached
from dialogs.conversations.play import play
from dialogs.conversations.script import Conversation, ConversationError, read_conversations

__all__ = ["Branch", "Conversation", "ConversationError", "branches", "play", "read_conversations", "unreached"]
