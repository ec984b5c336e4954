"""A scenario ready to talk: its template with every condition compiled and every field given its parser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from backend.contract.message import Localized
from dialogs.fields import Parser
from dialogs.templates.conditions import Condition, Domain
from dialogs.templates.parsers import district_codes, district_nodes
from dialogs.templates.template import CuedField, Cues, Option, Template, TemplateField


@dataclass(frozen=True)
class Question:
    """A field of a scenario."""

    spec: TemplateField
    place: str
    """`file:line` of the field."""
    parser: Parser
    show_if: Condition | None = None
    notes: tuple[tuple[Condition, Localized], ...] = ()
    sayings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whole answers as people gave them, in any language, by what they mean: an option's id, or `yes` and `no`. Learnt
    from, never matched."""

    @cached_property
    def id(self) -> str:
        return self.spec.id

    @cached_property
    def type(self) -> str:
        return self.spec.type

    @property
    def options(self) -> tuple[Option, ...]:
        return self.spec.options if self.spec.type in ("choice", "multi_choice") else ()

    @property
    def cues(self) -> Cues:
        """By which words a story tells a value of this field."""
        return self.spec.cues if isinstance(self.spec, CuedField) else Cues()

    def label_of(self, option: Option) -> Localized:
        """What the option is called, and how that is said."""
        return self.spec.label_of(option)

    @cached_property
    def domain(self) -> Domain:
        return Domain(self.type, self._values, self.spec.required, self.show_if)

    @property
    def _values(self) -> tuple[str, ...]:
        if self.type == "district":
            return tuple(district_codes(district_nodes(self.parser)))
        return tuple(option.id for option in self.options)


@dataclass(frozen=True)
class ToldMessage:
    """What somebody wrote of a matter, and the facts in it."""

    say: str
    facts: Mapping[str, tuple[str, ...]]
    """Of choices and of questions for yes or no: ids of options, `yes` or `no`."""
    partly: bool
    """Whether it may tell other things as well: an answer to a question, of which nobody looked for more."""


@dataclass(frozen=True, eq=False)
class ToldMessages:
    """Those of one scenario; told apart by identity."""

    messages: tuple[ToldMessage, ...] = ()


@dataclass(frozen=True)
class Scenario:
    template: Template
    questions: tuple[Question, ...]
    """In the order they are asked; `kind` first if it is asked."""
    urgent_if: Condition | None
    place: str
    """`file:line` of its beginning."""
    told: ToldMessages = field(default_factory=ToldMessages)
    sayings: tuple[str, ...] = ()
    """How people say that this is their matter, besides its examples. Of the general scenario: what belongs to none of
    the others."""

    @property
    def id(self) -> str:
        return self.template.id

    @property
    def version(self) -> int:
        return self.template.version

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}


@dataclass(frozen=True)
class Scenarios(Mapping[str, Scenario]):
    """The scenarios on offer, by id; withdrawn versions are kept for talks that began with them."""

    current: Mapping[str, Scenario]
    versions: Mapping[tuple[str, int], Scenario]

    def find(self, scenario: str, version: int) -> Scenario | None:
        """The very version a form is pinned to, or None when it is gone: then `dialogs.migration` helps."""
        return self.versions.get((scenario, version))

    def __getitem__(self, key: str) -> Scenario:
        return self.current[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.current)

    def __len__(self) -> int:
        return len(self.current)
