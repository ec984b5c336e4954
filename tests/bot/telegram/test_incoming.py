"""Slash commands, as typed in private chats and in groups with several bots."""

import pytest

from bot.telegram.incoming import Command, command_of


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Command("start", "")),
        ("/start power-cut", Command("start", "power-cut")),
        ("/Bind@Jiesu_Staff_Bot 12345678 ", Command("bind", "12345678", "jiesu_staff_bot")),
        ("停电 /start", None),
        ("/", None),
        ("/厂房停电", None),
        ("/usr/bin", None),
        ("", None),
    ],
)
def test_commands(text: str, command: Command | None) -> None:
    assert command_of(text) == command
