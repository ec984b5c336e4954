"""Keeps what was said as JSON, so that an event delivered twice is answered with the same words and done once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.contract.message import Localized, Message, Words
from dialogs.outputs import Ask, Button, Expect, Output, Rows, Say, Summarise, SummaryLine


def remember(outputs: tuple[Output, ...]) -> list[dict[str, Any]]:
    """JSON values; only what is shown, for the rest is already done."""
    found = (_remember(output) for output in outputs)
    return [data for data in found if data]


def recall(data: list[dict[str, Any]]) -> tuple[Output, ...]:
    """The outputs again. Raises KeyError, TypeError or ValueError for data of another version."""
    return tuple(_recall(one) for one in data)


def _remember(output: Output) -> dict[str, Any] | None:
    match output:
        case Say():
            return {
                "is": "say",
                "text": _words(output.text if output.kept is None else output.kept),
                "choices": _rows(output.choices),
                "topic": output.topic,
                "attachments": list(output.attachments),
                "call": output.call,
            }
        case Ask():
            return {
                "is": "ask",
                "field": output.field,
                "prompt": _words(output.prompt),
                "expect": str(output.expect),
                "help": None if output.help is None else _words(output.help),
                "problem": None if output.problem is None else _words(output.problem),
                "options": _rows(output.options),
                "brief": _rows(output.brief),
                "controls": _rows(output.controls),
                "attempt": output.attempt,
                "progress": list(output.progress),
                "type": output.type,
                "story": output.story,
                "defer": output.defer,
                "spoken_help": None if output.spoken_help is None else _words(output.spoken_help),
            }
        case Summarise():
            lines = [[line.field, _words(line.label), _words(line.shown), line.command] for line in output.lines]
            return {"is": "sum", "title": _words(output.title), "lines": lines, "controls": _rows(output.controls)}
    return None


def _recall(data: Mapping[str, Any]) -> Output:
    match data["is"]:
        case "say":
            text, choices = _unwords(data["text"]), _unrows(data["choices"])
            return Say(text, choices, data["topic"], tuple(data["attachments"]), data["call"])
        case "ask":
            at, total = data["progress"]
            return Ask(
                field=data["field"],
                prompt=_unwords(data["prompt"]),
                expect=Expect(data["expect"]),
                help=None if data["help"] is None else _unwords(data["help"]),
                problem=None if data["problem"] is None else _unwords(data["problem"]),
                options=_unrows(data["options"]),
                brief=_unrows(data.get("brief", [])),
                controls=_unrows(data["controls"]),
                attempt=data["attempt"],
                progress=(at, total),
                type=data["type"],
                story=data["story"],
                defer=data["defer"],
                spoken_help=None if data["spoken_help"] is None else _unwords(data["spoken_help"]),
            )
    lines = [SummaryLine(field, _unwords(label), _unwords(shown), to) for field, label, shown, to in data["lines"]]
    return Summarise(_unwords(data["title"]), tuple(lines), _unrows(data["controls"]))


def _words(words: Words) -> Any:
    match words:
        case Message(key, args):
            return {"k": key, "a": {name: v if isinstance(v, int) else _words(v) for name, v in args.items()}}
        case Localized(texts):
            return {"l": dict(texts)}
    return words


def _unwords(data: Any) -> Words:
    if isinstance(data, str):
        return data
    if "l" in data:
        return Localized(data["l"])
    return Message(data["k"], {name: v if isinstance(v, int) else _unwords(v) for name, v in data["a"].items()})


def _rows(rows: Rows) -> list[list[list[Any]]]:
    return [[[_words(choice.label), choice.command, list(choice.phrases)] for choice in row] for row in rows]


def _unrows(data: list[list[list[Any]]]) -> Rows:
    return tuple(tuple(Button(_unwords(label), to, tuple(phrases)) for label, to, phrases in row) for row in data)
