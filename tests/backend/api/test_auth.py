"""Tokens, roles, and the person a program acts for."""

import asyncio

import pytest

from backend import database, models
from backend.contract.acts import ACCEPT, SIGN
from backend.contract.acts.accept import AcceptIn
from backend.contract.acts.sign import SignIn
from backend.contract.errors import (
    BadCode,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    WrongPassword,
    WrongState,
)
from backend.contract.models.contact_requests import RateIn
from backend.contract.models.contacts import ContactIn, EnterpriseIn
from backend.contract.models.log_ins import LogIn, PasswordIn
from backend.contract.models.messengers import BindIn, GroupIn
from backend.contract.models.notices import ClaimIn
from backend.contract.models.tickets import Lookup
from backend.contract.words import Grade
from tests.backend.city import SERVICE_TOKEN, Backend, new_ticket

ACTOR = "telegram:4711"


async def test_no_token_and_a_wrong_one_are_refused(backend: Backend) -> None:
    for token in ("svc_unknown", "stf_unknown"):
        with pytest.raises(Unauthenticated):
            await backend.client.with_token(token).view_city()
    async with backend.session.get(f"{backend.url}/api/v1/city") as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_log_in_and_out(backend: Backend) -> None:
    password = backend.city.passwords["power-1"]
    session = await backend.client.log_in(LogIn(username="power-1", password=password))
    mine = backend.client.with_token(session.token)
    assert (await mine.view_staff()).department.code == "power"
    for _ in range(11):
        backend.clock.move(hours=1)
        await mine.view_staff()
    await mine.log_out(key=backend.key())
    with pytest.raises(Unauthenticated):
        await mine.view_staff()


async def test_session_expires(backend: Backend) -> None:
    password = backend.city.passwords["power-1"]
    session = await backend.client.log_in(LogIn(username="power-1", password=password))
    mine = backend.client.with_token(session.token)
    for _ in range(11):
        backend.clock.move(hours=1)
        await mine.view_staff()
    backend.clock.move(minutes=61)
    with pytest.raises(Unauthenticated):
        await mine.view_staff()


async def test_five_wrong_passwords_delay_the_next_try_by_three_minutes(backend: Backend) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await backend.client.log_in(LogIn(username="power-2", password="wrong"))
    with pytest.raises(TooMany) as caught:
        await backend.client.log_in(LogIn(username="power-2", password=backend.city.passwords["power-2"]))
    assert caught.value.extra["retry_after"] in range(170, 181)
    await backend.client.log_in(LogIn(username="power-1", password=backend.city.passwords["power-1"]))


async def test_simultaneous_guesses_do_not_slip_through(backend: Backend) -> None:
    async def guess() -> str:
        try:
            await backend.client.log_in(LogIn(username="tax-1", password="wrong"))
        except (Unauthenticated, TooMany) as error:
            return error.code
        return "in"

    told = await asyncio.gather(*(guess() for _ in range(12)))
    assert sorted(told) == ["too-many"] * 7 + ["unauthenticated"] * 5


async def test_right_passwords_are_not_counted(backend: Backend) -> None:
    for _ in range(7):
        await backend.client.log_in(LogIn(username="tax-1", password=backend.city.passwords["tax-1"]))


async def test_contact_is_made_once_however_many_messages_come_at_once(backend: Backend) -> None:
    seen = await asyncio.gather(*(backend.client.acting_as("web:新来的").view_contact() for _ in range(10)))
    assert len({one.id for one in seen}) == 1
    assert await models.Identity.filter(channel="web").count() == 1
    assert await models.Contact.all().count() == 1


async def test_contact_record_keeps_what_is_not_given(backend: Backend) -> None:
    code = "91450981MA5K7J2H04"
    await backend.client.acting_as(ACTOR).update_contact(
        ContactIn(name="王小明", phone="+8613800138000", enterprise=EnterpriseIn(uscc=code, name="假名")),
        key=backend.key(),
    )
    contact = await backend.client.acting_as(ACTOR).update_contact(ContactIn(language="en"), key=backend.key())
    assert (contact.name, contact.phone, contact.language) == ("王小明", "+8613800138000", "en")
    assert contact.enterprise is not None
    assert contact.enterprise.name == "榕江市顺达机械有限公司"  # a stranger does not rename the file


async def test_credit_code_with_a_wrong_check_character(backend: Backend) -> None:
    wrong = ContactIn(enterprise=EnterpriseIn(uscc="91450981MA5K7J2H05"))
    with pytest.raises(Invalid):
        await backend.client.acting_as(ACTOR).update_contact(wrong, key=backend.key())


async def test_service_speaks_only_for_its_channels_and_scopes(backend: Backend) -> None:
    with pytest.raises(Forbidden):
        await backend.client.acting_as("wechat:1").view_contact()
    with pytest.raises(Invalid):
        await backend.client.acting_as("no colon").view_contact()
    await database.execute("UPDATE service_token SET scopes = '[\"notices\"]'")
    backend_of_notices = backend.client.with_token("svc_other")
    await database.execute(
        "INSERT INTO service_token (digest, name, scopes, channels)"
        " VALUES (encode(sha256('svc_other'), 'hex'), 'other', '[\"notices\"]', '[\"telegram\"]')"
    )
    with pytest.raises(Forbidden):
        await backend_of_notices.acting_as(ACTOR).view_contact()
    with pytest.raises(Forbidden):
        await backend_of_notices.claim_notices(ClaimIn(channels=["web"]))
    assert (await backend_of_notices.claim_notices(ClaimIn(channels=["telegram"]))).items == []


async def test_unbound_staff_account_is_told_so(backend: Backend) -> None:
    with pytest.raises(Forbidden) as caught:
        await backend.client.acting_as("telegram-staff:1").view_staff()
    assert caught.value.extra["unbound"] is True


async def test_binding_by_one_time_code(backend: Backend) -> None:
    account = "telegram-staff:77"
    old = await backend.staff("power-1").make_binding_code()
    code = await backend.staff("power-1").make_binding_code()
    with pytest.raises(BadCode):
        await backend.client.acting_as(account).bind(BindIn(code=old.code), key=backend.key())
    key = backend.key()
    bound = await backend.client.acting_as(account).bind(BindIn(code=code.code), key=key)
    assert bound.username == "power-1"
    assert await backend.client.acting_as(account).bind(BindIn(code=code.code), key=key) == bound
    with pytest.raises(BadCode):
        await backend.client.acting_as(account).bind(BindIn(code=code.code), key=backend.key())
    assert (await backend.client.acting_as(account).view_staff()).username == "power-1"


async def test_binding_code_grows_old(backend: Backend) -> None:
    code = await backend.staff("power-1").make_binding_code()
    backend.clock.move(minutes=11)
    with pytest.raises(BadCode):
        await backend.client.acting_as("telegram-staff:77").bind(BindIn(code=code.code), key=backend.key())


async def test_wrong_binding_codes_are_limited(backend: Backend) -> None:
    for wrong in range(5):
        with pytest.raises(BadCode):
            await backend.client.acting_as("telegram-staff:9").bind(BindIn(code=f"{wrong:08d}"), key=backend.key())
    with pytest.raises(TooMany):
        await backend.client.acting_as("telegram-staff:9").bind(BindIn(code="99999999"), key=backend.key())


async def test_staff_who_left_can_do_nothing(backend: Backend) -> None:
    await models.Staff.filter(username="power-1").update(active=False)
    with pytest.raises(Unauthenticated):
        await backend.staff("power-1").view_staff()
    with pytest.raises(Unauthenticated):
        await backend.client.log_in(LogIn(username="power-1", password=backend.city.passwords["power-1"]))


async def test_group_is_linked_by_a_handler_only(backend: Backend) -> None:
    seat = await backend.staff("seat-1").make_binding_code()
    with pytest.raises(Forbidden):
        await backend.client.link_group(GroupIn(code=seat.code, chat="-1001"), key=backend.key())
    handler = await backend.staff("power-1").make_binding_code()
    linked = await backend.client.link_group(GroupIn(code=handler.code, chat="-1001"), key=backend.key())
    assert linked.code == "power"


async def test_roles_and_units_are_kept_apart(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    part = (await backend.staff("office").view_ticket(receipt.number)).assignments[0]
    with pytest.raises(NotFound):
        await backend.staff("tax-1").view_ticket(receipt.number)
    with pytest.raises(NotFound):
        await backend.staff("tax-1").do(SIGN, part.id, SignIn(version=1), key=backend.key())
    with pytest.raises(NotFound):
        await backend.client.acting_as("telegram:somebody-else").view_ticket(receipt.number)
    version = (await backend.staff("power-1").view_ticket(receipt.number)).version
    with pytest.raises(Forbidden):
        await backend.staff("power-1").do(ACCEPT, receipt.number, AcceptIn(version=version), key=backend.key())
    with pytest.raises(Forbidden):
        await backend.staff("power-1").list_tickets(queue="all")


async def test_guessing_a_retrieval_code_is_limited_by_asker_and_by_number(backend: Backend) -> None:
    guesses = backend.deps.policy.lookup.guesses
    for _ in range(guesses):
        with pytest.raises(NotFound):
            await backend.client.acting_as(ACTOR).look_up(Lookup(number="261123000010", code="000000"))
    with pytest.raises(TooMany):
        await backend.client.acting_as(ACTOR).look_up(Lookup(number="261123000029", code="000000"))
    with pytest.raises(NotFound):  # a stranger shuts no number to others
        await backend.client.acting_as("telegram:other").look_up(Lookup(number="261123000010", code="000000"))


async def test_lookup_by_number_and_code(backend: Backend) -> None:
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    notices = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    code = notices.items[0].args["code"]
    progress = await backend.client.look_up(Lookup(number=receipt.number, code=code))
    assert progress.departments == ["榕江供电局"]


async def test_numbers_tried_from_a_phone_are_limited_by_asker_and_by_number_and_own_ones_not(
    backend: Backend,
) -> None:
    caller, guesses = "phone:+8613800138000", backend.deps.policy.lookup.guesses
    on_file = new_ticket(contact={"phone": "+8613800138000"})
    by_chat = (await backend.client.acting_as(ACTOR).file_ticket(on_file, key=backend.key())).number
    own = (await backend.client.acting_as(caller).file_ticket(new_ticket(), key=backend.key())).number
    assert (await backend.client.acting_as(caller).view_ticket(by_chat)).story == ""
    for _ in range(guesses):
        with pytest.raises(NotFound):
            await backend.client.acting_as("phone:+8613900000000").view_ticket(by_chat)
    for _ in range(guesses):
        with pytest.raises(NotFound):
            await backend.client.acting_as(caller).view_ticket("261123000010")
    with pytest.raises(TooMany):
        await backend.client.acting_as(caller).view_ticket("261123000029")
    with pytest.raises(NotFound):
        await backend.client.acting_as("phone:+8613800000000").view_ticket(by_chat)
    assert (await backend.client.acting_as(caller).view_ticket(by_chat)).story == ""  # known there, so never slowed
    assert (await backend.client.acting_as(caller).view_ticket(own)).story
    with pytest.raises(NotFound):
        await backend.client.acting_as(ACTOR).view_ticket("261123000029")


async def test_guessing_the_code_by_ratings_counts_as_looking_up(backend: Backend) -> None:
    number = (await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())).number
    page = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    code = next(one.args["code"] for one in page.items if one.template == "accepted")
    wrong = RateIn(grade=Grade.SATISFIED, solved=True, code=f"{(int(code) + 1) % 10**8:08d}")
    right = RateIn(grade=Grade.SATISFIED, solved=True, code=code)
    for _ in range(7):
        with pytest.raises(WrongState):  # right, but not answered yet: no guess
            await backend.client.acting_as("web:other").rate(number, right, key=backend.key())
    for _ in range(backend.deps.policy.lookup.guesses):
        with pytest.raises(NotFound):
            await backend.client.acting_as("web:other").rate(number, wrong, key=backend.key())
    with pytest.raises(TooMany):
        await backend.client.acting_as("web:other").rate(number, right, key=backend.key())
    assert (await backend.client.acting_as("web:third").look_up(Lookup(number=number, code=code))).number == number
    with pytest.raises(WrongState):
        await backend.client.acting_as(ACTOR).rate(number, right, key=backend.key())


async def test_a_password_is_changed_on_the_staff_page_alone_and_once(backend: Backend) -> None:
    """Not by a bound messenger account: the channels' token would be enough. Of several at a time one is true."""
    old = backend.city.passwords["power-1"]
    code = await backend.staff("power-1").make_binding_code()
    await backend.client.acting_as("telegram-staff:900").bind(BindIn(code=code.code), key=backend.key())
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": "telegram-staff:900"}
    body = {"old": old, "new": "a password of twelve"}
    address = f"{backend.url}/api/v1/staff/me/password"
    async with backend.session.put(address, json=body, headers=headers) as answer:
        assert answer.status == 403
    session = await backend.client.log_in(LogIn(username="power-1", password=old))
    mine = backend.client.with_token(session.token)
    requests = [PasswordIn(old=old, new=f"new password number {number}") for number in range(3)]
    done = await asyncio.gather(*(mine.change_password(one) for one in requests), return_exceptions=True)
    assert sorted(map(repr, map(type, done))) == sorted(map(repr, [type(None), WrongPassword, WrongPassword]))
    chosen = requests[done.index(None)].new
    assert (await backend.client.log_in(LogIn(username="power-1", password=chosen))).token
    assert (await mine.view_staff()).username == "power-1"
    with pytest.raises(Unauthenticated):
        await backend.staff("power-1").view_staff()
    with pytest.raises(Forbidden):
        await backend.client.acting_as("telegram-staff:900").view_staff()


async def test_a_contact_whom_retention_forgot_is_made_anew(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.api.auth.CONTACT_SECONDS", 0.0)
    before = await backend.client.acting_as(ACTOR).view_contact()
    await models.Contact.filter(id=before.id).delete()
    await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    assert (await backend.client.acting_as(ACTOR).view_contact()).id != before.id
