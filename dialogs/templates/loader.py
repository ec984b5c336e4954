"""Loads folders of scenarios and checks all that can be known before anybody talks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.contract.faults import Fault, FileFaults, Place, suggestion
from backend.contract.message import Message
from backend.contract.yaml_source import Checker, read_source
from dialogs.templates import BUILT_IN as BUILT_IN
from dialogs.templates import folder, told
from dialogs.templates.checks import Entry, check_field, check_head, check_references, check_words
from dialogs.templates.conditions import Condition, ConditionError, Domain, can_hold, compile_condition
from dialogs.templates.parsers import DistrictTree, parser_for
from dialogs.templates.scenario import Question, Scenario, Scenarios
from dialogs.templates.template import Blocks, ChoiceField, Option, Template, Use
from dialogs.templates.validation import formed

_VERSIONED = re.compile(r"^(?P<id>[a-z0-9-]+)(@(?P<version>[0-9]+))?$")


def load_scenarios(path: Path, districts: DistrictTree = ()) -> Scenarios:
    """Load a folder. Raises FileFaults with every mistake found.

    Conditions may name `districts`; without them any code is taken.
    """
    scenarios, faults = _load(path, districts)
    if faults:
        raise FileFaults(faults)
    return scenarios


def check(path: Path, districts: DistrictTree = ()) -> list[Fault]:
    """Every mistake of a folder."""
    _, faults = _load(path, districts)
    return faults


@dataclass(frozen=True)
class _Blocks:
    """The blocks of `_blocks.yaml`."""

    blocks: Mapping[str, list[Entry]]
    unsure: frozenset[str] = frozenset()
    """Ids of fields in them that do not fit."""
    readable: bool = True
    """False: nothing is known of the blocks, so nothing can be said of the fields that need them."""


def _load(path: Path, districts: DistrictTree) -> tuple[Scenarios, list[Fault]]:
    current: dict[str, Scenario] = {}
    versions: dict[tuple[str, int], Scenario] = {}
    found = folder.look(path)
    shared, block_faults = _blocks(path / folder.BLOCKS)
    faults = [*found.faults, *block_faults] if found.files else list(found.faults)
    for file in found.files:
        scenario, own = _scenario(file, shared, districts)
        faults += own
        if scenario is None:
            continue
        key = (scenario.id, scenario.version)
        if key in versions:
            other = versions[key].place.rpartition(":")[0]
            twice = Message("template.version_twice", {"id": key[0], "version": key[1], "file": other})
            faults.append(Fault(file, 1, twice))
        versions[key] = scenario
        if not _is_withdrawn(file):
            current[scenario.id] = scenario
    if found.files and not current and not faults:
        faults.append(Fault(path, 0, Message("template.folder.empty")))
    faults += _newer_withdrawn(current, versions)
    for name, scenario in current.items():
        current[name], own = told.with_told(scenario, path)
        versions[name, scenario.version] = current[name]
        faults += own
    if not faults:  # a template with mistakes is not known
        faults += told.strays(path, current)
    return Scenarios(current, versions), _once(faults)


def _is_withdrawn(file: Path) -> bool:
    return "@" in file.stem or file.parent.name == folder.WITHDRAWN


def _newer_withdrawn(current: Mapping[str, Scenario], versions: Mapping[tuple[str, int], Scenario]) -> list[Fault]:
    return [
        Fault(Path(scenario.place.rpartition(":")[0]), 1, Message("template.version_newer", {"version": version}))
        for (name, version), scenario in versions.items()
        if name in current and version > current[name].version
    ]


def _once(faults: Sequence[Fault]) -> list[Fault]:
    """A mistake in a shared block is found by every scenario that uses it, and told once."""
    result: list[Fault] = []
    for fault in sorted(faults, key=lambda one: (str(one.path), one.line)):
        if fault not in result:
            result.append(fault)
    return result


def _blocks(path: Path) -> tuple[_Blocks, list[Fault]]:
    if not path.exists():
        return _Blocks({}, readable=not path.is_symlink()), []
    try:
        checker = Checker(read_source(path))
    except FileFaults as error:
        return _Blocks({}, readable=False), list(error.faults)
    read = formed(Blocks, checker)
    if read is None:
        return _Blocks({}, readable=False), checker.faults
    check_words(checker.source.data, checker)
    shared: dict[str, list[Entry]] = {}
    for name, entries in read.model.blocks.items():
        shared[name] = []
        for index, spec in enumerate(entries):
            place: Place = ("blocks", name, index)
            if isinstance(spec, Use):
                checker.say(place, Message("template.block_in_block"))
            else:
                shared[name].append(Entry(spec, checker, place))
    return _Blocks(shared, read.unsure), checker.faults


def _scenario(path: Path, shared: _Blocks, districts: DistrictTree) -> tuple[Scenario | None, list[Fault]]:
    try:
        checker = Checker(read_source(path))
    except FileFaults as error:
        return None, list(error.faults)
    read = formed(Template, checker)
    if read is None:
        return None, checker.faults
    template, unsure = read.model, read.unsure | shared.unsure
    if "id" not in unsure:
        _check_name(template, path, checker)
    check_head(template, unsure, checker)
    check_words(checker.source.data, checker)
    if not shared.readable:
        return None, checker.faults
    entries = _entries(template, shared, checker)
    fields = {entry.spec.id: entry.spec for entry in entries}
    known = _Known({}, frozenset(fields), unsure)
    questions = _questions(template, entries, districts, known)
    urgent_if = known.condition(template.urgent_if, checker, ("urgent_if",))
    check_references(template, fields, unsure, checker)
    faults = [*checker.faults, *(fault for entry in entries for fault in entry.checker.faults)]
    return Scenario(template, questions, urgent_if, f"{path}:1"), faults


def _check_name(template: Template, path: Path, checker: Checker) -> None:
    named = _VERSIONED.match(path.stem)
    version = str(template.version)
    if named is None or named["id"] != template.id or (named["version"] or version) != version:
        checker.say(("id",), Message("template.file.name", {"id": template.id, "version": version}))


def _entries(template: Template, shared: _Blocks, checker: Checker) -> list[Entry]:
    """The fields in order, blocks put in their places, and `kind` first when there is a choice of kinds."""
    result = _kind_entries(template, shared, checker)
    for index, line in enumerate(template.fields):
        if not isinstance(line, Use):
            result.append(Entry(line, checker, ("fields", index)))
        elif line.use in shared.blocks and line.use != "kind":
            result += shared.blocks[line.use]
        else:
            _say_unknown_block(line.use, index, shared, checker)
    seen: dict[str, str] = {}
    for entry in result:
        if entry.spec.id in seen:
            entry.say((), Message("template.field_twice", {"field": entry.spec.id, "place": seen[entry.spec.id]}))
        seen[entry.spec.id] = entry.where()
    return result


def _say_unknown_block(name: str, index: int, shared: _Blocks, checker: Checker) -> None:
    known = shared.blocks.keys() - {"kind"}
    hint = (
        suggestion(name, known) if known else Message("template.copy_blocks", {"file": str(BUILT_IN / folder.BLOCKS)})
    )
    checker.say(("fields", index), Message("template.unknown_block", {"block": name}), hint)


def _kind_entries(template: Template, shared: _Blocks, checker: Checker) -> list[Entry]:
    if len(set(template.kinds)) == 1:
        return []
    for entry in shared.blocks.get("kind", []):
        if isinstance(entry.spec, ChoiceField):
            options = tuple(_among(option, template) for option in entry.spec.options if option.id in template.kinds)
            if len(options) == len(set(template.kinds)):
                others = {option.id for option in entry.spec.options if option not in options}
                said = {one: words for one, words in entry.spec.voice.options.items() if one not in others}
                voice = entry.spec.voice.model_copy(update={"options": said})
                spec = entry.spec.model_copy(update={"options": options, "voice": voice})
                return [Entry(spec, entry.checker, entry.place)]
    hint = None if shared.blocks else Message("template.copy_blocks", {"file": str(BUILT_IN / folder.BLOCKS)})
    checker.say(("kinds",), Message("template.no_kinds"), hint)
    return []


def _among(option: Option, template: Template) -> Option:
    """A kind as it stands beside those that are offered with it."""
    return option.model_copy(update={"over": tuple(one for one in option.over if one in template.kinds)})


@dataclass(frozen=True)
class _Known:
    """What conditions may name."""

    domains: dict[str, Domain]
    """Of the fields asked so far."""
    ids: frozenset[str]
    """Of all fields."""
    unsure: frozenset[str]

    def condition(self, raw: str | Mapping[str, Any] | None, checker: Checker, place: Place) -> Condition | None:
        """None where there is none, or none that can be meant: that is told."""
        if raw is None:
            return None
        try:
            condition = compile_condition(raw, self.domains)
        except ConditionError as error:
            if error.name in self.ids:
                checker.say(place, Message("template.condition.later", {"field": error.name}))
            else:
                checker.say(place, error.reason, error.hint)
            return None
        if not self.unsure & condition.names and not can_hold(condition, self.domains):
            checker.say(place, Message("template.condition.unreachable", {"condition": condition.source}))
        return condition


def _questions(
    template: Template, entries: list[Entry], districts: DistrictTree, known: _Known
) -> tuple[Question, ...]:
    if len(set(template.kinds)) == 1:
        known.domains["kind"] = Domain("choice", template.kinds)
    questions = []
    for entry in entries:
        spec, checker, place = entry.spec, entry.checker, entry.place
        check_field(entry)
        show_if = known.condition(spec.show_if, checker, (*place, "show_if"))
        question = Question(spec, entry.where(), parser_for(spec, districts), show_if)
        known.domains[spec.id] = question.domain
        notes = []
        for index, note in enumerate(spec.notes):
            when = known.condition(note.when, checker, (*place, "notes", index, "if"))
            if when is not None:
                notes.append((when, note.localized))
        questions.append(dataclasses.replace(question, notes=tuple(notes)))
    return tuple(questions)
