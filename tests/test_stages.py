"""Tests wait for what happens, not for a time to pass; what must take its time is marked as of the real-time stage."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages import TESTS, is_realtime

MODULES = sorted(path for path in TESTS.rglob("test_*.py") if not is_realtime(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_sleeps_unless_it_is_of_real_time(path: Path) -> None:
    assert list(_sleeping(ast.parse(path.read_text()))) == []


def test_a_sleep_is_found_wherever_it_hides() -> None:
    module = ast.parse(
        "async def test_a():\n    await asyncio.sleep(0.1)\n"
        "def test_b():\n    time.sleep(pause)\n"
        "async def test_c():\n    await asyncio.sleep(0)\n"
        "@pytest.mark.realtime\nasync def test_d():\n    await asyncio.sleep(1)\n"
        "class E:\n    def f(self):\n        return lambda: sleep(2)\n"
    )
    assert list(_sleeping(module)) == [2, 4, 12]


def test_a_module_of_real_time_may_sleep() -> None:
    assert not list(_sleeping(ast.parse("pytestmark = [pytest.mark.realtime]\ndef test_a():\n    time.sleep(1)\n")))


def _sleeping(module: ast.Module) -> Iterator[int]:
    """The lines on which something outside the real-time stage sleeps for longer than a turn of the loop."""
    if any(isinstance(part, ast.Assign) and _names_realtime(part) for part in module.body):
        return
    for part in module.body:
        if any(_names_realtime(decorator) for decorator in getattr(part, "decorator_list", ())):
            continue
        yield from (call.lineno for call in ast.walk(part) if isinstance(call, ast.Call) and _sleeps(call))


def _names_realtime(part: ast.AST) -> bool:
    return any(isinstance(name, ast.Attribute) and name.attr in ("realtime", "alone") for name in ast.walk(part))


def _sleeps(call: ast.Call) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    at_once = [ast.unparse(argument) for argument in call.args] == ["0"]
    return called == "sleep" and not at_once
