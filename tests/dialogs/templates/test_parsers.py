"""Names of districts, as they are written and as they are said."""

from dialogs.fields import DistrictNode
from dialogs.templates.parsers import district_title

TOWN = DistrictNode("dongmen", ("东门街道", "Dongmen Subdistrict"))
COUNTY = DistrictNode("chengdong", ("城东区", "Chengdong District"), (TOWN,))


def test_a_place_is_written_after_what_it_lies_in_and_said_name_by_name() -> None:
    """Each name has a recording, and no two together have one."""
    title = district_title((COUNTY, TOWN))
    assert (title.best("zh_CN"), title.best("en")) == ("城东区 东门街道", "Dongmen Subdistrict, Chengdong District")
    assert title.spoken("zh_CN") == "城东区，东门街道"
    assert dict(title.written) == {"zh": "城东区 东门街道", "en": "Dongmen Subdistrict, Chengdong District"}


def test_a_county_is_said_as_it_is_written() -> None:
    assert district_title((COUNTY,)).spoken("zh_CN") == "城东区"
