"""The OpenAPI document: true to the operations, and held to by schemathesis over HTTP."""

import asyncio
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from backend.api.app import PREFIX, RESOURCES, api_document
from tests.backend.city import SERVICE_TOKEN, Backend, new_ticket, session_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
EXAMPLES = 3
"""A caller, operation and kind of input: three callers of about 60 operations make some 1200 requests."""

CALLERS = {
    "contact": {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": "telegram:4711"},
    "service": {"Authorization": f"Bearer {SERVICE_TOKEN}"},
    "office": {"Authorization": f"Bearer {session_token('office')}"},
}


def test_every_operation_is_described() -> None:
    document = api_document()
    described = {
        (method.upper(), path.removeprefix(PREFIX)) for path, methods in document["paths"].items() for method in methods
    }
    assert described == {(one.method, one.path) for resource in RESOURCES for one in resource.all}
    assert document["openapi"].startswith("3.1")
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(set(names)) == len(names)


def test_every_write_but_the_named_ones_takes_a_key() -> None:
    unkeyed = {one.name for resource in RESOURCES for one in resource.all if one.method != "GET" and not one.keyed}
    assert unkeyed == {
        "log_in",
        "finish_log_in",
        "enrol",
        "confirm_second_factor",
        "turn_off_second_factor",
        "change_password",
        "look_up",
        "find_same",
        "look_at_person",
        "make_binding_code",
        "claim_notices",
        "mark_notice_sent",
        "mark_notice_failed",
    }


@pytest.mark.slow
@pytest.mark.parametrize("caller", CALLERS)
async def test_schemathesis(backend: Backend, caller: str) -> None:
    """No input gets a 500, an undeclared answer, or a success it should not have."""
    receipt = await backend.client.acting_as("telegram:4711").file_ticket(new_ticket(), key=backend.key())
    real = {"number": receipt.number}
    failures = await asyncio.to_thread(_run, backend.url, CALLERS[caller], real)
    assert not failures, "\n\n".join(failures[:10])


def _run(url: str, headers: dict[str, str], real: dict[str, str]) -> list[str]:
    schema = schemathesis.openapi.from_dict(_without_caller(api_document()))
    schema.config.update(base_url=url)
    failures: list[str] = []
    with requests.Session() as session:
        for result in schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]  # our own document is valid
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                try:
                    _check(operation, mode, headers, session, {})
                    if "{number}" in operation.path and "{chat}" not in operation.path:
                        _check(operation, mode, headers, session, {"path_parameters": real})
                except Unsatisfiable:
                    pass  # an operation without parameters has nothing to get wrong
                except Exception as error:
                    failures.append(f"{operation.label} ({mode.value}): {error}")
    return failures


def _check(
    operation: Any,
    mode: GenerationMode,
    headers: dict[str, str],
    session: requests.Session,
    fixed: dict[str, Any],
) -> None:
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def check(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS, session=session)

    check()


def _without_caller(document: dict[str, Any]) -> dict[str, Any]:
    """The document less what says who calls: the test sends that itself, always rightly."""
    for methods in document["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
            operation["parameters"] = [one for one in operation["parameters"] if one["name"] != "Jiesu-Actor"]
    return document
