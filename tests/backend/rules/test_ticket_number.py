"""Ticket numbers: what they catch when keyed wrong, and what they take when keyed loosely."""

from __future__ import annotations

import secrets
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules import ticket_number
from backend.rules.ticket_number import Problem, SequenceError, TicketNumberError, check, compose, grouped

DAY = date(2026, 11, 22)
numbers = st.builds(compose, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, ticket_number.MAX_SEQUENCE))


def problem_of(text: str) -> Problem:
    with pytest.raises(TicketNumberError) as caught:
        check(text)
    return caught.value.problem


def test_composed_of_date_sequence_and_check_digit() -> None:
    number = compose(DAY, 1)
    assert number[:11] == "26112200001"
    assert len(number) == 12
    assert grouped(number) == f"261122 00001 {number[-1]}"


@pytest.mark.parametrize("sequence", [0, -1, 100_000])
def test_sequence_that_does_not_fit_is_refused(sequence: int) -> None:
    with pytest.raises(SequenceError, match=str(sequence)):
        compose(DAY, sequence)


def test_year_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="2100"):
        compose(date(2100, 1, 1), 1)


@given(numbers)
def test_number_passes_its_own_check(number: str) -> None:
    assert check(number) == number
    assert check(grouped(number)) == number


@given(numbers)
def test_every_wrong_digit_is_caught(number: str) -> None:
    for place in range(12):
        for digit in set("0123456789") - {number[place]}:
            assert problem_of(number[:place] + digit + number[place + 1 :]) is Problem.CHECK_DIGIT


@given(numbers)
def test_every_swap_of_neighbours_is_caught(number: str) -> None:
    for place in range(11):
        first, second = number[place], number[place + 1]
        if first != second:
            assert problem_of(number[:place] + second + first + number[place + 2 :]) is Problem.CHECK_DIGIT


def test_full_width_digits_spaces_and_dashes_are_taken() -> None:
    number = compose(DAY, 123)
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (
        wide,
        f" {number[:6]}-{number[6:11]}–{number[11]}\n",
        f"{number[:6]}\u3000{number[6:]}",
        "\u200b" + number,
    ):
        assert check(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.LENGTH),
        ("26112200001", Problem.LENGTH),
        ("2611220000123", Problem.LENGTH),
        ("26112200001a", Problem.NOT_DIGITS),
        ("٢٦١١٢٢٠٠٠٠١٧", Problem.NOT_DIGITS),
    ],
)
def test_malformed_text_names_its_problem(text: str, problem: Problem) -> None:
    assert problem_of(text) is problem


@pytest.mark.parametrize(("body", "problem"), [("26023000001", Problem.DATE), ("26112200000", Problem.SEQUENCE)])
def test_right_check_digit_does_not_make_a_wrong_number_right(body: str, problem: Problem) -> None:
    found = {problem_of(body + digit) for digit in "0123456789"}
    assert found == {problem, Problem.CHECK_DIGIT}


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_names_a_problem(text: str) -> None:
    try:
        number = check(text)
    except TicketNumberError:
        return
    assert len(number) == 12


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
