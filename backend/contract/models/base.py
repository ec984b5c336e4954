"""The two directions of the API: requests are parsed strictly, answers read leniently."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    """Base of what is sent to the backend: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """Base of what the backend sends: readers ignore fields they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)
