"""A form is plain data that any later process can read."""

import json

import pytest

from dialogs.form import Form
from tests.dialogs.city import FormChat, photo


def test_it_survives_being_stored_at_every_phase() -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b", caption="说明"))
    for form in (FormChat().form, talk.form, talk.presses("done:papers", "confirm:").form):
        assert Form.from_json(json.loads(json.dumps(form.to_json()))) == form


def test_a_format_it_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="format 99 is not 1"):
        Form.from_json({**FormChat().form.to_json(), "format": 99})


def test_a_form_stored_before_a_new_field_was_added_is_still_read() -> None:
    old = {
        key: value for key, value in FormChat().form.to_json().items() if key not in ("filed", "last_text", "helped")
    }
    assert Form.from_json(old) == FormChat().form
