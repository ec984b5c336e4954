"""Which passwords are refused because anybody would try them."""

import secrets

import pytest

from backend.rules import passwords
from backend.rules.policy.file import load_policy

HOTLINES = load_policy(None).log_ins.hotlines


@pytest.mark.parametrize(
    "password",
    ["woaini1314", "a123456", "a123456789", "12345678", "88888888", "19900101", "5201314520", "Password1", "P@ssw0rd!",
     "qwerty123", "1qaz2wsx", "asdfghjkl", "abc123456", "abcd1234", "Admin@2026", "iloveyou1", "zhangwei88", "mima1234",
     "rexian12345!!", "my12345hotline", "power-1-power", "POWER1secret", "short1!", "ababababab", "１２３４５６７８"],
)  # fmt: skip
def test_what_anybody_would_try_is_refused(password: str) -> None:
    assert passwords.is_common(password, "power-1", HOTLINES)


@pytest.mark.parametrize(
    "password",
    ["晨光里的旧码头与三只鹤", "a password of twelve", "correct horse battery", "Kx7#vbTq", "new password number 1"],
)
def test_others_are_taken(password: str) -> None:
    assert not passwords.is_common(password, "power-1", HOTLINES)


def test_those_that_we_make_are_taken() -> None:
    assert not any(passwords.is_common(secrets.token_urlsafe(12), "power-1", HOTLINES) for _ in range(2000))


def test_a_city_names_its_own_hotlines() -> None:
    assert not passwords.is_common("harbour-96123-crane", "power-1", HOTLINES)
    assert passwords.is_common("harbour-96123-crane", "power-1", ["96123"])
    assert not passwords.is_common("harbour-96345-crane", "power-1", ["96123"])


@pytest.mark.parametrize(("username", "refused"), [("lina", True), ("li-na", True), ("lin", False)])
def test_a_name_counts_from_four_letters_on(username: str, refused: bool) -> None:
    assert passwords.is_common("harbour-lina-crane", username) is refused
