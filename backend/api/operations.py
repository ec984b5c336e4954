"""The thin layer between HTTP and handlers: an operation's signature declares it, for parsing and for OpenAPI alike."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.api import idempotency
from backend.api.auth import Access, Account
from backend.api.problems import UnsupportedMedia, invalid
from backend.api.quotas import Share
from backend.contract.errors import NotFound
from backend.rules.actor import Actor
from backend.work.context import Context

PathT = TypeVar("PathT", bound=BaseModel)
QueryT = TypeVar("QueryT", bound=BaseModel)
BodyT = TypeVar("BodyT", bound=BaseModel)


class Nothing(BaseModel):
    """No parameters of this sort."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameters(BaseModel):
    """Base of path and query parameters: unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Call(Generic[PathT, QueryT, BodyT]):
    """One request, parsed: who asks, and what for."""

    request: web.Request
    context: Context
    actor: Actor
    account: Account | None
    path: PathT
    query: QueryT
    body: BodyT
    address: str = ""
    """Where the person is: an internet address, or the account in a channel that knows none; for limits, by `group`."""


Handler = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    name: str
    method: str
    path: str
    summary: str
    access: Access
    status: int
    keyed: bool
    """A write that needs an Idempotency-Key, and runs in one transaction with it."""
    path_model: type[BaseModel]
    query_model: type[BaseModel]
    body_model: type[BaseModel]
    answer_model: type[BaseModel] | None
    handler: Handler
    once: bool = False
    """Keyed, and its twins wait for the first and do no work: it takes something that no rollback gives back."""
    passive: bool = False
    """Asked by open pages on their own: does not count as use of a log-in."""
    spends: Share | None = None
    """What a visitor's call takes one of, of the policy's `quotas` a day."""
    streams: bool = False
    """Takes or gives a raw body: the handler returns the response itself."""
    any_clock: bool = False
    """Answered also while this process' clock is wrong."""
    reorganises: bool = False
    """Changes who is told of things: this process reads the directory anew, others do within seconds."""

    @property
    def takes_body(self) -> bool:
        return self.body_model is not Nothing

    def parse_path(self, request: web.Request) -> BaseModel:
        try:
            return self.path_model.model_validate(dict(request.match_info))
        except ValidationError:
            raise NotFound from None  # an address that cannot exist

    def parse_query(self, request: web.Request) -> BaseModel:
        if not request.query_string:
            given: dict[str, str] = {}
        else:
            given = dict(request.query)
        try:
            return self.query_model.model_validate(given)
        except ValidationError as error:
            raise invalid(error, "query") from None

    def parse_body(self, request: web.Request, content: bytes) -> BaseModel:
        if not self.takes_body:
            return _NOTHING
        if request.content_type != "application/json":
            raise UnsupportedMedia
        try:
            return self.body_model.model_validate_json(content, strict=True)
        except ValidationError as error:
            raise invalid(error, "body") from None

    def reply(self, answer: BaseModel | None) -> idempotency.Reply:
        body = b"" if answer is None else answer.__pydantic_serializer__.to_json(answer)
        return idempotency.Reply(self.status, body)


_NOTHING = Nothing()


class Traits(TypedDict, total=False):
    """What an operation may be besides; `Operation` says what each means."""

    once: bool
    passive: bool
    spends: Share | None
    streams: bool
    any_clock: bool
    reorganises: bool


class Operations:
    """The operations of one resource, in the order written."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.all: list[Operation] = []

    def __call__(
        self,
        method: str,
        path: str,
        access: Access,
        *,
        status: int | None = None,
        keyed: bool | None = None,
        gives: type[BaseModel] | None = None,
        **traits: Unpack[Traits],
    ) -> Callable[[Handler], Handler]:
        """Declare a handler `async def name(call: Call[Path, Query, Body]) -> Answer`; its docstring is the summary.

        `status` is that of success: 200, or 204 for an answer None. Writes are keyed unless said otherwise. One that
        streams returns the response itself, and says what it `gives` when that is a document.
        """

        def declare(handler: Handler) -> Handler:
            hints = typing.get_type_hints(handler)
            path_model, query_model, body_model = typing.get_args(hints["call"])
            answer = hints["return"]
            answer_model = answer if isinstance(answer, type) and issubclass(answer, BaseModel) else gives
            self.all.append(
                Operation(
                    name=handler.__name__,
                    method=method,
                    path=path,
                    summary=inspect.getdoc(handler) or "",
                    access=access,
                    status=status or (200 if answer_model or traits.get("streams") else 204),
                    keyed=(method != "GET") if keyed is None else keyed,
                    path_model=path_model,
                    query_model=query_model,
                    body_model=body_model,
                    answer_model=answer_model,
                    handler=handler,
                    **traits,
                )
            )
            return handler

        return declare
