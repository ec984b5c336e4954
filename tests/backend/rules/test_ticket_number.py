"""Retrieval codes: what is stored of them, and which one matches."""

from __future__ import annotations

import secrets
from datetime import date

from backend.rules import ticket_number
from backend.rules.ticket_number import compose

DAY = date(2026, 11, 22)


def test_retrieval_code_has_eight_digits() -> None:
    assert ticket_number.new_retrieval_code(lambda _: 42) == "00000042"
    assert ticket_number.new_retrieval_code(lambda below: below - 1) == "99999999"
    assert len(ticket_number.new_retrieval_code(secrets.randbelow)) == 8


def test_only_the_right_code_for_the_right_ticket_matches() -> None:
    secret, number = b"s" * 32, compose(DAY, 7)
    stored = ticket_number.digest(secret, number, "012345")
    assert "012345" not in stored
    assert ticket_number.matches(secret, number, "012345", stored)
    assert not ticket_number.matches(secret, number, "012346", stored)
    assert not ticket_number.matches(secret, compose(DAY, 8), "012345", stored)
    assert not ticket_number.matches(b"other", number, "012345", stored)
    assert not ticket_number.matches(secret, number, "０１２３４５", stored)
