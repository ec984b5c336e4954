"""Policies as they are kept: the same rules come back, also from programs that knew fewer keys, or more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.rules import kept_policy
from backend.rules.policy.file import load_policy
from tests.backend.rules.test_policy import DEFAULT, edited, parse_policy


def kept() -> dict[str, Any]:
    tree = json.loads(kept_policy.write(load_policy(None)))
    assert isinstance(tree, dict)
    return tree


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT,
        edited("  days: {}\n  decreed_years: []", "  days: {2027-01-01: holiday}\n  decreed_years: [2027]"),
        edited('quiet_hours:\n  start: "21:00"\n  end: "08:00"', "quiet_hours: null"),
    ],
)
def test_what_is_kept_is_read_as_it_was(text: str) -> None:
    policy = parse_policy(text, "ours.yaml")
    assert kept_policy.read(kept_policy.write(policy)) == (policy, ())


def test_a_key_that_came_later_has_the_built_in_value() -> None:
    tree = kept()
    del tree["escalation"], tree["rating"]["reminder_days"]
    policy, adapted = kept_policy.read(json.dumps(tree))
    assert sorted(adapted) == ["escalation", "rating.reminder_days"]
    default = load_policy(None)
    assert policy.escalation == default.escalation
    assert policy.rating.reminder_days == default.rating.reminder_days


def test_a_key_that_is_known_no_more_is_left_out() -> None:
    tree = kept()
    tree["lottery"] = {"prize": 3}
    tree["emergencies"]["rules"][1]["colour"] = "red"
    policy, adapted = kept_policy.read(json.dumps(tree))
    assert policy == load_policy(None)
    assert sorted(adapted) == ["emergencies.rules.1.colour", "lottery"]


def test_clocks_that_an_office_does_without_do_not_come_back() -> None:
    tree = kept()
    del tree["escalation"]
    tree["limits"] |= {"clocks": {}, "scenarios": {}}
    policy, _ = kept_policy.read(json.dumps(tree))
    assert policy.clock("power-cut") is None


@pytest.mark.parametrize("share", [7, "much"])
def test_a_value_that_means_nothing_any_more_is_refused_by_its_key(share: object) -> None:
    tree = kept()
    tree["warnings"]["blue_share"] = share
    del tree["escalation"]
    with pytest.raises(kept_policy.Unreadable, match=r"warnings\.blue_share"):
        kept_policy.read(json.dumps(tree))


def test_a_missing_key_without_an_example_is_refused() -> None:
    tree = kept()
    tree["limits"]["clocks"]["124"] = {"contact": None}
    with pytest.raises(kept_policy.Unreadable, match=r"limits\.clocks\.124\.resolve"):
        kept_policy.read(json.dumps(tree))


def test_differences_are_named_and_comments_are_none() -> None:
    before = kept_policy.write(load_policy(None))
    comment = parse_policy(DEFAULT.replace("{working_hours: 2}", "{working_hours: 2.0}") + "# ours\n", "ours.yaml")
    assert kept_policy.differences(before, comment) == ()
    other = edited("help: {working_days: 5}", "help: {working_days: 2}").replace("most: 2 ", "most: 3 ")
    changed = kept_policy.differences(before, parse_policy(other, "ours.yaml"))
    assert changed == ("extension.most", "limits.resolve.help.working_days")


def test_a_key_that_came_later_is_no_difference_until_it_is_set() -> None:
    """A new program, and its new key entered as it is built in: the version may stay."""
    tree = kept()
    del tree["rating"]["reminder_days"]
    assert kept_policy.differences(json.dumps(tree), load_policy(None)) == ()
    other = parse_policy(edited("reminder_days: 1 ", "reminder_days: 2 "), "ours.yaml")
    assert kept_policy.differences(json.dumps(tree), other) == ("rating.reminder_days",)


def test_a_kept_text_that_cannot_be_read_differs() -> None:
    tree = kept()
    tree["warnings"]["blue_share"] = 7
    assert kept_policy.differences(json.dumps(tree), load_policy(None)) == ("warnings.blue_share",)
