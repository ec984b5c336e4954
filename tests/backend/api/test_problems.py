"""Every error is a problem document."""

import io
from typing import Any

import pytest

from backend.api.app import BODY_BYTES
from tests.backend.city import SERVICE_TOKEN, Backend

HEADERS = {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": "telegram:1", "Idempotency-Key": "problem-key"}
JSON = {"Content-Type": "application/json"}


async def _problem(backend: Backend, method: str, path: str, **request: Any) -> dict[str, Any]:
    async with backend.session.request(method, backend.url + path, **request) as answer:
        assert answer.content_type == "application/problem+json"
        document: dict[str, Any] = await answer.json(content_type=None)
        assert document["status"] == answer.status
        assert document["type"].endswith(document["code"])
        assert document["detail"]
        return document | {"headers": answer.headers}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/v1/nowhere", 404, "not-found"),
        ("PUT", "/api/v1/tickets", 405, "method-not-allowed"),
        ("GET", "/api/v1/tickets/12", 404, "not-found"),
        ("GET", "/api/v1/tickets?limit=0", 422, "invalid"),
        ("GET", "/api/v1/tickets?limit=1&unknown=1", 422, "invalid"),
        ("GET", "/api/v1/tickets?cursor=x", 422, "invalid"),
    ],
)
async def test_addresses(backend: Backend, method: str, path: str, status: int, code: str) -> None:
    problem = await _problem(backend, method, path, headers=HEADERS)
    assert (problem["status"], problem["code"]) == (status, code)
    if status == 405:
        assert set(problem["headers"]["Allow"].split(",")) >= {"GET", "POST"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "invalid"),
        (b"\xff", 422, "invalid"),
        (b"", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'{"language": "fr"}', 422, "invalid"),
        (b'{"nickname": "x"}', 422, "invalid"),
        (b'{"phone": 13800138000}', 422, "invalid"),
        (b'{"name": "' + b"x" * BODY_BYTES + b'"}', 413, "too-large"),
    ],
)
async def test_bodies(backend: Backend, body: bytes, status: int, code: str) -> None:
    problem = await _problem(backend, "PATCH", "/api/v1/contact", headers=HEADERS | JSON, data=io.BytesIO(body))
    assert (problem["status"], problem["code"]) == (status, code)


async def test_form_is_not_json(backend: Backend) -> None:
    problem = await _problem(backend, "PATCH", "/api/v1/contact", headers=HEADERS, data=b"name=x")
    assert (problem["status"], problem["code"]) == (415, "media-type")


async def test_what_was_sent_is_not_repeated(backend: Backend) -> None:
    body = b'{"phone": "not a number: 13800138000"}'
    problem = await _problem(backend, "PATCH", "/api/v1/contact", headers=HEADERS | JSON, data=body)
    assert problem["errors"] == [{"at": "body.phone", "problem": problem["errors"][0]["problem"]}]
    assert "13800138000" not in str(problem["errors"])
