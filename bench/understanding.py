"""Bench `understanding`: how much of what people say is read right, and how much is taken wrongly.

Every sentence is read where it stands by what the product reads with, and an answer goes through the engine of forms:
what it keeps is what was taken.
"""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import authoring
from backend.actions.city_views import emergency_rules, emergency_sentences
from bench.cases import ALARMS, Case, same
from bench.figures import Figure, Goal
from dialogs.engine import Engine
from dialogs.events import Text
from dialogs.fields import Boolean, Choice, MultiChoice
from dialogs.finder import MixtureFinder
from dialogs.finder.meaning import open_embedder
from dialogs.form import Answer, Form
from dialogs.pinyin import syllables
from dialogs.templates.scenario import Question, Scenario
from dialogs.understanding import Context, Reading, Understanding
from dialogs.understanding.emergencies import Emergencies
from dialogs.understanding.facts import learn_facts
from dialogs.wording import Wording
from settings import Settings

_DRAFT = "00000000-0000-4000-8000-000000000000"
_ASKED = {"rating": "rate/grade", "solved": "rate/solved", "comment": "rate/comment"}
_SHORT = 40
"""Characters of what is printed of a value."""


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    """Another value was taken, another thing done, a number told that was not due."""
    MISSED = "missed"
    """Asked in vain, or not noticed."""


@dataclass(frozen=True)
class Judged:
    case: Case
    verdicts: tuple[Verdict, ...]
    """One; for facts one each."""
    got: str


@dataclass(frozen=True)
class House:
    """What a conversation of the demo city reads with."""

    scenarios: Mapping[str, Scenario]
    understanding: Understanding
    engine: Engine
    emergencies: Mapping[str, Emergencies]
    """By channel."""
    zone: ZoneInfo

    @classmethod
    def open(cls, *, model: bool) -> House:
        """`model`: with the sentence model."""
        written = authoring.read(Settings())
        kept = Settings().models_dir / "phrases"
        finder = MixtureFinder(written.scenarios, partial(open_embedder, kept) if model else lambda: None)
        finder.warm_up()
        learn_facts(written.scenarios.values())
        for scenario in written.scenarios.values():
            for question in scenario.questions:
                if isinstance(question.parser, Boolean | Choice | MultiChoice):
                    finder.options.load(question)
        rules, sentences = emergency_rules(written.policy), emergency_sentences(written.policy)
        zone = written.policy.zone()
        return cls(
            scenarios=written.scenarios,
            understanding=Understanding(finder),
            engine=Engine(lambda words, tag: Wording(tag).text(words), timezone=zone),
            emergencies={
                "chat": Emergencies(rules, sentences=sentences),
                "phone": Emergencies(rules, syllables, sentences),
            },
            zone=zone,
        )

    async def judge(self, case: Case) -> Judged:
        return await _JUDGES[case.kind](self, case)

    async def answer(self, case: Case) -> Judged:
        scenario, form = self._form(case)
        now = case.now(self.zone)
        context = self.engine.context(scenario, form, now, case.channel)
        assert context.question is not None, case
        reading = await self.understanding.understand(case.say, context)
        step = self.engine.step(scenario, form, Text(case.say), now, reading)
        got = _taken(step.form, case.field)
        if any(_is(expected, got) for expected in case.right):
            return Judged(case, (Verdict.RIGHT,), _short(got))
        return Judged(case, (Verdict.MISSED if got in ("ask", "skip") else Verdict.WRONG,), _short(got))

    async def emergency(self, case: Case) -> Judged:
        found = self.emergencies[case.channel].found_in(case.say)
        told = {one.number for one in found} & ALARMS
        rights = [set(one["numbers"]) for one in case.right]
        if told in rights:
            verdict = Verdict.RIGHT
        elif not any(rights) or (told and not any(told & right for right in rights)):
            verdict = Verdict.WRONG
        else:
            verdict = Verdict.RIGHT if any(told & right for right in rights) else Verdict.MISSED
        return Judged(case, (verdict,), ",".join(sorted(told)) or "none")

    async def facts(self, case: Case) -> Judged:
        scenario, form = self._form(case)
        now = case.now(self.zone)
        context = dataclasses.replace(self.engine.context(scenario, form, now, case.channel), question=None)
        reading = await self.understanding.understand(case.say, context)
        found = {fact.field: fact.value for fact in reading.facts}
        wanted, barred = _facts_of(case)
        verdicts = [_fact(found, name, values) for name, values in wanted.items()]
        verdicts += [
            Verdict.WRONG
            for name, value in barred.items()
            if name in found and name not in wanted and (value is True or same(value, found[name]))
        ]
        bad = {name: found.get(name, "-") for name, values in wanted.items() if _fact(found, name, values) != "right"}
        bad |= {f"!{name}": found[name] for name in barred if name in found and name not in wanted}
        return Judged(case, tuple(verdicts), _short(bad) if bad else "")

    async def scenario(self, case: Case) -> Judged:
        reading = await self.understanding.understand(case.say, self._outside(case))
        found = [match.scenario for match in reading.matters]
        top = found[0] if found else None
        if top in case.right:
            return Judged(case, (Verdict.RIGHT,), str(top))
        near = any(one in case.right for one in found[:3])
        return Judged(case, (Verdict.MISSED if near else Verdict.WRONG,), ",".join(found) or "none")

    async def intent(self, case: Case) -> Judged:
        reading = await self.understanding.understand(case.say, self._context(case))
        got = _intent(reading)
        if any(_is_intent(expected, got) for expected in case.right):
            return Judged(case, (Verdict.RIGHT,), _short(got))
        taken = got not in (None, "ask")
        return Judged(case, (Verdict.WRONG if taken else Verdict.MISSED,), _short(got))

    def _outside(self, case: Case) -> Context:
        return Context(case.now(self.zone), case.channel, asked=_ASKED.get(case.at, ""))

    def _context(self, case: Case) -> Context:
        if case.scenario not in self.scenarios or case.at:
            return self._outside(case)
        scenario, form = self._form(case)
        return self.engine.context(scenario, form, case.now(self.zone), case.channel)

    def _form(self, case: Case) -> tuple[Scenario, Form]:
        """A form in which the case's question stands: what comes before it was put off, unless it was answered."""
        scenario, now = _standing(self.scenarios[case.scenario], case.field), case.now(self.zone)
        started = self.engine.start(scenario, _DRAFT, "en" if case.group == "en" else "zh_CN", {}, now)
        assert started.form is not None
        answers = _before(scenario, case, now)
        asked = [one.id for one in scenario.questions]
        before = asked[: asked.index(case.field)] if case.field else asked if case.kind == "intent" else []
        put_off = {one: "seat" for one in before if one not in answers and one != case.field}
        answers.pop(case.field, None)
        form = started.form.replace(answers=answers, deferred=put_off, current=case.field)
        return scenario, form


def _standing(scenario: Scenario, name: str) -> Scenario:
    """The scenario with that question asked whatever was answered before."""
    questions = tuple(dataclasses.replace(one, show_if=None) if one.id == name else one for one in scenario.questions)
    return dataclasses.replace(scenario, questions=questions)


def _before(scenario: Scenario, case: Case, now: Any) -> dict[str, Answer]:
    given = {name: value for one in case.before if isinstance(one, dict) for name, value in one.items()}
    return {
        name: Answer(question.type, value, str(value), question.spec.localized_label)
        for name, raw in given.items()
        if (question := scenario.by_id.get(name)) is not None and (value := _as_kept(question, raw, now)) is not None
    }


def _as_kept(question: Question, raw: Any, now: Any) -> Any:
    if question.type in ("choice", "multi_choice", "boolean", "number", "district", "text"):
        return raw
    outcome = question.parser.parse(str(raw), now)
    return getattr(outcome, "value", None)


def _taken(form: Form | None, name: str) -> Any:
    """What the form keeps for a field."""
    if form is None:
        return "ask"
    if name in form.answers:
        return form.answers[name].value
    return "skip" if name in form.skipped or name in form.deferred else "ask"


def _is(expected: Any, got: Any) -> bool:
    if expected in ("ask", "skip") or got in ("ask", "skip"):
        return bool(expected == got)
    return same(expected, got)


def _facts_of(case: Case) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Of each field the values that are right, and what must not be taken."""
    wanted: dict[str, list[Any]] = {name: [value] for name, value in case.expect.get("facts", {}).items()}
    for one in case.accept:
        for name, value in one.get("facts", {}).items():
            if name in wanted:
                wanted[name].append(value)
    return wanted, case.expect.get("not", {})


def _fact(found: Mapping[str, Any], name: str, values: Sequence[Any]) -> Verdict:
    if name not in found:
        return Verdict.MISSED
    return Verdict.RIGHT if any(same(value, found[name]) for value in values) else Verdict.WRONG


def _intent(reading: Reading) -> Any:
    intent = reading.intent
    if intent is None:
        return None
    if not intent.sure:
        return "ask"
    told = {name: value for name, value in dataclasses.asdict(intent).items() if value not in ("", None, ())}
    # Sentences name the language, not the catalogue that speaks it.
    language = {"language": intent.language.partition("_")[0]} if intent.language else {}
    return {**told, **language, "intent": str(intent.wish)}


_ELSEWHERE = frozenset({"keep", "done", "confirm", "unsure"})
"""Wishes of a form alone, which the format does not have: no answer is mistaken for one of the others by them."""


def _is_intent(expected: Any, got: Any) -> bool:
    if expected == "ask" or got == "ask":
        return bool(expected == got)
    wanted = expected.get("intent")
    if got is None or got["intent"] in _ELSEWHERE:
        return wanted is None or (wanted == "skip" and got is not None and got["intent"] == "unsure")
    if got["intent"] != wanted:
        return False
    return all(same(value, got.get(name)) for name, value in expected.items() if name not in ("intent", "value"))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 3 * _SHORT else text[: 3 * _SHORT] + "…"


_Judge = Callable[[House, Case], Coroutine[Any, Any, Judged]]
_JUDGES: Mapping[str, _Judge] = {
    "answer": House.answer,
    "emergency": House.emergency,
    "facts": House.facts,
    "scenario": House.scenario,
    "intent": House.intent,
}


@dataclass
class Result:
    """Of one pass over all cases."""

    judged: list[Judged] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


async def pass_over(house: House, cases: Iterable[Case]) -> Result:
    """Judge each case, one after the other."""
    result = Result()
    for case in cases:
        began = time.perf_counter()
        result.judged.append(await house.judge(case))
        result.seconds.append(time.perf_counter() - began)
    return result


def figures(result: Result, name: str = "") -> list[Figure]:
    """Rates of what the cases are of; `name` is told beside them."""
    found: list[Figure] = []
    for kind, rows in _ROWS.items():
        of_kind = [one for one in result.judged if one.case.kind == kind]
        for group in ("all", "en", "hant"):
            ours = [one for one in of_kind if group == "all" or one.case.group == group]
            if ours:
                found += [
                    Figure(
                        f"{row.name}{_of(group)}{name} (n={len(row.counted(ours))})",
                        row.rate(ours),
                        "",
                        goal=row.goal if group == "all" and not name else None,
                    )
                    for row in rows
                    if row.counted(ours)
                ]
    if result.seconds:
        slow = statistics.quantiles(result.seconds, n=20)[-1] if len(result.seconds) > 1 else result.seconds[0]
        found.append(Figure(f"understanding: one message, p95{name}", slow * 1000, "ms", goal=Goal("<=", 150)))
    return found


def _of(group: str) -> str:
    return {"all": "", "en": ", English", "hant": ", traditional"}[group]


@dataclass(frozen=True)
class _Row:
    name: str
    goal: Goal
    verdict: frozenset[Verdict]
    only: Callable[[Case], bool] = lambda _: True

    def counted(self, judged: Sequence[Judged]) -> list[Verdict]:
        return [verdict for one in judged if self.only(one.case) for verdict in one.verdicts]

    def rate(self, judged: Sequence[Judged]) -> float:
        counts = Counter(self.counted(judged))
        return sum(counts[one] for one in self.verdict) / max(1, counts.total())


def _due(channel: str, due: bool, case: Case) -> bool:
    return case.channel == channel and bool(case.expect["numbers"]) is due


def _meant(case: Case) -> bool:
    return case.expect == "ask" or case.expect.get("intent") is not None


_RIGHT, _WRONG = frozenset({Verdict.RIGHT}), frozenset({Verdict.WRONG})
_NEAR = frozenset({Verdict.RIGHT, Verdict.MISSED})
_ROWS: Mapping[str, tuple[_Row, ...]] = {
    "answer": (
        _Row("answers: right", Goal(">=", 0.92), _RIGHT),
        _Row("answers: taken wrongly", Goal("<=", 0.02), _WRONG),
    ),
    "emergency": tuple(
        row
        for channel, told, alarms in (("chat", 0.97, 0.02), ("phone", 0.90, 0.03))
        for row in (
            _Row(f"emergencies, {channel}: a right number", Goal(">=", told), _RIGHT, partial(_due, channel, True)),
            _Row(f"emergencies, {channel}: false alarms", Goal("<=", alarms), _WRONG, partial(_due, channel, False)),
        )
    ),
    "facts": (
        _Row("facts: taken", Goal(">=", 0.85), _RIGHT),
        _Row("facts: wrongly", Goal("<=", 0.02), _WRONG),
    ),
    "scenario": (
        _Row("scenario: the first", Goal(">=", 0.95), _RIGHT),
        _Row("scenario: among three", Goal(">=", 0.99), _NEAR),
    ),
    "intent": (
        _Row("intents: right", Goal(">=", 0.95), _RIGHT, _meant),
        _Row("intents: an answer mistaken for one", Goal("<=", 0.01), _WRONG, lambda c: not _meant(c)),
    ),
}


async def run(cases: Sequence[Case], *, failed: bool) -> list[Figure]:
    """With the sentence model, for which the goals hold, and without. `failed`: print each case that was not right."""
    found: list[Figure] = []
    for model, name in ((True, ""), (False, ", without the model")):
        result = await pass_over(await asyncio.to_thread(House.open, model=model), cases)
        found += figures(result, name)
        if failed and model:
            for one in result.judged:
                if set(one.verdicts) - {Verdict.RIGHT}:
                    print(_line(one))
    return found


def _line(judged: Judged) -> str:
    case, worst = judged.case, max(judged.verdicts, key=lambda verdict: verdict is Verdict.WRONG)
    where = "/".join(filter(None, (case.channel, case.scenario, case.field, case.at)))
    return f"{worst:6} {case.kind} {where} | {case.say} | {_short(case.expect)} | {judged.got}"
