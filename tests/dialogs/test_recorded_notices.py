"""Notices of the outbox keep their meaning: rows of the version before say what they said, in both languages.

`recorded/notices.json` was written by the one of 2026-11-30, by the tests of the actions, before notices had types;
`urged` came afterwards.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.contract.message import Message
from backend.contract.models.notices import NoticeOut
from dialogs.notices import Notices
from dialogs.outputs import Say
from dialogs.wording import Wording
from tests.built_in import built_in_scenarios

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded").joinpath("notices.json").read_text("utf-8")
)
NOTICES = Notices(built_in_scenarios(), ZoneInfo("Asia/Shanghai"))
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def said(row: dict[str, Any], language: str) -> Say:
    notice = NoticeOut(
        id=1, key="k", channel="telegram", address="1", language=language, template=row["template"], args=row["args"],
        ticket=row["args"].get("number"), attempts=0,
    )  # fmt: skip
    (say,) = NOTICES.outputs(notice, NOW)
    assert isinstance(say, Say)
    return say


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row["template"])
def test_a_notice_that_waits_since_the_version_before_says_and_offers_what_it_did(
    row: dict[str, Any], language: str
) -> None:
    say = said(row, language)
    labels = [[(one.label.key, one.command) for one in line if isinstance(one.label, Message)] for line in say.choices]
    assert Wording(language).text(say.text) == row[language]
    assert labels == [[tuple(one) for one in line] for line in row["buttons"]]
    assert say.attachments == tuple(row["files"])


def test_every_kind_of_notice_was_recorded() -> None:
    folder = Path(__file__).parents[2] / "dialogs" / "notices"
    assert {row["template"] for row in RECORDED} == {path.stem for path in folder.glob("*.j2")}
