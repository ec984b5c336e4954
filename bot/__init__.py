"""Messenger channels: the Telegram bots and the web chat."""
