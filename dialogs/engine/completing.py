"""Takes from a filed form what was learned since the ticket came incomplete, and nothing that was there before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dialogs.form import Form
from dialogs.relevance import relevance
from dialogs.templates.scenario import Scenario

Entry = Mapping[str, Any]
"""One answer of a ticket's form, as JSON."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def learned(scenario: Scenario, form: Form, filed: Mapping[str, Any], opened: Sequence[Entry]) -> dict[str, Any]:
    """The `FillInIn` of the contract as JSON values, without its version.

    `filed` is the whole form as `filing.ticket` gives it; `opened` are the entries that had no answer.
    """
    new = [one for one in relevance(scenario, form).questions if _is_new(form, one.id)]
    ids, types = {one.id for one in new}, {one.type for one in new}
    facts = {str(one.spec.prefill) for one in new}
    found: dict[str, Any] = {
        "answers": _answers(scenario, form, filed["answers"], opened),
        "title": filed["title"] if _retitled(scenario, form, ids) else None,
        "story": filed["story"] if scenario.template.story in ids else None,
        "district": filed.get("district") if scenario.template.district in ids else None,
        "address": _address(scenario, form, filed, types),
        "location": _location(scenario, form, filed, types),
        "urgent": filed["urgent"] or None,
        "enterprise": _facts("enterprise", filed, facts),
        "contact": _facts("contact", filed, facts),
        "attachments": filed["attachments"] or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def is_nothing(content: Mapping[str, Any], opened: Sequence[Entry]) -> bool:
    """Whether all is still as open as it was."""
    unchanged = _fields(content["answers"]) == _fields(opened) and not any(map(_answered, content["answers"]))
    return unchanged and content.keys() <= {"answers", "urgent"}


def still_open(content: Mapping[str, Any]) -> bool:
    return not all(map(_answered, content["answers"]))


def _answers(scenario: Scenario, form: Form, filed: Iterable[Entry], opened: Sequence[Entry]) -> list[Entry]:
    """What is still open keeps its words, and so who is to give it; what nobody can be asked any more stays open."""
    before = {entry["field"]: entry for entry in opened}
    now = [one for one in filed if one["field"] not in form.settled]
    kept = [one if _answered(one) else before.get(one["field"], one) for one in now]
    return [*kept, *(entry for entry in opened if entry["field"] not in scenario.by_id)]


def _is_new(form: Form, field: str) -> bool:
    answer = form.answers.get(field)
    return answer is not None and not answer.known


def _settled(scenario: Scenario, form: Form, types: tuple[str, ...]) -> bool:
    return any(scenario.by_id[one].type in types for one in form.settled if one in form.answers)


def _retitled(scenario: Scenario, form: Form, new: set[str]) -> bool:
    """Whether the title says something of what is new, and of nothing that is settled but not shown here."""
    named = set(_PLACEHOLDER.findall(scenario.template.subject.zh))
    hidden = {one for one in form.settled if one not in form.answers}
    return bool(named & new) and not named & hidden


def _address(scenario: Scenario, form: Form, filed: Mapping[str, Any], new: set[str]) -> Any:
    return filed.get("address") if "address" in new and not _settled(scenario, form, ("address",)) else None


def _location(scenario: Scenario, form: Form, filed: Mapping[str, Any], new: set[str]) -> Any:
    """The point of a new answer: a location's, else an address's."""
    if _settled(scenario, form, ("location",)) or not new & {"location", "address"}:
        return None
    if "location" not in new and _settled(scenario, form, ("address",)):
        return None
    return filed.get("location")


def _facts(of: str, filed: Mapping[str, Any], new: set[str]) -> dict[str, Any] | None:
    found = {name: value for name, value in (filed.get(of) or {}).items() if f"{of}.{name}" in new}
    return found or None


def _answered(entry: Entry) -> bool:
    return entry.get("value") is not None


def _fields(entries: Iterable[Entry]) -> set[str]:
    return {entry["field"] for entry in entries}
