"""Where an errand of staff stands among the stages of its act."""

from __future__ import annotations

from backend.contract.acts import ACTS, FILL_IN
from backend.contract.acts.act import AnyAct, Stage
from dialogs.session import Errand

CONFIRM = "confirm"
"""The stage after all others."""


def act_in_hand(errand: Errand | None) -> AnyAct | None:
    """The act that an open errand asks for; none where it is no act, or one that a form asks for."""
    return None if errand is None or errand.verb == FILL_IN.verb else ACTS.get(errand.verb)


def stage_of(errand: Errand) -> Stage | None:
    """The stage an errand is at; None when it is at the confirmation."""
    return next((stage for stage in ACTS[errand.verb].asked if stage.name == errand.stage), None)


def next_stage(errand: Errand) -> str:
    """The name of the stage after the present one (the first, when there is none), or CONFIRM."""
    stages = ACTS[errand.verb].asked
    names = [stage.name for stage in stages]
    begin = names.index(errand.stage) + 1 if errand.stage in names else 0
    return next((stage.name for stage in stages[begin:] if _is_open(errand, stage)), CONFIRM)


def previous_stage(errand: Errand) -> Stage | None:
    """The stage that was asked before the present one; None at the first."""
    stages = ACTS[errand.verb].asked
    names = [stage.name for stage in stages]
    end = names.index(errand.stage) if errand.stage in names else len(stages)
    return next((stage for stage in reversed(stages[:end]) if stage.when is None or stage.when(errand.args)), None)


def _is_open(errand: Errand, stage: Stage) -> bool:
    """Whether it is to be asked: what was answered stays, where an earlier stage had to be asked again."""
    answered = bool(errand.args.get(stage.name)) and not stage.prefilled
    return not answered and (stage.when is None or stage.when(errand.args))


def may_stay(errand: Errand, stage: Stage) -> bool:
    """Whether the errand may go on without an answer to it."""
    return stage.optional or (stage.prefilled and bool(errand.args.get(stage.name)))
