"""What a bench found: rows beside their floors, as a table and as bench/latest.json."""

from __future__ import annotations

import json
import platform
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

LATEST = Path(__file__).parent / "latest.json"


@dataclass(frozen=True)
class Goal:
    """What a ratio, or a value without one, has to reach."""

    sign: str
    """`<=` or `>=`."""
    limit: float

    def __str__(self) -> str:
        return f"{self.sign} {self.limit}"

    def met(self, ratio: float) -> bool:
        return ratio <= self.limit if self.sign == "<=" else ratio >= self.limit


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    floor: float | None = None
    """The same done by the least that could do it, in the same unit."""
    ratio: float | None = None
    """Of ours to the floor: of the times where the goal is `<=`, of the rates where it is `>=`."""
    goal: Goal | None = None

    @property
    def met(self) -> bool | None:
        """None when there is no goal."""
        return None if self.goal is None else self.goal.met(self.value if self.ratio is None else self.ratio)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"goal": None if self.goal is None else str(self.goal), "met": self.met}


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns."""
    heads = ("name", "value", "unit", "floor", "ratio", "goal", "met")
    lines = [heads, *(_cells(one) for one in figures)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heads))]
    left = {0, 2, 5, 6}
    return "\n".join(
        "  ".join(_pad(cell, width, left=at in left) for at, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    )


def write(figures: Sequence[Figure], now: datetime, path: Path = LATEST) -> None:
    """Keep the figures with what they were measured on."""
    load = psutil.getloadavg()[0]
    document = {
        "at": now.isoformat(timespec="seconds"),
        "machine": {
            "cores": psutil.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load": round(load, 2),
        },
        "figures": [one.as_json() for one in figures],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    goal = "" if figure.goal is None else str(figure.goal)
    return (
        figure.name,
        _number(figure.value),
        figure.unit,
        _number(figure.floor),
        _number(figure.ratio),
        goal,
        met,
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    fill = " " * (width - _width(text))
    return text + fill if left else fill + text
