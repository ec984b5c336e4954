"""Plays every test conversation through the engine, and counts the branches none of them reaches."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from dialogs.conversations import Branch, Conversation, play, read_conversations, unreached
from dialogs.templates.scenario import Scenarios
from tests.built_in import built_in_scenarios
from tests.dialogs.city import ENGINE, TREE

HERE = Path(__file__).parent
CONVERSATIONS = [one for path in sorted(HERE.glob("*.yaml")) for one in read_conversations(path)]


@cache
def scenarios() -> Scenarios:
    return built_in_scenarios(TREE)


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda one: f"{one.scenario}: {one.name}")
def test_it_goes_as_written(conversation: Conversation) -> None:
    play(conversation, scenarios(), ENGINE)


def test_every_branch_is_reached() -> None:
    reached: dict[str, frozenset[Branch]] = defaultdict(frozenset)
    for conversation in CONVERSATIONS:
        reached[conversation.scenario] |= play(conversation, scenarios(), ENGINE)
    missing = [line for scenario in scenarios().values() for line in unreached(scenario, reached[scenario.id])]
    assert not missing, "\n".join(missing)
