"""What somebody who wishes to stay unknown is told, by the matter they have; and their wish, kept for who handles it.

Only a report hides who made it (DOMAIN.md, reports): other matters are answered to somebody, and no more than the
handling units' staff see who that is.
"""

from __future__ import annotations

from backend.contract.message import Message
from dialogs.commands import Verb, command
from dialogs.enterprise.visit import Visit
from dialogs.fields.chatter import parts_of, wants_secrecy, without_chatter
from dialogs.form import Form
from dialogs.outputs import Button, Rows
from dialogs.templates.scenario import Scenario


def is_wished(visit: Visit, words: str) -> bool:
    """Whether these words wish for it where nobody hides who tells. By phone there are prompts for it."""
    return visit.medium == "chat" and wants_secrecy(words)


def promise(visit: Visit, scenario: Scenario) -> None:
    """Say what this kind of matter can do about it, and what else to choose."""
    if scenario.template.hidden_reporter:
        visit.say(Message("wish.anonymous_hidden"))
    else:
        visit.say(Message("wish.anonymous_form"), *_reports(visit))


def keep(visit: Visit) -> None:
    """Promise it in the open form, and keep the wish for who reads the ticket; its story has it already."""
    form, scenario = visit.session.form, _scenario(visit)
    if form is None or scenario is None:
        return
    if _was_promised(form, scenario):
        visit.say(Message("wish.anonymous_noted"))
    else:
        promise(visit, scenario)
    if form.current != scenario.template.story:
        words = "，".join(part for part in parts_of(visit.text) if wants_secrecy(part)) or visit.text
        visit.session.form = visit.deps.engine.keep(scenario, form, words, visit.now)


def is_all(visit: Visit) -> bool:
    """Whether that is all they say, where it is no refusal of what is asked for."""
    form, scenario = visit.session.form, _scenario(visit)
    question = None if form is None or scenario is None else scenario.by_id.get(form.current)
    return question is not None and question.type not in ("text", "phone") and not without_chatter(visit.text)


def _was_promised(form: Form, scenario: Scenario) -> bool:
    told = form.answers.get(scenario.template.story)
    words = (*form.unplaced, *((str(told.value),) if told is not None else ()))
    return not scenario.template.hidden_reporter and any(map(wants_secrecy, words))


def answers_besides(visit: Visit) -> bool:
    """Whether the words also answer a question for a name or a place: 老灶川菜馆，不要写我名字."""
    form, scenario = visit.session.form, _scenario(visit)
    question = None if form is None or scenario is None else scenario.by_id.get(form.current)
    if question is None or question.type not in ("text", "address"):
        return False
    return wants_secrecy(visit.text) and bool(without_chatter(visit.text))


def offer(visit: Visit) -> Rows:
    """Ways on for who asked outside forms; what they told besides waits for what it is."""
    if without_chatter(visit.text):
        visit.session.errand = visit.open_errand(Verb.FILES, stage="where").replace(text=visit.text)
    return _reports(visit)


def _reports(visit: Visit) -> Rows:
    hidden = [one for one in visit.deps.scenarios.values() if one.template.hidden_reporter]
    return tuple((Button(one.template.localized_title, command(Verb.BEGIN, one.id)),) for one in hidden)


def _scenario(visit: Visit) -> Scenario | None:
    form: Form | None = visit.session.form
    return None if form is None else visit.deps.scenarios.find(form.scenario, form.version)
