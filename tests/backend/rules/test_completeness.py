"""What becomes of a form left open in places."""

from __future__ import annotations

import pytest

from backend.rules.completeness import AnsweredAlreadyError, complete, is_open


def _form(**values: object) -> list[dict[str, object]]:
    return [{"field": field, "value": value} for field, value in values.items()]


FORM = _form(kind=None, since="March", photo=None, amount=0)


def test_a_form_is_open_while_an_entry_has_no_value() -> None:
    assert is_open(FORM)
    assert not is_open(_form(amount=0, agreed=False, note=""))
    assert not is_open([])


def test_answers_come_in_the_place_of_what_was_open_and_new_ones_last() -> None:
    done = complete(FORM, _form(meter=7, photo="p", kind="help"))
    assert done.entries == _form(kind="help", since="March", photo="p", amount=0, meter=7)
    assert done.settled == _form(kind="help", photo="p", meter=7)


def test_what_is_named_without_a_value_stays_open_and_what_is_not_named_goes() -> None:
    done = complete(FORM, _form(kind=None, meter=None))
    assert done.entries == _form(kind=None, since="March", amount=0, meter=None)
    assert done.settled == _form(photo=None)


@pytest.mark.parametrize("field", ["since", "amount"])
def test_an_answer_is_not_given_twice(field: str) -> None:
    with pytest.raises(AnsweredAlreadyError, match=field):
        complete(FORM, _form(**{field: None}))


def test_no_field_is_named_twice() -> None:
    with pytest.raises(AnsweredAlreadyError, match="photo"):
        complete(FORM, [*_form(photo="a"), *_form(photo="b")])
