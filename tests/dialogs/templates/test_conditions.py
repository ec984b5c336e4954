"""Conditions hold on what was answered; what was skipped or not asked is empty."""

import pytest

from dialogs.templates.conditions import Domain, can_hold, compile_condition

DOMAINS = {
    "trouble": Domain("choice", ("unpaid", "late")),
    "effects": Domain("multi_choice", ("wages", "orders"), required=False),
    "danger": Domain("boolean"),
    "amount": Domain("money", required=False),
    "story": Domain("text"),
}
EMPTY = {name: domain.empty for name, domain in DOMAINS.items()}


@pytest.mark.parametrize(
    ("raw", "values", "expected"),
    [
        ({"trouble": ("unpaid",)}, {"trouble": "unpaid"}, True),
        ({"trouble": ("unpaid", "late")}, {"trouble": "late"}, True),
        ({"trouble": ("unpaid",), "danger": True}, {"trouble": "unpaid", "danger": False}, False),
        ({"danger": False}, {}, True),
        ({"effects": ("wages", "orders")}, {"effects": ("orders",)}, True),
        ({"effects": ("wages",)}, {}, False),
        ("amount > 1000", {"amount": 1000.5}, True),
        ("amount > 1000.0", {"amount": 2000}, True),
        ("amount > 1000", {}, False),
        ("!(amount > 1000)", {}, False),
        ('trouble != "late"', {}, True),
        ('size(effects) >= 2 || story.contains("急")', {"story": "很急"}, True),
    ],
)
def test_it_holds(raw: str | dict[str, object], values: dict[str, object], expected: bool) -> None:
    condition = compile_condition(raw, DOMAINS)
    assert condition.holds({**EMPTY, **values}) is expected  # type: ignore[dict-item]


def test_reachability_follows_the_conditions_of_the_fields_it_rests_on() -> None:
    only_late = compile_condition({"trouble": ("late",)}, DOMAINS)
    domains = {**DOMAINS, "days": Domain("number", show_if=only_late)}
    assert can_hold(compile_condition("days > 3", domains), domains)
    assert not can_hold(compile_condition('days > 3 && trouble == "unpaid"', domains), domains)


def test_what_cannot_be_false_is_known_too() -> None:
    assert not can_hold(compile_condition('trouble in ["unpaid", "late"]', DOMAINS), DOMAINS, wanted=False)
    assert can_hold(compile_condition({"trouble": ("late",)}, DOMAINS), DOMAINS, wanted=False)


def test_texts_and_numbers_named_in_a_condition_are_tried() -> None:
    assert can_hold(compile_condition('story == "abc" && amount == 12', DOMAINS), DOMAINS)
    assert not can_hold(compile_condition("amount > 12 && amount < 11", DOMAINS), DOMAINS)
