"""Errors as RFC 9457 problem documents: every answer that is not a success is one."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.contract.errors import BackendError, Invalid, TooMany, Unavailable
from backend.database import LOST, fullness

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)

_HTTP_CODES = {400: "invalid", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "media-type"}


class Problem(BaseModel):
    """What went wrong, for programs (`code`) and for people who run them (`detail`)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str


class UnsupportedMedia(BackendError):
    """The body must be JSON: send Content-Type application/json."""

    status = 415
    code = "media-type"


@web.middleware
async def answer_problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn whatever a handler raises into a problem document."""
    try:
        return await handler(request)
    except BackendError as error:
        return problem(error.status, error.code, error.detail, error.extra)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _of_http(error)
    except web.RequestPayloadError:  # cut off, or no HTTP: nothing of ours is wrong
        return problem(400, Invalid.code, "The body cannot be read; send it again, whole.", {})
    except LOST:
        _log.warning("the database does not answer", exc_info=True)
        return problem(Unavailable.status, Unavailable.code, Unavailable().detail, {"retry_after": 1})
    except Exception as error:
        if fullness.seen_in(error):
            _log.error("the database's disk is full")
            return problem(Unavailable.status, Unavailable.code, Unavailable().detail, {"retry_after": 30})
        _log.exception("request failed")
        return problem(500, "internal", "This is our fault; it has been logged.", {})


def problem(status: int, code: str, detail: str, extra: dict[str, Any]) -> web.Response:
    members = {key: value for key, value in extra.items() if key != "retry_after"}
    document = {
        "type": f"urn:jiesu:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (TooMany.status, Unavailable.status):
        headers["Retry-After"] = str(extra.get("retry_after", 1))
    body = json.dumps(document, ensure_ascii=False, default=str).encode()
    return web.Response(body=body, status=status, content_type=MEDIA_TYPE, headers=headers)


def invalid(error: ValidationError, where: str) -> Invalid:
    """What was wrong where, without the values sent: they may be personal."""
    found = [
        {"at": ".".join((where, *map(str, item["loc"]))), "problem": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return Invalid(errors=found[:20])


def _of_http(error: web.HTTPException) -> web.Response:
    code = _HTTP_CODES.get(error.status, "http")
    answer = problem(error.status, code, error.reason or code, {})
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
