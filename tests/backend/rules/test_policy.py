"""The policy file: the packaged default, and what an office is told when its own has a mistake."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.actions.city_views import emergency_sentences
from backend.contract.faults import FileFaults
from backend.contract.misfits import read_model
from backend.contract.words import Kind
from backend.contract.yaml_source import parse_source
from backend.rules import kept_policy
from backend.rules.policy.file import BUILT_IN, load_policy, policy_schema, version_taken
from backend.rules.policy.policy import Policy
from backend.rules.working_time import WorkingSpan
from dialogs.wording import Wording

DEFAULT = BUILT_IN.read_text("utf-8")
RULES_OF_VERSIONS = {
    "2026-11-30.6": "4c3fcadf0b99908a",
    "2026-11-30.7": "c6f2100c2a9c0e7f",
    "2026-11-30.8": "e08992a42cee71e5",
    "2026-11-30.9": "5d6a4500bca14c84",
    "2026-11-30.10": "7d48aeb2c97850c6",
    "2026-11-30.11": "5316e18c18c80ba1",
    "2026-11-30.12": "19035ca732f2ad3b",
}
"""Digest of the default policy's rules by version. A line is added; none is ever changed."""


def parse_policy(text: str, name: str) -> Policy:
    return read_model(Policy, parse_source(text, Path(name)))


def edited(old: str, new: str) -> str:
    assert DEFAULT.count(old) == 1, old
    return DEFAULT.replace(old, new)


def refused(text: str) -> FileFaults:
    with pytest.raises(FileFaults) as caught:
        parse_policy(text, "ours.yaml")
    return caught.value


def problems_of(text: str) -> list[str]:
    return Wording("en").faults(refused(text))


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


def test_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("version: 政策".encode("gbk"))
    with pytest.raises(FileFaults) as caught:
        load_policy(path)
    assert re.match(r".*/gbk\.yaml:1: .*UTF-8", Wording("en").faults(caught.value)[0])


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
    ("old", "new", "reason"),
    [
        ("blue_share: 2/3", "blue_share: 3/2", "blue_share must be less than 1"),
        ("blue_share: 2/3", "blue_share: lots", "lots is no share; write a decimal (0.85) or a fraction (2/3)"),
        ("blue_share: 2/3", "blue_share: 1/0", "1/0 is no share"),
        ("blue_share: 2/3", "blue_share: 0.9", "blue_share, yellow_share must not shrink in this order"),
        ("reminder_after: {working_days: 2}", "reminder_after: {working_days: 9}", "must not shrink in this order"),
        ("pausing: 2 ", "pausing: -1 ", "pausing cannot be less than 0"),
        ("verify: {working_days: 1}", "verify: {working_days: 0}", "working_days cannot be less than 1"),
        ("verify: {working_days: 1}", 'verify: {working_days: "1"}', "working_days is a number, not 1"),
        ("verify: {working_days: 1}", "verify: {working_days: 01}", "working_days is a number, not 01"),
        ("verify: {working_days: 1}", "verify: {}", "give one of working_days, working_hours, and only one"),
        ("sign: {working_hours: 2}", "sign: {working_hour: 2}", "no working_hour here; did you mean working_hours?"),
        ("sign: {working_hours: 2}", "sign: {working_hours: .inf}", "working_hours is a number, not .inf"),
        ("sign: {working_hours: 2}", "sign: {working_hours: 1e9}", "working_hours cannot be more than 1000"),
        ('power-cut: "2125"', "power-cut: 2125", "power-cut is text; put 2125 in quotes"),
        ('power-cut: "2125"', 'power-cut: "2126"', "there is no 2126 under clocks; did you mean 2125?"),
        ("timezone: Asia/Shanghai", "timezone: Beijing", "no timezone Beijing; for China write Asia/Shanghai"),
        ("timezone: Asia/Shanghai", "timezone: /etc/passwd", "no timezone /etc/passwd"),
        ('- ["08:30", "12:00"]', '- ["8:30", "12:00"]', '8:30 is no time of day; write it in quotes as "08:30"'),
        ("  days: {}", "  days: {2027-02-30: holiday}", "2027-02-30 is no day of the calendar"),
        ("  days: {}", "  days: {2027-02-03: holidays}", "cannot be holidays; did you mean holiday?"),
        ('end: "08:00"', 'end: "21:00"', "write quiet_hours: null for none"),
        ("follow_up_days: 3", "follow_up_days: 8", "reminder_days, follow_up_days, expiry_days must grow"),
        ("- {hours: 2}", "- {}", "give one of hours, working_days"),
        ("- {hours: 2}", "- {hours: 2, working_days: 1}", "give one of hours, working_days"),
        ('- ["14:30", "18:00"]', '- ["11:30", "18:00"]', "hours must be in order"),
        ("attempts: 3", "attempts: 0", "attempts cannot be less than 1"),
        ("level_up_at: 2", "level_up_at: 1", "redo_at, level_up_at must grow in this order"),
        ("kinds: [report]", "kinds: [reports]", "hidden_reporter_kinds cannot be reports; did you mean report?"),
        ('number: "119"', "number: 119", "number is text; put 119 in quotes"),
        ("- id: ambulance", "- id: fire", "id fire is there already"),
        ("name: {zh_CN: 消防救援, en: Fire brigade}", "name: {zh_CN: 消防救援}", "Chinese (zh_CN) and in English (en)"),
        ("red_when_overdue: true", "red_when_overdue: maybe", "red_when_overdue is true or false, not maybe"),
    ],
)
def test_a_mistake_is_told_in_the_authors_words_with_its_line(old: str, new: str, reason: str) -> None:
    text = edited(old, new)
    error = refused(text)
    (problem,), (chinese,) = Wording("en").faults(error), Wording("zh_CN").faults(error)
    place, told = problem.split(": ", 1)
    assert reason in told
    assert re.search("[\u4e00-\u9fff]", chinese.removeprefix(place))
    line = text.splitlines()[int(place.split(":")[1]) - 1].strip()
    whole = {"blue_share: 0.9": "warnings:", "reminder_after": "questions:", 'end: "21': "quiet_hours:"}
    whole |= {
        "kinds: [": "hidden_reporter_kinds:",
        "follow_up_days": "rating:",
        '- ["11:30"': "hours:",
        "level_up": "dissatisfaction:",
        "name: {": "name: {",
    }
    expected = next((where for start, where in whole.items() if new.startswith(start)), new.strip())
    assert line.startswith(expected), line


def test_a_version_that_meant_other_rules_is_named_with_line_and_keys(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(DEFAULT, "utf-8")
    (problem,) = Wording("en").faults(version_taken(path, ["limits.sign", "rating.expiry_days"]))
    assert problem.startswith(f"{path}:{line_of(DEFAULT, 'version:')}: this version was in force with other rules")
    assert "(limits.sign, rating.expiry_days)" in problem
    (problem,) = Wording("zh_CN").faults(version_taken(None, [f"key{number}" for number in range(9)]))
    assert problem.startswith(f"{BUILT_IN}:")
    assert "key4, ...）" in problem


def test_missing_section_is_named() -> None:
    assert problems_of(DEFAULT.replace("extension:\n  most: 2 ", "# ")) == ["ours.yaml:12: extension is missing"]


def test_every_mistake_is_told_at_once() -> None:
    text = edited("most: 2", "most: many").replace("title_length: 60", "title_length: 9")
    told = [problem.split(": ")[1] for problem in problems_of(text)]
    assert told == [
        "most is a number, not many (and whole where it counts something)",
        "title_length cannot be less than 10",
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: [", 1, "the format cannot be understood"),
        ("a: 1\na: 2", 2, "a is given twice"),
        ("", 1, "the file is empty"),
        ("- a", 1, "the file consists of lines such as"),
        ("a: \x07", 1, "invisible control character"),
    ],
)
def test_unreadable_file_is_refused(text: str, line: int, reason: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(f"ours.yaml:{line}: ")
    assert reason in problem


@pytest.mark.parametrize(
    "changes",
    [
        [("verify: {working_days: 1}", "verify: {working_days: +1}")],
        [("sign: {working_hours: 2}", "sign: {working_hours: 2e0}")],
        [("red_when_overdue: true", "red_when_overdue: True")],
        [("verify: {", "verify: &day {"), ("decide: {working_days: 1}", "decide: {<<: *day}")],
    ],
)
def test_what_yaml_means_alike_is_the_same_policy(changes: list[tuple[str, str]]) -> None:
    text = DEFAULT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    assert kept_policy.write(parse_policy(text, "ours.yaml")) == kept_policy.write(load_policy(None))


def test_a_default_policy_with_other_rules_has_a_new_version() -> None:
    """Whoever ran it under this version could not start any more."""
    policy = load_policy(None)
    digest = hashlib.sha256(kept_policy.write(policy).encode()).hexdigest()[:16]
    assert RULES_OF_VERSIONS.get(policy.version) == digest, "give the edited file a new version, and add a line here"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"[着火] & [伤]"', '"[着火] & [伤"', "cannot read [伤 in the pattern [着火] & [伤"),
        ('"[着火] & [伤]"', '"[着火] & "', "cannot read & in the pattern [着火] & "),
        ('"[着火] & [伤]"', '"[着伙] & [伤]"', "classes has no 着伙; did you mean 着火?"),
        ('"[着火] & [伤]"', '"[着火] ![moon]"', "classes has no moon"),
        ("by_sound: [着火", "by_sound: [着活", "classes has no 着活; did you mean 着火?"),
        ("{tell: [police], grade: possible", "{tell: [polite], grade: possible", "rules has no polite"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_sentence_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    text = edited(old, new)
    (told,) = problems_of(text)
    assert problem.split(";")[0] in told
    assert told.startswith(f"ours.yaml:{line_of(text, new)}:")


def test_a_file_without_sentences_has_the_built_in_ones() -> None:
    text = DEFAULT[: DEFAULT.index("  # 句子 · Sentences")]
    policy = parse_policy(text, "ours.yaml")
    assert policy.emergencies.sentences is None
    assert emergency_sentences(policy) == emergency_sentences(load_policy(None))


def test_policy_cannot_be_changed() -> None:
    policy = load_policy(None)
    with pytest.raises(ValidationError):
        policy.version = "2"  # type: ignore[misc]


def test_schema_describes_every_section_with_its_meaning() -> None:
    schema = policy_schema()
    assert set(schema["properties"]) == set(type(load_policy(None)).model_fields)
    assert schema["$defs"]["WarningRules"]["properties"]["yellow_working_hours"]["description"] == "Working hours left."
    assert json.loads(json.dumps(schema)) == schema
