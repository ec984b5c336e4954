"""Keeps the event loop free while words are read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SHORT = 120
"""Characters that are read in about two milliseconds. To hand them to a thread and back takes both cores longer."""


async def read_aside(words: str, reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `reader` makes of `args`: in a thread where the words are long, else in place."""
    if len(words) <= _SHORT:
        return reader(*args, **kwargs)
    return await asyncio.to_thread(reader, *args, **kwargs)
