"""The policy file: the packaged default, and what an office is told when its own has a mistake."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.contract.words import Kind
from backend.rules.policy import PolicyError, load_policy, parse_policy, policy_schema, version_taken
from backend.rules.working_time import WorkingSpan

DEFAULT = resources.files("backend").joinpath("policies", "default.yaml").read_text("utf-8")


def edited(old: str, new: str) -> str:
    assert DEFAULT.count(old) == 1, old
    return DEFAULT.replace(old, new)


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "ours.yaml")
    return caught.value.problems


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_default_holds_the_numbers_of_the_domain() -> None:
    policy = load_policy(None)
    limits = policy.limits
    assert limits.verify.span() == WorkingSpan(days=1)
    assert limits.sign.span() == WorkingSpan(time=timedelta(hours=2))
    days = {kind: limits.resolve.of(kind).working_days for kind in Kind}
    assert days == {"consultation": 1, "help": 5, "suggestion": 5, "complaint": 10, "report": 10}
    assert policy.warnings.blue_share == 2 / 3
    assert (policy.warnings.yellow_share, policy.warnings.yellow_working_hours) == (0.85, 4)
    assert (policy.rating.follow_up_days, policy.rating.expiry_days) == (3, 7)
    assert (policy.follow_up.by_phone, policy.follow_up.attempts) == (True, 3)
    assert (policy.extension.most, policy.lookup.guesses, policy.lookup.minutes) == (2, 5, 15)
    assert (policy.dissatisfaction.redo_at, policy.dissatisfaction.level_up_at) == (1, 2)
    asked = policy.questions
    assert (asked.shown_within.working_days, asked.reminder_after.working_days, asked.ends_after.working_days) == (
        1,
        2,
        5,
    )
    assert (asked.pausing, asked.pause_in_all.working_days) == (2, 5)
    assert (limits.dispatch.working_hours, limits.decide.working_days, limits.call_back.working_hours) == (4, 1, 4)
    assert policy.anonymity.hides(Kind.REPORT)
    assert not policy.anonymity.hides(Kind.COMPLAINT)


def test_scenario_carries_its_clock_and_others_none() -> None:
    policy = load_policy(None)
    clock = policy.clock("power-cut")
    assert clock is not None
    assert clock.resolve.within.working_days == 5
    assert policy.clock("no-such-scenario") is None


def test_file_of_an_office_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(edited(load_policy(None).version, "ours-1"), "utf-8")
    assert load_policy(path).version == "ours-1"


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_policy(tmp_path / "none.yaml")


def test_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("version: 政策".encode("gbk"))
    with pytest.raises(PolicyError, match=r"gbk\.yaml:1: .*UTF-8"):
        load_policy(path)


def test_new_years_decree_is_entered_as_days() -> None:
    text = edited(
        "  days: {}\n  decreed_years: []",
        "  days:\n    2027-01-01: holiday\n    2027-01-02: working\n  decreed_years: [2027]",
    )
    calendar = parse_policy(text, "ours.yaml").calendar()
    kinds = [calendar.is_workday(date(2027, 1, day)) for day in (1, 2, 4)]
    assert [kind.working for kind in kinds] == [False, True, True]
    assert not any(kind.provisional for kind in kinds)


def test_no_quiet_hours_is_null() -> None:
    text = edited('quiet_hours:\n  start: "21:00"\n  end: "08:00"', "quiet_hours: null")
    assert parse_policy(text, "ours.yaml").quiet_hours is None


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("blue_share: 2/3", "blue_share: 3/2", "warnings.blue_share", "less than 1"),
        ("blue_share: 2/3", "blue_share: lots", "warnings.blue_share", "fraction"),
        ("blue_share: 2/3", "blue_share: 1/0", "warnings.blue_share", "fraction"),
        ("blue_share: 2/3", "blue_share: 0.9", "warnings", "yellow_share must not be below"),
        ("reminder_after: {working_days: 2}", "reminder_after: {working_days: 9}", "questions", "must not shrink"),
        ("pausing: 2 ", "pausing: -1 ", "questions.pausing", "greater than"),
        ("verify: {working_days: 1}", "verify: {working_days: 0}", "limits.verify.working_days", "greater than"),
        ("verify: {working_days: 1}", 'verify: {working_days: "1"}', "limits.verify.working_days", "integer"),
        ("verify: {working_days: 1}", "verify: {}", "limits.verify", "either working_days or working_hours"),
        ("sign: {working_hours: 2}", "sign: {working_hour: 2}", "limits.sign.working_hour", "not a known key"),
        ("sign: {working_hours: 2}", "sign: {working_hours: .inf}", "limits.sign.working_hours", "less than"),
        ("sign: {working_hours: 2}", "sign: {working_hours: .nan}", "limits.sign.working_hours", "less than"),
        ('power-cut: "2125"', "power-cut: 2125", "limits.scenarios.power-cut", "quotes"),
        ('power-cut: "2125"', 'power-cut: "2126"', "limits", "2126"),
        ("timezone: Asia/Shanghai", "timezone: Beijing", "office_time.timezone", "Asia/Shanghai"),
        ("timezone: Asia/Shanghai", "timezone: /etc/passwd", "office_time.timezone", "Asia/Shanghai"),
        ('- ["08:30", "12:00"]', '- ["8:30", "12:00"]', "office_time.hours.0.0", "HH:MM"),
        ('- ["08:30", "12:00"]', '- ["08:30", "15:00"]', "office_time", "order"),
        ("  days: {}", "  days: {2027-02-30: holiday}", "office_time.days.2027-02-30", "date"),
        ("  days: {}", "  days: {2027-02-03: off}", "office_time.days.2027-02-03", "'working' or 'holiday'"),
        ('end: "08:00"', 'end: "21:00"', "quiet_hours", "null"),
        ("follow_up_days: 3", "follow_up_days: 8", "rating", "grow"),
        ("- {hours: 2}", "- {}", "follow_up.pauses.0", "either hours or working_days"),
        ("- {hours: 2}", "- {hours: 2, working_days: 1}", "follow_up.pauses.0", "either hours or working_days"),
        ('- ["14:30", "18:00"]', '- ["11:30", "18:00"]', "follow_up", "order"),
        ("attempts: 3", "attempts: 0", "follow_up.attempts", "greater than"),
        ("level_up_at: 2", "level_up_at: 1", "dissatisfaction", "above redo_at"),
        ("kinds: [report]", "kinds: [reports]", "anonymity.hidden_reporter_kinds", "reports"),
        ('number: "119"', "number: 119", "emergencies.rules.0.number", "quotes"),
        ("- id: ambulance", "- id: fire", "emergencies.rules", "same id"),
        ("name: {zh_CN: 消防救援, en: Fire brigade}", "name: {zh_CN: 消防救援}", "emergencies.rules.0.name", "in en"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_line_key_and_reason(old: str, new: str, key: str, reason: str) -> None:
    (problem,) = problems_of(edited(old, new))
    found = re.fullmatch(r"ours\.yaml:(\d+): (\S+): (.+)", problem)
    assert found is not None, problem
    assert found[2] == key
    assert reason in found[3]
    where = "{}:".format(key.split(".")[0]) if "." not in key else new.split("\n")[0].strip()
    if key not in ("emergencies.rules", "emergencies.rules.0.name"):
        assert int(found[1]) == line_of(edited(old, new), where)


def test_a_version_that_meant_other_rules_is_named_with_line_and_keys(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(DEFAULT, "utf-8")
    (problem,) = version_taken(path, ["limits.sign", "rating.expiry_days"]).problems
    assert problem.startswith(f"{path}:{line_of(DEFAULT, 'version:')}: version: was in force with other rules")
    assert "(limits.sign, rating.expiry_days)" in problem
    (problem,) = version_taken(None, [f"key{number}" for number in range(9)]).problems
    assert problem.startswith("default.yaml:")
    assert "key4, ...)" in problem


def test_missing_section_is_named() -> None:
    (problem,) = problems_of(DEFAULT.replace("extension:\n  most: 2 ", "# "))
    assert problem == "ours.yaml:1: extension: is missing; add it (default.yaml shows an example)"


def test_every_mistake_is_told_at_once() -> None:
    text = edited("most: 2", "most: many").replace("title_length: 60", "title_length: 9")
    keys = [problem.split(": ")[1] for problem in problems_of(text)]
    assert keys == ["extension.most", "tickets.title_length"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: [", 1, "not valid YAML"),
        ("a: 1\na: 2", 2, "duplicate key"),
        ("", 1, "keys"),
        ("- a", 1, "keys"),
        ("a: \x07", 1, "YAML"),
    ],
)
def test_unreadable_file_is_refused(text: str, line: int, reason: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(f"ours.yaml:{line}: -: ")
    assert reason in problem


def test_policy_cannot_be_changed() -> None:
    policy = load_policy(None)
    with pytest.raises(ValidationError):
        policy.version = "2"  # type: ignore[misc]


def test_schema_describes_every_section_with_its_meaning() -> None:
    schema = policy_schema()
    assert set(schema["properties"]) == set(type(load_policy(None)).model_fields)
    assert schema["$defs"]["WarningRules"]["properties"]["yellow_working_hours"]["description"] == "Working hours left."
    assert json.loads(json.dumps(schema)) == schema
