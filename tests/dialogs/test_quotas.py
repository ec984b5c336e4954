"""What a person is told whose share of the day is used up, and that nothing is lost by it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from backend import models
from backend.api.deps import Deps
from backend.contract.client import Call, Transport
from backend.contract.client_address import asking_address, asking_from
from backend.rules.policy.quotas import CommonQuota, Quota, Quotas
from dialogs.events import Incoming, Press
from tests.backend.city import City, running
from tests.dialogs.chats import MONDAY
from tests.dialogs.conftest import Town, opened_town
from tests.dialogs.test_enterprise import NUMBER, file, fill, fill_known

ONE = Quota(visitor=1, address=1000, all=1000)


@pytest.fixture
async def tight(deps: Deps, city: City) -> AsyncIterator[Town]:
    """A town where a visitor may file and add once a day, and one newcomer an address comes in."""
    quotas = Quotas(filings=ONE, additions=ONE, sessions=CommonQuota(address=1, all=1000))
    policy = deps.policy.model_copy(update={"quotas": quotas})
    async with running(replace(deps, policy=policy), city) as backend, opened_town(backend) as town:
        yield town


async def test_a_form_beyond_the_quota_stays_and_is_filed_by_itself_after_midnight(tight: Town) -> None:
    chat = tight.enterprise()
    await file(chat)
    await fill_known(chat)
    await chat.presses("确认提交")
    await chat.presses("不是，另外提交")
    assert "今天提交的件数到上限了" in chat.text
    assert "零点以后会自动提交" in chat.text
    tight.backend.clock.move(hours=15)
    [(_, told)] = await tight.enterprise_talk.retry_pending(
        lambda person: Incoming(person, "retry-1", MONDAY, Press("retry"))
    )
    assert NUMBER.search(chat.sees(told).text)


async def test_what_is_filed_later_by_itself_counts_for_where_the_person_was(
    tight: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking_from("203.0.113.7"):
        chat = tight.enterprise()
        await fill(chat)
        tight.line.cut()
        await chat.presses("确认提交")
    tight.line.mend()
    asked = []
    exchange = Transport.exchange

    async def noting(self: Transport, call: Call) -> bytes:
        asked.append((call.path, asking_address()))
        return await exchange(self, call)

    monkeypatch.setattr(Transport, "exchange", noting)
    assert await tight.enterprise_talk.retry_pending(lambda person: Incoming(person, "retry-1", MONDAY, Press("retry")))
    assert ("/tickets", "203.0.113.7") in asked


async def test_an_addition_beyond_the_quota_keeps_its_words(tight: Town) -> None:
    chat = tight.enterprise()
    number = await file(chat)
    for text in ("第一句", "第二句"):
        await chat.sends(f"add:{number}")
        await chat.says(text)
        await chat.presses("发完了")
    assert "今天补充的次数到上限了" in chat.text
    tight.backend.clock.move(hours=15)
    await chat.presses("再试一次")
    assert "补充好了" in chat.text


async def test_a_newcomer_beyond_the_quota_is_told_and_leaves_nothing_behind(tight: Town) -> None:
    with asking_from("203.0.113.7"):
        await tight.enterprise("1").starts()
        chat = tight.enterprise("2")
        await chat.starts()
        assert "新访客太多" in chat.text
        assert await models.Identity.filter(external_id="2").count() == 0
        async with tight.sessions.locked(chat.person.key) as slot:
            assert slot.data is None
    with asking_from("203.0.113.8"):
        await chat.starts()
    assert "新访客太多" not in chat.text
