"""Tells how many small faults in the pure rooms the tests notice: `python -m tests.mutants [--sample N] [--seed N]`.

mutmut makes the faults, each in one function of `backend/rules` or `dialogs/engine`, and runs the tests that reach it.
All happens in a copy of the checkout. A fault that only a time limit ends is noticed; one that no test reaches is not.
What mutmut leaves alone is not measured: properties, validators, and tables outside functions. Nor are `AT_IMPORT`.
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name, orig_function_and_class_names_from_key

ROOT = Path(__file__).parent.parent
ROOMS = ("backend/rules", "dialogs/engine")
GOAL = 0.85
AT_IMPORT = tuple(f"backend.rules.permissions.x_{name}__mutmut" for name in (
    "_must", "_staff", "_unit", "_person", "_in_state", "_takes", "_part_is"
))  # fmt: skip
"""Functions that make a table while their module is imported. Tests run in a fork of a process that has imported it, so
a fault in one of these is never switched on, and nothing could notice it: they are left out."""
_NOTICED = frozenset({"killed", "timeout", "segfault", "suspicious"})
"""mutmut's words for a run of tests that did not end well."""
_HUNK = re.compile(r"^@@ -(\d+)", re.MULTILINE)


def main(
    sample: Annotated[int, typer.Option(help="How many faults are tried.")] = 300,
    seed: Annotated[int, typer.Option(help="Which ones: the same seed draws the same faults of the same code.")] = 1,
) -> None:
    """Exit code 1 if fewer than 85 % were noticed."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        _copy_checkout(Path(folder))
        names = sorted(random.Random(seed).sample(list(_names(Path(folder))), sample))
        _mutmut(folder, "run", "--max-children", "1", *names)
        outcomes = _outcomes(folder, names)
        missed = [name for name in names if outcomes[name] not in _NOTICED]
        for name in missed:
            print(_described(Path(folder), name, outcomes[name]))
    share = 1 - len(missed) / len(names)
    print(f"seed {seed}: {len(names) - len(missed)} of {len(names)} noticed, {share:.1%}; the goal is {GOAL:.0%}")
    if share < GOAL:
        raise typer.Exit(1)


def _copy_checkout(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _names(folder: Path) -> Iterator[str]:
    """Of all faults that mutmut would make, in a fixed order."""
    for room in ROOMS:
        for path in sorted((folder / room).rglob("*.py")):
            within = path.relative_to(folder)
            made = mutate_file_contents(str(within), path.read_text("utf-8"))
            names = (get_mutant_name(within, name) for name in made.mutant_names)
            yield from (name for name in names if not name.startswith(AT_IMPORT))


def _mutmut(folder: str, *arguments: str) -> str:
    """What it printed. Its progress goes to the terminal, unless what it prints is the answer."""
    answers = arguments[0] != "run"
    ran = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder, stdout=subprocess.PIPE if answers else None, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )  # fmt: skip
    return ran.stdout or ""


def _outcomes(folder: str, names: Sequence[str]) -> dict[str, str]:
    told = _mutmut(folder, "results", "--all", "true").splitlines()
    outcomes = dict(line.strip().rsplit(": ", 1) for line in told)
    return {name: outcomes[name] for name in names}


def _described(folder: Path, name: str, outcome: str) -> str:
    """file:line of a fault with what was changed there."""
    difference = _mutmut(str(folder), "show", name)
    path = difference.partition("--- ")[2].partition("\n")[0]
    changed = [line for line in difference.splitlines() if re.match(r"[-+] ", line)]
    removed = next((line[1:].strip() for line in changed if line.startswith("-")), "")
    line = _line(folder / path, name, removed, difference)
    return "\n".join([f"{path}:{line} {outcome}, {name}", *(f"    {line}" for line in changed)])


def _line(path: Path, name: str, removed: str, difference: str) -> int:
    """Where in the file the removed text stands: the place nearest to where the difference has it in the function."""
    source = path.read_text("utf-8")
    function_name, class_name = orig_function_and_class_names_from_key(name)
    scope: ast.AST = ast.parse(source)
    if class_name is not None:
        scope = next(node for node in ast.walk(scope) if isinstance(node, ast.ClassDef) and node.name == class_name)
    function = next(
        node
        for node in ast.iter_child_nodes(scope)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function_name
    )
    hunk = _HUNK.search(difference)
    expected = function.lineno + int(hunk[1] if hunk else 1) + 2
    lines = source.splitlines()
    places = [at for at in range(function.lineno, (function.end_lineno or 0) + 1) if lines[at - 1].strip() == removed]
    return min(places, key=lambda at: abs(at - expected), default=function.lineno)


if __name__ == "__main__":
    os.nice(19)
    typer.run(main)
