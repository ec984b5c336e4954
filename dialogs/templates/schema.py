"""The format of scenario files as JSON Schema, for editors."""

from __future__ import annotations

from typing import Any

from dialogs.templates.template import Blocks, Template


def scenario_schema() -> dict[str, Any]:
    """Schema of a scenario file. What needs more than one field at a time, only the loader checks."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Template.model_json_schema()}


def blocks_schema() -> dict[str, Any]:
    """Schema of `_blocks.yaml`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Blocks.model_json_schema()}
