"""Whom an account speaks as."""

from __future__ import annotations

import pytest

from backend.rules.speakers import Speaker, completed, distinct

FIRST = Speaker("王小明", "+861", "甲厂", "C1")
SECOND = Speaker("王小明", "+861", "乙厂", None)
THIRD = Speaker("李大明", "+862", "丙厂", None)


def test_each_contact_is_there_once_as_it_spoke_last() -> None:
    newer = Speaker("王小明", "+862", "甲厂", "C1")
    assert distinct([newer, SECOND, FIRST]) == [newer, SECOND]


def test_what_says_less_than_another_is_not_a_contact_of_its_own() -> None:
    known = [Speaker(phone="+861"), FIRST, Speaker(name="王小明", phone="+861"), Speaker()]
    assert distinct(known) == [FIRST]


def test_telephones_alone_are_somebody_only_where_there_are_no_names() -> None:
    assert distinct([Speaker(phone="+863"), FIRST]) == [FIRST]
    assert distinct([Speaker(phone="+863")]) == [Speaker(phone="+863")]


@pytest.mark.parametrize(
    ("stated", "known", "found"),
    [
        (Speaker(), [], Speaker()),
        (Speaker(), [FIRST], FIRST),
        (Speaker(), [FIRST, SECOND], Speaker("王小明", "+861")),
        (Speaker(enterprise="乙厂"), [FIRST, SECOND], SECOND),
        (Speaker(uscc="C1"), [FIRST, SECOND], FIRST),
        (Speaker(name="李大明"), [FIRST, SECOND], Speaker(name="李大明")),
        (Speaker(enterprise="丙厂"), [FIRST], Speaker(enterprise="丙厂")),
        (Speaker(name="李大明"), [FIRST], Speaker(name="李大明")),
        (Speaker(phone="+862"), [FIRST, THIRD], Speaker("李大明", "+862")),
    ],
)
def test_what_was_not_stated_comes_from_who_fits(stated: Speaker, known: list[Speaker], found: Speaker) -> None:
    assert completed(stated, known) == found
