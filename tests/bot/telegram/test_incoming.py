"""Slash commands, as typed in private chats and in groups with several bots."""

import pytest

from bot.telegram.incoming import SlashCommand, command_of


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", SlashCommand("start", "")),
        ("/start power-cut", SlashCommand("start", "power-cut")),
        ("/Bind@Jiesu_Staff_Bot 12345678 ", SlashCommand("bind", "12345678", "jiesu_staff_bot")),
        ("停电 /start", None),
        ("/", None),
        ("/厂房停电", None),
        ("/usr/bin", None),
        ("", None),
    ],
)
def test_commands(text: str, command: SlashCommand | None) -> None:
    assert command_of(text) == command
