"""Plays a test conversation through the engine and compares what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from backend.contract.message import Words
from dialogs.conversations.coverage import Branch
from dialogs.conversations.script import MEDIA, SENT, Conversation, ConversationError, Line
from dialogs.engine import Engine, Step
from dialogs.engine.commands import decode
from dialogs.events import Event, Media, Place, Press, Rejected, SharedPhone, Silence, Text, Unsupported, Upload
from dialogs.form import Form
from dialogs.outputs import Ask, Button, HandOver, Output, Rows, Say, Submit, Summarise
from dialogs.relevance import relevance
from dialogs.templates.scenario import Scenario, Scenarios

DRAFT = "7f3a1c52-8d0e-4b6f-9a51-2c6e0d9b4f10"

_A = TypeVar("_A", Ask, Summarise, Submit)


def play(conversation: Conversation, scenarios: Scenarios, engine: Engine) -> frozenset[Branch]:
    """Play to the end and give the branches reached. Raises ConversationError at the first difference."""
    scenario = scenarios.get(conversation.scenario)
    if scenario is None:
        raise ConversationError(f"{conversation.place}: no scenario {conversation.scenario!r}")
    return _Play(conversation, scenario, engine).run()


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
        self.choices: dict[str, Button] = {}
        self._look()

    def run(self) -> frozenset[Branch]:
        for line in self.conversation.steps:
            if line.verb in SENT:
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
        for output in self.step.outputs:
            if isinstance(output, Ask | Summarise):
                self.choices = {}
            for choice in _choices(output):
                self.choices[choice.command] = choice
            if isinstance(output, Ask):
                self.reached.add(("asked", output.field))
            elif isinstance(output, Say):
                self._note(output.text)
            elif isinstance(output, Submit):
                self._filed(output)

    def _note(self, text: Words) -> None:
        for question in self.scenario.questions:
            for number, (_, words) in enumerate(question.notes):
                if words == text:
                    self.reached.add(("note", question.id, str(number + 1)))

    def _filed(self, output: Submit) -> None:
        form = self.step.form
        assert form is not None
        self.reached |= {("filed",), ("urgent",) if output.form["urgent"] else ("not urgent",)}
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
        return Upload(f"00000000-0000-4000-8000-{self.sent:012d}", kind, MEDIA[kind], 1000, f"{self.sent}")

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
                reasons = [output.reason for output in self.step.outputs if isinstance(output, HandOver)]
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
        shown = "\n".join(self._words(words) for output in self.step.outputs for words in _texts(output))
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
        found = [output for output in self.step.outputs if isinstance(output, kind)]
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


def _choices(output: Output) -> Iterator[Button]:
    rows: Rows = ()
    if isinstance(output, Say):
        rows = output.choices
    elif isinstance(output, Ask):
        rows = (*output.options, *output.controls)
    elif isinstance(output, Summarise):
        rows = (*output.controls, *((Button(line.label, line.command),) for line in output.lines))
    for row in rows:
        yield from row


def _texts(output: Output) -> Iterator[Words]:
    if isinstance(output, Say):
        yield output.text
    elif isinstance(output, Ask):
        yield from (words for words in (output.problem, output.prompt, output.help) if words is not None)
    elif isinstance(output, Summarise):
        yield output.title
        for line in output.lines:
            yield line.label
            yield line.shown
