"""A template's mistakes are told as file:line before anybody talks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.contract.faults import FileFaults
from dialogs.templates.loader import BUILT_IN, check, load_scenarios
from dialogs.wording import Wording
from tests.dialogs.city import TREE

HERE = Path(__file__).parent.parent / "scenarios"
RICH = (HERE / "rich.yaml").read_text(encoding="utf-8")
Edit = Callable[[str, str], list[str]]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Checks the rich scenario after one change to its text."""

    def checked(old: str, new: str) -> list[str]:
        assert RICH.count(old) >= 1
        (tmp_path / "_blocks.yaml").write_bytes((HERE / "_blocks.yaml").read_bytes())
        (tmp_path / "rich.yaml").write_text(RICH.replace(old, new, 1), encoding="utf-8")
        return [Wording("en").fault(fault).removeprefix(f"{tmp_path}/") for fault in check(tmp_path)]

    return checked


def line_of(text: str) -> int:
    return RICH[: RICH.index(text)].count("\n") + 1


def test_the_samples_and_the_shipped_scenarios_are_right() -> None:
    assert [*check(HERE), *check(BUILT_IN)] == []


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        (
            "{trouble: [unpaid]}",
            "{trubble: [unpaid]}",
            "show_if: {trouble",
            "no field is called trubble; did you mean trouble?",
        ),
        (
            "{trouble: [unpaid]}",
            "{trouble: [unpayed]}",
            "show_if: {trouble",
            "trouble has no option unpayed; did you mean unpaid?",
        ),
        ("{trouble: [unpaid]}", "{danger: true}", "show_if: {trouble", "danger is asked later"),
        ("{trouble: [unpaid]}", "danger == true", "show_if: {trouble", "danger is asked later"),
        ("{trouble: [unpaid]}", "trouble ==", "show_if: {trouble", "this condition cannot be understood"),
        ("{trouble: [unpaid]}", '"[1].all(x, x > 0)"', "show_if: {trouble", "all() cannot be used in conditions"),
        (
            "{trouble: [unpaid]}",
            "\"matches(trouble, 'a')\"",
            "show_if: {trouble",
            "matches() cannot be used in conditions",
        ),
        (
            "{trouble: [unpaid]}",
            "'trouble == \"unpayed\"'",
            "show_if: {trouble",
            "trouble has no option unpayed; did you mean unpaid?",
        ),
        (
            'trouble == "unpaid"\'',
            'trouble == "late" && kind == "none"\'',
            "show_if: '\"wages",
            "kind has no option none; possible: complaint, consultation",
        ),
        (
            '"wages" in effects && trouble == "unpaid"\'',
            'trouble == "late" && trouble == "unpaid"\'',
            "show_if: '\"wages",
            "no answers make this condition true",
        ),
        (
            '"wages" in effects && trouble == "unpaid"\'',
            'amount > 5.0 && trouble == "late"\'',
            "show_if: '\"wages",
            "no answers make this condition true",
        ),
        (
            "{zh: 欠多少？, en: How much?}",
            "{zh: 欠多少？}",
            "ask: {zh: 欠多少",
            "ask lacks en: write it in Chinese (zh) and in English (en)",
        ),
        ("label: {zh: 拖延, en: Late}, ", "", "- {id: late", "label is missing"),
        ("id: since", "id: amount", "- id: since", "field amount is already at"),
        ("{id: late, label", "{id: unpaid, label", "- {id: late", "option unpaid is there twice"),
        ("{zh: 拖延, en: Late}", "{zh: 没给钱, en: Late}", "- {id: late", "没给钱 also means option unpaid"),
        ("{zh: 拖延, en: Late}", "{zh: 取消, en: Late}", "- {id: late", "取消 is also the command cancel"),
        ("{trouble}：{amount}", "{trouble}：{sum}", "subject:", "{sum} names no field"),
        ("{trouble}：{amount}", "{trouble}：{phone}", "subject:", "would put a person's data into the title"),
        (
            "story: story",
            "story: tale",
            "story: story",
            "story names a required text field that is always asked, not tale; possible: story",
        ),
        (
            "district: district",
            "district: address",
            "district: district",
            "district names a field of type district, not address; possible: district",
        ),
        (
            "- use: contact",
            "- use: contacts",
            "- use: contact",
            "_blocks.yaml has no block contacts; did you mean contact?",
        ),
        ("type: money", "type: coins", "- id: amount", "there is no type of field called coins"),
        ("    past: true", "    pasta: true", "    past: true", "there is no pasta here; did you mean past?"),
        ("id: rich", "id: poor", "id: rich", "it should be poor.yaml"),
        ("[complaint, consultation]", "[complaint, report]", "kinds:", "no block kind with an option for each"),
        ("id: danger\n", "id: in\n", "- id: danger", "in is a word of the condition language"),
        (
            "options: {other: {",
            "options: {others: {",
            "options: {other: {",
            "trouble has no option others; did you mean other?",
        ),
        ("{zh: 都不是, en: none of these}", "{zh: 都不是}", "options: {other: {", "other lacks en"),
        (
            "voice: {defer: link}",
            "voice: {defer: later}",
            "voice: {defer: link}",
            "defer cannot be later; possible: keys, link, seat",
        ),
        (
            "voice: {defer: link}",
            "voice: {asks: link}",
            "voice: {defer: link}",
            "there is no asks here; did you mean ask?",
        ),
        (
            "voice: {defer: link}",
            "voice: {options: {a: {zh: 甲, en: a}}}",
            "voice: {defer: link}",
            "uscc has no option a",
        ),
        ("type: boolean", "type: boolean\n    type: text", "    label: {zh: 有无危险", "type is given twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(edit: Edit, old: str, new: str, at: str, reason: str) -> None:
    faults = edit(old, new)
    assert any(fault.startswith(f"rich.yaml:{line_of(at)}: ") and reason in fault for fault in faults), faults


def test_an_id_too_long_for_a_button_is_refused(edit: Edit) -> None:
    assert any("at most 20 characters" in fault for fault in edit("{id: late,", "{id: an-option-id-that-is-too-long,"))


def test_words_stay_words(tmp_path: Path) -> None:
    (tmp_path / "_blocks.yaml").write_bytes((HERE / "_blocks.yaml").read_bytes())
    text = RICH.replace("{zh: 拖延, en: Late}", "{zh: yes, en: 12:30}").replace(
        "{zh: 其他, en: Something else}", "{zh: 012, en: on}"
    )
    (tmp_path / "rich.yaml").write_text(text, encoding="utf-8")
    question = load_scenarios(tmp_path, TREE)["rich"].by_id["trouble"]
    labels = [(option.label.zh, option.label.en) for option in question.options]
    assert labels == [("欠款", "Unpaid"), ("yes", "12:30"), ("012", "on")]


def test_a_withdrawn_version_is_found_but_not_offered(tmp_path: Path) -> None:
    (tmp_path / "withdrawn").mkdir()
    (tmp_path / "_blocks.yaml").write_bytes((HERE / "_blocks.yaml").read_bytes())
    (tmp_path / "rich.yaml").write_text(RICH, encoding="utf-8")
    (tmp_path / "withdrawn" / "rich@1.yaml").write_text(RICH.replace("version: 2", "version: 1"), encoding="utf-8")
    scenarios = load_scenarios(tmp_path, TREE)
    assert scenarios["rich"].version == 2
    found = scenarios.find("rich", 1)
    assert found is not None
    assert found.version == 1
    assert scenarios.find("rich", 3) is None


def test_the_same_version_twice_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "_blocks.yaml").write_bytes((HERE / "_blocks.yaml").read_bytes())
    for name in ("rich.yaml", "rich@2.yaml"):
        (tmp_path / name).write_text(RICH, encoding="utf-8")
    with pytest.raises(FileFaults) as caught:
        load_scenarios(tmp_path, TREE)
    assert "version 2 of rich is also in" in Wording("en").faults(caught.value)[0]


def test_a_mistake_in_a_block_is_told_once_and_where_the_block_stands(tmp_path: Path) -> None:
    blocks = (HERE / "_blocks.yaml").read_text(encoding="utf-8")
    (tmp_path / "_blocks.yaml").write_text(
        blocks.replace("prefill:", "show_if: {nobody: [a]}\n      prefill:"), encoding="utf-8"
    )
    for name in ("rich", "poor"):
        (tmp_path / f"{name}.yaml").write_text(RICH.replace("id: rich", f"id: {name}"), encoding="utf-8")
    [fault] = check(tmp_path)
    assert fault.path == tmp_path / "_blocks.yaml"


def test_what_is_not_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: bad\ntitle: [\n", encoding="utf-8")
    [fault] = check(tmp_path)
    assert Wording("en").fault(fault).startswith(f"{tmp_path / 'bad.yaml'}:3: ")
