"""The shape of the code: what linters have no rule for."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Set
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

from backend.contract.acts import ACTS
from backend.contract.notices import KINDS as NOTICES

ROOT = Path(__file__).parent.parent
ROOMS = ("backend", "bot", "cli", "dialogs", "ivr", "locales")
MOST_BRANCHES = 14
"""Of one function: each way round an `if`, a loop, a case, an `except` or a comprehension, each `and` and `or`."""
ACTS_ARE_LISTED_IN = {
    "backend/contract/acts/__init__.py",  # the acts themselves
    "backend/contract/words.py",  # their permissions
    "backend/rules/permissions.py",  # who may, and when
    "backend/api/acts.py",  # which action does it
    "bot/telegram/staff.py",  # the few that a group's menu shows
}

SQL = re.compile(r"\b(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)")
SQL_STANDS_IN = ("backend/storage/", "backend/migrations/", "backend/database.py", "backend/new_database.py")
SENDS_SQL = {"query", "execute", "current", "pooled", "entered"}
"""Of `backend.database`: what the rooms of SQL alone use."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def product() -> dict[str, ast.Module]:
    """What an installation runs, by path."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.split() if not path.startswith(("tests/", "bench/"))]
    return {path: ast.parse((ROOT / path).read_text("utf-8")) for path in paths if (ROOT / path).exists()}


def inside(function: Function) -> Iterator[ast.AST]:
    """All of a function but the functions in it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Function | ast.ClassDef):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def branches(node: ast.AST) -> int:
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While() | ast.ExceptHandler() | ast.IfExp() | ast.match_case():
            return 1
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.BoolOp():
            return len(node.values) - 1
    return 0


def test_a_function_has_few_branches() -> None:
    counted = {
        f"{path}:{node.lineno} {node.name}": 1 + sum(map(branches, inside(node)))
        for path, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }
    assert {place: count for place, count in counted.items() if count > MOST_BRANCHES} == {}


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = grimp.build_graph(*ROOMS, exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the modules


def test_no_module_imports_what_is_private_to_another() -> None:
    private = [
        f"{path}:{node.lineno} {name.name}"
        for path, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.name.startswith("_") and not name.name.startswith("__")
    ]
    assert private == []


def test_sql_stands_in_its_rooms_alone() -> None:
    assert [
        f"{path}:{node.lineno}"
        for path, tree in product().items()
        if not path.startswith(SQL_STANDS_IN)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and (_is_sql(node) or _sends_sql(node))
    ] == []


def test_acts_are_listed_once() -> None:
    verbs = {verb.replace("-", "_").lower() for verb in ACTS}
    assert listed_again(verbs, but=ACTS_ARE_LISTED_IN) == []


def test_notices_are_listed_once() -> None:
    assert listed_again(set(NOTICES), but=frozenset()) == []


def listed_again(names: Set[str], *, but: Set[str]) -> list[str]:
    """Where more than three of these names stand together in a display of a dict, a set or a sequence."""
    return [
        f"{path}:{node.lineno} {sorted(named)}"
        for path, tree in product().items()
        if path not in but
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict | ast.Set | ast.List | ast.Tuple)
        if len(named := names & {_named(one) for one in _members(node)}) > 3
    ]


def _members(node: ast.Dict | ast.Set | ast.List | ast.Tuple) -> list[ast.expr]:
    return [key for key in node.keys if key is not None] if isinstance(node, ast.Dict) else node.elts


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).replace("-", "_").lower()
    return node.attr.lower() if isinstance(node, ast.Attribute) else ""


def _is_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value) is not None


def _sends_sql(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module="backend.database", names=names):
            return not SENDS_SQL.isdisjoint(one.name for one in names)
        case ast.Attribute(value=ast.Name(id="database"), attr=name):
            return name in SENDS_SQL
    return False
