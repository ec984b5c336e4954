"""Goes through the open questions of a form, and finds what a message tells of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from backend.contract.message import Message, Words
from dialogs.fields import Understood
from dialogs.fields.outcome import listed
from dialogs.form import Answer, Form
from dialogs.relevance import relevance
from dialogs.templates.cues import compile_cue
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding.context import Context
from dialogs.understanding.fact import Fact
from dialogs.understanding.facts import cued, labels, people, places
from dialogs.understanding.facts.learner import fact_learner
from dialogs.understanding.facts.story import Story
from dialogs.understanding.normalise import Said

Span = tuple[int, int]

_SPARED = frozenset({"attachment", "location"})
"""Types of questions that words cannot answer."""
_LEAST = 2
"""Characters of a message that can tell anything."""


_NAME = re.compile(r"[^\d,，。]*[^\d,，。\s]")
"""What of a labelled name is one: 吴阿妹 of 我：吴阿妹 139…"""


@dataclass(frozen=True)
class _Found:
    question: Question
    value: object
    shown: Words
    span: Span
    strong: bool = True


def find_facts(said: Said, context: Context) -> tuple[Fact, ...]:
    """What the words tell of open questions other than the one that stands. Each is told as so, once, and exactly;
    what is denied, supposed, vague, of others, or of two minds is left to be asked. A value with no words beside it
    that say what it is counts only in what a form begins with.
    """
    scenario = context.scenario
    if scenario is None or len(said.folded) < _LEAST:
        return ()
    story = Story.of(said, by_voice=context.channel == "phone")
    asked = [one for one in scenario.questions if _is_open(one, scenario, context)]
    found = {one.question.id: one for one in _read(asked, story, context)}
    found |= {one.question.id: one for one in _implied(scenario, found, context) if one.question.id not in found}
    kept = _relevant(scenario, found, context)
    return tuple(
        Fact(one.question.id, one.value, one.shown, story.given[slice(*one.span)])
        for question in scenario.questions
        if (one := kept.get(question.id)) is not None
    )


def learn_facts(scenarios: Iterable[Scenario]) -> None:
    """Learn what else would be learnt at the first message of each: a second or two."""
    for scenario in scenarios:
        for question in scenario.questions:
            if question.type in ("choice", "multi_choice", "boolean"):
                fact_learner(scenario, question, _named)


def _is_open(question: Question, scenario: Scenario, context: Context) -> bool:
    if question.type in _SPARED or question.id == scenario.template.story:
        return False
    if context.question is not None and question.id == context.question.id:
        return False
    form = context.form
    if form is None:
        return True
    answer = form.answers.get(question.id)
    return (answer is None or answer.known) and question.id not in form.settled


def _read(asked: list[Question], story: Story, context: Context) -> Iterator[_Found]:
    listed_values = list(labels.labelled(story))
    rest = []
    for question in asked:
        one = _of_label(question, listed_values, story, context) or _of_kind(question, story, context)
        if one is not None:
            yield one
        elif question.type in _VALUED:
            rest.append(question)
    claimed = {one.id: list(cued.claims(one, story)) for one in asked if one.type in ("number", "money", "date")}
    for question in rest:
        others = [span for other, spans in claimed.items() if other != question.id for span in spans]
        hit = cued.value_of(question, story, others, context.now)
        if hit is not None and (hit.strong or _begins(context)):
            yield _found(question, hit.outcome, (hit.start, hit.end), strong=hit.strong)


_VALUED = frozenset({"number", "money", "date", "text"})


def _begins(context: Context) -> bool:
    """Whether nothing was said before."""
    return context.form is None or not context.form.has_own_words


def _found(question: Question, outcome: Understood, span: Span, *, strong: bool = True) -> _Found:
    shown = outcome.shown
    if question.type == "district" and (path := find_district(district_nodes(question.parser), str(outcome.value))):
        shown = district_title(path)
    return _Found(question, outcome.value, shown, span, strong)


def _parsed(question: Question, story: Story, span: Span | None, context: Context) -> _Found | None:
    if span is None:
        return None
    words = story.given[slice(*span)].strip(" 「」“”\"'《》")
    outcome = question.parser.parse(words, context.now)
    return _found(question, outcome, span) if isinstance(outcome, Understood) else None


# --- by label, and by what kind of thing it is --------------------------------------------------------------------


def _of_label(question: Question, values: list[tuple[str, Span]], story: Story, context: Context) -> _Found | None:
    if question.cues.all and question.type == "text" and cued.value_of(question, story, (), context.now) is not None:
        return None
    kinds = (str(question.spec.prefill or ""), question.type)
    own = question.spec.label.zh.split("（")[0], question.spec.label.en.casefold()
    if question.type in ("choice", "multi_choice", "boolean"):
        return None
    for label, span in values:
        if label in own or any(labels.means(label, kind) for kind in kinds):
            found = _parsed(question, story, _value_of_label(question, story, span), context)
            if found is not None:
                return found
    return None


def _value_of_label(question: Question, story: Story, span: Span) -> Span:
    """Without what stands beside it: the district before a street, the telephone after a name."""
    if question.type == "address" and (street := places.address_in(story)) is not None and _lies_in(street, span):
        return street
    name = _NAME.match(story.plain, span[0], span[1]) if question.spec.prefill == "contact.name" else None
    return name.span() if name else span


def _lies_in(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _of_kind(question: Question, story: Story, context: Context) -> _Found | None:
    match question.spec.prefill:
        case "contact.phone":
            return _parsed(question, story, _phone(story, context), context)
        case "contact.name":
            return _parsed(question, story, _name(story, context), context)
        case "enterprise.name":
            return _parsed(question, story, _firm(story, context), context)
        case "enterprise.uscc":
            return _parsed(question, story, people.credit_code_in(story), context)
    match question.type:
        case "district":
            return _district(question, story)
        case "address":
            span = places.address_in(story)
            return (
                None
                if span and _lies_among(span, cued.claims(question, story))
                else _parsed(question, story, span, context)
            )
        case "choice" | "multi_choice" | "boolean":
            return _of_closed(question, story, context)
    return None


def _phone(story: Story, context: Context) -> Span | None:
    return people.phone_in(story) or (people.number_to_reach(story) if _asks_who(context) else None)


def _name(story: Story, context: Context) -> Span | None:
    if found := people.name_in(story):
        return found
    if context.question is None:
        number = people.phone_in(story)
        return people.beside(story, number) if number else None
    return people.who_to_reach(story) if _asks_who(context) else None


def _firm(story: Story, context: Context) -> Span | None:
    if found := places.firm_in(story):
        return found
    if context.question is None:
        return places.signed(story)
    return places.firm_alone(story) if _asks_who(context) else None


def _asks_who(context: Context) -> bool:
    """Whether the question that stands is about the one who writes, so that names and numbers said to it are theirs."""
    prefill = None if context.question is None else context.question.spec.prefill
    return prefill is not None and prefill.startswith(("contact.", "enterprise."))


def _touches(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _district(question: Question, story: Story) -> _Found | None:
    """The most exact one named; nothing where two are that do not lie in each other."""
    found = list(places.districts_in(district_nodes(question.parser), story))
    pointed, spared = _spans(question.cues.all, question, story), _spans(question.cues.never, question, story)
    found = [one for one in found if _lies_among(one[1], pointed)] or found
    found = [one for one in found if not _lies_among(one[1], spared)]
    found = [one for one in found if places.is_full(story.plain[slice(*one[1])])] or found
    above = {node.id for path, _ in found for node in path[:-1]}
    deepest = {path[-1].id: (path, span) for path, span in found if path[-1].id not in above}
    if len(deepest) != 1:
        return None
    [(path, span)] = deepest.values()
    return _Found(question, path[-1].id, district_title(path), span)


def _lies_among(span: Span, others: Iterable[Span]) -> bool:
    return any(_touches(span, other) for other in others)


def _spans(cues: Iterable[str], question: Question, story: Story) -> list[Span]:
    return [found.span() for cue in cues for found in compile_cue(cue, question.type).finditer(story.plain)]


# --- by words alone -----------------------------------------------------------------------------------------------


def _of_closed(question: Question, story: Story, context: Context) -> _Found | None:
    """By what was learnt from first messages where there were any, else by cues alone."""
    assert context.scenario is not None
    is_first = context.question is None and _begins(context)
    learner = fact_learner(context.scenario, question, _named) if is_first else None
    if learner is not None:
        return _learnt(question, learner.told(story))
    match question.type:
        case "choice":
            return _choice(question, story)
        case "multi_choice":
            return _choices(question, story)
    return _yes_or_no(question, story)


_NO_PART = (0, 0)


def _learnt(question: Question, told: tuple[str, ...]) -> _Found | None:
    if not told:
        return None
    if question.type == "boolean":
        return _Found(question, told[0] == "yes", Message(f"field.boolean.{told[0]}"), _NO_PART)
    chosen = [option for option in question.options if option.id in told]
    shown = listed(tuple(question.label_of(option) for option in chosen))
    if question.type == "multi_choice":
        return _Found(question, [option.id for option in chosen], shown, _NO_PART)
    return _Found(question, chosen[0].id, question.label_of(chosen[0]), _NO_PART)


def _named(question: Question, story: Story) -> frozenset[str]:
    """What cues point at, without what gives way to another."""
    sides = _sides(question) if question.type == "boolean" else _cues_of(question)
    means = {one.means for one in cued.named(sides, question.type, story)}
    given_way = {other for option in question.options if option.id in means for other in option.over}
    return frozenset(means - given_way if question.type == "choice" else means)


def _cues_of(question: Question) -> list[tuple[str, tuple[str, ...]]]:
    """The cues of each option; where none has any, its name."""
    if any(option.cues.all for option in question.options):
        return [(option.id, option.cues.all) for option in question.options]
    return [(option.id, option.told_by) for option in question.options]


def _choice(question: Question, story: Story) -> _Found | None:
    hits = cued.named(_cues_of(question), question.type, story)
    means = {one.means for one in hits}
    for option in question.options:
        if option.id in means and option.over:
            means -= set(option.over)
    if len(means) != 1:
        return None
    option = next(one for one in question.options if one.id in means)
    hit = next(one for one in hits if one.means == option.id)
    return _Found(question, option.id, question.label_of(option), (hit.start, hit.end))


def _choices(question: Question, story: Story) -> _Found | None:
    hits = cued.named(_cues_of(question), question.type, story)
    means = {one.means for one in hits}
    chosen = [option for option in question.options if option.id in means]
    if not chosen:
        return None
    shown = listed(tuple(question.label_of(option) for option in chosen))
    span = min(one.start for one in hits), max(one.end for one in hits)
    return _Found(question, [option.id for option in chosen], shown, span)


def _sides(question: Question) -> list[tuple[str, tuple[str, ...]]]:
    spec = question.spec
    assert spec.type == "boolean"
    return [("yes", spec.cues.yes.all), ("no", spec.cues.no.all)]


def _yes_or_no(question: Question, story: Story) -> _Found | None:
    hits = cued.named(_sides(question), question.type, story)
    if len({one.means for one in hits}) != 1:
        return None
    yes = hits[0].means == "yes"
    shown = Message("field.boolean.yes" if yes else "field.boolean.no")
    return _Found(question, yes, shown, (hits[0].start, hits[0].end))


# --- what follows -------------------------------------------------------------------------------------------------


def _implied(scenario: Scenario, found: Mapping[str, _Found], context: Context) -> Iterator[_Found]:
    """A question that comes only after one answer says that this is the answer: who tells decibels has measured."""
    for one in [*found.values()]:
        if not one.strong:
            continue
        for field, value in _needs(one.question):
            question = scenario.by_id.get(field)
            if question is None or field in found or not _is_open(question, scenario, context):
                continue
            if question.type == "boolean" and isinstance(value, bool):
                shown: Words = Message("field.boolean.yes" if value else "field.boolean.no")
                yield _Found(question, value, shown, one.span)
            elif question.type == "choice":
                option = next((option for option in question.options if option.id == value), None)
                if option is not None:
                    yield _Found(question, option.id, question.label_of(option), one.span)


def _needs(question: Question) -> Iterator[tuple[str, str | bool]]:
    """The answers that alone make a question come, where only one of a field's does."""
    wanted = question.spec.show_if
    for field, values in wanted.items() if isinstance(wanted, Mapping) else ():
        if isinstance(values, tuple):
            if len(values) == 1:
                yield field, values[0]
        else:
            yield field, values


def _relevant(scenario: Scenario, found: Mapping[str, _Found], context: Context) -> dict[str, _Found]:
    """Without what can matter no more by what is known: a fine has no deadline."""
    form = context.form or Form(scenario.id, scenario.version, "", "zh_CN", context.now, context.now)
    told = {
        field: Answer(one.question.type, one.value, one.shown, one.question.spec.localized_label)
        for field, one in found.items()
    }
    form = replace(form, answers={**form.answers, **told})
    now = relevance(scenario, form)
    return {
        field: one
        for field, one in found.items()
        if field in now or (one.question.show_if is not None and not one.question.show_if.names <= form.answers.keys())
    }
