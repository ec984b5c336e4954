"""Renders the chat page, and the forms for log-in and a new password."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backend.contract.message import Localized, Message
from backend.contract.models.organisation import CityOut
from backend.contract.models.second_factor import SecondFactorOut, SecretOut
from backend.contract.models.staff import StaffOut
from backend.contract.static_files import StaticFiles
from backend.contract.words import Role
from bot.web.deps import CallPanel
from bot.web.guard import allow_microphone, secure
from bot.web.telephone_numbers import HOTLINE, dialable
from dialogs.commands import Verb, command
from dialogs.wording import Wording
from locales import LANGUAGES, catalogue, closest_language

FOLDER = Path(__file__).parent / "assets"

_Kind = Literal["enterprise", "staff"]
_KINDS: tuple[_Kind, ...] = ("enterprise", "staff")
_OF_FORMS = ("web.log_in.", "web.password.", "web.second_factor.", "web.code.", "web.late", "web.noscript")
"""Beginnings of the keys of words that the scripts never say."""
_OF_KIND: Mapping[_Kind, tuple[str, ...]] = {
    "enterprise": ("web.title", "web.human", "web.place", "web.call.", "web.record."),
    "staff": ("web.staff_title", "web.log_out", "web.queues", "web.password.link", "queue.button_"),
}
"""And of those that one kind of page alone says."""
_HTML_TAGS = {"zh_CN": "zh-CN", "en": "en"}
_QUEUES = {
    "mine": frozenset({Role.HANDLER, Role.LEADER}),
    "unit": frozenset({Role.HANDLER, Role.LEADER}),
    "desk": frozenset({Role.SEAT, Role.DISPATCHER, Role.OFFICE}),
    "returns": frozenset({Role.OFFICE}),
}
"""The queues that are worth a button of their own; the backend decides what is in them."""


@dataclass(frozen=True)
class Shortcut:
    """A button of the header."""

    key: str
    command: str


@dataclass(frozen=True)
class Look:
    """What every page of one installation has in common."""

    assets: StaticFiles
    city: CityOut
    call: CallPanel | None = None
    numbers: frozenset[str] = frozenset({HOTLINE})
    """Telephone numbers that a phone may offer to dial."""

    def chat(self, request: web.Request, storage: str, upload_limit: int) -> web.Response:
        """The enterprise's page; `storage` names its place in the browser's storage."""
        page = {"kind": "enterprise", "base": "/chat", "storage": storage, "limit": upload_limit, "shortcuts": ()}
        response = self._page(request, "chat.html.j2", preferred_language(request), call=self.call, **page)
        allow_microphone(response)
        return response

    def desk(self, request: web.Request, storage: str, upload_limit: int, staff: StaffOut) -> web.Response:
        """The staff's page."""
        page = {"kind": "staff", "base": "/staff", "storage": storage, "limit": upload_limit}
        name = Localized({"zh": staff.department.name, "en": staff.department.name_en or staff.department.name})
        about = {"staff": staff, "shortcuts": shortcuts(staff.roles), "department": name.best(staff.language)}
        return self._page(request, "chat.html.j2", staff.language, **about, **page)

    def log_in(self, request: web.Request, problem: str = "", username: str = "", status: int = 200) -> web.Response:
        """The log-in form, perhaps with what was wrong."""
        language = preferred_language(request)
        page = self._page(request, "log_in.html.j2", language, problem=problem, username=username)
        page.set_status(status)
        return page

    def code(
        self, request: web.Request, ticket: str, username: str, problem: str = "", status: int = 200
    ) -> web.Response:
        """The second step of a log-in; the ticket says that the password was right."""
        about = {"ticket": ticket, "username": username, "problem": problem}
        page = self._page(request, "code.html.j2", preferred_language(request), **about)
        page.set_status(status)
        return page

    def second_factor(
        self,
        request: web.Request,
        staff: StaffOut,
        stage: Literal["off", "secret", "confirm", "codes", "on"],
        problem: str = "",
        status: int = 200,
        *,
        state: SecondFactorOut | None = None,
        secret: SecretOut | None = None,
        codes: Sequence[str] = (),
    ) -> web.Response:
        """Where an authenticator app is set up, and turned off; secrets are on it once."""
        about = {"stage": stage, "problem": problem, "state": state, "secret": secret, "codes": codes, "staff": staff}
        page = self._page(request, "second_factor.html.j2", staff.language, **about)
        page.set_status(status)
        return page

    def password(self, request: web.Request, staff: StaffOut, problem: str = "", status: int = 200) -> web.Response:
        """The form for a new password, perhaps with what was wrong."""
        page = self._page(request, "password.html.j2", staff.language, problem=problem, staff=staff)
        page.set_status(status)
        return page

    def _page(self, request: web.Request, template: str, language: str, **about: Any) -> web.Response:
        wording = Wording(language)
        city = wording.text(Localized({"zh": self.city.name, "en": self.city.name_en or self.city.name}))
        html = (
            _environment()
            .get_template(template)
            .render(
                t=lambda key, **args: wording.text(Message(key, args)),
                asset=self.assets.url,
                language=language,
                tag=_HTML_TAGS.get(closest_language(language), language),
                languages=LANGUAGES,
                name_of=lambda tag: Wording(tag).text(Message(f"language.{tag}")),
                city=city,
                numbers=self.numbers,
                dialable=lambda text: dialable(text, self.numbers),
                words=lambda kind: Markup(_words(kind, language)),  # noqa: S704 - JSON of our own catalogues, with < escaped
                words_url=lambda kind, tag: self.assets.url(_words_file(kind, tag)),
                modules=[one for one in self.assets.scripts() if one != self.assets.url("chat.js")],
                **{"staff": None, "call": None, **about},
            )
        )
        response = web.Response(text=html, content_type="text/html", charset="utf-8")
        response.headers["Cache-Control"] = "no-store"
        secure(request, response)
        return response


def shortcuts(roles: list[Role]) -> tuple[Shortcut, ...]:
    """The queues that these roles work from."""
    offered = (name for name, needed in _QUEUES.items() if needed & set(roles))
    return tuple(Shortcut(f"queue.button_{name}", command(Verb.QUEUE, name)) for name in offered)


def preferred_language(request: web.Request) -> str:
    """The first of the browser's languages that we have words for."""
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
    return closest_language(first)


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=folder, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _words(kind: _Kind, language: str) -> str:
    """What the scripts of such a page say, as JSON that cannot end the script element it stands in."""
    others = tuple(start for other in _KINDS if other != kind for start in _OF_KIND[other])
    words = {
        key: text
        for key, text in catalogue(closest_language(language)).items()
        if key.startswith(_OF_KIND[kind]) or (key.startswith("web.") and not key.startswith(_OF_FORMS + others))
    }
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")


def _words_file(kind: _Kind, language: str) -> str:
    return f"words.{kind}.{language}.json"


def page_files() -> StaticFiles:
    """Scripts, style and icon, and the words that a page fetches when it changes its language."""
    words = {_words_file(kind, one): _words(kind, one).encode() for kind in _KINDS for one in LANGUAGES}
    return StaticFiles("/assets", FOLDER, words)
