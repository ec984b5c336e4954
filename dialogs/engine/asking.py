"""Builds what is shown: a question with its buttons, or the summary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.contract.message import Localized, Message, Words
from dialogs import fields
from dialogs.engine.commands import CHOOSE, UNTICK, WHOLE, FormCommand, file_tag, tag_of
from dialogs.form import Deferral, Form
from dialogs.outputs import Ask, Button, Expect, Rows, Summarise, SummaryLine
from dialogs.relevance import can_wait, relevance, was_asked
from dialogs.templates.parsers import district_nodes, district_title, find_district
from dialogs.templates.scenario import Question, Scenario
from dialogs.templates.template import Option

_EXPECT = {
    "choice": Expect.CHOICE,
    "multi_choice": Expect.CHOICE,
    "boolean": Expect.CHOICE,
    "district": Expect.CHOICE,
    "number": Expect.DIGITS,
    "money": Expect.DIGITS,
    "date": Expect.DATE,
    "phone": Expect.PHONE,
    "location": Expect.LOCATION,
    "attachment": Expect.MEDIA,
}
_SHORT_LABEL = {"zh": 6, "en": 12}
"""Characters up to which two or three labels fit beside each other on a phone."""


def ask(scenario: Scenario, form: Form, question: Question, now: datetime, problem: Words | None) -> Ask:
    """The question as it stands, with growing help after mistakes. `now` is local."""
    attempt = form.misses.total + form.helped
    passed_over = form.skipped if form.settled else ()
    ids = [one.id for one in _to_settle(scenario, form) if one.id == question.id or one.id not in passed_over]
    return Ask(
        field=question.id,
        prompt=_prompt(question, form),
        expect=_EXPECT.get(question.type, Expect.TEXT),
        help=help_for(question, attempt),
        problem=problem,
        options=_options(question, form, now),
        controls=_controls(question, form, attempt, can_go_back=_can_go_back(question, form, ids)),
        attempt=form.misses.total,
        brief=_brief(form, problem),
        progress=(ids.index(question.id) + 1, len(ids)),
        type=question.type,
        story=question.id == scenario.template.story,
        defer=question.spec.voice.defer or "",
        spoken_help=question.spec.voice.help.localized if question.spec.voice.help is not None else None,
    )


def side_question(form: Form, prompt: Message, verb: str, yes: Message, no: Message) -> Ask:
    """A yes-or-no about the conversation itself; `verb` says what "yes" does."""
    tag = tag_of(form.draft)
    row = (Button(yes, FormCommand("yes", tag, verb).encoded()), Button(no, FormCommand("no", tag, verb).encoded()))
    return Ask(field="", prompt=prompt, expect=Expect.CHOICE, options=(row,))


def summarise(scenario: Scenario, form: Form) -> Summarise:
    """All relevant answers, each line correctable. Asks for nothing: the controls confirm or leave."""
    tag = tag_of(form.draft)
    lines = []
    for question in _to_settle(scenario, form):
        answer = form.answers.get(question.id)
        shown = answer.shown if answer is not None else _missing(form, question)
        fix = FormCommand("fix", tag, question.id).encoded()
        lines.append(SummaryLine(question.id, question.spec.localized_label, shown, fix, question.type))
    if form.extras:
        shown = Message("engine.files", {"count": len(form.extras)})
        lines.append(SummaryLine("", Message("engine.other_files"), shown, FormCommand("unfile", tag).encoded()))
    if words := also_said(scenario, form):
        unsay = FormCommand("unsay", tag).encoded()
        lines.append(SummaryLine("", Message("engine.also_said"), "；".join(words), unsay))
    controls = (
        (_control("confirm", form),),
        (_control("back", form), _control("restart", form), _control("cancel", form)),
    )
    return Summarise(scenario.template.localized_title, tuple(lines), controls)


def help_for(question: Question, attempt: int) -> Words | None:
    """The first explanation after the first mistake, then the next; the example comes last and stays."""
    if attempt == 0:
        return None
    steps: list[Words] = [wording.localized for wording in question.spec.help]
    if question.spec.example is not None:
        steps.append(Message("engine.example", {"example": question.spec.example.localized}))
    return steps[min(attempt, len(steps)) - 1] if steps else Message(f"engine.help.{question.type}")


def left_to(to: Deferral) -> Message:
    """What stands where an answer that was put off would be."""
    return Message(f"engine.left_to_{to}")


def also_said(scenario: Scenario, form: Form) -> tuple[str, ...]:
    """The words that answered no question, without those the story has in it by now."""
    story = form.answers.get(scenario.template.story)
    told = "" if story is None else str(story.value)
    return tuple(words for words in form.unplaced if words not in told)


def _to_settle(scenario: Scenario, form: Form) -> list[Question]:
    """The questions this form is about."""
    asked = relevance(scenario, form).questions
    return [one for one in asked if one.id not in form.settled and not can_wait(scenario, form, one)]


def _missing(form: Form, question: Question) -> Message:
    to = form.deferred.get(question.id)
    return Message("engine.not_given") if to is None else left_to(to)


def _prompt(question: Question, form: Form) -> Words:
    if question.type == "attachment" and form.partial:
        return Message("engine.more_files", {"count": len(form.partial)})
    if question.type == "district" and form.partial:
        opened = find_district(district_nodes(question.parser), str(form.partial[0]))
        return Message("engine.which_part", {"district": district_title(opened)})
    if question.id == form.reopened and question.id in form.answers:
        now_is = {"ask": question.spec.localized_ask, "answer": form.answers[question.id].shown}
        return Message("engine.correcting", now_is)
    return question.spec.localized_ask


def _options(question: Question, form: Form, now: datetime) -> Rows:
    tag = tag_of(form.draft)
    match question.type:
        case "choice":
            return _rows([_option(question, option, tag) for option in question.options])
        case "multi_choice":
            return _rows([_tick(question, option, tag, form) for option in question.options])
        case "boolean":
            yes = _choice(Message("field.boolean.yes"), tag, question.id, "yes", fields.YES)
            return ((yes, _choice(Message("field.boolean.no"), tag, question.id, "no", fields.NO)),)
        case "date":
            return _days(question, tag, now)
        case "district":
            return _districts(question, form, tag)
        case "attachment" if len(form.partial) > 1:
            return _files(question, form, tag)
    return ()


def _choice(label: Words, tag: str, field: str, option: str, phrases: tuple[str, ...] = ()) -> Button:
    return Button(label, FormCommand(CHOOSE, tag, field, option).encoded(), phrases)


def _option(question: Question, option: Option, tag: str) -> Button:
    return _choice(question.label_of(option), tag, question.id, option.id, option.synonyms.all)


def _tick(question: Question, option: Option, tag: str, form: Form) -> Button:
    if option.id not in form.partial:
        return _option(question, option, tag)
    label = Message("engine.ticked", {"option": question.label_of(option)})
    return Button(label, FormCommand(UNTICK, tag, question.id, option.id).encoded(), option.synonyms.all)


def _days(question: Question, tag: str, now: datetime) -> Rows:
    """Today and yesterday are most answers; the button carries the date, so it stays true tomorrow."""
    spec = question.spec
    if spec.type != "date" or spec.future:
        return ()
    today = now.date()
    return (
        (
            _choice(Message("engine.today"), tag, question.id, today.isoformat()),
            _choice(Message("engine.yesterday"), tag, question.id, (today - timedelta(days=1)).isoformat()),
        ),
    )


def _files(question: Question, form: Form, tag: str) -> Rows:
    """A button for each file sent so far, to take back the one that was wrong."""
    return tuple(
        (
            Button(
                Message("engine.take_back", {"at": at, "name": str(one["name"])}),
                FormCommand(UNTICK, tag, question.id, file_tag(one)).encoded(),
            ),
        )
        for at, one in enumerate(form.partial, start=1)
    )


def _districts(question: Question, form: Form, tag: str) -> Rows:
    """The counties; or the townships of the one that was pressed, and a way to leave it at that."""
    tree = district_nodes(question.parser)
    opened = find_district(tree, str(form.partial[0])) if form.partial else ()
    nodes = opened[-1].children if opened else tree
    rows = _rows([_choice(district_title((node,)), tag, question.id, node.id, node.names) for node in nodes])
    if not opened:
        return rows
    whole = FormCommand(WHOLE, tag, question.id, opened[-1].id).encoded()
    return (*rows, (Button(Message("engine.whole_district"), whole),))


def _rows(choices: Sequence[Button]) -> Rows:
    """Short labels stand three beside each other once there are many; long ones get a row each."""
    width = 3 if len(choices) > 6 else 2
    if len(choices) < 4 or not all(_is_short(choice.label) for choice in choices):
        width = 1
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))


def _is_short(label: Words) -> bool:
    if isinstance(label, Message):
        return all(_is_short(arg) for arg in label.args.values() if not isinstance(arg, int))
    if isinstance(label, Localized):
        return all(len(text) <= _SHORT_LABEL.get(language, 8) for language, text in label.written)
    return len(label) <= _SHORT_LABEL["zh"]


def _can_go_back(question: Question, form: Form, ids: list[str]) -> bool:
    if question.type == "district" and form.partial:
        return True
    return any(was_asked(form, field) for field in ids[: ids.index(question.id)])


def _controls(question: Question, form: Form, attempt: int, *, can_go_back: bool) -> Rows:
    first = []
    if question.type in ("multi_choice", "attachment") and form.partial:
        first.append(_control("done", form, question.id))
        first.append(_control("clear", form, question.id))
    if question.id == form.reopened:
        first.append(_control("keep", form, question.id))
    elif not question.spec.required and not form.partial:
        first.append(_control("skip", form, question.id))
    second = [_control("back", form, question.id)] if can_go_back else []
    second += [_control("help", form)]
    second += [_control("human", form)] if attempt else []
    second += [_control("cancel", form)]
    return (tuple(first), tuple(second)) if first else (tuple(second),)


def _brief(form: Form, problem: Words | None) -> Rows:
    if problem is None or (form.misses.total < 2 and not form.misses.offers):
        return ()
    return ((_control("repeat", form), _control("human", form)),)


def _control(verb: str, form: Form, field: str = "") -> Button:
    return Button(Message(f"engine.control.{verb}"), FormCommand(verb, tag_of(form.draft), field).encoded())
