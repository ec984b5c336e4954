"""Logging for operators: one line an event, as JSON or text, with fields and without personal data."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal, TextIO

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request being served, also sent back in the header X-Request-Id."""

_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(style: Literal["json", "text"], level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything logged in this process to one stream (standard error unless given)."""
    handler = BatchingHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Nothing of these is in our lines, and finding them out costs more than writing one ("Optimization" in Python's
    # logging guide).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # Statements, and with them the values of columns, must never reach a log, whatever the level.
    for name in ("tortoise", "tortoise.db_client", "asyncio", "aiohttp.access"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


class BatchingHandler(logging.StreamHandler[TextIO]):
    """Writes what an event loop logs together, a moment later: each line by itself is a call of the system, of which a
    busy process makes hundreds a second. A warning is written at once, with all before it.
    """

    SECONDS = 0.05

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one that is going to write."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record) + self.terminator)
            if record.levelno >= logging.WARNING or not self._later():
                self.flush()
        except Exception:  # as every handler: what cannot be logged stops nobody
            self.handleError(record)

    def flush(self) -> None:
        with self.lock or contextlib.nullcontext():
            lines, self._lines = self._lines, []
            if lines:
                self.stream.write("".join(lines))
            super().flush()

    def _later(self) -> bool:
        """Whether it will be written by a loop that runs here."""
        if len(self._lines) > 1 and self._loop is not None and not self._loop.is_closed():
            return True
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        self._loop.call_later(self.SECONDS, self.flush)
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the fields given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name, **_fields(record)}
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for a terminal: `12:00:01 INFO backend.api: served operation=... status=200`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        event = fields.pop("event")
        stack = fields.pop("stack", None)
        told = "".join(f" {name}={value}" for name, value in fields.items())
        return f"{_time(record)[11:19]} {record.levelname} {record.name}: {event}{told}" + (
            f"\n{stack}" if stack else ""
        )


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = {"event": record.getMessage()}
    if (current := request_id.get()) is not None:
        fields["request"] = current
    fields.update((name, value) for name, value in vars(record).items() if name not in _ORDINARY)
    if record.exc_info and record.exc_info[0] is not None:
        kind, _, place = record.exc_info
        # The message of a database or validation error quotes the values it met: people's names and numbers.
        fields["error"] = f"{kind.__module__}.{kind.__qualname__}"
        fields["stack"] = "".join(traceback.format_tb(place))
    return fields
