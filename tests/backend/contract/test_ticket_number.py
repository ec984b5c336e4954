"""Ticket numbers: what they catch when keyed wrong, and what they take when keyed loosely."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.ticket_number import PATTERN, WHOLE, Problem, TicketNumberError, check, grouped
from backend.rules import ticket_number
from backend.rules.ticket_number import SequenceError, compose

DAY = date(2026, 11, 22)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
sequences = st.one_of(st.integers(1, 99_999), st.integers(100_000, ticket_number.MAX_SEQUENCE))
numbers = st.builds(compose, days, sequences)


def problem_of(text: str) -> Problem:
    with pytest.raises(TicketNumberError) as caught:
        check(text)
    return caught.value.problem


def test_composed_of_date_sequence_and_check_digit() -> None:
    number = compose(DAY, 1)
    assert number[:11] == "26112200001"
    assert len(number) == 12
    assert grouped(number) == f"261122 00001 {number[-1]}"


def test_a_day_past_99999_goes_on_with_a_digit_more() -> None:
    last, next_one = compose(DAY, 99_999), compose(DAY, 100_000)
    assert (len(last), len(next_one)) == (12, 13)
    assert next_one[:12] == "261122100000"
    assert grouped(next_one) == f"261122 100000 {next_one[-1]}"


@given(numbers, numbers)
def test_what_is_whole_at_twelve_digits_begins_no_longer_number(one: str, other: str) -> None:
    """So a phone may take it at once; after any other twelve it waits for a thirteenth, `#` or a pause."""
    for number in (one, other):
        assert re.match(PATTERN, number)
        whole = re.fullmatch(WHOLE, number[:12]) is not None
        assert whole == (len(number) == 12 and number[6] == "0")


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
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
    for place in range(len(number)):
        for digit in set("0123456789") - {number[place]}:
            assert problem_of(number[:place] + digit + number[place + 1 :]) is Problem.CHECK_DIGIT


@given(numbers)
def test_every_swap_of_neighbours_is_caught(number: str) -> None:
    for place in range(len(number) - 1):
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
        ("26112210000012", Problem.LENGTH),
        ("26112200001a", Problem.NOT_DIGITS),
        ("٢٦١١٢٢٠٠٠٠١٧", Problem.NOT_DIGITS),
    ],
)
def test_malformed_text_names_its_problem(text: str, problem: Problem) -> None:
    assert problem_of(text) is problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("26023000001", Problem.DATE),
        ("26112200000", Problem.SEQUENCE),
        ("261122000001", Problem.SEQUENCE),
        ("261122099999", Problem.SEQUENCE),
    ],
)
def test_right_check_digit_does_not_make_a_wrong_number_right(body: str, problem: Problem) -> None:
    found = {problem_of(body + digit) for digit in "0123456789"}
    assert found == {problem, Problem.CHECK_DIGIT}


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_names_a_problem(text: str) -> None:
    try:
        number = check(text)
    except TicketNumberError:
        return
    assert len(number) in (12, 13)
