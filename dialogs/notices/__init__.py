"""Turns a notice of the backend's outbox into what a conversation says; each kind is one template here, which has the
words and the buttons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from pydantic import BaseModel

from backend.contract.message import Message, Words
from backend.contract.models.notices import NoticeOut
from backend.contract.notices import Notice, UnknownNotice, read
from backend.contract.notices.notice import AboutTicket, Holds, Named, held
from backend.contract.words import Grade
from dialogs.commands import Verb, command
from dialogs.outputs import Button, Output, Say
from dialogs.quoting import quoted
from dialogs.templates.scenario import Scenarios
from dialogs.times import moment
from dialogs.wording import Wording

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Notices:
    """Says notices in their receiver's language, times in the city's zone."""

    scenarios: Scenarios
    zone: ZoneInfo
    buttons: bool = True
    """Whether the receiver gets them: a short message has none, and so must not speak of them."""

    def outputs(self, notice: NoticeOut, now: datetime) -> tuple[Output, ...]:
        """What to show. Raises UnknownNotice."""
        told = read(notice.template, notice.args)
        page = self._page(told, notice.language, now)
        return (
            Say(
                page.text,
                tuple(page.rows),
                topic=notice.ticket or page.number,
                attachments=tuple(page.files),
                kept=self._kept(told, notice.language, now),
            ),
        )

    def _kept(self, told: Notice, language: str, now: datetime) -> str | None:
        """Whoever reads a secret once has it; it is not kept for those who read the chat later."""
        secrets = told.holding(Holds.SECRET)
        if not secrets:
            return None
        hidden = Wording(language).text(Message("notice.code_kept"))
        return self._page(told.model_copy(update=dict.fromkeys(secrets, hidden)), language, now).text

    def _page(self, told: Notice, language: str, now: datetime) -> _Page:
        try:
            template = _environment().get_template(f"{told.template}.j2")
        except TemplateNotFound as error:
            raise UnknownNotice(told.template) from error
        wording = Wording(language)
        page = _Page(told.number if isinstance(told, AboutTicket) else "")
        functions = page.functions() | self._functions(wording, now)
        text = template.render(_shown(told, english=wording.text(Message("language.tag")) == "en") | functions)
        page.text = _BLANK_LINES.sub("\n\n", text).strip()
        return page

    def _functions(self, wording: Wording, now: datetime) -> dict[str, Any]:
        """What templates say with: `t` a text of the catalogue, `word` one of a vocabulary."""

        def word(vocabulary: str, value: str) -> str:
            return wording.text(Message(f"{vocabulary}.{value}"))

        def joined(parts: Iterable[str]) -> str:
            return wording.text(Message("list.separator")).join(parts)

        def scenario_title(scenario: str) -> str:
            found = self.scenarios.get(scenario)
            title: Words = found.template.title.localized if found else Message("form.other_matter")
            return wording.text(title)

        return {
            "t": lambda key, **args: wording.entry(key, args),
            "moment": lambda at: wording.marked(moment(at, self.zone, now)),
            "word": word,
            "joined": joined,
            "words": lambda vocabulary, values: joined(word(vocabulary, one) for one in values),
            "scenario_title": scenario_title,
            "buttons": self.buttons,
        }


@dataclass
class _Page:
    """What a template has put together."""

    number: str
    text: str = ""
    rows: list[tuple[Button, ...]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def functions(self) -> dict[str, Any]:
        """What templates offer with: `offer` a row of buttons, `attach` files to the text."""
        return {
            "offer": lambda *row: self.rows.append(row),
            "attach": self.files.extend,
            "button": lambda key, verb, *args: Button(Message(key), command(verb, *args)),
            "open_ticket": Button(Message("button.open_ticket"), command(Verb.TICKET, self.number)),
            "grades": grade_choices(self.number),
        }


def _shown(told: BaseModel, *, english: bool) -> dict[str, Any]:
    """Its fields, names in the reader's language, what an enterprise wrote marked in each of its lines."""
    return {
        name: _value(getattr(told, name), held(one) is Holds.OF_ENTERPRISE, english=english)
        for name, one in type(told).model_fields.items()
    }


def _value(value: object, of_enterprise: bool, *, english: bool) -> object:
    match value:
        case Named():
            return value.en if english else value.zh
        case BaseModel():
            return _shown(value, english=english)
        case tuple():
            return [_value(one, of_enterprise, english=english) for one in value]
        case str() if of_enterprise:
            return quoted(value)
    return value


@cache
def _environment() -> Environment:
    # Plain text for chat: what a person wrote is never parsed as markup, so nothing is escaped.
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        extensions=["jinja2.ext.do"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    )


def grade_choices(number: str) -> tuple[Button, ...]:
    """The three grades of the rating (Chibi 2022), as buttons for a ticket."""
    return tuple(Button(Message(f"rate.{grade}"), command(Verb.GRADE, number, grade)) for grade in Grade)
