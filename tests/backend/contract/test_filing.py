"""Forms that cannot be filed."""

import pytest
from pydantic import ValidationError

from tests.backend.city import new_ticket


def test_a_form_names_each_field_once() -> None:
    opened = {"field": "since", "label": {"zh": "从哪天开始"}, "value": None, "shown": {"zh": "未答"}}
    other = opened | {"field": "until"}
    assert len(new_ticket(answers=[opened, other]).answers) == 2
    with pytest.raises(ValidationError, match="only once"):
        new_ticket(answers=[opened, other, opened | {"value": "2026-11-01"}])
