"""Checks the catalogues against the code: `python -m locales.check` prints every fault as file:line and exits 1."""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Message as Entry

from backend.contract.acts import ACTS, FILL_IN
from backend.contract.acts.act import AnyAct, Stage, Wants
from backend.contract.words import EventKind
from locales import DOMAIN, LANGUAGES, VOICE, catalogue_path, read_catalogue

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    *("dialogs", "bot", "ivr", "backend", "cli"),
    *("authoring.py", "embedded.py", "preflight.py", "settings.py", "wiring.py", "wiring_channels.py"),
)
SPOKEN = "ivr."
"""How the keys begin that only the telephone has: they stand in `VOICE` alone."""
CALLS = frozenset({"Message", "problem", "t", "say", "button"})
"""Functions whose first argument is a key of the catalogues."""
_SURE = frozenset({"Message", "problem"})

_KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-zA-Z0-9_-]+)+$")
_IN_TEMPLATE = re.compile(r"\b(?:t|button)\(([^,)]*)")
_VOCABULARY = re.compile(r"\bword\(\s*\"([a-z_]+)\"")
_QUOTED = re.compile(r"\"([^\"]*)\"")
_PLACEHOLDER_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


Entries = Mapping[str, Mapping[str, Entry]]
"""Entries of a domain by language and key."""


@dataclass(frozen=True)
class Use:
    """A place where the code names a key, or the beginning of one (`exact` is False)."""

    key: str
    where: str
    exact: bool
    args: frozenset[str] | None = None
    """Names of the arguments, when they can be read from the code."""


@dataclass
class Uses:
    """What the code says about keys."""

    sure: list[Use] = field(default_factory=list)
    """Must be in the catalogues."""
    words: set[str] = field(default_factory=set)
    """Texts that look like keys: enough for a key not to count as unused."""


def check(root: Path | None = None, folders: Sequence[str] = FOLDERS) -> list[str]:
    """Every fault as `file:line: what`, in reading order."""
    uses = read_uses(root or ROOT, folders)
    if root is None:
        uses.sure += described()
    given = _given(uses)
    written, spoken = _entries_of(DOMAIN), _entries_of(VOICE)
    faults = [*_twice(DOMAIN), *_twice(VOICE)]
    faults += [*_catalogue_faults(DOMAIN, written, given), *_catalogue_faults(VOICE, spoken, {})]
    faults += _spoken_faults(written, spoken, given)
    faults += _use_faults(uses, {**written[LANGUAGES[0]], **_own(spoken[LANGUAGES[0]])})
    faults += _unused(DOMAIN, uses, written)
    return [*faults, *_unused(VOICE, uses, {language: _own(entries) for language, entries in spoken.items()})]


def read_uses(root: Path, folders: Sequence[str]) -> Uses:
    """All keys that Python code and templates name."""
    uses = Uses()
    for path in _files(root, folders):
        where = path.relative_to(root)
        if path.suffix == ".py":
            _read_python(path, str(where), uses)
        else:
            _read_template(path, str(where), uses)
    return uses


def placeholders(text: str) -> frozenset[str]:
    """Names in braces. Raises ValueError when the braces are not a format."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    for name in names:
        if not _PLACEHOLDER_NAME.match(name):
            raise ValueError(f"placeholder {{{name}}} is not a plain name")
    return frozenset(names)


def main() -> int:
    faults = check()
    for fault in faults:
        print(fault)
    if not faults:
        written, spoken = (len(_entries_of(domain)[LANGUAGES[0]]) for domain in (DOMAIN, VOICE))
        print(f"{written} texts, {spoken} of them spoken, in {len(LANGUAGES)} languages, all used and complete")
    return 1 if faults else 0


def _files(root: Path, folders: Sequence[str]) -> Iterator[Path]:
    for name in folders:
        place = root / name
        if place.is_file():
            yield place
        else:
            yield from sorted(p for p in place.rglob("*") if p.suffix in (".py", ".j2", ".js") and p.is_file())


def _entries_of(domain: str) -> Entries:
    """The entries of every language's catalogue of a domain, by key."""
    catalogues = {language: read_catalogue(catalogue_path(language, domain)) for language in LANGUAGES}
    return {language: {str(entry.id): entry for entry in found if entry.id} for language, found in catalogues.items()}


def _own(spoken: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries that only the telephone has."""
    return {key: entry for key, entry in spoken.items() if key.startswith(SPOKEN)}


# --- what the code uses -----------------------------------------------------------------------------------------


def _read_python(path: Path, where: str, uses: Uses) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    named = _named_dicts(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _is_key(node.value):
            uses.words.add(str(node.value))
        elif isinstance(node, ast.JoinedStr) and "." in (start := _beginning(node) or ""):
            uses.sure.append(Use(start, f"{where}:{node.lineno}", exact=False))
        elif isinstance(node, ast.Call) and _name(node.func) in CALLS and node.args:
            uses.sure += _keys(node, where, named.get(id(node), {}))


def _named_dicts(tree: ast.AST) -> dict[int, dict[str, ast.expr | None]]:
    """By each call, the dict displays that its function gives names to."""
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {id(node): _dicts(scope) for scope in scopes for node in ast.walk(scope) if isinstance(node, ast.Call)}


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.match(value) is not None


def _dicts(scope: ast.AST) -> dict[str, ast.expr | None]:
    """The dict displays that a function gives names to; None for a name that gets several."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found[target.id] = None if target.id in found else node.value
    return found


def _keys(call: ast.Call, where: str, named: Mapping[str, ast.expr | None]) -> Iterator[Use]:
    args = _arguments(call, named)
    for node in _branches(call.args[0]):
        # Others may call something `say` too: there only what looks like a key is one.
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (_name(call.func) in _SURE or _KEY.match(node.value))
        ):
            yield Use(node.value, f"{where}:{node.lineno}", exact=True, args=args)


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    else:
        yield node


def _arguments(call: ast.Call, named: Mapping[str, ast.expr | None]) -> frozenset[str] | None:
    if _name(call.func) == "button":
        return frozenset()
    if _name(call.func) != "Message":
        return None if any(word.arg is None for word in call.keywords) else frozenset(str(w.arg) for w in call.keywords)
    given = call.args[1] if len(call.args) > 1 else next((w.value for w in call.keywords if w.arg == "args"), None)
    return frozenset() if given is None else _dict_keys(given, named)


def _dict_keys(given: ast.expr, named: Mapping[str, ast.expr | None]) -> frozenset[str] | None:
    """Keys of a dict display, also one that has a name or holds another by `**`; None when they cannot be read."""
    if isinstance(given, ast.Name):
        display = named.get(given.id)
        return None if display is None else _dict_keys(display, {})
    if not isinstance(given, ast.Dict):
        return None
    keys: set[str] = set()
    for key, value in zip(given.keys, given.values, strict=True):
        inner = _dict_keys(value, named) if key is None else None
        if isinstance(key, ast.Constant):
            keys.add(str(key.value))
        elif inner is not None:
            keys |= inner
        else:
            return None
    return frozenset(keys)


def _beginning(node: ast.JoinedStr) -> str:
    """The constant start of an f-string that could be a key, else empty."""
    first = node.values[0] if node.values else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    return first.value if re.match(r"^[a-z][a-z0-9_]*\.([a-z0-9_]+\.)*[a-z0-9_]*$", first.value) else ""


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _read_template(path: Path, where: str, uses: Uses) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{where}:{number}"
        keys = [key for first in _IN_TEMPLATE.findall(line) for key in _QUOTED.findall(first) if _KEY.match(key)]
        uses.sure += [Use(key, place, exact=True) for key in keys]
        uses.words.update(text for text in _QUOTED.findall(line) if _KEY.match(text))
        uses.sure += [Use(f"{name}.", place, exact=False) for name in _VOCABULARY.findall(line)]


def described() -> Iterator[Use]:
    """Keys that no place in the code names whole: the texts of acts, and of events in the timeline."""
    for act in ACTS.values():
        where = f"{act.request.__module__.replace('.', '/')}.py"
        for key, args in _of_act(act):
            yield Use(key, where, exact=True, args=frozenset(args))
    for kind in EventKind:
        yield Use(f"event.{kind}", "backend/contract/words.py", exact=True, args=frozenset())


def _of_act(act: AnyAct) -> Iterator[tuple[str, Iterable[str]]]:
    answers = ("_yes", "_no") if any(stage.chosen for stage in act.stages) else ("",)
    for answer in answers:
        yield f"button.{act.verb}{answer}", ()
        if act.confirmed and act is not FILL_IN:
            yield f"do.{act.verb}.confirm{answer}", {"number"}
    if act.at_once:
        yield f"do.{act.verb}.not_now", ()
    if not act.reads and act is not FILL_IN:
        yield f"do.{act.verb}.done", {"number"}
    if act is not FILL_IN:  # a form asks for what is filled in
        yield from _of_stages(act, answers)


def _of_stages(act: AnyAct, answers: Iterable[str]) -> Iterator[tuple[str, Iterable[str]]]:
    for stage in act.asked:
        for answer in (one for one in answers if _is_asked(act, stage, one)):
            yield f"do.{act.verb}.ask_{stage.name}{answer}", {"number", *act.tells}
        if stage.optional:
            yield f"do.{act.verb}.skip_{stage.name}", ()
        if act.confirmed and stage.wants is not Wants.MATERIAL:
            yield f"confirm.{stage.name}", {"value"}


def _is_asked(act: AnyAct, stage: Stage, answer: str) -> bool:
    """Whether an act that is begun by the button of that answer asks the stage."""
    chosen = {one.name: answer.removeprefix("_") for one in act.stages if one.chosen}
    return not chosen or stage.when is None or stage.when(chosen)


# --- faults -----------------------------------------------------------------------------------------------------


def _given(uses: Uses) -> dict[str, frozenset[str]]:
    """Arguments that every place in the code gives a key, as far as they can be read."""
    given: dict[str, frozenset[str]] = {}
    for use in uses.sure:
        if use.exact and use.args is not None:
            given[use.key] = given.get(use.key, use.args) & use.args
    return given


def _twice(domain: str) -> Iterator[str]:
    """Keys that a catalogue has more than once, of which only one text would count."""
    for language in LANGUAGES:
        seen: set[str] = set()
        lines = catalogue_path(language, domain).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if line.startswith("msgid ") and line in seen:
                yield f"{_place(language, domain)}:{number}: {line[7:-1]} is there twice"
            seen.add(line)


def _catalogue_faults(domain: str, catalogues: Entries, given: Mapping[str, frozenset[str]]) -> Iterator[str]:
    first = catalogues[LANGUAGES[0]]
    for language, entries in catalogues.items():
        for key, entry in entries.items():
            place = f"{_place(language, domain)}:{entry.lineno}"
            if entry.fuzzy:
                yield f"{place}: {key} is marked fuzzy"
            if not entry.string:
                yield f"{place}: {key} has no text"
            yield from _placeholder_faults(place, key, str(entry.string), first.get(key), given)
        for key in first.keys() - entries.keys():
            yield f"{_place(language, domain)}:1: {key} is missing"
        for key in sorted(entries.keys() - first.keys()):
            yield f"{_place(LANGUAGES[0], domain)}:1: {key} is missing"


def _placeholder_faults(
    place: str, key: str, text: str, reference: Entry | None, given: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    try:
        own = placeholders(text)
        theirs = placeholders(str(reference.string)) if reference else own
    except ValueError as error:
        yield f"{place}: {key}: {error}"
        return
    # Languages may use different parts of what the code gives (a date in words, or as digits), but nothing else.
    if own != theirs and not own | theirs <= given.get(key, frozenset()):
        yield f"{place}: {key} has the placeholders {sorted(own)}, in {LANGUAGES[0]} they are {sorted(theirs)}"


def _spoken_faults(written: Entries, spoken: Entries, given: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """A spoken text stands for a written one, and has no more to say than that, or it is the telephone's own."""
    for language, entries in spoken.items():
        for key, entry in entries.items():
            place = f"{_place(language, VOICE)}:{entry.lineno}"
            same = [texts[key] for texts in written.values() if key in texts]
            if same and key.startswith(SPOKEN):
                yield f"{place}: {key} is only for the telephone, yet {DOMAIN}.po has it"
            elif same:
                known = given.get(key, frozenset()).union(*(_sound_placeholders(one) for one in same))
                if more := _sound_placeholders(entry) - known:
                    yield f"{place}: {key} has the placeholders {sorted(more)}, which {DOMAIN}.po does not have"
            elif not key.startswith(SPOKEN):
                yield f"{place}: {key} is neither in {DOMAIN}.po nor begins with {SPOKEN}"


def _sound_placeholders(entry: Entry) -> frozenset[str]:
    """Those of a text; none of one that `_placeholder_faults` has told about."""
    try:
        return placeholders(str(entry.string))
    except ValueError:
        return frozenset()


def _use_faults(uses: Uses, entries: Mapping[str, Entry]) -> Iterator[str]:
    for use in uses.sure:
        if use.exact and use.key not in entries:
            yield f"{use.where}: {use.key} is in no catalogue"
        elif use.exact and use.args is not None:
            wanted = placeholders(str(entries[use.key].string))
            if wanted - use.args:
                yield f"{use.where}: {use.key} is not given {sorted(wanted - use.args)}"


def _unused(domain: str, uses: Uses, catalogues: Entries) -> Iterator[str]:
    exact = uses.words | {use.key for use in uses.sure if use.exact}
    starts = tuple({use.key for use in uses.sure if not use.exact})
    for language, entries in catalogues.items():
        for key, entry in entries.items():
            if key not in exact and not key.startswith(starts):
                yield f"{_place(language, domain)}:{entry.lineno}: {key} is not used"


def _place(language: str, domain: str) -> str:
    return str(catalogue_path(language, domain).relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
