"""Asks for which firm a form is, where the account has filed for several, as an accountant's has."""

from __future__ import annotations

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.contract.errors import BackendError
from backend.contract.message import Message, Words
from backend.contract.models.contacts import ContactOut, SpeakerOut
from dialogs.collecting import collect
from dialogs.commands import Command, Verb, command
from dialogs.enterprise import carrying, forms
from dialogs.enterprise.errand import ErrandKind, for_a_seat
from dialogs.enterprise.visit import Visit
from dialogs.events import Media, SharedPhone, Text
from dialogs.exchange import button
from dialogs.fields.typed import fold
from dialogs.outputs import Ask, Button, Expect
from dialogs.session import Errand
from dialogs.templates.scenario import Scenario
from dialogs.wording import Wording
from locales import LANGUAGES

log = logging.getLogger(__name__)

ANOTHER = "another"
"""In place of a firm's key: none of those filed for so far."""
_SCENARIO = "scenario"
"""Argument of the errand: what is begun once the firm is known."""
_STORY = "story"
"""Argument of the errand: with which words its own begin, those that were sent before it was asked."""
MATTER = "matter/"
"""How an argument of the errand begins that has the words of one matter among several: the scenario follows."""
_MOST = 20
"""Firms on offer, the latest; an older one is typed in, as another."""
_LEGAL_FORM = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团公司|公司)$")
"""What people leave out when they say a firm's name."""
_SHORTEST = 2
"""Characters that may stand for a firm's name."""


@dataclass(frozen=True)
class Firm:
    """A firm that an account filed for, with the contact of the last time."""

    key: str
    name: str | None
    uscc: str | None
    district: str | None
    speaker: SpeakerOut

    @property
    def facts(self) -> Mapping[str, str]:
        """What it answers of a form beforehand, by `prefill` name."""
        given = {
            "contact.name": self.speaker.name,
            "contact.phone": self.speaker.phone,
            "contact.district": self.district,
            "enterprise.name": self.name,
            "enterprise.uscc": self.uscc,
        }
        return {name: value for name, value in given.items() if value}


def firms_of(speakers: Iterable[SpeakerOut]) -> dict[str, Firm]:
    """Each firm once, by its key, in the order of `speakers`; a bare name is the one firm whose code came with it.

    Keys stay the same as long as code and name do.
    """
    named = [(one, one.enterprise) for one in speakers if one.enterprise is not None]
    codes: dict[str, set[str]] = {}
    for _, enterprise in named:
        if enterprise.name and enterprise.uscc:
            codes.setdefault(enterprise.name, set()).add(enterprise.uscc)
    found: dict[str, Firm] = {}
    for speaker, enterprise in named:
        known = codes.get(enterprise.name or "", set())
        uscc = enterprise.uscc or (next(iter(known)) if len(known) == 1 else None)
        key = hashlib.sha256((uscc or enterprise.name or "").encode()).hexdigest()[:12]
        found.setdefault(key, Firm(key, enterprise.name, uscc, enterprise.district, speaker))
    return found


async def begin(visit: Visit, scenario_id: str) -> None:
    """Begin a form, or ask for which firm, if that is in doubt; what was sent beforehand comes along.

    Nothing is filled in of one firm among several that was not chosen. Who reports without a name is not asked.
    """
    scenario = visit.deps.scenarios.get(scenario_id)
    contact = await _contact(visit)
    firms = firms_of(contact.speaks_as) if contact else {}
    if scenario is not None and len(firms) > 1 and _asks_for_it(scenario):
        sent = _sent(visit, scenario_id)
        errand = visit.open_errand(Verb.BEGIN, scenario=scenario_id, story=sent.story)
        visit.session.errand = errand.replace(text="\n".join((sent.story, *sent.unplaced)).strip(), files=sent.files)
        _ask(visit, scenario, firms)
        return
    known = _last(contact) if contact and len(firms) < 2 else {}
    await forms.begin(visit, scenario_id, known, _sent(visit, scenario_id))


async def choose(visit: Visit, scenario_id: str, key: str) -> None:
    """The firm was named: the form begins with what was last filed for it, for another one with nothing."""
    if key == ANOTHER:
        await forms.begin(visit, scenario_id, {}, _sent(visit, scenario_id))
        return
    contact = await _contact(visit)
    firm = firms_of(contact.speaks_as).get(key) if contact else None
    if firm is None:
        await begin(visit, scenario_id)
        return
    await forms.begin(visit, scenario_id, firm.facts, _sent(visit, scenario_id))


async def take(visit: Visit) -> None:
    """What was typed or sent in place of a button: a firm's name chooses it, all else goes along with the form."""
    errand = visit.session.errand
    assert errand is not None
    scenario_id, event = errand.args[_SCENARIO], visit.incoming.event
    contact, scenario = await _contact(visit), visit.deps.scenarios.get(scenario_id)
    firms = firms_of(contact.speaks_as) if contact else {}
    key = _named(firms.values(), visit.text) if isinstance(event, Text) and not event.edited else ""
    problem = None if key or _is_number(visit) else collect(visit)
    if key or scenario is None or len(firms) < 2:
        await choose(visit, scenario_id, key)
    else:
        _ask(visit, scenario, firms, problem or (None if isinstance(event, Media) else Message("firm.choose")))


def _ask(visit: Visit, scenario: Scenario, firms: Mapping[str, Firm], problem: Words | None = None) -> None:
    shown = list(firms.values())[:_MOST]
    names = Counter(one.name for one in shown)
    short = Counter(_short(one) for one in shown)
    rows = [
        (
            Button(
                _label(one, alone=names[one.name] == 1),
                command(Verb.BEGIN, scenario.id, one.key),
                (_short(one),) if short[_short(one)] == 1 else (),
            ),
        )
        for one in shown
    ]
    rows.append((Button(Message("firm.another"), command(Verb.BEGIN, scenario.id, ANOTHER)),))
    controls = ((button("button.cancel", Verb.CANCEL),),)
    ask = Message("firm.ask", {"title": visit.scenario_title(scenario.id)})
    visit.said.append(Ask("", ask, Expect.CHOICE, problem=problem, options=tuple(rows), controls=controls))


def _label(firm: Firm, *, alone: bool) -> Words:
    """Its name; with the end of its code where another has the same one."""
    if firm.name is None:
        return Message("firm.by_code", {"code": firm.uscc or ""})
    return firm.name if alone else Message("firm.of_code", {"name": firm.name, "end": (firm.uscc or "")[-4:]})


def _short(firm: Firm) -> str:
    """The name as people say it."""
    return _LEGAL_FORM.sub("", firm.name or "")


def _named(firms: Iterable[Firm], text: str) -> str:
    """The key of the only firm that these words are the name of, or a part of it; empty if there is none."""
    said = fold(text)
    if any(said == fold(Wording(language).text(Message("firm.another"))) for language in LANGUAGES):
        return ANOTHER
    if len(said) < _SHORTEST:
        return ""
    names = {one.key: fold(one.name or one.uscc or "") for one in firms}
    whole = [key for key, name in names.items() if name == said]
    fitting = whole or [key for key, name in names.items() if said in name]
    return fitting[0] if len(fitting) == 1 else ""


def _is_number(visit: Visit) -> bool:
    """Whether it is a telephone number or a credit code: such have guarded places, and a story is read by units."""
    event, text = visit.incoming.event, visit.text
    return isinstance(event, SharedPhone) or (isinstance(event, Text) and 2 * sum(map(str.isdigit, text)) > len(text))


def _asks_for_it(scenario: Scenario) -> bool:
    about = (question.spec.prefill or "" for question in scenario.questions)
    return not scenario.template.hidden_reporter and any(fact.startswith("enterprise.") for fact in about)


def told_apart(errand: Errand) -> dict[str, str]:
    """The matters of one message by scenario, each with its own words; none where it tells of one."""
    return {name.removeprefix(MATTER): words for name, words in errand.args.items() if name.startswith(MATTER)}


def _sent(visit: Visit, scenario_id: str) -> forms.Sent:
    """What came before it was known what it is for: see `_unplaced`. With what a form that was left just now has. Of
    several matters told together, the others wait.
    """
    left, sent = carrying.from_left(visit, scenario_id), _unplaced(visit)
    several = {} if visit.unplaced is None else told_apart(visit.unplaced)
    if scenario_id in several:
        sent = replace(sent, story=several.pop(scenario_id), unplaced=())
        visit.session.also = several
    return replace(sent, answers=left.answers, proposed={} if sent.story else left.proposed)


def _unplaced(visit: Visit) -> forms.Sent:
    """Words and files that came before it was known what they are for; all of them are the story until it is asked for
    which firm.
    """
    errand = visit.unplaced
    if errand is None:
        return forms.Sent()
    story = errand.args.get(_STORY, errand.text)
    if not errand.text.startswith(story):  # its message was edited since
        story = errand.text
    return forms.Sent(story, errand.files, tuple(errand.text.removeprefix(story).strip().splitlines()))


def _last(contact: ContactOut) -> Mapping[str, str]:
    """What the account last said of itself."""
    enterprise = contact.enterprise
    speaker = SpeakerOut(name=contact.name, phone=contact.phone, enterprise=enterprise)
    if enterprise is None:
        return Firm("", None, None, None, speaker).facts
    return Firm("", enterprise.name, enterprise.uscc, enterprise.district, speaker).facts


async def _contact(visit: Visit) -> ContactOut | None:
    """What is known of the person; without an answer from the backend the form asks for it."""
    try:
        return await visit.backend.view_contact()
    except BackendError as error:
        log.warning("contact not read", extra={"action": "view_contact", "code": error.code})
        return None


async def _begin(visit: Visit, pressed: Command) -> None:
    scenario, firm = pressed.arg(0), pressed.arg(1)
    await (choose(visit, scenario, firm) if firm else begin(visit, scenario))


async def _as_story(visit: Visit, _: Command) -> None:
    await begin(visit, "other")


ERRAND = ErrandKind(
    verb=Verb.BEGIN,
    begin={Verb.BEGIN: _begin, Verb.AS_STORY: _as_story},
    take=take,
    left=for_a_seat,
    unplaced=True,
)
