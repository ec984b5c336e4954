"""Log-ins of staff: how long they last unused, the list of one's own, and refused ones for the auditor."""

import asyncio
import itertools
import logging
import threading
from datetime import timedelta

import pytest

from backend import database, models
from backend.contract.client import BackendClient
from backend.contract.client_address import asking_from
from backend.contract.errors import Forbidden, NotFound, Unauthenticated
from backend.contract.models.log_ins import LogIn, PasswordIn
from backend.contract.models.looks import LookPage
from backend.contract.models.messengers import BindIn
from backend.work import password_hashes
from tests.backend.city import MONDAY, SERVICE_TOKEN, Backend, session_token

ACCOUNT = "telegram-staff:77"


async def logged_in(backend: Backend, username: str, address: str = "") -> BackendClient:
    with asking_from(address):
        session = await backend.client.log_in(LogIn(username=username, password=backend.city.passwords[username]))
    return backend.client.with_token(session.token)


async def bound(backend: Backend, username: str, account: str = ACCOUNT) -> None:
    code = await backend.staff(username).make_binding_code()
    await backend.client.acting_as(account).bind(BindIn(code=code.code), key=backend.key())


async def test_a_log_in_unused_for_two_hours_ends(backend: Backend) -> None:
    mine = await logged_in(backend, "power-1")
    backend.clock.move(minutes=119)
    await mine.list_tickets(queue="mine")
    backend.clock.move(minutes=119)
    await mine.list_tickets(queue="mine")
    backend.clock.move(minutes=121)
    with pytest.raises(Unauthenticated):
        await mine.list_tickets(queue="mine")


async def test_what_a_page_asks_on_its_own_does_not_keep_a_log_in_open(backend: Backend) -> None:
    mine = await logged_in(backend, "power-1")
    for _ in range(119):
        backend.clock.move(minutes=1)
        assert (await mine.check_log_in()).username == "power-1"
    backend.clock.move(minutes=2)
    with pytest.raises(Unauthenticated):
        await mine.check_log_in()


async def test_use_is_written_once_a_minute_however_much_is_asked(backend: Backend) -> None:
    mine = await logged_in(backend, "power-1")
    seen = {(await models.StaffSession.get(seen_at__isnull=False)).seen_at}
    for _ in range(30):
        backend.clock.move(seconds=10)
        await asyncio.gather(*(mine.view_staff() for _ in range(3)))
        seen.add((await models.StaffSession.get(seen_at__isnull=False)).seen_at)
    assert len(seen) <= 6


async def test_one_sees_where_one_is_logged_in_without_any_secret(backend: Backend) -> None:
    here = await logged_in(backend, "power-1", "203.0.113.7")
    backend.clock.move(minutes=5)
    await logged_in(backend, "power-1", "2001:db8::1")
    await logged_in(backend, "power-2")
    await bound(backend, "power-1")
    await models.StaffSession.filter(created_at__isnull=True).delete()
    backend.clock.move(minutes=5)
    items = (await here.list_log_ins()).items
    assert [(one.channel, one.address, one.current) for one in items] == [
        ("web-staff", "203.0.113.7", True),
        ("telegram-staff", "", False),
        ("web-staff", "2001:db8::1", False),
    ]
    assert (items[0].since, items[0].seen) == (MONDAY, MONDAY + timedelta(minutes=10))
    assert {one.since for one in items[1:]} == {MONDAY + timedelta(minutes=5)}
    digests = [one.digest for one in await models.StaffSession.all()]
    shown = str([one.model_dump() for one in items])
    assert not any(digest in shown for digest in digests)


async def test_one_of_ones_log_ins_is_ended_and_nobody_elses(backend: Backend) -> None:
    here, there = await logged_in(backend, "power-1"), await logged_in(backend, "power-1")
    colleague = await logged_in(backend, "power-2")
    other = next(one for one in (await there.list_log_ins()).items if one.current)
    with pytest.raises(NotFound):
        await colleague.end_log_in(other.id, key=backend.key())
    await here.end_log_in(other.id, key=backend.key())
    with pytest.raises(Unauthenticated):
        await there.view_staff()
    await here.view_staff()
    with pytest.raises(NotFound):
        await here.end_log_in(other.id, key=backend.key())


async def test_a_bound_messenger_is_ended_from_the_page_and_its_waiting_notices_go(backend: Backend) -> None:
    await bound(backend, "power-1")
    here = await logged_in(backend, "power-1")
    messenger = next(one for one in (await here.list_log_ins()).items if one.channel == "telegram-staff")
    assert messenger.since == MONDAY
    await database.execute(
        "INSERT INTO notice (key, channel, address, fallback, language, template, args, ready_at, attempts)"
        " VALUES ('k', 'telegram-staff', '77', '[]', 'zh_CN', 'dispatched', '{}', now(), 0)"
    )
    await here.end_log_in(messenger.id, key=backend.key())
    with pytest.raises(Forbidden) as caught:
        await backend.client.acting_as(ACCOUNT).view_staff()
    assert caught.value.extra["unbound"] is True
    assert await models.Notice.filter(channel="telegram-staff").count() == 0


@pytest.mark.parametrize("by", ["page", "messenger"])
async def test_all_others_are_ended_from_the_page_or_the_messenger(backend: Backend, by: str) -> None:
    """Whatever the ids look like: those of sessions and of accounts are never mixed up."""
    await bound(backend, "power-1")
    await bound(backend, "power-1", "telegram-staff:78")
    pages = [await logged_in(backend, "power-1") for _ in range(20)]
    await backend.staff("power-1").make_binding_code()
    if by == "page":
        await pages[0].end_other_log_ins(key=backend.key())
        assert [one.current for one in (await pages[0].list_log_ins()).items] == [True]
    else:
        await backend.client.acting_as(ACCOUNT).end_other_log_ins(key=backend.key())
        left = (await backend.client.acting_as(ACCOUNT).list_log_ins()).items
        assert [(one.channel, one.current) for one in left] == [("telegram-staff", True)]
    assert await models.BindingCode.all().count() == 0
    await backend.staff("power-2").view_staff()


async def test_a_new_password_ends_the_other_log_ins_and_bound_messengers(backend: Backend) -> None:
    here, there = await logged_in(backend, "power-1"), await logged_in(backend, "power-1")
    await bound(backend, "power-1")
    await here.change_password(PasswordIn(old=backend.city.passwords["power-1"], new="榕江电工的新口令"))
    with pytest.raises(Unauthenticated):
        await there.view_staff()
    assert [one.current for one in (await here.list_log_ins()).items] == [True]


async def test_the_auditor_reads_refused_log_ins_and_that_is_logged(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await models.Staff.filter(username="power-2").update(active=False)
    with asking_from("203.0.113.7"):
        for username in ("power-1", "Geheim-Passwort!", "Geheim-Passwort!", "power-2"):
            with pytest.raises(Unauthenticated):
                await backend.client.log_in(LogIn(username=username, password="wrong"))
    auditor = backend.staff("auditor")
    first = await auditor.list_failed_log_ins(limit=3)
    rest = await auditor.list_failed_log_ins(cursor=first.next, limit=3)
    found = [*first.items, *rest.items]
    assert rest.next is None
    assert [(one.staff, one.why) for one in found] == [
        ("power-2", "dismissed"),
        (None, "name"),
        (None, "name"),
        ("power-1", "password"),
    ]
    assert {one.address for one in found} == {"203.0.113.7"}
    assert found[1].unknown == found[2].unknown != ""
    assert "Geheim" not in str(found) + caplog.text
    looks = await models.AccessLog.filter(what="failed log-ins")
    assert [(one.actor_kind, one.ticket_id) for one in looks] == [("staff", None)] * 2
    headers = {"Authorization": f"Bearer {session_token('auditor')}"}
    async with backend.session.get(f"{backend.url}/api/v1/access-log", headers=headers) as answer:
        page = LookPage.model_validate_json(await answer.text())
    assert [(one.what, one.staff) for one in page.items] == [("failed log-ins", "auditor")] * 2


@pytest.mark.parametrize("username", ["power-1", "power-leader", "seat-1", "office"])
async def test_nobody_else_reads_refused_log_ins(backend: Backend, username: str) -> None:
    with pytest.raises(Forbidden):
        await backend.staff(username).list_failed_log_ins()
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}"}
    async with backend.session.get(f"{backend.url}/api/v1/failed-log-ins", headers=headers) as answer:
        assert answer.status == 403
    assert await models.AccessLog.all().count() == 0


async def test_a_flood_of_log_ins_takes_two_threads_and_the_rest_goes_on(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes at a time are counted: each takes 19 MiB. Who finds too many waiting is told to come again."""
    lock, gate, now, most = threading.Lock(), threading.Event(), 0, 0
    verify = password_hashes._verify

    def counted(password_hash: str, password: str) -> bool:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        gate.wait(30)
        right = verify(password_hash, password)
        with lock:
            now -= 1
        return right

    async def attempt(number: int) -> int:
        body = {"username": f"nobody-{number}", "password": "wrong"}
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        async with backend.session.post(f"{backend.url}/api/v1/staff/sessions", json=body, headers=headers) as answer:
            return answer.status

    monkeypatch.setattr(password_hashes, "_verify", counted)
    monkeypatch.setattr(password_hashes, "_MOST_WAITING", 20)
    flood = [asyncio.create_task(attempt(number)) for number in range(60)]
    try:
        done = [await answered for answered in itertools.islice(asyncio.as_completed(flood), 40)]
        assert done == [503] * 40
        async with backend.session.get(f"{backend.url}/readyz") as answer:
            assert answer.status == 200
        assert (await backend.staff("power-1").view_staff()).username == "power-1"
    finally:
        gate.set()
    assert sorted(await asyncio.gather(*flood)) == [401] * 20 + [503] * 40
    assert most == 2
    assert password_hashes._waiting == 0
