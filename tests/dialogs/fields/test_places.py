"""Districts, addresses, points on the map, phone numbers and uploads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.contract.message import Message
from dialogs.fields import (
    Address,
    Attachment,
    Bounds,
    District,
    DistrictNode,
    Kind,
    Location,
    Outcome,
    Parser,
    Phone,
    Understood,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TREE = (
    DistrictNode(
        "rongcheng",
        ("榕城区", "Rongcheng District"),
        (DistrictNode("xianqiao", ("仙桥街道", "Xianqiao")), DistrictNode("dongyang-r", ("东阳街道",))),
    ),
    DistrictNode(
        "puning",
        ("普宁市", "Puning"),
        (DistrictNode("liusha", ("流沙镇",)), DistrictNode("dongyang-p", ("东阳镇",))),
    ),
    DistrictNode("huilai", ("惠来县", "Huilai"), (DistrictNode("jinghai", ("靖海镇",)),)),
)
BOX = Bounds(south=22.8, west=115.5, north=24.0, east=117.0)


def of(outcome: Outcome) -> object:
    return outcome.value if isinstance(outcome, Understood) else outcome.problem.key.removeprefix("field.")


def value(parser: Parser, text: str) -> object:
    return of(parser.parse(text, NOW))


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("榕城区", "rongcheng"),
        ("榕城", "rongcheng"),
        ("揭阳市榕城区", "rongcheng"),
        ("榕城区仙桥街道", "xianqiao"),
        ("仙桥", "xianqiao"),
        ("在仙桥街道办那边", "xianqiao"),
        ("流沙", "liusha"),
        ("Puning", "puning"),
        ("rongcheng district", "rongcheng"),
        ("liusha", "liusha"),
        ("东阳", "district.ambiguous"),
        ("榕城东阳", "dongyang-r"),
        ("普宁市东阳", "dongyang-p"),
        ("东阳镇", "dongyang-p"),
        ("不是榕城区，是惠来县", "huilai"),
        ("榕城区或者惠来县", "district.ambiguous"),
        ("不在榕城 在惠来", "huilai"),
        ("榕成区", "rongcheng"),
        ("流纱镇", "liusha"),
        ("流水镇", "district.not_understood"),
        ("惠莱县那边", "huilai"),
        ("北京", "district.not_understood"),
        ("", "district.not_understood"),
    ],
)
def test_district(text: str, district: str) -> None:
    assert value(District(TREE), text) == district


def test_a_district_may_have_to_be_the_lowest() -> None:
    assert value(District(TREE, leaf=True), "榕城区") == "district.more_exact"
    assert value(District(TREE, leaf=True), "榕城区仙桥") == "xianqiao"


@pytest.mark.parametrize(
    ("text", "county", "town"),
    [
        ("广东省揭阳市榕城区东升街道建阳路1号", "榕城区", "东升街道"),
        ("揭阳榕城区马牙路20号", "榕城区", ""),
        ("普宁市流沙镇文明路3号", "普宁市", "流沙镇"),
        ("惠来县靖海镇某某村工业园", "惠来县", "靖海镇"),
        ("建阳路1号", "", ""),
    ],
)
def test_address_parts(text: str, county: str, town: str) -> None:
    assert value(Address(), text) == {"text": text, "county": county, "town": town, "district": ""}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("榕城区", "vague"),
        ("广东省揭阳市", "vague"),
        ("普宁市流沙镇", "vague"),
        ("12345", "not_understood"),
        ("", "not_understood"),
        ("路" * 201, "too_long"),
    ],
)
def test_address_problems(text: str, problem: str) -> None:
    assert value(Address(), text) == f"address.{problem}"


def test_the_offices_tree_places_an_address() -> None:
    expected = {"text": "仙桥工业园3号", "county": "榕城区", "town": "仙桥街道", "district": "xianqiao"}
    assert value(Address(TREE), "仙桥工业园3号") == expected
    assert value(Address(TREE), "榕城区仙桥街道") == "address.vague"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("23.55,116.37", (23.55, 116.37)),
        ("23.55， 116.37", (23.55, 116.37)),
        ("116.37,23.55", (23.55, 116.37)),
        ("北纬23.55 东经116.37", (23.55, 116.37)),
        ("N23.55 E116.37", (23.55, 116.37)),
        ("我在 23.55 116.37 这里", (23.55, 116.37)),
        ("39.9,116.4", "location.outside"),
        ("建阳路1号", "location.not_understood"),
        ("1,2", "location.not_understood"),
        ("200.5,300.5", "location.impossible"),
        ("", "location.not_understood"),
    ],
)
def test_location(text: str, point: object) -> None:
    found = value(Location(BOX), text)
    assert (found if isinstance(found, str) else (found["lat"], found["lon"])) == point  # type: ignore[index]


def test_a_shared_location_keeps_its_name() -> None:
    outcome = Location(BOX).accept(23.55, 116.37, "揭阳市政府")
    assert outcome == Understood({"lat": 23.55, "lon": 116.37, "label": "揭阳市政府"}, "揭阳市政府")
    assert of(Location().accept(0, 0)) == "location.impossible"
    assert of(Location().accept(float("nan"), 0)) == "location.impossible"


@pytest.mark.parametrize(
    ("text", "number", "shown"),
    [
        ("13800001234", "+8613800001234", "138****1234"),
        ("138 0000 1234", "+8613800001234", "138****1234"),
        ("１３８００００１２３４", "+8613800001234", "138****1234"),
        ("一三八零零零零一二三四", "+8613800001234", "138****1234"),
        ("+86 138-0000-1234", "+8613800001234", "138****1234"),
        ("0086 13800001234", "+8613800001234", "138****1234"),
        ("8613800001234", "+8613800001234", "138****1234"),
        ("我的电话是13800001234，谢谢", "+8613800001234", "138****1234"),
        ("0663-8123456", "+866638123456", "0663-****456"),
        ("（0663）8123456", "+866638123456", "0663-****456"),
        ("8123456", "+866638123456", "0663-****456"),
        ("020-83123456", "+862083123456", "020-****3456"),
        ("400-123-4567", "+864001234567", "400****567"),
        ("12345", "+8612345", "12345"),
        ("95598", "+8695598", "95598"),
        ("+852 2345 6789", "+85223456789", "+852 ****6789"),
    ],
)
def test_phone(text: str, number: str, shown: str) -> None:
    assert Phone(area_code="0663").parse(text, NOW) == Understood(number, shown)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1380000123", "mobile_length"),
        ("138000012345", "mobile_length"),
        ("8123456", "area_code"),
        ("13800138000转801", "extension"),
        ("13800001234或者13900001234", "several"),
        ("1234", "invalid"),
        ("00000000000", "invalid"),
        ("没有", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_phone_problems(text: str, problem: str) -> None:
    assert value(Phone(), text) == f"phone.{problem}"


def test_a_contact_is_not_reached_at_a_hotline() -> None:
    assert value(Phone(service=False), "12345") == "phone.service"
    assert value(Phone(service=False), "4001234567") == "phone.service"


@pytest.mark.parametrize(
    ("kinds", "media_type", "size", "count", "result"),
    [
        ({"photo"}, "image/jpeg", 100, 0, {"kind": "photo", "media_type": "image/jpeg", "size_bytes": 100}),
        ({"file"}, "image/png", 100, 0, {"kind": "file", "media_type": "image/png", "size_bytes": 100}),
        ({"voice"}, "audio/ogg", 100, 0, {"kind": "voice", "media_type": "audio/ogg", "size_bytes": 100}),
        ({"photo"}, "application/pdf", 100, 0, "attachment.kind"),
        ({"photo"}, "video/mp4", 100, 0, "attachment.kind"),
        ({"photo"}, "image/jpeg", 1001, 0, "attachment.too_big"),
        ({"photo"}, "image/jpeg", 0, 0, "attachment.empty"),
        ({"photo"}, "image/jpeg", 100, 2, "attachment.too_many"),
    ],
)
def test_attachment(kinds: set[Kind], media_type: str, size: int, count: int, result: object) -> None:
    field = Attachment(frozenset(kinds), max_count=2, max_bytes=1000)
    assert of(field.accept(media_type, size, count)) == result


def test_typed_words_are_not_an_attachment() -> None:
    outcome = Attachment(frozenset({"photo", "voice"})).parse("照片在这", NOW)
    kinds = Message(
        "field.list", {"first": Message("field.attachment.photo"), "rest": Message("field.attachment.voice")}
    )
    assert getattr(outcome, "problem", None) == Message("field.attachment.text", {"kinds": kinds})
