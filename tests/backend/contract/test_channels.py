"""Channels are told apart by their traits; a name that is not declared is a plain messenger."""

import ast
from pathlib import Path

import pytest

from backend.contract.channels import DECLARED, Channel, channel_named

ROOT = Path(__file__).parents[3]
ROOMS = ("backend", "bot", "dialogs", "ivr")
NOT_CHANNELS = {"phone"}
"""Also the name of a field."""


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: one.name)
def test_a_declared_channel_is_found_by_its_name(one: Channel) -> None:
    assert channel_named(one.name) is one


def test_a_messenger_that_nobody_declared_is_a_chat_with_one_person() -> None:
    assert channel_named("wechat") == Channel("wechat")
    assert not channel_named("wechat").is_for_staff
    assert channel_named("wechat-staff").is_for_staff


def test_no_code_but_the_declaration_names_a_channel() -> None:
    names = {one.name for one in DECLARED} - NOT_CHANNELS
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.name != "channels.py" and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert not found
