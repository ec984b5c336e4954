"""Conditions of templates: CEL and its shorthand, checked when loaded and evaluated on the answers so far."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cel

from backend.contract.faults import suggestion
from backend.contract.message import Message
from dialogs.wording import Wording

Value = str | bool | int | float | tuple[str, ...] | None

_MACRO = re.compile(r"\b(has|all|exists|exists_one|map|filter|fold|reduce)\s*\(")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
_OPERATORS = frozenset({"@in", "!_", "-_", "_?_:_"})
_FUNCTIONS = frozenset({"size", "startsWith", "endsWith", "contains", "int", "double", "string"})
_MOST_COMBINATIONS = 20_000
_MISWRITTEN = (
    (re.compile(r"[“”‘’（）＝＞＜！，]"), "template.condition.full_width"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "template.condition.equals"),
    (re.compile(r"\b(and|or|not)\b", re.IGNORECASE), "template.condition.words"),
)

RESERVED = frozenset(
    {
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "package", "namespace", "return", "var", "void", "while", "size", "int", "uint", "double"),
        *("string", "bytes", "bool", "type", "list", "map", "timestamp", "duration", "dyn", "has", "all", "exists"),
        "filter",
    }
)
"""Names CEL keeps for itself: no field may have them."""


class ConditionError(ValueError):
    """A condition that cannot be meant; the reason is for the author of the template."""

    def __init__(self, reason: Message, hint: Message | None = None, name: str = "") -> None:
        super().__init__(Wording("en").text(reason))
        self.reason = reason
        self.hint = hint
        self.name = name
        """The name that no field before has, where that is the reason."""


@dataclass(frozen=True)
class Domain:
    """What a field can be in conditions."""

    type: str
    options: tuple[str, ...] = ()
    """Of a choice; of a district the city's codes, where the city is known."""
    required: bool = True
    show_if: Condition | None = None

    @property
    def empty(self) -> Value:
        """The value of a field that is skipped or not asked."""
        match self.type:
            case "multi_choice":
                return ()
            case "boolean":
                return False
            case "number" | "money":
                return None
            case "attachment":
                return 0
        return ""


@dataclass(frozen=True)
class Condition:
    """A checked condition; `source` is its CEL."""

    source: str
    names: frozenset[str]
    _program: cel.Program = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether it is true; what cannot be computed (`null > 3`) is not. `values` must have every name."""
        try:
            result = self._program.execute({name: _plain(values[name]) for name in self.names})
        except (TypeError, ValueError, RuntimeError):
            return False
        return result is True


def compile_condition(raw: str | Mapping[str, Any], domains: Mapping[str, Domain]) -> Condition:
    """Check a condition against the fields it may use. Raises ConditionError."""
    source = raw if isinstance(raw, str) else _from_shorthand(raw, domains)
    bare = _STRING.sub('""', source)
    if macro := _MACRO.search(bare):
        raise ConditionError(Message("template.condition.function", {"name": macro.group(1)}))
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise ConditionError(Message("template.condition.unreadable"), _miswritten(bare)) from error
    for function in program.functions():
        if not (function.startswith("_") or function in _OPERATORS or function in _FUNCTIONS):
            raise ConditionError(Message("template.condition.function", {"name": function}))
    names = frozenset(program.variables())
    for name in sorted(names - domains.keys()):
        raise _unknown_name(name, domains)
    _check_options(source, domains)
    return Condition(source, names, program)


def can_hold(condition: Condition, domains: Mapping[str, Domain], wanted: bool = True) -> bool:
    """Whether some answers make the condition `wanted`; True when there are too many answers to try."""
    for count, values in enumerate(_assignments(condition, domains)):
        if count >= _MOST_COMBINATIONS or condition.holds(values) is wanted:
            return True
    return False


def _from_shorthand(raw: Mapping[str, Any], domains: Mapping[str, Domain]) -> str:
    if not raw:
        raise ConditionError(Message("template.condition.form"))
    return " && ".join(_one_of(name, wanted, domains) for name, wanted in raw.items())


def _one_of(name: str, wanted: Any, domains: Mapping[str, Domain]) -> str:
    if name not in domains:
        raise _unknown_name(name, domains)
    domain = domains[name]
    values = wanted if isinstance(wanted, tuple | list) else (wanted,)
    if domain.type == "boolean":
        if len(values) != 1 or not isinstance(values[0], bool):
            raise ConditionError(Message("template.condition.boolean", {"field": name}))
        return name if values[0] else f"!{name}"
    for value in values:
        if domain.options and value not in domain.options:
            raise _unknown_value(name, str(value), domain)
    if domain.type == "multi_choice":
        return "(" + " || ".join(f"{json.dumps(value)} in {name}" for value in values) + ")"
    return f"{name} in [{', '.join(json.dumps(value, ensure_ascii=False) for value in values)}]"


def _check_options(source: str, domains: Mapping[str, Domain]) -> None:
    """Options compared with a choice must exist: a typing error would silently hide a question."""
    for name, domain in domains.items():
        if not domain.options:
            continue
        literal = r"(\"[^\"]*\"|'[^']*')"
        found = [
            *re.findall(rf"\b{name}\s*[!=]=\s*{literal}", source),
            *re.findall(rf"{literal}\s*in\s+{name}\b", source),
        ]
        for listed in re.findall(rf"\b{name}\s+in\s*\[([^\]]*)\]", source):
            found += re.findall(literal, listed)
        for text in found:
            if text[1:-1] not in ("", *domain.options):
                raise _unknown_value(name, text[1:-1], domain)


def _assignments(condition: Condition, domains: Mapping[str, Domain]) -> Iterator[dict[str, Value]]:
    """Every combination of answers to the fields the condition rests on, in the order they are asked."""
    needed = _closure(condition, domains)
    order = [name for name in domains if name in needed]
    sources = " ".join([condition.source, *(shown.source for n in order if (shown := domains[n].show_if))])
    candidates = [_candidates(domains[name], sources) for name in order]
    for combination in itertools.product(*candidates):
        values: dict[str, Value] = {}
        for name, value in zip(order, combination, strict=True):
            shown = domains[name].show_if
            values[name] = domains[name].empty if shown is not None and not shown.holds(values) else value
        yield values


def _closure(condition: Condition, domains: Mapping[str, Domain]) -> set[str]:
    needed: set[str] = set()
    waiting = set(condition.names)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        shown = domains[name].show_if
        if shown is not None:
            waiting |= shown.names - needed
    return needed


def _candidates(domain: Domain, sources: str) -> Sequence[Value]:
    blank: list[Value] = [] if domain.required else [domain.empty]
    match domain.type:
        case "choice":
            return [*blank, *domain.options]
        case "boolean":
            return [True, False]
        case "multi_choice":
            return [*blank, *_combinations(domain.options)]
        case "number" | "money" | "attachment":
            numbers = {float(text) for text in _NUMBER.findall(_STRING.sub('""', sources))} or {0.0}
            return [*blank, *sorted({n + d for n in numbers for d in (-1, 0, 1)})]
    texts = {text[1:-1] for text in _STRING.findall(sources)}
    return [*blank, *sorted({*texts, *(f"{text}~" for text in texts), "~"})]


def _combinations(options: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """All of a few options; of many those of one, of two, and of all."""
    sizes = range(1, len(options) + 1) if len(options) <= 6 else (1, 2, len(options))
    return itertools.chain.from_iterable(itertools.combinations(options, size) for size in sizes)


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _unknown_name(name: str, domains: Mapping[str, Domain]) -> ConditionError:
    return ConditionError(Message("template.condition.unknown_name", {"field": name}), suggestion(name, domains), name)


def _unknown_value(name: str, value: str, domain: Domain) -> ConditionError:
    hint = suggestion(value, domain.options)
    if domain.type == "district":
        return ConditionError(Message("template.condition.unknown_district", {"district": value}), hint)
    return ConditionError(Message("template.unknown_option", {"field": name, "option": value}), hint)


def _miswritten(bare: str) -> Message | None:
    """What people write who know other languages, in a condition without its texts."""
    for pattern, key in _MISWRITTEN:
        if pattern.search(bare):
            return Message(key)
    return None
