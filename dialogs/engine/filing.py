"""Turns a confirmed form into the ticket it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from backend.contract.message import Message, Words
from dialogs.engine.asking import also_said, left_to
from dialogs.form import Answer, Deferral, Form
from dialogs.relevance import can_wait, relevance
from dialogs.templates.scenario import Question, Scenario

Render = Callable[[Words, str], str]
"""Gives words in a language (`zh_CN` or `en`); the catalogues are the caller's."""

_LANGUAGES = {"zh": "zh_CN", "en": "en"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LOOSE = " ：:，,、—-·（）()"
"""What is left standing at either end of a title when an answer is missing."""
_LINE = 200
_PROSE = 5000
_MOST_FILES = 20


def ticket(scenario: Scenario, form: Form, render: Render, *, broken_off: bool = False) -> dict[str, Any]:
    """The `NewTicket` of the contract as JSON values, with `draft`.

    Answers that have a place of their own in it (story, district, address, location, enterprise, contact, files)
    are not repeated under `answers`. What was put off is there with no value, whatever its place; a required one that
    is left to a seat makes the ticket unclear, so that no department gets it half told.

    `broken_off`: the person went on no further, so a seat has to ask what is required and was not said.
    """
    given = _given(scenario, form)
    facts = {str(question.spec.prefill): answer for question, answer in given if question.spec.prefill}
    title = _title(scenario, {question.id: answer for question, answer in given}, render)
    put_off = _put_off(scenario, form, broken_off=broken_off)
    address = _of_type("address", given, form)
    location = _of_type("location", given, form)
    result: dict[str, Any] = {
        "kind": _kind(scenario, form),
        "scenario": scenario.id,
        "scenario_version": scenario.version,
        "language": form.language,
        "title": title,
        "story": _story(scenario, form, render) or title,
        "district": _district(scenario, given),
        "address": None if address is None else _line(_address_text(address.value)),
        "location": _location(location or address),
        "urgent": scenario.urgent_if is not None and scenario.urgent_if.holds(relevance(scenario, form).values),
        "unclear": _is_unclear(put_off) or None,
        "hidden_reporter": scenario.template.hidden_reporter,
        "enterprise": _facts(facts, "enterprise"),
        "contact": _facts(facts, "contact"),
        "answers": [
            *_answers(scenario, given, (address, location), render),
            *(_left(question, to, render) for question, to in put_off),
        ],
        "attachments": _files(form, given),
        "draft": form.draft,
    }
    return {key: value for key, value in result.items() if value is not None}


def _is_unclear(put_off: Sequence[tuple[Question, Deferral]]) -> bool:
    return any(question.spec.required and to == "seat" for question, to in put_off)


def _answers(
    scenario: Scenario, given: Sequence[tuple[Question, Answer]], placed: tuple[Answer | None, ...], render: Render
) -> Iterator[dict[str, Any]]:
    """Those without a place of their own; `placed` have theirs."""
    for question, answer in given:
        if _has_own_place(scenario, question) or any(answer is one for one in placed):
            continue
        if question.type != "attachment" or _captions(answer):
            yield _answer(question, answer, render)


def _has_own_place(scenario: Scenario, question: Question) -> bool:
    own = ("kind", scenario.template.story, scenario.template.district)
    return question.id in own or bool(question.spec.prefill)


def _story(scenario: Scenario, form: Form, render: Render) -> str:
    """What happened, with what was said besides and answered no question below it."""
    told, words = form.answers.get(scenario.template.story), "\n".join(also_said(scenario, form))
    if told is None:
        return words[:_PROSE]
    if words:
        words = "\n\n" + render(Message("engine.also_said_below", {"words": words}), form.language)
    return f"{told.value}{words}"[:_PROSE]


_Given = list[tuple[Question, Answer]]


def _given(scenario: Scenario, form: Form) -> _Given:
    """The relevant questions with their answers."""
    return [
        (question, form.answers[question.id])
        for question in relevance(scenario, form).questions
        if question.id in form.answers
    ]


def _of_type(kind: str, given: _Given, form: Form) -> Answer | None:
    """The answer that has the ticket's own place: the first, but a settled one has it already."""
    found = [(question, answer) for question, answer in given if question.type == kind]
    found.sort(key=lambda one: one[0].id not in form.settled)
    return found[0][1] if found else None


def _put_off(scenario: Scenario, form: Form, *, broken_off: bool) -> list[tuple[Question, Deferral]]:
    """The relevant questions that were left to somebody; at a talk that broke off, whatever is missing, to a seat."""
    found: list[tuple[Question, Deferral]] = []
    for question in relevance(scenario, form).questions:
        if question.id in form.deferred:
            found.append((question, form.deferred[question.id]))
        elif broken_off and _is_missing(scenario, form, question):
            found.append((question, "seat"))
    return found


def _is_missing(scenario: Scenario, form: Form, question: Question) -> bool:
    needed = question.spec.required and question.id != "kind" and not can_wait(scenario, form, question)
    return needed and question.id not in form.answers


def _left(question: Question, to: Deferral, render: Render) -> dict[str, Any]:
    label = question.spec.label
    return {
        "field": question.id,
        "label": {"zh": label.zh, "en": label.en},
        "value": None,
        "shown": {short: render(left_to(to), language) for short, language in _LANGUAGES.items()},
    }


def _kind(scenario: Scenario, form: Form) -> str:
    answer = form.answers.get("kind")
    kinds = scenario.template.kinds
    if answer is not None and answer.value in kinds:
        return str(answer.value)
    return "help" if "help" in kinds else kinds[0]


def _title(scenario: Scenario, answers: Mapping[str, Answer], render: Render) -> str:
    """In Chinese, the language of the departments."""

    def shown(found: re.Match[str]) -> str:
        answer = answers.get(found[1])
        return "" if answer is None else render(answer.shown, "zh_CN")

    title = _line(_PLACEHOLDER.sub(shown, scenario.template.subject.zh))
    return title.strip(_LOOSE) or scenario.template.title.zh


def _district(scenario: Scenario, given: _Given) -> str | None:
    for question, answer in given:
        if question.id == scenario.template.district:
            return str(answer.value)
    return None


def _address_text(value: Any) -> str:
    return str(value["text"] if isinstance(value, dict) else value)


def _location(answer: Answer | None) -> dict[str, Any] | None:
    value = None if answer is None else answer.value
    if not isinstance(value, dict) or "lat" not in value:
        return None
    return {"latitude": value["lat"], "longitude": value["lon"], "label": str(value.get("label", ""))[:_LINE]}


def _facts(facts: Mapping[str, Answer], of: str) -> dict[str, str] | None:
    wanted = {"enterprise": ("uscc", "name"), "contact": ("name", "phone")}[of]
    found = {name: _line(str(facts[f"{of}.{name}"].value)) for name in wanted if f"{of}.{name}" in facts}
    return found or None


def _answer(question: Question, answer: Answer, render: Render) -> dict[str, Any]:
    """Of files only what was written under them: the files themselves are attachments."""
    label = question.spec.label
    captions = "\n".join(_captions(answer)) if question.type == "attachment" else ""
    shown = captions or answer.shown
    return {
        "field": question.id,
        "label": {"zh": label.zh, "en": label.en},
        "value": captions or answer.value,
        "shown": {short: render(shown, language)[:_PROSE] for short, language in _LANGUAGES.items()},
    }


def _captions(answer: Answer) -> list[str]:
    return [str(upload["caption"]) for upload in answer.value if upload.get("caption")]


def _files(form: Form, given: _Given) -> list[str]:
    uploads = [upload for _, answer in given if answer.type == "attachment" for upload in answer.value]
    # Files of a question that was not finished count too: the talk may end by being handed over.
    unfinished = [one for one in form.partial if isinstance(one, dict)]
    ids = [str(upload["id"]) for upload in [*uploads, *unfinished, *form.extras]]
    return list(dict.fromkeys(ids))[:_MOST_FILES]


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()[:_LINE]
