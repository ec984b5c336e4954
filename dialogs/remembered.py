"""Keeps what was said as JSON, so that an event delivered twice is answered with the same words and done once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.contract.message import Localized, Message, Words
from dialogs.actions import Action, Ask, Choice, Expect, Rows, Say, Summarise, SummaryLine


def remember(actions: tuple[Action, ...]) -> list[dict[str, Any]]:
    """JSON values; only what is shown, for the rest is already done."""
    found = (_remember(action) for action in actions)
    return [data for data in found if data]


def recall(data: list[dict[str, Any]]) -> tuple[Action, ...]:
    """The actions again. Raises KeyError, TypeError or ValueError for data of another version."""
    return tuple(_recall(one) for one in data)


def _remember(action: Action) -> dict[str, Any] | None:
    match action:
        case Say():
            return {
                "is": "say",
                "text": _words(action.text if action.kept is None else action.kept),
                "choices": _rows(action.choices),
                "topic": action.topic,
                "attachments": list(action.attachments),
                "call": action.call,
            }
        case Ask():
            return {
                "is": "ask",
                "field": action.field,
                "prompt": _words(action.prompt),
                "expect": str(action.expect),
                "help": None if action.help is None else _words(action.help),
                "problem": None if action.problem is None else _words(action.problem),
                "options": _rows(action.options),
                "brief": _rows(action.brief),
                "controls": _rows(action.controls),
                "attempt": action.attempt,
                "progress": list(action.progress),
                "type": action.type,
                "story": action.story,
                "defer": action.defer,
                "spoken_help": None if action.spoken_help is None else _words(action.spoken_help),
            }
        case Summarise():
            lines = [[line.field, _words(line.label), _words(line.shown), line.command] for line in action.lines]
            return {"is": "sum", "title": _words(action.title), "lines": lines, "controls": _rows(action.controls)}
    return None


def _recall(data: Mapping[str, Any]) -> Action:
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
    return tuple(tuple(Choice(_unwords(label), to, tuple(phrases)) for label, to, phrases in row) for row in data)
