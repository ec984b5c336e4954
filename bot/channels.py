"""The channels that the bots' room speaks for: names alone, so that the backend's start can admit them."""

CHANNELS = ("telegram", "telegram-staff", "web", "web-staff")
