"""Shows a scenario in the terminal, and talks it through there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

from dialogs.actions import Action, Ask, Choice, HandOver, Rows, Say, Submit, Summarise
from dialogs.engine import Engine, Step
from dialogs.events import Event, Media, Place, Press, Text, Upload
from dialogs.message import Message, Words
from dialogs.templates.scenario import Question, Scenario

_MEDIA = {"photo": "image/jpeg", "file": "application/pdf", "voice": "audio/ogg", "video": "video/mp4"}


def show(scenario: Scenario, language: str) -> str:
    """A scenario as a plain list, for the people who check its wording."""
    template = scenario.template
    lines = [
        f"{template.title.localized.best(language)}  ({template.id} v{template.version}, {template.category})",
        template.summary.localized.best(language),
        f"kinds: {', '.join(template.kinds)}",
        f"subject: {template.subject.localized.best(language)}",
    ]
    if scenario.urgent_if is not None:
        lines.append(f"urgent if: {scenario.urgent_if.source}")
    for number, question in enumerate(scenario.questions, start=1):
        lines += ["", *_question(number, question, language)]
    return "\n".join(lines)


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
        if any(isinstance(action, Submit) for action in step.actions):
            return
        try:
            typed = read("> ").strip()
        except EOFError:
            return
        step = engine.step(scenario, step.form, _event(typed, buttons), now())
    _present(step, language, engine, write)


def _question(number: int, question: Question, language: str) -> Iterator[str]:
    spec = question.spec
    kind = spec.type if spec.required else f"{spec.type}, optional"
    yield f"{number}. {spec.ask.localized.best(language)}  [{spec.id}: {kind}]"
    if question.show_if is not None:
        yield f"   if {question.show_if.source}"
    for option in question.options:
        yield f"   - {option.label.localized.best(language)} ({option.id})"
    for condition, words in question.notes:
        yield f"   ! {words.best(language)}  (if {condition.source})"


def _present(step: Step, language: str, engine: Engine, write: Callable[[str], None]) -> list[Choice]:
    buttons: list[Choice] = []

    def words(text: Words) -> str:
        return engine.render(text, language)

    for action in step.actions:
        rows = _draw(action, words, write)
        for row in rows:
            labels = []
            for choice in row:
                buttons.append(choice)
                labels.append(f"[{len(buttons)} {words(choice.label)}]")
            write("  ".join(labels))
    return buttons


def _draw(action: Action, words: Callable[[Words], str], write: Callable[[str], None]) -> Rows:
    """Write the text of an action and give its buttons."""
    match action:
        case Say():
            write(words(action.text))
            return action.choices
        case Ask():
            for text in (action.problem, action.prompt, action.help):
                if text is not None:
                    write(words(text))
            return (*action.options, *action.controls)
        case Summarise():
            write(words(action.title))
            lines = tuple(
                (Choice(Message("engine.summary_line", {"label": line.label, "answer": line.shown}), line.command),)
                for line in action.lines
            )
            return (*lines, *action.controls)
        case Submit():
            for name, value in action.form.items():
                write(f"{name}: {value}")
        case HandOver():
            write(f"-> {action.reason}")
    return ()


def _event(typed: str, buttons: list[Choice]) -> Event:
    kind = typed.removeprefix("/")
    if typed.startswith("/") and kind in _MEDIA:
        return Media((Upload(str(uuid.uuid4()), kind, _MEDIA[kind], 1000, kind),))
    if typed.startswith("/place"):
        return Place(29.72, 113.9, kind.removeprefix("place").strip())
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(buttons):
        return Press(buttons[int(typed) - 1].command)
    return Text(typed)
