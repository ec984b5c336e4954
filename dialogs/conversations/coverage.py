"""Which branches of a scenario test conversations must reach, and which they did not."""

from __future__ import annotations

from dialogs.templates.scenario import Question, Scenario

Branch = tuple[str, ...]
"""What a conversation can reach: `("asked", field)`, `("option", field, option)`, ..."""


def branches(scenario: Scenario) -> dict[Branch, str]:
    """All that the conversations of a scenario must reach together, with the `file:line` of the field.

    Every field is asked; every field with a condition is also hidden once in a filed form; every option, yes and no of
    a field that any condition names is filed, and every kind; the scenario's own optional fields are skipped once;
    every note is said; `urgent_if` is true once and false once; and one form is filed.
    """
    result: dict[Branch, str] = {("filed",): scenario.place}
    named = _names_in_conditions(scenario)
    for question in scenario.questions:
        result["asked", question.id] = question.place
        if question.show_if is not None:
            result["hidden", question.id] = question.place
        if not question.spec.required and _is_own(question, scenario):
            result["skipped", question.id] = question.place
        if question.id in named:
            for option in _values(question):
                result["option", question.id, option] = question.place
        for number in range(len(question.notes)):
            result["note", question.id, str(number + 1)] = question.place
    if scenario.urgent_if is not None:
        result["urgent",] = result["not urgent",] = scenario.place
    return result


def unreached(scenario: Scenario, reached: frozenset[Branch]) -> list[str]:
    """The branches no conversation reaches, as `file:line: message`."""
    missing = {branch: place for branch, place in branches(scenario).items() if branch not in reached}
    return [f"{place}: {scenario.id}: no conversation reaches: {' '.join(branch)}" for branch, place in missing.items()]


def _names_in_conditions(scenario: Scenario) -> set[str]:
    names = {"kind"} | (set(scenario.urgent_if.names) if scenario.urgent_if is not None else set())
    for question in scenario.questions:
        names |= question.show_if.names if question.show_if is not None else set()
        names |= {name for condition, _ in question.notes for name in condition.names}
    return names


def _is_own(question: Question, scenario: Scenario) -> bool:
    return question.place.rpartition(":")[0] == scenario.place.rpartition(":")[0]


def _values(question: Question) -> tuple[str, ...]:
    return ("yes", "no") if question.type == "boolean" else tuple(option.id for option in question.options)
