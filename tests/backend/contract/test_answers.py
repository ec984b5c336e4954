"""The fields of a form on a ticket: typed for who reads them, over the API as they were stored."""

from typing import Any

import pytest

from backend.contract.models.filing import FieldAnswer
from backend.contract.models.tickets import FieldAnswerOut


@pytest.mark.parametrize(
    "stored",
    [
        {"field": "since", "label": {"zh": "从哪天"}, "value": "2026-11-01", "shown": {"zh": "11月1日", "en": "1 Nov"}},
        {"field": "effect", "label": {"zh": "影响"}, "value": ["rest", 2, True], "shown": {"zh": "休息"}},
        {"field": "point", "label": {"zh": "位置"}, "value": {"latitude": 30.1}, "shown": {}},
        {"field": "papers", "label": {}, "value": None, "shown": {"zh": "（待补）"}},
    ],
)
def test_what_a_form_stored_goes_out_as_it_is(stored: dict[str, Any]) -> None:
    assert FieldAnswer.model_validate(stored).model_dump(mode="json") == stored
    out = FieldAnswerOut.model_validate(stored)
    assert out.model_dump(mode="json") == stored
    assert out.is_open == (stored["value"] is None)
