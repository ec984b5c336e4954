"""Loads folders of scenarios and checks all that can be known before anybody talks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialogs.fields.typed import fold
from dialogs.phrases import read_phrases
from dialogs.templates import BUILT_IN as BUILT_IN
from dialogs.templates.conditions import RESERVED, Condition, ConditionError, Domain, can_hold, compile_condition
from dialogs.templates.faults import Checker, Fault, ScenarioFaults, validated
from dialogs.templates.parsers import DistrictTree, parser_for
from dialogs.templates.scenario import Question, Scenario, Scenarios
from dialogs.templates.source import Place, Source, SourceError, read_source
from dialogs.templates.template import Blocks, ChoiceField, Option, Template, TemplateField, Use

COMMAND_BYTES = 64
"""Telegram's limit of callback data, the narrowest of our channels."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VERSIONED = re.compile(r"^(?P<id>[a-z0-9-]+)(@(?P<version>[0-9]+))?$")


def load_scenarios(paths: Path | Sequence[Path], districts: DistrictTree = ()) -> Scenarios:
    """Load the folders or files. Raises ScenarioFaults with every mistake found."""
    scenarios, faults = _load([paths] if isinstance(paths, Path) else paths, districts)
    if faults:
        raise ScenarioFaults(faults)
    return scenarios


def check(paths: Path | Sequence[Path]) -> list[str]:
    """Every mistake as `file:line: message`; empty if all is well."""
    _, faults = _load([paths] if isinstance(paths, Path) else paths, ())
    return [str(fault) for fault in faults]


@dataclass(frozen=True)
class _Entry:
    """A field with the file and place it was written at."""

    spec: TemplateField
    checker: Checker
    place: Place

    def where(self) -> str:
        return f"{self.checker.source.path}:{self.checker.source.line(self.place)}"


_Shared = Mapping[str, list[_Entry]]


def _load(paths: Iterable[Path], districts: DistrictTree) -> tuple[Scenarios, list[Fault]]:
    current: dict[str, Scenario] = {}
    versions: dict[tuple[str, int], Scenario] = {}
    faults: list[Fault] = []
    for path in paths:
        shared, block_faults = _blocks((path if path.is_dir() else path.parent) / "_blocks.yaml")
        faults += block_faults
        for file in _files(path):
            scenario, found = _scenario(file, shared, districts)
            faults += found
            if scenario is None:
                continue
            key = (scenario.id, scenario.version)
            if key in versions:
                faults.append(Fault(file, 1, f"version {key[1]} of {key[0]} is also in {versions[key].place}"))
            versions[key] = scenario
            withdrawn = "@" in file.stem or file.parent.name == "withdrawn"
            if not withdrawn:
                current[scenario.id] = scenario
    return Scenarios(current, versions), _once(faults)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = [*path.glob("*.yaml"), *path.glob("withdrawn/*.yaml")]
    return sorted(file for file in files if not file.name.startswith("_"))


def _once(faults: list[Fault]) -> list[Fault]:
    """A mistake in a shared block is found by every scenario that uses it, and told once."""
    return sorted(set(faults), key=lambda fault: (str(fault.path), fault.line, fault.reason))


def _blocks(path: Path) -> tuple[_Shared, list[Fault]]:
    if not path.exists():
        return {}, []
    source, faults = _read(path)
    if source is None:
        return {}, faults
    checker = Checker(source)
    blocks = validated(Blocks, checker)
    if blocks is None:
        return {}, checker.faults
    shared: dict[str, list[_Entry]] = {}
    for name, entries in blocks.blocks.items():
        shared[name] = []
        for index, spec in enumerate(entries):
            if isinstance(spec, Use):
                checker.say(("blocks", name, index), "a block cannot use another block")
            else:
                shared[name].append(_Entry(spec, checker, ("blocks", name, index)))
    return shared, checker.faults


def _read(path: Path) -> tuple[Source | None, list[Fault]]:
    try:
        return read_source(path), []
    except SourceError as error:
        return None, [Fault(path, error.line, error.reason)]


def _scenario(path: Path, shared: _Shared, districts: DistrictTree) -> tuple[Scenario | None, list[Fault]]:
    source, faults = _read(path)
    if source is None:
        return None, faults
    checker = Checker(source)
    template = validated(Template, checker)
    if template is None:
        return None, checker.faults
    _check_name(template, path, checker)
    entries = _entries(template, shared, checker)
    questions, domains = _questions(template, entries, districts)
    urgent_if = _condition(template.urgent_if, domains, checker, ("urgent_if",))
    _check_references(template, {entry.spec.id: entry.spec for entry in entries}, checker)
    faults = [*checker.faults, *(fault for entry in entries for fault in entry.checker.faults)]
    return Scenario(template, questions, urgent_if, f"{path}:1"), faults


def _check_name(template: Template, path: Path, checker: Checker) -> None:
    named = _VERSIONED.match(path.stem)
    version = str(template.version)
    if named is None or named["id"] != template.id or (named["version"] or version) != version:
        names = f"{template.id}.yaml, or {template.id}@{version}.yaml once withdrawn"
        checker.say(("id",), f"the file must be named {names}")


def _entries(template: Template, shared: _Shared, checker: Checker) -> list[_Entry]:
    """The fields in order, blocks put in their places, and `kind` first when there is a choice of kinds."""
    result = _kind_entries(template, shared, checker)
    for index, line in enumerate(template.fields):
        if not isinstance(line, Use):
            result.append(_Entry(line, checker, ("fields", index)))
        elif line.use in shared and line.use != "kind":
            result += shared[line.use]
        else:
            checker.say(("fields", index), f"no block {line.use!r} in _blocks.yaml")
    seen: dict[str, str] = {}
    for entry in result:
        if entry.spec.id in seen:
            checker.say(entry.place, f"field {entry.spec.id!r} is already at {seen[entry.spec.id]}")
        seen[entry.spec.id] = entry.where()
    return result


def _kind_entries(template: Template, shared: _Shared, checker: Checker) -> list[_Entry]:
    if len(template.kinds) == 1:
        return []
    for entry in shared.get("kind", []):
        if isinstance(entry.spec, ChoiceField):
            options = tuple(option for option in entry.spec.options if option.id in template.kinds)
            if len(options) == len(set(template.kinds)):
                others = {option.id for option in entry.spec.options if option not in options}
                said = {one: words for one, words in entry.spec.voice.options.items() if one not in others}
                voice = entry.spec.voice.model_copy(update={"options": said})
                spec = entry.spec.model_copy(update={"options": options, "voice": voice})
                return [_Entry(spec, entry.checker, entry.place)]
    checker.say(("kinds",), "_blocks.yaml has no block 'kind' with an option for each of these kinds")
    return []


def _questions(
    template: Template, entries: list[_Entry], districts: DistrictTree
) -> tuple[tuple[Question, ...], dict[str, Domain]]:
    domains: dict[str, Domain] = {}
    if len(template.kinds) == 1:
        domains["kind"] = Domain("choice", template.kinds)
    questions = []
    for entry in entries:
        spec, checker, place = entry.spec, entry.checker, entry.place
        _check_field(entry)
        show_if = _condition(spec.show_if, domains, checker, (*place, "show_if"))
        question = Question(spec, entry.where(), parser_for(spec, districts), show_if)
        domains[spec.id] = question.domain
        notes = []
        for index, note in enumerate(spec.notes):
            when = _condition(note.when, domains, checker, (*place, "notes", index))
            if when is not None:
                notes.append((when, note.localized))
        questions.append(dataclasses.replace(question, notes=tuple(notes)))
    return tuple(questions), domains


def _condition(
    raw: str | Mapping[str, Any] | None, domains: Mapping[str, Domain], checker: Checker, place: Place
) -> Condition | None:
    if raw is None:
        return None
    try:
        condition = compile_condition(raw, domains)
    except ConditionError as error:
        checker.say(place, str(error))
        return None
    if not can_hold(condition, domains):
        checker.say(place, f"unreachable: no answers make this true: {condition.source}")
    return condition


def _check_field(entry: _Entry) -> None:
    spec, checker, place = entry.spec, entry.checker, entry.place
    if spec.id in RESERVED:
        checker.say(place, f"{spec.id!r} is a word of the condition language; choose another id")
    options = spec.options if spec.type in ("choice", "multi_choice") else ()
    for unknown in spec.voice.options.keys() - {option.id for option in options}:
        checker.say((*place, "voice", "options", unknown), f"{spec.id!r} has no option {unknown!r}")
    if spec.type in ("choice", "multi_choice"):
        _check_options(entry, options)


def _check_options(entry: _Entry, options: tuple[Option, ...]) -> None:
    spec, checker, place = entry.spec, entry.checker, entry.place
    phrases = read_phrases()
    ids: set[str] = set()
    said: dict[str, str] = {}
    for index, option in enumerate(options):
        at = (*place, "options", index)
        if option.id in ids:
            checker.say(at, f"option {option.id!r} is there twice")
        ids.add(option.id)
        if len(f"o:0000:{spec.id}:{option.id}".encode()) > COMMAND_BYTES:
            checker.say(at, f"the button's command would be longer than {COMMAND_BYTES} bytes")
        for text in {fold(t): t for t in (option.label.zh, option.label.en, *option.synonyms.all)}.values():
            if verb := phrases.command(text):
                checker.say(at, f"{text!r} is also the command {verb!r}; say it in other words")
            if said.setdefault(fold(text), option.id) != option.id:
                checker.say(at, f"{text!r} also means option {said[fold(text)]!r}")


def _check_references(template: Template, fields: Mapping[str, TemplateField], checker: Checker) -> None:
    story = fields.get(template.story)
    if story is None or story.type != "text" or not story.required or story.show_if is not None:
        checker.say(("story",), f"'story' must name a required text field that is always asked, not {template.story!r}")
    where = fields.get(template.district)
    if where is None or where.type != "district":
        checker.say(("district",), f"'district' must name a field of type district, not {template.district!r}")
    for language in ("zh", "en"):
        for name in _PLACEHOLDER.findall(getattr(template.subject, language)):
            if name not in fields:
                checker.say(("subject", language), f"the placeholder {{{name}}} names no field")
            elif str(fields[name].prefill or "").startswith(("contact.name", "contact.phone")):
                checker.say(("subject", language), f"{{{name}}} would put a person's data into the title")
    if len({spec.prefill for spec in fields.values() if spec.prefill}) != sum(
        1 for spec in fields.values() if spec.prefill
    ):
        checker.say(("fields",), "two fields are prefilled from the same fact")
