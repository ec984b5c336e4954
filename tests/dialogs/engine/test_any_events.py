"""Whatever comes, in whatever order: nothing raises, nothing said is lost, and what is wanted is always clear."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.engine import Step
from dialogs.engine.commands import VERBS
from dialogs.events import Defer, Event, Place, Press, Rejected, SharedPhone, Silence, Start, Text, Unsupported
from dialogs.form import Form, Phase
from dialogs.outputs import Ask, HandOver, Submit, Summarise
from dialogs.relevance import relevance
from tests.dialogs.city import DRAFT, ENGINE, NOW, RICH, photo, tagged

FIELDS = [question.id for question in RICH.questions]
OPTIONS = [option.id for question in RICH.questions for option in question.options]
WORDS = [
    "帮助",
    "返回",
    "跳过",
    "取消",
    "重新开始",
    "不改了",
    "完成",
    "确认",
    "English",
    "中文",
    "是",
    "不是",
    "没有",
    "改电话",
    "材料",
]
ANSWERS = [
    "拖延",
    "欠款",
    "3000元",
    "1 3",
    "昨天",
    "5人",
    "拖了三个月还没办好",
    "东街街道",
    "建设路18号",
    "13800138000",
    "29.7,113.9",
]

buttons = st.one_of(
    st.builds(
        "o:{}:{}".format, st.sampled_from(FIELDS), st.sampled_from([*OPTIONS, "yes", "no", "chengguan", "kaifaqu"])
    ),
    st.builds("{}:{}".format, st.sampled_from(sorted(VERBS)), st.sampled_from([*FIELDS, "", "cancel", "restart"])),
    st.text(max_size=70),
).map(lambda command: Press(tagged(command)))
events = st.one_of(
    st.sampled_from([*WORDS, *ANSWERS, *ANSWERS]).map(Text),
    buttons,
    st.text(max_size=30).map(Text),
    st.builds(Text, st.sampled_from(ANSWERS), edited=st.just(True)),
    st.sampled_from(["a", "b", "c"]).map(photo),
    st.sampled_from(
        [
            Silence(),
            Defer("link"),
            Defer("seat"),
            Unsupported("poll"),
            Rejected("attachment-type"),
            Place(29.7, 113.9),
            Start(),
            SharedPhone("+8613800138000"),
        ]
    ),
)
on_screen = st.integers(0, 30)
"""Presses a button that is shown, by its place; so that long talks come about."""


@settings(max_examples=70)
@given(st.lists(st.one_of(events, on_screen, on_screen), max_size=40))
def test_any_talk(script: list[Event | int]) -> None:
    step = ENGINE.start(RICH, DRAFT, "zh_CN", {}, NOW)
    for item in script:
        if step.form is None:
            break
        event = _shown(step, item) if isinstance(item, int) else item
        before = step.form
        step = ENGINE.step(RICH, _stored(before), event, NOW)
        assert _ends_well(step, event), (event, step.outputs)
        if step.form is not None:
            _nothing_is_lost(before, step, event)


def _stored(form: Form) -> Form:
    stored = Form.from_json(json.loads(json.dumps(form.to_json())))
    assert stored == form
    return stored


def _shown(step: Step, place: int) -> Event:
    commands = ["confirm:"]
    for output in step.outputs:
        if isinstance(output, Ask):
            commands = [choice.command for row in (*output.options, *output.controls) for choice in row]
        elif isinstance(output, Summarise):
            commands = [line.command for line in output.lines]
            commands += [choice.command for row in output.controls for choice in row]
    return Press(commands[place % len(commands)])


def _ends_well(step: Step, event: Event) -> bool:
    if step.form is None:
        return any(isinstance(output, HandOver) for output in step.outputs) or len(step.outputs) == 1
    if not step.outputs:  # the second press of a double tap
        return isinstance(event, Press) and event.command == step.form.last_command
    return isinstance(step.outputs[-1], Ask | Summarise | Submit)


def _nothing_is_lost(before: Form, step: Step, event: Event) -> None:
    """Answers go only where the person sent them away: by skipping, putting off or starting over, and are told."""
    after = step.form
    assert after is not None
    keys = {getattr(getattr(output, "text", None), "key", "") for output in step.outputs}
    gone = before.answers.keys() - after.answers.keys()
    told = {"engine.removed", "engine.restarted", "engine.put_off_link", "engine.put_off_seat"}
    assert not gone or keys & told, (gone, event)
    files = {one["id"] for one in _files(before)} - {one["id"] for one in _files(after)}
    cleared = isinstance(event, Press) and event.command.split(":")[0] in ("clear", "keep")
    kept = isinstance(event, Text) and event.text == "不改了"
    assert not files or cleared or kept or keys & {"engine.files_dropped", "engine.restarted", "engine.removed"}, event
    if after.phase is not Phase.ASKING:
        answered = {*after.answers, *after.skipped}
        assert all(question.id in answered for question in relevance(RICH, after).questions)


def _files(form: Form) -> list[dict[str, str]]:
    answer = form.answers.get("papers")
    return [*(answer.value if answer else ()), *(p for p in form.partial if isinstance(p, dict)), *form.extras]
