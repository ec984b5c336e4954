"""Looks for an answer in what was said before, for who says that they told it already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from dialogs.engine.proposing import with_proposed
from dialogs.engine.turn import Turn
from dialogs.fields import Doubtful, Understood
from dialogs.fields.chatter import parts_of
from dialogs.templates.scenario import Question
from dialogs.understanding import Fact, answers_alone, firm_in_part

_LONGEST = 20
"""Characters of a part that may name a place."""
_AMOUNT = re.compile(r"[元块万千百]|\d{2}")
_BEYOND = re.compile(
    r"(?:我们?|就)?在?[^,，。;；\s]{1,4}?(?:区|县|市)(?:的|[,，\s]+)?"
    r"(?P<place>[^,，。;；\s]{2,24}?(?:[边面]上?|旁|附近|隔壁|对面|门口|路口|[路街巷号栋楼村铺室厂]|工业园|园区|[一二三四五]期|大厦|广场|市场))[啊呀吧了,，。]*"
)
_PLACE = re.compile(".*(?:[路街巷号栋楼村镇铺室]|工业园|园区|大厦|广场|市场).*")


def recall(turn: Turn, question: Question) -> Understood | Doubtful | None:
    """The only thing said so far that would answer it."""
    found = [one for part in _said(turn) if (one := _answer(turn, question, part)) is not None]
    return found[0] if found and all(one.value == found[0].value for one in found) else None


def propose_place(turn: Turn, text: str) -> Turn:
    """Ask whether what follows a district is the address, once that comes: 老钢厂边上 of 青山县老钢厂边上."""
    asked = [one for one in turn.relevance().questions if one.type == "address" and one.id not in turn.form.answers]
    found = _BEYOND.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if len(asked) != 1 or found is None:
        return turn
    outcome = asked[0].parser.parse(found["place"], turn.now)
    if not isinstance(outcome, Understood):
        return turn
    fact = Fact(asked[0].id, outcome.value, outcome.shown, found["place"])
    return turn.change(proposed=with_proposed(turn.form, turn.scenario, (fact,)).proposed)


def _said(turn: Turn) -> Iterator[str]:
    told = turn.form.answers.get(turn.scenario.template.story)
    for words in (*([str(told.value)] if told else ()), *turn.form.unplaced):
        yield from parts_of(words)


def _answer(turn: Turn, question: Question, part: str) -> Understood | Doubtful | None:
    if question.spec.prefill == "enterprise.name":
        part = firm_in_part(part)
    elif question.type == "address":
        part = part if len(part) <= _LONGEST and _PLACE.fullmatch(part) else ""
    elif question.type in ("money", "number"):
        part = part if _AMOUNT.search(part) and not firm_in_part(part) else ""
    elif question.type == "text" or not answers_alone(question, part, turn.now):
        return None
    outcome = question.parser.parse(part, turn.now) if part else None
    return outcome if isinstance(outcome, Understood | Doubtful) else None
