"""Authenticator apps of staff: set up, asked for at each log-in, lost, required, turned off."""

import asyncio
import logging
from dataclasses import replace

import pyotp
import pytest

from backend import models
from backend.actions import second_factor
from backend.contract.client import BackendClient
from backend.contract.client_address import asking_from
from backend.contract.errors import (
    BadCode,
    CodeNeeded,
    Forbidden,
    TooMany,
    Unauthenticated,
    WrongPassword,
    WrongState,
)
from backend.contract.faults import OperatorError
from backend.contract.models.log_ins import LogIn, LogInCodeIn, PasswordIn, SessionOut
from backend.contract.models.messengers import BindIn
from backend.contract.models.second_factor import CodeIn, EnrolIn, RecoveryCodesOut
from dialogs.wording import Wording
from tests.backend.city import SERVICE_TOKEN, Backend, City, running

NAME = "power-1"


def code(secret: str, backend: Backend, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes from now."""
    return pyotp.TOTP(secret).at(backend.clock.now, counter_offset=steps)


async def ticket(backend: Backend, password: str = "") -> str:
    with pytest.raises(CodeNeeded) as caught:
        await backend.client.log_in(LogIn(username=NAME, password=password or backend.city.passwords[NAME]))
    return str(caught.value.extra["ticket"])


async def enter(backend: Backend, typed: str, device: str = "") -> SessionOut:
    return await backend.client.finish_log_in(LogInCodeIn(ticket=await ticket(backend), code=typed, device=device))


async def logged_in(backend: Backend) -> BackendClient:
    session = await backend.client.log_in(LogIn(username=NAME, password=backend.city.passwords[NAME]))
    return backend.client.with_token(session.token)


async def enrolled(backend: Backend) -> tuple[str, RecoveryCodesOut, BackendClient]:
    """The secret, the recovery codes, and the log-in it was done in; the code of then is past."""
    mine = await logged_in(backend)
    made = await mine.enrol(EnrolIn(password=backend.city.passwords[NAME]))
    codes = await mine.confirm_second_factor(CodeIn(code=code(made.secret, backend)))
    backend.clock.move(seconds=60)
    return made.secret, codes, mine


async def test_a_log_in_asks_for_a_code_once_an_app_is_set_up(backend: Backend) -> None:
    there, mine = await logged_in(backend), await logged_in(backend)
    made = await mine.enrol(EnrolIn(password=backend.city.passwords[NAME]))
    assert made.uri == f"otpauth://totp/jiesu:{NAME}?secret={made.secret}&issuer=jiesu"
    await logged_in(backend)  # not confirmed yet
    await mine.confirm_second_factor(CodeIn(code=code(made.secret, backend)))
    assert (await mine.view_second_factor()).on
    with pytest.raises(Unauthenticated):  # whoever was logged in elsewhere had no code
        await there.view_staff()
    backend.clock.move(seconds=30)
    session = await enter(backend, code(made.secret, backend))
    assert (await backend.client.with_token(session.token).view_staff()).username == NAME


async def test_a_code_is_taken_once_and_none_older_than_it(backend: Backend) -> None:
    secret, _, _ = await enrolled(backend)
    early, now = code(secret, backend, -1), code(secret, backend)
    done = await asyncio.gather(*(enter(backend, now) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["BadCode"] * 3 + ["SessionOut"]
    with pytest.raises(BadCode):
        await enter(backend, early)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_telephones_clock_may_be_half_a_minute_off(backend: Backend, steps: int, taken: bool) -> None:
    secret, _, _ = await enrolled(backend)
    backend.clock.move(seconds=120)
    if taken:
        await enter(backend, code(secret, backend, steps))
    else:
        with pytest.raises(BadCode):
            await enter(backend, code(secret, backend, steps))


async def test_a_recovery_code_stands_in_once_however_it_is_typed(backend: Backend) -> None:
    _, made, mine = await enrolled(backend)
    assert len(set(made.codes)) == 8
    await enter(backend, made.codes[0].upper().replace("-", " "))
    with pytest.raises(BadCode):
        await enter(backend, made.codes[0])
    assert (await mine.view_second_factor()).recovery_codes == 7


async def test_a_wrong_password_never_comes_to_the_code_and_a_wrong_ticket_says_nothing(backend: Backend) -> None:
    secret, _, _ = await enrolled(backend)
    with pytest.raises(Unauthenticated):
        await backend.client.log_in(LogIn(username=NAME, password="wrong"))
    for forged in ("", f"{NAME}:9999999999.abc", f"{NAME}:x", "nobody:9999999999.abc"):
        with pytest.raises(Unauthenticated):
            await backend.client.finish_log_in(LogInCodeIn(ticket=forged, code=code(secret, backend)))
    late = await ticket(backend)
    backend.clock.move(minutes=6)
    with pytest.raises(Unauthenticated):
        await backend.client.finish_log_in(LogInCodeIn(ticket=late, code=code(secret, backend)))


async def test_a_ticket_that_no_database_could_hold_is_refused(backend: Backend) -> None:
    address, body = (
        f"{backend.url}/api/v1/staff/sessions/second-step",
        {"ticket": "a\0b:9999999999.c", "code": "123456"},
    )
    async with backend.session.post(address, json=body) as answer:
        assert answer.status == 422


async def test_a_new_password_makes_a_ticket_worthless(backend: Backend) -> None:
    secret, _, mine = await enrolled(backend)
    before = await ticket(backend)
    await mine.change_password(PasswordIn(old=backend.city.passwords[NAME], new="榕江电工的新口令"))
    with pytest.raises(Unauthenticated):
        await backend.client.finish_log_in(LogInCodeIn(ticket=before, code=code(secret, backend)))


async def test_wrong_codes_are_slowed_from_everywhere_and_told_to_the_auditor_but_not_for_a_known_browser(
    backend: Backend,
) -> None:
    secret, _, _ = await enrolled(backend)
    session = await enter(backend, code(secret, backend))
    backend.clock.move(seconds=60)
    for number in range(5):
        with asking_from(f"203.0.113.{number}"), pytest.raises(BadCode):
            await enter(backend, "000000")
    with asking_from("203.0.113.99"), pytest.raises(TooMany) as caught:
        await enter(backend, code(secret, backend))
    assert caught.value.extra["retry_after"] <= 180
    await enter(backend, code(secret, backend), session.device)
    failed = (await backend.staff("auditor").list_failed_log_ins()).items
    assert [(one.staff, one.why) for one in failed] == [(NAME, "code")] * 5


async def test_setting_up_and_turning_off_ask_for_what_only_the_owner_has(backend: Backend) -> None:
    """An open page is not enough, nor a bound messenger."""
    mine = await logged_in(backend)
    with pytest.raises(WrongPassword):
        await mine.enrol(EnrolIn(password="wrong"))
    with pytest.raises(WrongState):
        await mine.confirm_second_factor(CodeIn(code="123456"))
    secret, _, mine = await enrolled(backend)
    with pytest.raises(WrongState):
        await mine.enrol(EnrolIn(password=backend.city.passwords[NAME]))
    with pytest.raises(BadCode):
        await mine.turn_off_second_factor(CodeIn(code="000000"))
    await mine.turn_off_second_factor(CodeIn(code=code(secret, backend)))
    await logged_in(backend)
    assert await models.RecoveryCode.all().count() == 0
    binding = await backend.staff("power-2").make_binding_code()
    await backend.client.acting_as("telegram-staff:9").bind(BindIn(code=binding.code), key=backend.key())
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": "telegram-staff:9"}
    address = f"{backend.url}/api/v1/staff/me/second-factor"
    async with backend.session.post(address, json={"password": "x"}, headers=headers) as answer:
        assert answer.status == 403
    looks = [one.what for one in await models.AccessLog.all().order_by("id")]
    assert looks == ["second factor on", "second factor off"]


async def test_no_secret_is_stored_openly_or_logged(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    secret, made, _ = await enrolled(backend)
    await enter(backend, made.codes[0])
    stored = await models.SecondFactor.get()
    digests = [one.digest for one in await models.RecoveryCode.all()]
    for word in (secret, *made.codes, *(one.replace("-", "") for one in made.codes)):
        assert word not in stored.sealed
        assert word not in caplog.text
        assert word not in digests


async def test_who_lost_the_phone_is_reset_by_a_command_that_the_auditor_sees(backend: Backend) -> None:
    _, _, mine = await enrolled(backend)
    with pytest.raises(OperatorError) as told:
        await second_factor.reset("power-2", backend.clock.now)
    assert Wording("zh_CN").faults(told.value) == ["power-2: 没有设置验证器"]
    assert Wording("en").faults(told.value) == ["power-2: has no authenticator app"]
    await second_factor.reset(NAME, backend.clock.now)
    with pytest.raises(Unauthenticated):
        await mine.view_staff()
    await logged_in(backend)
    last = await models.AccessLog.all().order_by("-id").first()
    assert last is not None
    assert (last.actor_kind, last.what, last.reason) == ("system", "second factor reset", NAME)


async def test_an_app_whose_secret_cannot_be_opened_lets_nobody_in(backend: Backend) -> None:
    """SECRET_KEY was changed, or a row was moved to another account."""
    secret, _, _ = await enrolled(backend)
    other = await models.Staff.get(username="power-2")
    await models.SecondFactor.all().update(staff_id=other.id)
    with pytest.raises(CodeNeeded) as caught:
        await backend.client.log_in(LogIn(username="power-2", password=backend.city.passwords["power-2"]))
    with pytest.raises(BadCode):
        await backend.client.finish_log_in(
            LogInCodeIn(ticket=str(caught.value.extra["ticket"]), code=code(secret, backend))
        )


async def test_a_role_that_needs_an_app_can_do_nothing_before_it_is_there(backend: Backend, city: City) -> None:
    rule = backend.deps.policy.log_ins.model_copy(update={"second_factor_roles": ("handler",)})
    policy = backend.deps.policy.model_copy(update={"log_ins": rule})
    binding = await backend.staff(NAME).make_binding_code()
    await backend.client.acting_as("telegram-staff:9").bind(BindIn(code=binding.code), key=backend.key())
    async with running(replace(backend.deps, policy=policy), city) as strict:
        mine = await logged_in(strict)
        assert (await mine.view_staff()).must_enrol
        assert (await mine.view_second_factor()).required
        for asked in (mine.list_tickets(queue="mine"), mine.make_binding_code(), mine.list_log_ins()):
            with pytest.raises(Forbidden) as caught:
                await asked
            assert caught.value.extra["enrol"] is True
        with pytest.raises(Forbidden):
            await strict.client.acting_as("telegram-staff:9").list_tickets(queue="mine")
        made = await mine.enrol(EnrolIn(password=city.passwords[NAME]))
        await mine.confirm_second_factor(CodeIn(code=code(made.secret, strict)))
        await mine.list_tickets(queue="mine")
        await strict.client.acting_as("telegram-staff:9").list_tickets(queue="mine")
        assert not (await mine.view_staff()).must_enrol
        strict.clock.move(seconds=60)
        with pytest.raises(Forbidden):
            await mine.turn_off_second_factor(CodeIn(code=code(made.secret, strict)))
        await strict.staff("office").list_tickets(queue="all")  # the policy does not name that role
