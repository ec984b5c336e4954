"""Contacts made on first sight of an account."""

from backend import models
from backend.actions.contacts import contact_actor, view_contact
from tests.backend.actions.conftest import Town

NUMBER = "+8613800138000"


async def test_a_caller_is_known_by_number_and_by_the_enterprise_that_last_left_it(town: Town) -> None:
    for name, account in (("旧厂", "1"), ("新厂", "2")):
        await town.file(
            await town.contact(account),
            contact={"name": "王小明", "phone": NUMBER, "language": "en"},
            enterprise={"name": name},
        )
    await town.file(await town.contact("3"), contact={"name": "没有企业", "phone": NUMBER})
    caller = await town.caller(NUMBER)
    shown = await view_contact(await town.context(), caller)
    assert caller.phone == shown.phone == NUMBER
    assert shown.enterprise is not None
    assert shown.enterprise.name == "新厂"
    assert (shown.name, shown.language) == (None, "zh_CN")
    assert await models.Contact.filter(phone=NUMBER).count() == 4


async def test_a_caller_without_a_number_is_nobody_yet(town: Town) -> None:
    await models.Contact.create(phone="anonymous-1", created_at=town.now)
    for account in ("anonymous-1", "page-1", "+86", "+86138x0013800", "8613800138000"):
        caller = await contact_actor(await town.context(), "phone", account)
        assert caller.phone is None
        assert (await view_contact(await town.context(), caller)).phone is None
