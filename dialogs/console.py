"""Shows a scenario in the terminal, and talks it through there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.contract.message import Localized, Message, Words
from dialogs.engine import Engine, Step
from dialogs.events import Event, Media, Place, Press, Text, Upload
from dialogs.outputs import Ask, Button, HandOver, Output, Rows, Say, Submit, Summarise
from dialogs.templates.scenario import Question, Scenario
from dialogs.wording import Wording

_MEDIA = {"photo": "image/jpeg", "file": "application/pdf", "voice": "audio/ogg", "video": "video/mp4"}


def show(scenario: Scenario, language: str, handled_by: Sequence[Localized] = ()) -> str:
    """A scenario as a plain list, for the people who check its wording."""
    return "\n".join(_Shown(scenario, Wording(language)).lines(handled_by))


def try_(
    scenario: Scenario,
    engine: Engine,
    language: str,
    now: Callable[[], datetime],
    read: Callable[[str], str] = input,
    write: Callable[[str], None] = print,
) -> None:
    """Talk a scenario through. A number presses a button; `/photo`, `/file`, `/voice`, `/video` and `/place` send one.

    Ends when the form is submitted, handed over or cancelled, or at the end of the input.
    """
    step = engine.start(scenario, str(uuid.uuid4()), language, {}, now())
    while step.form is not None:
        buttons = _present(step, step.form.language, engine, write)
        if any(isinstance(output, Submit) for output in step.outputs):
            return
        try:
            typed = read("> ").strip()
        except EOFError:
            return
        step = engine.step(scenario, step.form, _event(typed, buttons), now())
    _present(step, language, engine, write)


@dataclass(frozen=True)
class _Shown:
    """A scenario in one language."""

    scenario: Scenario
    wording: Wording

    def lines(self, handled_by: Sequence[Localized]) -> Iterator[str]:
        template, text = self.scenario.template, self.wording.text
        yield f"{text(template.title.localized)}  ({template.id} v{template.version}, {template.category})"
        yield text(template.summary.localized)
        yield self._said("category", text(Message(f"category.{template.category.split('/')[0]}")))
        yield self._said("kinds", *(text(Message(f"kind.{kind}")) for kind in template.kinds))
        yield self._said("subject", text(template.subject.localized))
        yield self._said("units", *(text(one) for one in handled_by or (Message("console.desk"),)))
        if self.scenario.urgent_if is not None:
            yield self._said("urgent_if", self.scenario.urgent_if.source)
        for number, question in enumerate(self.scenario.questions, start=1):
            yield ""
            yield from self._question(number, question)

    def _said(self, name: str, *values: str) -> str:
        return self.wording.text(Message(f"console.{name}", {"value": "; ".join(values)}))

    def _question(self, number: int, question: Question) -> Iterator[str]:
        spec, text = question.spec, self.wording.text
        kind = spec.type if spec.required else self._said("optional", spec.type)
        yield f"{number}. {text(spec.ask.localized)}  [{spec.id}: {kind}]"
        if question.show_if is not None:
            yield f"   {self._said('show_if', question.show_if.source)}"
        for option in question.options:
            yield f"   - {text(option.label.localized)} ({option.id})"
        for condition, words in question.notes:
            yield f"   ! {text(words)}  ({self._said('show_if', condition.source)})"


def _present(step: Step, language: str, engine: Engine, write: Callable[[str], None]) -> list[Button]:
    buttons: list[Button] = []

    def words(text: Words) -> str:
        return engine.render(text, language)

    for output in step.outputs:
        rows = _draw(output, words, write)
        for row in rows:
            labels = []
            for choice in row:
                buttons.append(choice)
                labels.append(f"[{len(buttons)} {words(choice.label)}]")
            write("  ".join(labels))
    return buttons


def _draw(output: Output, words: Callable[[Words], str], write: Callable[[str], None]) -> Rows:
    """Write the text of an output and give its buttons."""
    match output:
        case Say():
            write(words(output.text))
            return output.choices
        case Ask():
            for text in (output.problem, output.prompt, output.help):
                if text is not None:
                    write(words(text))
            return (*output.options, *output.controls)
        case Summarise():
            write(words(output.title))
            lines = tuple(
                (Button(Message("engine.summary_line", {"label": line.label, "answer": line.shown}), line.command),)
                for line in output.lines
            )
            return (*lines, *output.controls)
        case Submit():
            for name, value in output.form.items():
                write(f"{name}: {value}")
        case HandOver():
            write(f"-> {output.reason}")
    return ()


def _event(typed: str, buttons: list[Button]) -> Event:
    kind = typed.removeprefix("/")
    if typed.startswith("/") and kind in _MEDIA:
        return Media((Upload(str(uuid.uuid4()), kind, _MEDIA[kind], 1000, kind),))
    if typed.startswith("/place"):
        return Place(29.72, 113.9, kind.removeprefix("place").strip())
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(buttons):
        return Press(buttons[int(typed) - 1].command)
    return Text(typed)
