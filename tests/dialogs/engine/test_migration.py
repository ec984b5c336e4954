"""A form whose version is gone goes on with the present one: nothing fitting is lost, and what changed is said."""

from pathlib import Path

from dialogs.engine.turn import Step
from dialogs.form import Form, Phase
from dialogs.templates.loader import load_scenarios
from dialogs.templates.scenario import Scenario
from tests.dialogs.city import ENGINE, NOW, TREE, FormChat, file_id, photo, plain

HERE = Path(__file__).parents[1] / "scenarios"
RICH = (HERE / "rich.yaml").read_text(encoding="utf-8")


def changed(folder: Path, *edits: tuple[str, str]) -> Scenario:
    text = RICH.replace("version: 2", "version: 3")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (folder / "_blocks.yaml").write_bytes((HERE / "_blocks.yaml").read_bytes())
    (folder / "rich.yaml").write_text(text, encoding="utf-8")
    return load_scenarios(folder, TREE)["rich"]


def said(step: Step) -> list[str]:
    return [plain(output.text, "zh") for output in step.outputs if hasattr(output, "text")]


def test_answers_that_still_fit_are_kept_and_the_rest_is_named(tmp_path: Path) -> None:
    talk = FormChat().to_summary()
    scenario = changed(
        tmp_path,
        ("{id: late, label: {zh: 拖延, en: Late}", "{id: slow, label: {zh: 太慢, en: Slow}"),
        ("min_length: 4", "min_length: 40"),
    )
    step = ENGINE.migrate(scenario, talk.form, NOW)
    assert said(step) == ["engine.migrated(样样都有)", "engine.migrated_dropped(field.list(问题, 经过))"]
    assert step.form is not None
    assert (step.form.version, step.form.current) == (3, "trouble")
    assert set(talk.form.answers) - set(step.form.answers) == {"trouble", "story"}


def test_a_field_that_is_gone_or_of_another_type_is_dropped(tmp_path: Path) -> None:
    talk = FormChat().to_summary()
    scenario = changed(tmp_path, ("type: boolean", "type: text"), ("urgent_if: {danger: true}\n", ""))
    step = ENGINE.migrate(scenario, talk.form, NOW)
    assert said(step)[1] == "engine.migrated_dropped(有无危险)"


def test_with_nothing_dropped_the_talk_just_goes_on(tmp_path: Path) -> None:
    talk = FormChat().to_summary().presses("fix:papers").send(photo("b"))
    step = ENGINE.migrate(changed(tmp_path), talk.form, NOW)
    assert said(step) == ["engine.migrated(样样都有)"]
    assert step.form is not None
    assert step.form.phase is Phase.CONFIRMING
    kept = [upload["id"] for upload in (*step.form.answers["papers"].value, *step.form.extras)]
    assert kept == [file_id("a"), file_id("b")]


def test_what_was_submitted_stays_as_it_was(tmp_path: Path) -> None:
    talk = FormChat().to_summary().presses("confirm:")
    before = talk.submitted
    form = Form.from_json(talk.form.to_json())
    step = ENGINE.migrate(changed(tmp_path), form, NOW)
    assert step.outputs[-1].form == before  # type: ignore[union-attr]


def test_a_form_that_moved_remembers_no_press_of_before(tmp_path: Path) -> None:
    talk = FormChat().presses("o:kind:complaint")
    step = ENGINE.migrate(changed(tmp_path), talk.form, NOW)
    assert step.form is not None
    assert (step.form.last_command, step.form.current, step.form.phase) == ("", "trouble", Phase.ASKING)
