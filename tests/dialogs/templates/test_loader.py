"""A template's mistakes are told as file:line before anybody talks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dialogs.templates.faults import ScenarioFaults
from dialogs.templates.loader import check, load_scenarios
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
        return [fault.removeprefix(f"{tmp_path}/") for fault in check(tmp_path)]

    return checked


def line_of(text: str) -> int:
    return RICH[: RICH.index(text)].count("\n") + 1


def test_the_samples_and_the_shipped_scenarios_are_right() -> None:
    assert check([HERE, Path("dialogs/scenarios").resolve()]) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("{trouble: [unpaid]}", "{trubble: [unpaid]}", "show_if: {trouble", "unknown name 'trubble'"),
        ("{trouble: [unpaid]}", "{trouble: [unpayed]}", "show_if: {trouble", "'trouble' has no option 'unpayed'"),
        ("{trouble: [unpaid]}", "{danger: true}", "show_if: {trouble", "unknown name 'danger': no field asked before"),
        ("{trouble: [unpaid]}", "danger == true", "show_if: {trouble", "no field asked before this one"),
        ("{trouble: [unpaid]}", "trouble ==", "show_if: {trouble", "not a CEL expression"),
        ("{trouble: [unpaid]}", '"[1].all(x, x > 0)"', "show_if: {trouble", "the macro all() is not allowed"),
        ("{trouble: [unpaid]}", "\"matches(trouble, 'a')\"", "show_if: {trouble", "unknown function matches()"),
        ("{trouble: [unpaid]}", "'trouble == \"unpayed\"'", "show_if: {trouble", "'trouble' has no option 'unpayed'"),
        ('trouble == "unpaid"\'', 'trouble == "late" && kind == "none"\'', "show_if: '\"wages", "no option 'none'"),
        (
            '"wages" in effects && trouble == "unpaid"\'',
            'trouble == "late" && trouble == "unpaid"\'',
            "show_if: '\"wages",
            "unreachable: no answers make this true",
        ),
        (
            '"wages" in effects && trouble == "unpaid"\'',
            'amount > 5.0 && trouble == "late"\'',
            "show_if: '\"wages",
            "unreachable: no answers make this true",
        ),
        (
            "{zh: 欠多少？, en: How much?}",
            "{zh: 欠多少？}",
            "ask: {zh: 欠多少",
            "'ask': the translation 'en' is missing",
        ),
        ("label: {zh: 拖延, en: Late}, ", "", "- {id: late", "'label' is missing"),
        ("id: since", "id: amount", "- id: since", "field 'amount' is already at"),
        ("{id: late, label", "{id: unpaid, label", "- {id: late", "option 'unpaid' is there twice"),
        ("{zh: 拖延, en: Late}", "{zh: 没给钱, en: Late}", "- {id: late", "'没给钱' also means option 'unpaid'"),
        ("{zh: 拖延, en: Late}", "{zh: 取消, en: Late}", "- {id: late", "'取消' is also the command 'cancel'"),
        ("{trouble}：{amount}", "{trouble}：{sum}", "subject:", "the placeholder {sum} names no field"),
        ("{trouble}：{amount}", "{trouble}：{phone}", "subject:", "would put a person's data into the title"),
        ("story: story", "story: tale", "story: story", "'story' must name a required text field"),
        ("district: district", "district: address", "district: district", "'district' must name a field of type"),
        ("- use: contact", "- use: contacts", "- use: contact", "no block 'contacts'"),
        ("type: money", "type: coins", "- id: amount", "coins"),
        ("    past: true", "    pasta: true", "    past: true", "'pasta' is not known here"),
        ("id: rich", "id: poor", "id: rich", "the file must be named poor.yaml"),
        ("[complaint, consultation]", "[complaint, report]", "kinds:", "no block 'kind' with an option for each"),
        ("id: danger\n", "id: in\n", "- id: danger", "'in' is a word of the condition language"),
        ("options: {other: {", "options: {others: {", "options: {other: {", "'trouble' has no option 'others'"),
        ("{zh: 都不是, en: none of these}", "{zh: 都不是}", "options: {other: {", "the translation 'en' is missing"),
        ("voice: {defer: link}", "voice: {defer: later}", "voice: {defer: link}", "'defer': Input should be 'keys'"),
        ("voice: {defer: link}", "voice: {asks: link}", "voice: {defer: link}", "'asks' is not known here"),
        (
            "voice: {defer: link}",
            "voice: {options: {a: {zh: 甲, en: a}}}",
            "voice: {defer: link}",
            "'uscc' has no option 'a'",
        ),
        ("type: boolean", "type: boolean\n    type: text", "    label: {zh: 有无危险", "'type' is given twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(edit: Edit, old: str, new: str, at: str, reason: str) -> None:
    faults = edit(old, new)
    assert any(fault.startswith(f"rich.yaml:{line_of(at)}: ") and reason in fault for fault in faults), faults


def test_an_id_too_long_for_a_button_is_refused(edit: Edit) -> None:
    assert any("at most 20" in fault for fault in edit("{id: late,", "{id: an-option-id-that-is-too-long,"))


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
    with pytest.raises(ScenarioFaults, match="version 2 of rich is also in"):
        load_scenarios(tmp_path, TREE)


def test_a_mistake_in_a_block_is_told_once_and_where_the_block_stands(tmp_path: Path) -> None:
    blocks = (HERE / "_blocks.yaml").read_text(encoding="utf-8")
    (tmp_path / "_blocks.yaml").write_text(
        blocks.replace("prefill:", "show_if: {nobody: [a]}\n      prefill:"), encoding="utf-8"
    )
    for name in ("rich", "poor"):
        (tmp_path / f"{name}.yaml").write_text(RICH.replace("id: rich", f"id: {name}"), encoding="utf-8")
    [fault] = check(tmp_path)
    assert fault.startswith(f"{tmp_path / '_blocks.yaml'}:")


def test_what_is_not_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: bad\ntitle: [\n", encoding="utf-8")
    [fault] = check(tmp_path)
    assert fault.startswith(f"{tmp_path / 'bad.yaml'}:3: ")
