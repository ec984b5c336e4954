"""The documents name every setting, command, error, measure, role and scope that there is, and lead nowhere wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import jiesu
from backend.api import problems
from backend.api.health import Meters
from backend.contract.errors import BackendError
from backend.contract.words import Role, Scope
from backend.rounds import Rounds
from cli.main import app
from ivr.meters import Meters as PhoneMeters
from settings import Settings

ROOT = Path(jiesu.__file__).parent
_PATTERNS = {"tests/x/test_y.py", "tests/conversations/ID.yaml", "bench/latest.json"}
"""Stand for many files."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def commands(group: object = None, path: str = "jiesu") -> Iterator[str]:
    """Every command in full, such as `jiesu city load`."""
    inside = getattr(group or typer.main.get_command(app), "commands", None)
    if inside is None:
        yield path
        return
    for name, one in inside.items():
        yield from commands(one, f"{path} {name}")


def _below(kind: type[BackendError]) -> Iterator[type[BackendError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_every_error_code_is_explained() -> None:
    kinds: set[type[BackendError]] = {BackendError, *_below(BackendError)}
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3})", page("api.md"), re.MULTILINE))
    thrown = {kind.code: str(kind.status) for kind in kinds}
    of_http = {code: str(status) for status, code in problems._HTTP_CODES.items()}
    assert rows == of_http | thrown


def test_every_setting_is_explained() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", page("production.md")))
    assert {name.upper() for name in Settings.model_fields} <= named
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert {name.upper() for name in Settings.model_fields} == set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))


def test_the_documents_name_no_setting_that_is_not_there() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", page("production.md"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_command_is_explained_and_no_other() -> None:
    table = page("operation.md").partition("## Commands")[2]
    assert set(re.findall(r"`(jiesu [a-z -]+)`", table)) == set(commands())


def test_every_measure_is_explained() -> None:
    metrics = [metric for one in (Meters(), Rounds(), PhoneMeters()) for metric in one.registry.collect()]
    there = {sample.name for metric in metrics for sample in metric.samples}
    there |= {metric.name for metric in metrics}
    rows = set(re.findall(r"^\| `(jiesu_[a-z_]+)` \|", page("operation.md"), re.MULTILINE))
    assert {name.removesuffix("_total") for name in rows} == {
        name for name in there if not name.endswith(("_total", "_created", "_bucket", "_count", "_sum"))
    }


def test_every_role_and_scope_is_explained() -> None:
    heads = page("security.md").partition("## Who may do what")[2].partition("## ")[0]
    assert all(role.value in heads for role in Role)
    assert {scope.value for scope in Scope} <= set(re.findall(r"^\| `([a-z]+)` \|", page("api.md"), re.MULTILINE))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for target in re.findall(r"""(?:\]\(|src=")([^)"]+)[)"]""", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (file.parent / path) if path else file
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def anchors(file: Path) -> set[str]:
    """Anchors of the headings, as the usual viewers make them."""
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_named_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:deploy|docs|backend|dialogs|bot|tests|locales|bench)/[\w./-]*)`", text):
        assert name in _PATTERNS or (ROOT / name).exists(), name
