"""Visitor cookies: made here, recognised here, and worth nothing when changed."""

from bot.web.identity import Signer

SIGNER = Signer(b"a secret of the tests")


def test_a_cookie_brings_its_id_back() -> None:
    visitor = SIGNER.new_id()
    assert len(bytes.fromhex(visitor)) == 16
    assert SIGNER.read(SIGNER.cookie(visitor)) == visitor


def test_a_changed_or_foreign_cookie_is_nobody() -> None:
    visitor, other = SIGNER.new_id(), SIGNER.new_id()
    mark = SIGNER.cookie(visitor).partition(".")[2]
    assert SIGNER.read(f"{other}.{mark}") is None
    assert SIGNER.read(Signer(b"another secret").cookie(visitor)) is None
    for cookie in ("", visitor, f"{visitor}.", f"{visitor}.{mark[:-1]}", f"{visitor}.{mark}\n", "ü" * 97):
        assert SIGNER.read(cookie) is None


def test_the_storage_name_is_not_the_id() -> None:
    visitor = SIGNER.new_id()
    assert SIGNER.storage_name(visitor) not in (visitor, SIGNER.cookie(visitor))
    assert SIGNER.storage_name(visitor) != SIGNER.storage_name(SIGNER.new_id())
