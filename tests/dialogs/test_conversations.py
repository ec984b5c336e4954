"""The runner of test conversations tells what went another way, and which branches nobody reached."""

from pathlib import Path

import pytest

from dialogs.conversations import Conversation, ConversationError, branches, play, read_conversations, unreached
from tests.dialogs.city import ENGINE, RICH, SCENARIOS


def read(folder: Path, *steps: str, head: str = "") -> Conversation:
    path = folder / "rich.yaml"
    text = "conversations:\n  - name: one\n" + head + "    steps:\n" + "".join(f"      - {step}\n" for step in steps)
    path.write_text(text, encoding="utf-8")
    [conversation] = read_conversations(path)
    return conversation


FULL = (
    "press: complaint",
    "expect: trouble",
    "press: 拖延",
    "press: stock",
    "press: done",
    "press: skip",
    "press: 'no'",
    "say: 拖了三个月还没办好",
    "say: 东街街道",
    "location: 软件园",
    "press: skip",
    "press: skip",
    "phone: '+8613800138000'",
    "photo: 2",
    "file: 1",
    "summary: {trouble: 拖延, amount: null}",
    "press: fix phone",
    "expect: {field: phone, prompt: 138}",
    "press: keep",
    "press: confirm",
    "submitted: {kind: complaint, urgent: false, attachments: 3, answers: {effects: [stock], danger: false}}",
    "submitted: {answers: {amount: null}}",
)


def test_a_whole_conversation_reaches_its_branches(tmp_path: Path) -> None:
    reached = play(read(tmp_path, *FULL), SCENARIOS, ENGINE)
    assert {("filed",), ("asked", "papers"), ("hidden", "amount"), ("skipped", "since")} <= reached
    assert {("option", "trouble", "late"), ("option", "danger", "no"), ("not urgent",)} <= reached
    assert ("option", "trouble", "unpaid") not in reached


def test_what_nobody_reached_is_told_with_the_line_of_the_field(tmp_path: Path) -> None:
    missing = unreached(RICH, play(read(tmp_path, *FULL), SCENARIOS, ENGINE))
    amount = RICH.by_id["amount"].place
    assert f"{amount}: rich: no conversation reaches: asked amount" in missing
    assert f"{amount}: rich: no conversation reaches: note amount 1" in missing
    assert not any("skipped since" in line for line in missing)
    assert ("skipped", "phone") not in branches(RICH)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (["expect: story"], "field: 'story' was wanted, not 'kind'"),
        (["press: nonsense"], "no button 'nonsense'"),
        (["expect_text: 没这话"], "'没这话' is not in"),
        (["summary: {}"], "no summary is shown"),
        (["submitted: {}"], "nothing is submitted"),
        (["expect: {options: [complaint]}"], "options: "),
        (["expect: {field: kind, help: x}"], "help: 'x' is not in ''"),
        (["expect: {colour: red}"], "'expect' knows field"),
        (["say: 人工", "say: 你好"], "already over"),
        (["handed_over: asked"], "handed over for: 'asked' was wanted, not None"),
    ],
)
def test_a_difference_is_told_with_its_line(tmp_path: Path, steps: list[str], reason: str) -> None:
    with pytest.raises(ConversationError) as caught:
        play(read(tmp_path, *steps), SCENARIOS, ENGINE)
    assert str(caught.value).startswith(f"{tmp_path / 'rich.yaml'}:{3 + len(steps)}: one: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("step", ["shout: 喂", "just words", "{say: a, press: b}"])
def test_an_unknown_step_is_told(tmp_path: Path, step: str) -> None:
    with pytest.raises(ConversationError, match="a step is one of"):
        read(tmp_path, step)


def test_silence_stickers_and_handing_over(tmp_path: Path) -> None:
    steps = [
        "sticker: true",
        "expect: {problem: engine.wanted.choice}",
        "silence: 3",
        "say: 人工",
        "handed_over: mixed",
    ]
    play(read(tmp_path, *steps, "over: true"), SCENARIOS, ENGINE)


def test_now_needs_its_offset(tmp_path: Path) -> None:
    with pytest.raises(ConversationError, match="offset"):
        read(tmp_path, "say: x", head='    now: "2026-11-20T10:00:00"\n')
