"""Unified social credit codes: valid, mistyped, and mended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from backend.contract.message import Message, Words
from dialogs.fields import NotUnderstood, Understood, Uscc

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REAL = "91110000600037341L"


def parse(text: str) -> Understood | Message:
    outcome = Uscc().parse(text, NOW)
    return outcome if isinstance(outcome, Understood) else outcome.problem


def organisation(body: str) -> str:
    total = sum(int(character, 36) * weight for character, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return body + "0123456789X0"[(11 - total % 11) % 11]


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Codes as they are issued: a business in a real province, both check characters right."""
    head = draw(st.sampled_from(["91", "92", "93"])) + draw(st.sampled_from(["44", "11", "45", "42", "37"]))
    region = draw(st.text("0123456789", min_size=4, max_size=4))
    body = draw(st.text("0123456789", min_size=8, max_size=8) | st.from_regex(r"MA[0-9A-HJ-NP-R]{6}", fullmatch=True))
    front = head + region + organisation(body)
    return front + uscc.calc_check_digit(front)


@pytest.mark.parametrize(
    "text",
    [
        REAL,
        REAL.lower(),
        "91 1100 0060 0037 341L",
        "9111-0000-6000-3734-1L",
        "９１１１００００６０００３７３４１Ｌ",
        f"统一社会信用代码：{REAL}",
        f"我们的代码是 {REAL}。",
    ],
)
def test_valid_codes_in_every_spelling(text: str) -> None:
    outcome = parse(text)
    assert isinstance(outcome, Understood)
    assert outcome.value == REAL
    assert outcome.shown == "91 110000 600037341 L"


def test_a_village_collective_is_registered_under_n() -> None:
    front = "N2445200" + organisation("MF123456")
    code = front + uscc.calc_check_digit(front)
    assert isinstance(parse(code), Understood)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Message("field.uscc.missing")),
        ("不知道", Message("field.uscc.missing")),
        ("9111000060003734", Message("field.uscc.length", {"count": 16, "difference": 2})),
        (REAL + "12", Message("field.uscc.length", {"count": 20, "difference": 2})),
        ("440106000123456", Message("field.uscc.old_number")),
        ("9111000060003中341L", Message("field.uscc.character", {"character": "中", "position": 14})),
        (
            "9111OOOO600037341L",
            Message("field.uscc.letter_mend", {"position": 5, "wrong": "O", "right": "0", "code": REAL}),
        ),
        ("91110000600O37342L", Message("field.uscc.letter", {"position": 12, "wrong": "O", "right": "0"})),
        ("91110D00600037341L", Message("field.uscc.mend", {"position": 6, "wrong": "D", "right": "0", "code": REAL})),
        ("9111K000600037341L", Message("field.uscc.digit", {"position": 5, "wrong": "K"})),
        (
            "91110000600073341L",
            Message("field.uscc.swap", {"position": 13, "next": 14, "pair": "37", "code": REAL}),
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: Message) -> None:
    assert parse(text) == problem


def test_a_confusable_character_is_found_and_proposed() -> None:
    front = "91445200" + organisation("MA4WB8X2")
    code = front + uscc.calc_check_digit(front)
    typed = code.replace("B8", "88")
    expected: dict[str, Words | int] = {"position": 13, "wrong": "8", "right": "B", "code": code}
    assert parse(typed) == Message("field.uscc.mend", expected)


@given(codes())
def test_valid_codes_round_trip(code: str) -> None:
    outcome = parse(code)
    assert isinstance(outcome, Understood)
    assert outcome.value == code


@given(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9))
def test_any_code_the_standard_accepts_round_trips(front: str, body: str) -> None:
    code = front + body + uscc.calc_check_digit(front + body)
    assert isinstance(parse(code), Understood)


@given(codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_never_accepted(code: str, index: int, wrong: str) -> None:
    typed = code[:index] + wrong + code[index + 1 :]
    assert isinstance(Uscc().parse(typed, NOW), NotUnderstood) == (typed != code)


@given(codes(), st.integers(0, 16))
def test_two_swapped_characters_are_never_accepted(code: str, index: int) -> None:
    typed = code[:index] + code[index + 1] + code[index] + code[index + 2 :]
    assert isinstance(Uscc().parse(typed, NOW), NotUnderstood) == (typed != code)


@given(codes(), st.integers(8, 15), st.sampled_from(["8B", "B8", "6G", "G6", "5S", "0O", "1I", "2Z", "1L", "L1"]))
def test_a_confusable_slip_is_either_mended_right_or_pointed_at(code: str, index: int, pair: str) -> None:
    """A proposal is always a valid code; and a letter the standard leaves out always leads back to the code."""
    if code[index] != pair[0]:
        return
    outcome = parse(code[:index] + pair[1] + code[index + 1 :])
    assert isinstance(outcome, Message)
    if "code" in outcome.args:
        assert uscc.is_valid(str(outcome.args["code"]))
    if pair[1] in "OISZ":
        assert outcome.args["code"] == code
