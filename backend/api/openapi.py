"""The OpenAPI 3.1 document, from the same declarations that parse the requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from backend.api import idempotency
from backend.api.auth import ACTOR_HEADER, Access
from backend.api.operations import Nothing, Operation, Operations
from backend.api.problems import MEDIA_TYPE, Problem

_REF = "#/components/schemas/{model}"

_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": True,
    "description": "The same key, caller and content always give the same answer; other content gives 409.",
    "schema": {"type": "string", "pattern": idempotency.PATTERN},
}
_ACTOR = {
    "name": ACTOR_HEADER,
    "in": "header",
    "required": False,
    "description": "With a service token: the account acted for, `<channel>:<external id>`, percent-encoded UTF-8.",
    "schema": {"type": "string"},
}
_FILE_NAME = {
    "name": "Jiesu-Filename",
    "in": "header",
    "required": False,
    "description": "Name of the file, percent-encoded UTF-8.",
    "schema": {"type": "string"},
}
_FOR_A_PERSON = (Access.TOKEN, Access.CONTACT, Access.STAFF, Access.PERSON, Access.BINDER, Access.CALLER)


def document(resources: Iterable[Operations], *, version: str, prefix: str) -> dict[str, Any]:
    resources = list(resources)
    schemas, definitions = _schemas(one for resource in resources for one in resource.all)
    paths: dict[str, Any] = {}
    for resource in resources:
        for operation in resource.all:
            paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = _describe(
                operation, resource.tag, schemas
            )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jiesu 接诉",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A service token, or a staff session's token from POST /staff/sessions.",
                }
            },
        },
    }


_Schemas = dict[tuple[Any, JsonSchemaMode], dict[str, Any]]


def _schemas(operations: Iterable[Operation]) -> tuple[_Schemas, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for operation in operations:
        if operation.takes_body:
            wanted[operation.body_model, "validation"] = None
        if operation.answer_model is not None:
            wanted[operation.answer_model, "serialization"] = None
    schemas, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return dict(schemas), definitions["$defs"]


def _describe(operation: Operation, tag: str, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [tag],
        "summary": operation.summary.splitlines()[0] if operation.summary else operation.name,
        "description": f"{operation.summary}\n\nCaller: {operation.access.value}.",
        "parameters": list(_parameters(operation)),
        "responses": {
            str(operation.status): _success(operation, schemas),
            "default": {
                "description": "A problem (RFC 9457).",
                "content": {MEDIA_TYPE: {"schema": schemas[Problem, "serialization"]}},
            },
        },
    }
    if operation.access is not Access.ANYBODY:
        described["security"] = [{"token": []}]
    if operation.takes_body:
        schema = schemas[operation.body_model, "validation"]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif operation.streams and operation.method == "POST":
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return described


def _success(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    if operation.answer_model is not None:
        schema = schemas[operation.answer_model, "serialization"]
        return {"description": "Done.", "content": {"application/json": {"schema": schema}}}
    if operation.streams:
        return {"description": "The file.", "content": {"*/*": {"schema": {}}}}
    return {"description": "Done; nothing to say."}


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    yield from _of_model(operation.path_model, "path")
    yield from _of_model(operation.query_model, "query")
    if operation.access in _FOR_A_PERSON:
        yield _ACTOR
    if operation.keyed:
        yield _KEY
    if operation.streams and operation.method == "POST":
        yield _FILE_NAME


def _of_model(model: type[BaseModel], place: str) -> Iterator[dict[str, Any]]:
    if model is Nothing:
        return
    schema = model.model_json_schema()
    for name, described in schema["properties"].items():
        yield {"name": name, "in": place, "required": place == "path", "schema": _plain(described, schema)}


def _plain(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without the detour by `$defs`, and without null: a parameter not given is not there."""
    kinds = [one for one in described.get("anyOf", []) if one != {"type": "null"}]
    inner: dict[str, Any] = kinds[0] if len(kinds) == 1 else described
    if "$ref" in inner:
        inner = schema["$defs"][inner["$ref"].rsplit("/", 1)[1]]
    return inner
