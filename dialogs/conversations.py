"""Test conversations in YAML: read, played through the engine, and the branches of the scenario they reach."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from dialogs.actions import Action, Ask, Choice, HandOver, Rows, Say, Submit, Summarise
from dialogs.engine import Engine, Step
from dialogs.engine.commands import decode
from dialogs.engine.relevance import relevance
from dialogs.events import Event, Media, Place, Press, Rejected, SharedPhone, Silence, Text, Unsupported, Upload
from dialogs.form import Form
from dialogs.message import Words
from dialogs.scenario import Question, Scenario, Scenarios
from dialogs.source import Source, read_source

DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"
_NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, ten in the morning in China; a conversation may name its own `now`."""
_MEDIA = {"photo": "image/jpeg", "file": "application/pdf", "voice": "audio/ogg", "video": "video/mp4"}
_SENT = frozenset({"say", "edit", "press", "location", "phone", "silence", "sticker", "reject", *_MEDIA})
_CHECKED = frozenset({"expect", "expect_text", "summary", "submitted", "handed_over", "over"})

_A = TypeVar("_A", Ask, Summarise, Submit)

Branch = tuple[str, ...]
"""What a conversation can reach: `("asked", field)`, `("option", field, option)`, ..."""


class ConversationError(AssertionError):
    """A conversation went another way than its file says, or the file cannot be read."""


@dataclass(frozen=True)
class Line:
    """One step of a conversation: what is sent or checked, and where it stands."""

    verb: str
    value: Any
    place: str
    """`file:line`."""


@dataclass(frozen=True)
class Conversation:
    scenario: str
    name: str
    steps: tuple[Line, ...]
    place: str
    now: datetime = _NOW
    language: str = "zh_CN"
    facts: Mapping[str, str] = field(default_factory=dict)


def read_conversations(path: Path) -> tuple[Conversation, ...]:
    """The conversations of one file; see docs/scenarios.md for the format. Raises ConversationError, SourceError."""
    source = read_source(path)
    if not isinstance(source.data, dict) or not isinstance(source.data.get("conversations"), tuple):
        raise ConversationError(f"{path}:1: a list 'conversations' is wanted")
    scenario = source.data.get("scenario", path.stem)
    entries = enumerate(source.data["conversations"])
    return tuple(_conversation(source, scenario, index, entry) for index, entry in entries)


def play(conversation: Conversation, scenarios: Scenarios, engine: Engine) -> frozenset[Branch]:
    """Play to the end and give the branches reached. Raises ConversationError at the first difference."""
    scenario = scenarios.get(conversation.scenario)
    if scenario is None:
        raise ConversationError(f"{conversation.place}: no scenario {conversation.scenario!r}")
    return _Play(conversation, scenario, engine).run()


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


def _conversation(source: Source, scenario: str, index: int, entry: Any) -> Conversation:
    at = f"{source.path}:{source.line(('conversations', index))}"
    known = {"name", "now", "language", "facts", "steps"}
    if not isinstance(entry, dict) or not entry.keys() <= known or not {"name", "steps"} <= entry.keys():
        raise ConversationError(f"{at}: a conversation has {', '.join(sorted(known))}; name and steps are required")
    steps = []
    for number, step in enumerate(entry["steps"]):
        place = f"{source.path}:{source.line(('conversations', index, 'steps', number))}"
        if not isinstance(step, dict) or len(step) != 1 or not step.keys() <= _SENT | _CHECKED:
            raise ConversationError(f"{place}: a step is one of {', '.join(sorted(_SENT | _CHECKED))}")
        [(verb, value)] = step.items()
        steps.append(Line(verb, value, place))
    now = datetime.fromisoformat(entry["now"]) if "now" in entry else _NOW
    if now.tzinfo is None:
        raise ConversationError(f"{at}: 'now' needs its offset from UTC, such as +08:00")
    language = entry.get("language", "zh_CN")
    return Conversation(scenario, entry["name"], tuple(steps), at, now, language, entry.get("facts", {}))


class _Play:
    """One conversation in progress."""

    def __init__(self, conversation: Conversation, scenario: Scenario, engine: Engine) -> None:
        self.conversation = conversation
        self.scenario = scenario
        self.engine = engine
        self.reached: set[Branch] = set()
        self.sent = 0
        now = conversation.now
        self.step: Step = engine.start(scenario, DRAFT, conversation.language, conversation.facts, now)
        self.choices: dict[str, Choice] = {}
        self._look()

    def run(self) -> frozenset[Branch]:
        for line in self.conversation.steps:
            if line.verb in _SENT:
                for event in self._events(line):
                    self._send(event, line)
            else:
                self._check(line)
        return frozenset(self.reached)

    def _send(self, event: Event, line: Line) -> None:
        if self.step.form is None:
            self._fail(line, "the conversation is already over")
        # Every form goes through JSON, as between two processes.
        form = Form.from_json(json.loads(json.dumps(self.step.form.to_json())))
        if form != self.step.form:
            self._fail(line, "the form does not survive being stored")
        self.step = self.engine.step(self.scenario, form, event, self.conversation.now)
        self._look()

    def _look(self) -> None:
        """Note what is on the screen and which branches that means."""
        for action in self.step.actions:
            if isinstance(action, Ask | Summarise):
                self.choices = {}
            for choice in _choices(action):
                self.choices[choice.command] = choice
            if isinstance(action, Ask):
                self.reached.add(("asked", action.field))
            elif isinstance(action, Say):
                self._note(action.text)
            elif isinstance(action, Submit):
                self._filed(action)

    def _note(self, text: Words) -> None:
        for question in self.scenario.questions:
            for number, (_, words) in enumerate(question.notes):
                if words == text:
                    self.reached.add(("note", question.id, str(number + 1)))

    def _filed(self, action: Submit) -> None:
        form = self.step.form
        assert form is not None
        self.reached |= {("filed",), ("urgent",) if action.form["urgent"] else ("not urgent",)}
        shown = relevance(self.scenario, form)
        for question in self.scenario.questions:
            if question.id not in shown:
                self.reached.add(("hidden", question.id))
            elif question.id in form.skipped:
                self.reached.add(("skipped", question.id))
            elif question.id in form.answers:
                self.reached |= {("option", question.id, value) for value in _chosen(form.answers[question.id].value)}

    def _events(self, line: Line) -> Iterator[Event]:
        value = line.value
        match line.verb:
            case "say":
                yield Text(str(value))
            case "edit":
                yield Text(str(value), edited=True)
            case "press":
                yield Press(self._command(line))
            case "location":
                place = value if isinstance(value, dict) else {"latitude": 29.72, "longitude": 113.9, "label": value}
                yield Place(place["latitude"], place["longitude"], place.get("label", ""))
            case "phone":
                yield SharedPhone(str(value))
            case "silence":
                yield from (Silence() for _ in range(int(value)))
            case "sticker":
                yield Unsupported("sticker")
            case "reject":
                yield Rejected(str(value))
            case kind:
                yield Media(tuple(self._upload(kind) for _ in range(int(value))))

    def _upload(self, kind: str) -> Upload:
        self.sent += 1
        return Upload(f"00000000-0000-4000-8000-{self.sent:012d}", kind, _MEDIA[kind], 1000, f"{self.sent}")

    def _command(self, line: Line) -> str:
        """The command of a button on the screen, by option, verb, label, or the field that a summary line corrects."""
        wanted = str(line.value)
        for text, choice in self.choices.items():
            command = decode(text)
            by_verb = command is not None and not command.value and wanted in (command.verb, _fixes(command.field))
            by_value = command is not None and command.value == wanted
            if by_verb or by_value or wanted in (text, self._words(choice.label)):
                return text
        if ":" in wanted:  # a button of an earlier message
            return wanted
        return self._fail(line, f"no button {wanted!r}; there are {', '.join(self.choices) or 'none'}")

    def _check(self, line: Line) -> None:
        match line.verb:
            case "expect":
                self._check_question(line)
            case "expect_text":
                self._check_text(line)
            case "summary":
                self._check_summary(line)
            case "submitted":
                self._check_submitted(line)
            case "handed_over":
                reasons = [action.reason for action in self.step.actions if isinstance(action, HandOver)]
                self._same(line, "handed over for", line.value, reasons[0] if reasons else None)
            case "over":
                self._same(line, "over", line.value, self.step.form is None)

    def _check_question(self, line: Line) -> None:
        wanted = line.value if isinstance(line.value, dict) else {"field": line.value}
        asked = self._last(Ask)
        if asked is None:
            self._fail(line, "nothing is asked")
        for name, value in wanted.items():
            match name:
                case "field":
                    self._same(line, "field", value, asked.field)
                case "options":
                    shown = [choice.command.split(":")[-1] for row in asked.options for choice in row]
                    self._same(line, "options", list(value), shown)
                case "problem" | "help" | "prompt":
                    words = getattr(asked, name)
                    text = "" if words is None else self._words(words)
                    if str(value) not in text:
                        self._fail(line, f"{name}: {value!r} is not in {text!r}")
                case _:
                    self._fail(line, f"'expect' knows field, options, problem, help and prompt, not {name!r}")

    def _check_text(self, line: Line) -> None:
        shown = "\n".join(self._words(words) for action in self.step.actions for words in _texts(action))
        for wanted in line.value if isinstance(line.value, tuple) else (line.value,):
            if str(wanted) not in shown:
                self._fail(line, f"{wanted!r} is not in {shown!r}")

    def _check_summary(self, line: Line) -> None:
        summary = self._last(Summarise)
        if summary is None:
            self._fail(line, "no summary is shown")
        shown = {one.field: self._words(one.shown) for one in summary.lines}
        for name, value in (line.value or {}).items():
            self._same(line, name, value, shown.get(name))

    def _check_submitted(self, line: Line) -> None:
        filed, form = self._last(Submit), self.step.form
        if filed is None or form is None:
            self._fail(line, "nothing is submitted")
        shown = relevance(self.scenario, form)
        for name, value in (line.value or {}).items():
            if name == "answers":
                for key, answer in value.items():
                    got = form.answers[key].value if key in form.answers and key in shown else None
                    self._same(line, key, answer, got)
            elif name == "attachments" and isinstance(value, int):
                self._same(line, name, value, len(filed.form["attachments"]))
            else:
                self._same(line, name, value, filed.form.get(name))

    def _last(self, kind: type[_A]) -> _A | None:
        found = [action for action in self.step.actions if isinstance(action, kind)]
        return found[-1] if found else None

    def _words(self, words: Words) -> str:
        form = self.step.form
        return self.engine.render(words, form.language if form is not None else self.conversation.language)

    def _same(self, line: Line, name: str, wanted: Any, got: Any) -> None:
        if _listed(wanted) != _listed(got):
            self._fail(line, f"{name}: {wanted!r} was wanted, not {got!r}")

    def _fail(self, line: Line, reason: str) -> NoReturn:
        raise ConversationError(f"{line.place}: {self.conversation.name}: {reason}")


def _fixes(field: str) -> str:
    return f"fix {field}"


def _listed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return value


def _chosen(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else (str(value),)


def _choices(action: Action) -> Iterator[Choice]:
    rows: Rows = ()
    if isinstance(action, Say):
        rows = action.choices
    elif isinstance(action, Ask):
        rows = (*action.options, *action.controls)
    elif isinstance(action, Summarise):
        rows = (*action.controls, *((Choice(line.label, line.command),) for line in action.lines))
    for row in rows:
        yield from row


def _texts(action: Action) -> Iterator[Words]:
    if isinstance(action, Say):
        yield action.text
    elif isinstance(action, Ask):
        yield from (words for words in (action.problem, action.prompt, action.help) if words is not None)
    elif isinstance(action, Summarise):
        yield action.title
        for line in action.lines:
            yield line.label
            yield line.shown
