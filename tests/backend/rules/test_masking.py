"""Masking: what stays visible, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules import masking
from backend.rules.ticket_number import grouped


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+8613812341234", "+86138****1234"),
        ("138 1234-1234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0663-8123456", "****3456"),
        ("+442079460000", "****0000"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_phone(number: str, masked: str) -> None:
    assert masking.phone(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王", "王**"),
        ("Wang Xiaoming", "Wang *"),
        ("Ann de la Cruz", "Ann *"),
        ("Wang", "W*"),
        (" ", ""),
    ],
)
def test_person(name: str, masked: str) -> None:
    assert masking.person(name) == masked


def test_uscc() -> None:
    assert masking.uscc("91445200MA4UXY1234") == "9144**********1234"
    assert masking.uscc("short") == "****"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("广东省揭阳市榕城区东山街道进贤门大道88号", "广东省揭阳市榕城区****"),
        ("揭阳市榕城区东山街道", "揭阳市榕城区****"),
        ("榕城区东山街道88号A区", "榕城区****"),
        ("广东省揭阳市普宁市流沙镇", "广东省揭阳市普宁市****"),
        ("普宁市流沙镇市场路3号", "普宁市****"),
        ("揭西县河婆街道", "揭西县****"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区****"),
        ("东山街道88号幸福小区3栋", "****"),
        ("幸福小区3栋402", "****"),
        ("5号楼A区", "****"),
        ("12 Harbour Road", "****"),
        ("", "****"),
    ],
)
def test_address_stops_at_the_county(text: str, masked: str) -> None:
    assert masking.address(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13812341234找王经理", "请打****1234找王经理"),
        ("电话:138-1234-1234,谢谢", "电话:****1234,谢谢"),
        ("+86 138 1234 1234", "****1234"),
        ("8613812341234", "****1234"),
        ("座机0663-8123456", "座机****3456"),
        ("(0663)8123456", "****3456"),
        ("身份证44520119900101123X。", "身份证****123X。"),
        ("身份证445201199001011234", "身份证****1234"),
        ("卡号6222021234567890123", "卡号****0123"),
        ("１３８１２３４１２３４", "****1234"),
        ("13812341234/13912345678", "****1234/****5678"),
        ("欠款350000元,合同2026-1123", "欠款350000元,合同2026-1123"),
        ("工单261122000017", "工单261122000017"),
        ("拨打12345", "拨打12345"),
    ],
)
def test_numbers_of_persons_inside_text(text: str, masked: str) -> None:
    assert masking.free_text(text) == masked


def test_grouped_ticket_number_stays() -> None:
    assert masking.free_text(grouped("261122000017")) == "261122 00001 7"


@given(st.text(max_size=30), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=30))
def test_no_mobile_number_survives(before: str, number: str, after: str) -> None:
    if not before[-1:].isdecimal() and not after[:1].isdecimal():
        assert number not in masking.free_text(before + number + after)
