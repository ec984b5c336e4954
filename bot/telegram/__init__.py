"""The Telegram channel: getting updates, presenting, sending within Telegram's limits."""
