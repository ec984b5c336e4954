"""Reads what was typed where a choice was offered outside forms: yes, a number, a label or a part of it."""

from __future__ import annotations

from collections.abc import Iterator

from backend.contract.channels import channel_named
from dialogs.commands import Verb, parse
from dialogs.enterprise.visit import Visit
from dialogs.events import Text
from dialogs.fields.typed import fold
from dialogs.outputs import Button, Say
from dialogs.phrases import Pick, read_phrases
from dialogs.wording import Wording
from locales import LANGUAGES

_ALWAYS = (Verb.AS_STORY, Verb.HUMAN, Verb.MENU)
"""Buttons that stand under every choice; what else stands there is what may be meant."""
_SHORTEST = 2
"""Characters that may stand for a label."""


def picked(visit: Visit) -> Pick | None:
    """What was typed, as an answer to the choice that was offered last; None for other words."""
    event = visit.incoming.event
    telephone = channel_named(visit.incoming.person.channel).is_telephone
    if not isinstance(event, Text) or event.edited or telephone or not _is_offered(visit):
        return None
    return read_phrases().pick(visit.text)


def chosen(visit: Visit, pick: Pick | None) -> str:
    """The command of the only button that is meant; empty where none is, or one of several."""
    if pick is None:
        return ""
    offered = list(_offered(visit))
    if pick.number is not None:
        return offered[pick.number - 1].command if pick.number <= len(offered) else ""
    if pick.words:
        return _named(offered, pick.words)
    meant = [one for one in offered if not _stands_always(one)]
    return meant[0].command if pick.agrees and len(meant) == 1 else ""


def _is_offered(visit: Visit) -> bool:
    unplaced = visit.unplaced
    return unplaced is not None and unplaced.verb == Verb.FILES and any(True for _ in _offered(visit))


def _offered(visit: Visit) -> Iterator[Button]:
    """What the last message with a choice offered, in the order it is shown."""
    choices = [output.choices for output in visit.session.recall_latest() if isinstance(output, Say) and output.choices]
    yield from (one for row in choices[-1:] for rows in row for one in rows)


def _stands_always(one: Button) -> bool:
    pressed = parse(one.command)
    return pressed is not None and pressed.verb in _ALWAYS


def _named(offered: list[Button], said: str) -> str:
    """The only one of that label, else the only one whose label holds it."""
    whole = [one.command for one in offered if said in _labels(one)]
    if whole or len(said) < _SHORTEST:
        return whole[0] if len(whole) == 1 else ""
    parts = [one.command for one in offered if any(said in label for label in _labels(one))]
    return parts[0] if len(parts) == 1 else ""


def _labels(one: Button) -> tuple[str, ...]:
    """Folded, in all our languages."""
    return tuple(fold(Wording(language).text(one.label)) for language in LANGUAGES)
