"""Reading a call's parameters from a query, a form, a multipart body or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.botapi.errors import bad_request
from tests.botapi.updates import Json


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    mime: str
    data: bytes


@dataclass
class Params:
    """A call's parameters; each reader gives None for one that is absent."""

    values: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def number(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        try:
            return None if value in (None, "") else int(str(value))
        except ValueError as error:
            raise bad_request(f'parameter "{name}" must be an integer') from error

    def decimal(self, name: str) -> float | None:
        """A number with a fraction."""
        value = self.text(name)
        try:
            return None if value is None else float(value)
        except ValueError as error:
            raise bad_request(f'parameter "{name}" must be a number') from error

    def flag(self, name: str) -> bool:
        """A boolean; absent is false."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        """A JSON-serialized object, or the object itself in a JSON body."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error


async def read_params(request: web.Request) -> Params:
    """All parameters of the request; those in the body win over those in the query."""
    params = Params(dict(request.query))
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise bad_request("can't parse request JSON object") from error
        params.values |= body if isinstance(body, dict) else {}
    elif request.content_type == "multipart/form-data":
        await _read_multipart(request, params)
    elif request.can_read_body:
        params.values |= dict(await request.post())
    return params


async def _read_multipart(request: web.Request, params: Params) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            params.uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            value.file.close()
        else:
            params.values[name] = value.decode() if isinstance(value, bytes | bytearray) else value
