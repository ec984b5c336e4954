"""Turns a notice of the backend's outbox into what a conversation says: a template's text and the buttons that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from backend.contract.acts import SIGN
from backend.contract.message import Message, Words
from backend.contract.models.notices import NoticeOut
from backend.contract.words import Grade
from dialogs.commands import Verb, command
from dialogs.outputs import Button, Output, Rows, Say
from dialogs.quoting import quoted
from dialogs.templates.scenario import Scenarios
from dialogs.times import moment
from dialogs.wording import Wording

_BLANK_LINES = re.compile(r"\n{3,}")

# Arguments that the backend leaves out when there is nothing to say.
_OPTIONAL = ("departments", "department", "promised_at", "provisional", "verify_by", "reason", "text", "attachments",
             "sign_due", "contact_due", "interim_due", "resolve_due", "due", "what", "urgent", "redo", "unit", "basis",
             "comment", "callback", "over", "outcome", "attempts", "dissatisfaction", "own")  # fmt: skip


class UnknownNotice(LookupError):
    """There is no template for this notice: the channel is older than the backend."""


@dataclass(frozen=True)
class Notices:
    """Says notices in their receiver's language, times in the city's zone."""

    scenarios: Scenarios
    zone: ZoneInfo
    buttons: bool = True
    """Whether the receiver gets them: a short message has none, and so must not speak of them."""

    def outputs(self, notice: NoticeOut, now: datetime) -> tuple[Output, ...]:
        """What to show. Raises UnknownNotice."""
        args = notice.args
        attachments = args.get("attachments")
        return (
            Say(
                self._text(notice, now),
                _rows(notice.template, args),
                topic=notice.ticket or str(args.get("number", "")),
                attachments=tuple(attachments) if isinstance(attachments, list) else (),
                kept=self._kept(notice, now),
            ),
        )

    def _kept(self, notice: NoticeOut, now: datetime) -> str | None:
        """Whoever reads the code once has it; it is not kept for those who read the chat later."""
        if "code" not in notice.args:
            return None
        hidden = Wording(notice.language).text(Message("notice.code_kept"))
        return self._text(notice.model_copy(update={"args": notice.args | {"code": hidden}}), now)

    def _text(self, notice: NoticeOut, now: datetime) -> str:
        try:
            template = _environment().get_template(f"{notice.template}.j2")
        except TemplateNotFound as error:
            raise UnknownNotice(notice.template) from error
        text = template.render({**dict.fromkeys(_OPTIONAL), **notice.args, **self._functions(notice, now)})
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _functions(self, notice: NoticeOut, now: datetime) -> dict[str, Any]:
        wording = Wording(notice.language)
        english = wording.text(Message("language.tag")) == "en"

        def named(name: str) -> Any:
            return (notice.args.get(f"{name}_en") if english else None) or notice.args[name]

        def title() -> Words:
            scenario = self.scenarios.get(str(notice.args.get("scenario", "")))
            return scenario.template.title.localized if scenario else Message("form.other_matter")

        return {
            "t": lambda key, **args: wording.entry(key, args),
            "moment": lambda at: wording.marked(moment(datetime.fromisoformat(at), self.zone, now)),
            "word": lambda vocabulary, value: wording.text(Message(f"{vocabulary}.{value}")),
            "name_of": named,
            "words": lambda vocabulary, values: wording.text(Message("list.separator")).join(
                wording.text(Message(f"{vocabulary}.{value}")) for value in values
            ),
            "names": lambda name: wording.text(Message("list.separator")).join(named(name)),
            "scenario_title": wording.text(title()),
            "buttons": self.buttons,
        }


@cache
def _environment() -> Environment:
    # Plain text for chat: what a person wrote is never parsed as markup, so nothing is escaped.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    )
    environment.filters["quoted"] = quoted
    return environment


# --- buttons ----------------------------------------------------------------------------------------------------

_Args = Mapping[str, Any]


def grade_choices(number: str) -> tuple[Button, ...]:
    """The three grades of the rating (Chibi 2022), as buttons for a ticket."""
    return tuple(Button(Message(f"rate.{grade}"), command(Verb.GRADE, number, grade)) for grade in Grade)


def _rows(template: str, args: _Args) -> Rows:
    make = _BUTTONS.get(template)
    return make(args) if make else _open(args)


def _open(args: _Args) -> Rows:
    number = args.get("number")
    return ((Button(Message("button.open_ticket"), command(Verb.TICKET, number)),),) if number else ()


def _followed(args: _Args) -> Rows:
    add = Button(Message("button.add"), command(Verb.ADD, args["number"]))
    return ((_open(args)[0][0], add),)


def _question(args: _Args) -> Rows:
    answer = command(Verb.ANSWER, args["number"], args["question"])
    return ((Button(Message("button.answer"), answer), _open(args)[0][0]),)


def _rating(args: _Args) -> Rows:
    if args.get("over"):
        return _open(args)
    return (grade_choices(args["number"]), *_open(args))


def _draft(args: _Args) -> Rows:
    resume = Button(Message("button.resume"), command(Verb.RESUME, args["draft"]))
    return ((resume, Button(Message("button.discard"), command(Verb.DISCARD, args["draft"]))),)


def _assigned(args: _Args) -> Rows:
    sign = Button(Message("button.sign"), command(SIGN.verb, args["number"], args["assignment"]))
    return ((sign, _open(args)[0][0]),)


def _account_bound(args: _Args) -> Rows:
    return ((Button(Message("button.log_ins"), command(Verb.LOG_INS)),),) if args["own"] else ()


def _nothing(args: _Args) -> Rows:  # noqa: ARG001
    return ()


_BUTTONS: Mapping[str, Callable[[_Args], Rows]] = {
    "account_bound": _account_bound,
    "accepted": _followed,
    "accepted_later": _followed,
    "received": _followed,
    "question": _question,
    "question_reminder": _question,
    "question_ended": _question,
    "interim": _followed,
    "completed": _rating,
    "rating_reminder": _rating,
    "follow_up_call": _rating,
    "draft_reminder": _draft,
    "assigned": _assigned,
    "withdrawn": _nothing,
}
