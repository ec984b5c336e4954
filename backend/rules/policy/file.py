"""Reads the policy from its file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from backend.contract.faults import Fault, FileFaults
from backend.contract.message import Message
from backend.contract.misfits import read_model
from backend.contract.yaml_source import read_source
from backend.rules.policy.policy import Policy

BUILT_IN = Path(__file__).parents[2] / "policies" / "default.yaml"


def load_policy(path: Path | None) -> Policy:
    """The policy in a YAML file, or the packaged default. Raises FileFaults with all its mistakes."""
    return read_model(Policy, read_source(path or BUILT_IN))


@cache
def built_in_policy() -> Policy:
    """The packaged default, read once."""
    return load_policy(None)


def version_taken(path: Path | None, changed: Sequence[str]) -> FileFaults:
    """What to tell an office that edited a policy that was in force, in these keys, without giving it a new version."""
    keys = ", ".join(changed[:_KEYS_TOLD]) + (", ..." if len(changed) > _KEYS_TOLD else "")
    source = read_source(path or BUILT_IN)
    told = Message("policy.version_taken", {"keys": keys})
    return FileFaults([Fault(source.path, source.line(("version",)), told)])


def policy_schema() -> dict[str, Any]:
    """JSON Schema of the policy file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}


_KEYS_TOLD = 5
