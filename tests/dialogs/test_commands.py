"""What our buttons carry."""

import pytest

from backend.contract.acts import SIGN
from dialogs.commands import LIMIT, Command, Verb, command, parse
from dialogs.engine.commands import VERBS, decode


def test_a_command_is_read_as_it_was_written() -> None:
    written = command(SIGN.verb, "261122000013", 10**15 - 1, 10**9 - 1)
    assert len(written) <= LIMIT
    assert parse(written) == Command(SIGN.verb, ("261122000013", str(10**15 - 1), str(10**9 - 1)))


def test_an_argument_that_would_be_misread_is_refused() -> None:
    with pytest.raises(ValueError):
        command(Verb.UNIT, "a:b")
    with pytest.raises(ValueError):
        command(Verb.UNIT, "x" * LIMIT)


FORGED = ["ticket:../contact", "ticket:12", "sign:261122000013:x", "sign:261122000013:5:0", "discard:x", "unit:a/b"]


@pytest.mark.parametrize("text", FORGED)
def test_what_no_button_of_ours_carries_is_not_read(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", ["", "o:1234:problem:often", "nonsense", "cancel:1234:", "done:1234:evidence"])
def test_what_is_not_ours_is_not_read(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("verb", Verb)
def test_no_command_of_ours_is_taken_for_one_of_a_form(verb: Verb) -> None:
    assert decode(str(verb)) is None
    if verb not in VERBS:
        assert decode(f"{verb}:1234:field") is None
