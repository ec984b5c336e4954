"""Masking: what stays visible, and what must not."""

from __future__ import annotations

import pytest

from backend.rules import masking


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+8613812341234", "+86138****1234"),
        ("138 1234-1234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0663-8123456", "****3456"),
        ("+442079460000", "****0000"),
        ("8123456", "****3456"),
        ("812345", "****"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_phone(number: str, masked: str) -> None:
    assert masking.phone(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王", "王**"),
        ("Wang Xiaoming", "Wang *"),
        ("Ann de la Cruz", "Ann *"),
        ("Wang", "W*"),
        (" ", ""),
    ],
)
def test_person(name: str, masked: str) -> None:
    assert masking.person(name) == masked
