"""Holds for a moment, in this process's memory alone, what is shown once and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class ShortMemory(Generic[KeyT, ValueT]):
    """So that a delivery that failed can be repeated whole. What is held ends by itself, or with the process."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: dict[KeyT, tuple[ValueT, asyncio.TimerHandle]] = {}

    def hold(self, key: KeyT, value: ValueT) -> None:
        self._drop(key)
        self._held[key] = (value, asyncio.get_running_loop().call_later(self._seconds, self._drop, key))

    def get(self, key: KeyT) -> ValueT | None:
        held = self._held.get(key)
        return held[0] if held is not None else None

    def _drop(self, key: KeyT) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            held[1].cancel()
