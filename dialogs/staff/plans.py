"""What each staff errand asks for, in order, before it is confirmed and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.contract.models import LOOK_REASON
from dialogs.collecting import MOST_TEXT
from dialogs.commands import Verb
from dialogs.session import Errand


class Wants(StrEnum):
    """The kind of answer a stage takes."""

    WORDS = "words"
    """One message of text."""
    MATERIAL = "material"
    """Text and files, until done."""
    UNIT = "unit"
    """One department."""
    UNITS = "units"
    """Any number of departments, until done."""
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Stage:
    """One question of an errand; the prompt is `<verb>.ask_<name>` of the catalogues."""

    name: str
    wants: Wants
    optional: bool = False
    when: Callable[[Errand], bool] | None = None
    """Whether it is asked at all; None: always."""
    prefilled: bool = False
    """What stands in it from the start may stay; where nothing does, it is answered."""
    least: int = 1
    """Characters to be seen that words need."""
    most: int = MOST_TEXT
    """Characters of words at most."""

    def may_stay(self, errand: Errand) -> bool:
        """Whether the errand may go on without an answer to it."""
        return self.optional or (self.prefilled and bool(errand.args.get(self.name)))


CONFIRM = "confirm"
"""The stage after all others."""

PLANS: Mapping[Verb, tuple[Stage, ...]] = {
    Verb.CONTACTED: (Stage("note", Wants.WORDS, optional=True),),
    Verb.ASK: (Stage("text", Wants.WORDS),),
    Verb.ASK_AT_DESK: (Stage("text", Wants.WORDS),),
    Verb.INTERIM: (Stage("text", Wants.WORDS),),
    Verb.REPLY: (Stage("text", Wants.MATERIAL), Stage("solved", Wants.YES_NO)),
    Verb.RETURN: (
        Stage("reason", Wants.WORDS),
        Stage("unit", Wants.UNIT, optional=True),
        # DOMAIN: a return names the right unit or the legal basis.
        Stage("basis", Wants.WORDS, when=lambda errand: not errand.args.get("unit")),
    ),
    Verb.REJECT: (Stage("reason", Wants.WORDS), Stage("basis", Wants.WORDS)),
    Verb.AT_ONCE: (Stage("text", Wants.WORDS),),
    Verb.CLOSE: (Stage("reason", Wants.WORDS),),
    Verb.CONFIRM_NAME: (Stage("name", Wants.WORDS, prefilled=True, most=200),),
    Verb.DISPATCH: (Stage("lead", Wants.UNIT), Stage("assists", Wants.UNITS, optional=True)),
    Verb.DECIDE: (
        Stage("reason", Wants.WORDS),
        Stage("lead", Wants.UNIT, optional=True, when=lambda errand: errand.args.get("approve") == "yes"),
    ),
    Verb.LOOK: (Stage("reason", Wants.WORDS, least=LOOK_REASON, most=200),),
}


def stage_of(errand: Errand) -> Stage | None:
    """The stage an errand is at; None when it is at the confirmation."""
    return next((stage for stage in PLANS[errand.verb] if stage.name == errand.stage), None)


def next_stage(errand: Errand) -> str:
    """The name of the stage after the present one (the first, when there is none), or CONFIRM."""
    names = [stage.name for stage in PLANS[errand.verb]]
    begin = names.index(errand.stage) + 1 if errand.stage in names else 0
    for stage in PLANS[errand.verb][begin:]:
        if stage.when is None or stage.when(errand):
            return stage.name
    return CONFIRM
