"""Only numbers that the city itself names can be dialled from its page."""

from backend.contract.models.organisation import CityOut, EmergencyOut
from bot.web.telephone_numbers import dialable, own_numbers
from tests.built_in import built_in_scenarios

REPAIRS = "0663-8123456"
CITY = CityOut(
    name="榕江市",
    name_en="",
    districts=[],
    departments=[],
    emergencies=[EmergencyOut(id=number, number=number, name={}, words=["x"]) for number in ("119", REPAIRS)],
)


def test_the_hotline_the_emergencies_and_what_the_scenarios_say_to_dial_are_the_citys_own() -> None:
    texts = [one.template.model_dump_json() for one in built_in_scenarios().values()]
    assert own_numbers(CITY, texts) >= {"12345", "119", REPAIRS, "95598"}
    assert own_numbers(CITY, ["最多 120 个字，例如 95511", "请拨打电力热线95598"]) == {"12345", "119", REPAIRS, "95598"}


def test_a_text_is_escaped_around_its_links() -> None:
    linked = dialable(f"<b>请拨打 {REPAIRS} 或 12345，不是 123456", own_numbers(CITY))
    assert linked == (
        f'&lt;b&gt;请拨打 <a href="tel:{REPAIRS}">{REPAIRS}</a> 或 <a href="tel:12345">12345</a>，不是 123456'
    )
