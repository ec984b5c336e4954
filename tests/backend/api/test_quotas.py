"""Quotas of a day and the reserve of the disk, over HTTP with a real Redis and database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from backend import models
from backend.api import attachments
from backend.api.deps import Deps
from backend.contract.client_address import asking_from
from backend.contract.errors import AttachmentNoRoom, AttachmentQuota, QuotaReached
from backend.contract.models.contact_requests import AdditionIn
from backend.contract.models.drafts import DraftIn
from backend.rules.policy.quotas import CommonQuota, Quota, Quotas
from tests.backend.api.test_attachments import files_of
from tests.backend.city import SERVICE_TOKEN, Backend, City, new_ticket, running

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
ACTOR, OTHER = "web:4711", "web:4712"
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@asynccontextmanager
async def limited(deps: Deps, city: City, **quotas: CommonQuota) -> AsyncIterator[Backend]:
    """A backend whose policy has these quotas, and generous ones besides."""
    policy = deps.policy.model_copy(update={"quotas": Quotas().model_copy(update=quotas)})
    async with running(replace(deps, policy=policy), city) as backend:
        yield backend


def quota(visitor: int, address: int = 1000, all: int = 1000) -> Quota:
    return Quota(visitor=visitor, address=max(visitor, address), all=max(visitor, address, all))


async def file(backend: Backend, actor: str = ACTOR, key: str = "", address: str = OFFICE) -> str:
    with asking_from(address):
        receipt = await backend.client.acting_as(actor).file_ticket(new_ticket(), key=key or backend.key())
    return receipt.number


async def send(backend: Backend, actor: str = ACTOR, key: str = "", address: str = OFFICE) -> str:
    with asking_from(address):
        return (await backend.client.acting_as(actor).upload(PNG, name="a.png", key=key or backend.key())).id


async def test_a_visitor_files_so_many_a_day_and_goes_on_after_midnight(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(2)) as backend:
        await file(backend)
        await file(backend)
        key = backend.key()
        with pytest.raises(QuotaReached) as reached:
            await file(backend, key=key)
        assert reached.value.extra == {"what": "filings", "retry_after": 14 * 3600}, "ten in the morning until midnight"
        await file(backend, OTHER)
        backend.clock.move(hours=14)
        await file(backend, key=key)


async def test_what_is_sent_again_or_refused_counts_nothing(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(2)) as backend:
        key = backend.key()
        number = await file(backend, key=key)
        for _ in range(3):
            assert await file(backend, key=key) == number
            with pytest.raises(Exception, match="files"):
                await backend.client.acting_as(ACTOR).file_ticket(
                    new_ticket(attachments=[str(uuid4())]), key=backend.key()
                )
        await file(backend)
        assert await file(backend, key=key) == number, "also when the quota is reached"


async def test_an_address_has_a_share_of_its_own_and_ipv6_by_64(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(1, address=2)) as backend:
        await file(backend, "web:1", address="2001:db8:1:2::1")
        await file(backend, "web:2", address="2001:db8:1:2:ffff::1")
        with pytest.raises(QuotaReached):
            await file(backend, "web:3", address="2001:db8:1:2:3::1")
        await file(backend, "web:3", address="2001:db8:1:3::1")


async def test_accounts_of_channels_without_addresses_and_this_machine_share_none(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(1, address=1, all=1000)) as backend:
        for number in range(3):
            await file(backend, f"telegram:{number}", address="")
            await file(backend, f"web:{number}", address="127.0.0.1")


async def test_strangers_who_use_up_all_shut_the_service_for_nobody_else(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(3, address=3, all=3)) as backend:
        for number in range(3):
            await file(backend, f"web:{number}", address=OFFICE)
        await file(backend, "web:5", address=ELSEWHERE)
        with pytest.raises(QuotaReached):
            await file(backend, "web:6", address=ELSEWHERE)
        await file(backend, "telegram:1", address="")


async def test_many_at_once_do_not_pass_the_quota(deps: Deps, city: City) -> None:
    async with limited(deps, city, filings=quota(3)) as backend:
        done = await asyncio.gather(*(file(backend) for _ in range(8)), return_exceptions=True)
        assert sum(isinstance(one, str) for one in done) == 3
        assert {type(one) for one in done} == {str, QuotaReached}


async def test_additions_and_drafts_have_quotas_too(deps: Deps, city: City) -> None:
    async with limited(deps, city, additions=quota(1), drafts=quota(1)) as backend:
        number, key = await file(backend), backend.key

        async def add() -> None:
            await backend.client.acting_as(ACTOR).add_material(number, AdditionIn(text="补"), key=key())

        async def draft() -> None:
            await backend.client.acting_as(ACTOR).save_draft(
                str(uuid4()), DraftIn(scenario="other", form={}), key=key()
            )

        for one, what in ((add, "additions"), (draft, "drafts")):
            await one()
            with pytest.raises(QuotaReached) as reached:
                await one()
            assert reached.value.extra["what"] == what


async def test_files_are_counted_and_weighed(deps: Deps, city: City) -> None:
    async with limited(deps, city, files=quota(2)) as backend:
        key = backend.key()
        first = await send(backend, key=key)
        await send(backend)
        with pytest.raises(AttachmentQuota) as reached:
            await send(backend)
        assert reached.value.extra["retry_after"] > 0
        assert await send(backend, key=key) == first, "what was kept may be sent again"
        assert len(files_of(backend)) == 2


async def test_files_are_weighed_and_one_that_is_too_much_counts_nothing(deps: Deps, city: City) -> None:
    async with limited(deps, city, megabytes=quota(1), files=quota(2)) as backend:
        large = PNG + bytes(2**20)
        for _ in range(3):
            with pytest.raises(AttachmentQuota):
                await backend.client.acting_as(ACTOR).upload(large, key=backend.key())
        await send(backend)
        await send(backend)
        assert len(files_of(backend)) == 2


async def test_staff_are_not_counted(deps: Deps, city: City) -> None:
    async with limited(deps, city, files=quota(1, address=1, all=1)) as backend:
        for _ in range(3):
            await backend.staff("power-1").upload(PNG, key=backend.key())


async def test_newcomers_are_counted_by_address_and_known_visitors_are_not(deps: Deps, city: City) -> None:
    async with limited(deps, city, sessions=CommonQuota(address=2, all=1000)) as backend:
        for number in range(2):
            await file(backend, f"web:{number}")
        with pytest.raises(QuotaReached) as reached:
            await file(backend, "web:2")
        assert reached.value.extra["what"] == "sessions"
        assert await models.Identity.filter(external_id="2").count() == 0
        await file(backend, "web:1")
        await file(backend, "web:2", address=ELSEWHERE)


async def test_nobody_is_held_back_while_redis_is_away(deps: Deps, city: City) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    async with limited(replace(deps, redis=away), city, filings=quota(1), files=quota(1)) as backend:
        for _ in range(2):
            await file(backend)
            await send(backend)
    await away.aclose()


async def test_an_answer_tells_when_it_goes_on(deps: Deps, city: City) -> None:
    async with limited(deps, city, files=quota(1)) as backend:
        headers = {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": ACTOR}
        answers = []
        for _ in range(2):
            url, key = f"{backend.url}/api/v1/attachments", {"Idempotency-Key": backend.key()}
            async with backend.session.post(url, data=PNG, headers=headers | key) as answer:
                answers.append((answer.status, answer.headers.get("Retry-After")))
        assert answers == [(201, None), (429, str(14 * 3600))]


# --- the disk -------------------------------------------------------------------------------------------------------


async def test_uploads_end_at_the_reserve_and_all_else_goes_on(deps: Deps, city: City) -> None:
    async with running(replace(deps, reserve_bytes=2**60), city) as backend:
        with pytest.raises(AttachmentNoRoom):
            await send(backend)
        with pytest.raises(AttachmentNoRoom):
            await backend.staff("power-1").upload(PNG, key=backend.key())
        assert files_of(backend) == []
        await file(backend)


async def test_a_disk_that_fills_up_in_the_middle_is_told_as_such(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attachments, "_settle", full)
    with pytest.raises(AttachmentNoRoom):
        await send(backend)
    assert files_of(backend) == []
