"""The townships, which a caller may name when asked for the county: how they are said, and which ones are meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.contract.message import Localized, Message
from dialogs.engine.commands import CHOOSE, decode
from dialogs.fields import DistrictNode
from dialogs.outputs import Button
from dialogs.templates.parsers import DistrictTree, district_nodes, district_title
from dialogs.templates.scenario import Scenarios
from ivr.talk.options import BACK_KEY, BREATH, is_chinese, listing, offer, said_plainly, yes_or_no
from ivr.talk.phrasebook import phrasebook
from ivr.talk.question import MenuOption
from ivr.talk.wording import Spoken
from ivr.voice.speech import Speech

ELSEWHERE: Final = "elsewhere"
"""Means: none of the places that were understood."""

_MEANS = "place:"
"""Precedes a name in what a choice means; no command begins so."""


@dataclass(frozen=True)
class Place:
    """A township in its county."""

    county: DistrictNode
    node: DistrictNode

    @property
    def title(self) -> Message:
        """Its name after the county's, of which there are prompts."""
        return Message("ivr.place", {"county": _title(self.county), "place": _title(self.node)})


@dataclass(frozen=True)
class Named:
    """What a caller named."""

    places: tuple[Place, ...]
    """Several where counties have townships of the same name."""
    sure: bool
    """The county was said too, and all its townships can be heard: of such names hardly any is misheard, of townships
    alone one in twenty. Where one cannot be heard, another is taken for it."""


class Places:
    """All townships of a city. Immutable, and made once: what is made of `choices` is kept."""

    def __init__(self, tree: DistrictTree = (), hears: Callable[[str], bool] = bool) -> None:
        """`hears`: whether the speech model has words for a name."""
        places = [Place(county, node) for county in tree for node in county.children]
        unheard = [place for place in places if not any(map(hears, _names(place.node)))]
        self.total: Final = len(places)
        self.unheard: Final = len(unheard)
        """Those that are chosen by key after their county."""
        self._counties = frozenset(county.id for county in tree)
        self._named = _named(places, {place.county.id for place in unheard})
        self.choices: Final = tuple(
            MenuOption(f"{_MEANS}{name}", phrases=(name,)) for name in self._named if hears(name)
        )
        """One a name."""

    @classmethod
    def of(cls, scenarios: Scenarios, hears: Callable[[str], bool] = bool) -> Places:
        """Those that the scenarios' questions for a district know; they all know the same."""
        trees = (district_nodes(question.parser) for one in scenarios.values() for question in one.questions)
        return cls(next(filter(None, trees), ()), hears)

    def within(self, buttons: Iterable[Button]) -> tuple[MenuOption, ...]:
        """What may be said beside these answers: all names where they are counties, and none elsewhere."""
        commands = (decode(button.command) for button in buttons)
        asked = any(one is not None and one.verb == CHOOSE and one.value in self._counties for one in commands)
        return self.choices if asked else ()

    def named(self, means: str) -> Named | None:
        """What a choice of ours means; None for others."""
        return self._named.get(means.removeprefix(_MEANS)) if means.startswith(_MEANS) else None


def button_of(place: Place, counties: Iterable[Button]) -> Button:
    """The button that answers with the place, made of that of its county. Raises LookupError where there is none."""
    for button in counties:
        command = decode(button.command)
        if command is not None and command.value == place.county.id:
            return Button(place.title, replace(command, value=place.node.id).encoded(), place.county.names)
    raise LookupError(f"{place.county.id} is not on offer")


def asked_back(buttons: Sequence[Button], spoken: Spoken, page: int = 0) -> tuple[Speech, tuple[MenuOption, ...]]:
    """Is it this place, or, of several of the same name, which one? Past the last page the speech is empty."""
    if len(buttons) == 1:
        ways, choices = yes_or_no(spoken, yes=buttons[0].command, no=ELSEWHERE)
        return (*spoken.say("ivr.place_is", place=buttons[0].label), *ways), choices
    told, choices = listing(buttons, spoken, page, places=True)
    if not told:
        return (), ()
    first = () if page else (*spoken.say("ivr.which_place"), BREATH)
    leave, neither = offer(spoken, "ivr.neither", MenuOption(ELSEWHERE, BACK_KEY, phrasebook().neither))
    return (*first, *told, *leave), (*choices, neither)


def _named(places: Iterable[Place], doubtful: Container[str]) -> dict[str, Named]:
    """By name; `doubtful`: counties with a township that cannot be heard."""
    alone: dict[str, list[Place]] = defaultdict(list)
    whole: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        for name in _names(place.node):
            alone[name].append(place)
            for county in _names(place.county):
                whole[f"{county}{name}"].append(place)
    sure = {name: len(found) == 1 and found[0].county.id not in doubtful for name, found in whole.items()}
    return {
        **{name: Named(tuple(found), sure[name]) for name, found in whole.items()},
        **{name: Named(tuple(found), sure=False) for name, found in alone.items()},
    }


def _names(node: DistrictNode) -> Iterator[str]:
    return (said_plainly(name) for name in node.names if is_chinese(name))


def _title(node: DistrictNode) -> Localized:
    return district_title((node,))
