"""Reads the organisation from its file."""

from __future__ import annotations

from pathlib import Path

from backend.actions.organisation_checks import check
from backend.actions.organisation_entries import Organisation
from backend.contract.faults import FileFaults
from backend.contract.misfits import read_model
from backend.contract.yaml_source import Checker, read_source

DEMO_CITY = Path(__file__).resolve().parent.parent / "cities" / "demo.yaml"


def read_organisation(path: Path) -> Organisation:
    """The organisation in a YAML file. Raises FileFaults with all its mistakes."""
    source = read_source(path)
    read = read_model(Organisation, source)
    checker = Checker(source)
    check(read, checker)
    if checker.faults:
        raise FileFaults(checker.faults)
    return read
