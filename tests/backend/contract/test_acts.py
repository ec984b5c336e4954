"""What an act says twice, its stages and its request, agrees."""

import pytest

from backend.contract.acts import ACTS, FILL_IN
from backend.contract.acts.act import AnyAct, Stage, Wants

TAKEN = {"version", "assignment", "title", "seen", "suggested", "takers"}
"""What else an open errand knows of its ticket, beside the answers to its stages."""
STAGES = [(act, stage) for act in ACTS.values() if act is not FILL_IN for stage in act.stages]


@pytest.mark.parametrize(("act", "stage"), STAGES, ids=lambda one: getattr(one, "verb", "") or one.name)
def test_a_stage_has_the_name_and_the_length_of_the_field_that_it_fills(act: AnyAct, stage: Stage) -> None:
    assert stage.name not in TAKEN
    field = act.request.model_json_schema()["properties"][stage.name]
    assert stage.name == "text" or stage.wants is not Wants.MATERIAL
    if stage.wants in (Wants.WORDS, Wants.MATERIAL):
        (words,) = [one for one in field.get("anyOf", [field]) if one["type"] == "string"]
        assert stage.most == words["maxLength"]
