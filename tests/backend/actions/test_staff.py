"""Accounts and tokens as an administrator of the machine keeps them."""

from collections.abc import Callable
from typing import Any

import pytest

from backend import database, models
from backend.actions import accounts, second_factor, service_tokens
from backend.api.auth import TOKEN_SECONDS
from backend.contract.errors import Forbidden, Unauthenticated
from backend.contract.faults import OperatorError
from backend.contract.models.log_ins import LogIn
from backend.contract.models.messengers import BindIn, GroupIn
from backend.contract.models.notices import ClaimIn
from backend.contract.words import Scope
from dialogs.wording import Wording
from tests.backend.city import Backend, new_ticket

ACCOUNT = "telegram-staff:4711"


async def bind(backend: Backend, username: str) -> None:
    code = (await backend.staff(username).make_binding_code()).code
    await backend.client.acting_as(ACCOUNT).bind(BindIn(code=code), key=backend.key())


async def test_a_new_password_replaces_the_old_one_and_ends_sessions(backend: Backend) -> None:
    old = backend.city.passwords["power-1"]
    before = await backend.client.log_in(LogIn(username="power-1", password=old))
    new = await accounts.reset_password("power-1")
    with pytest.raises(Unauthenticated):
        await backend.client.with_token(before.token).view_staff()
    with pytest.raises(Unauthenticated):
        await backend.client.log_in(LogIn(username="power-1", password=old))
    after = await backend.client.log_in(LogIn(username="power-1", password=new))
    assert (await backend.client.with_token(after.token).view_staff()).username == "power-1"
    with pytest.raises(OperatorError) as told:
        await accounts.reset_password("power-11")
    assert Wording("zh_CN").faults(told.value) == ["power-11: 没有这个账号。是不是想写“power-1”？"]
    assert Wording("en").faults(told.value) == ["power-11: there is no such account; did you mean power-1?"]


async def test_a_new_password_makes_open_binding_codes_worthless(backend: Backend) -> None:
    await backend.staff("power-1").make_binding_code()
    await accounts.reset_password("power-1")
    assert not await models.BindingCode.all().exists()


async def test_a_new_password_shuts_out_the_messenger_that_a_thief_of_the_old_one_bound(backend: Backend) -> None:
    await bind(backend, "power-1")
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    await accounts.reset_password("power-1")
    with pytest.raises(Forbidden) as refused:
        await backend.client.acting_as(ACCOUNT).view_staff()
    assert refused.value.extra == {"unbound": True}
    assert not (await backend.client.claim_notices(ClaimIn(channels=["telegram-staff"]))).items


async def test_who_left_is_shut_out_everywhere(backend: Backend) -> None:
    await bind(backend, "power-1")
    await backend.client.acting_as(ACCOUNT).view_staff()
    await accounts.dismiss("power-1")
    with pytest.raises(Unauthenticated):
        await backend.staff("power-1").view_staff()
    with pytest.raises(Forbidden) as refused:
        await backend.client.acting_as(ACCOUNT).view_staff()
    assert refused.value.extra == {"unbound": True}
    with pytest.raises(Unauthenticated):
        await backend.client.log_in(LogIn(username="power-1", password=backend.city.passwords["power-1"]))


async def test_what_was_still_to_be_told_to_who_left_is_not(backend: Backend) -> None:
    """Privately, and in place of a group that cannot be written to."""
    await bind(backend, "power-1")
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    code = (await backend.staff("power-2").make_binding_code()).code
    await backend.client.link_group(GroupIn(code=code, chat="-100"), key=backend.key())
    backend.deps.directory.forget()
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    waiting = await models.Notice.filter(channel="telegram-staff").order_by("id")
    assert [(row.address, row.fallback) for row in waiting] == [("4711", []), ("group:-100", ["4711"])]
    await accounts.dismiss("power-1")
    told = (await backend.client.claim_notices(ClaimIn(channels=["telegram-staff"]))).items
    assert [(one.address, one.fallback) for one in told] == [("group:-100", [])]
    left, stays = [str((await models.Staff.get(username=name)).id) for name in ("power-1", "power-2")]
    pages = {row.address for row in await models.Notice.filter(channel="web-staff")}
    assert stays in pages
    assert left not in pages


async def test_a_group_that_is_there_is_replaced_by_a_leader_alone(backend: Backend) -> None:
    """It reads all that the department is told: a thief of one handler's password would take that along."""
    await link(backend, "power-1", "-100")
    await link(backend, "power-2", "-100")
    for username, chat in (("power-1", "-666"), ("market-1", "-100")):
        with pytest.raises(Forbidden):
            await link(backend, username, chat)
    assert (await models.Department.get(code="power")).group_chat == "-100"
    await link(backend, "power-leader", "-200")
    assert (await models.Department.get(code="power")).group_chat == "-200"


async def link(backend: Backend, username: str, chat: str) -> None:
    code = (await backend.staff(username).make_binding_code()).code
    await backend.client.link_group(GroupIn(code=code, chat=chat), key=backend.key())


async def told(backend: Backend, template: str) -> dict[str, list[str]]:
    """Who was told of it, and where."""
    names = {str(one.id): one.username for one in await models.Staff.all()}
    found: dict[str, list[str]] = {}
    for one in await models.Notice.filter(template=template).order_by("id"):
        found.setdefault(names.get(one.address, one.address), []).append(one.channel)
    return found


async def test_a_binding_is_told_to_its_owner_elsewhere_and_to_the_leader(backend: Backend) -> None:
    await bind(backend, "power-1")
    assert await told(backend, "account_bound") == {"power-1": ["web-staff"], "power-leader": ["web-staff"]}
    own = {one.address: one.args["own"] for one in await models.Notice.filter(template="account_bound")}
    assert own[str((await models.Staff.get(username="power-1")).id)] is True
    assert list(own.values()).count(False) == 1
    code = (await backend.staff("power-1").make_binding_code()).code
    await backend.client.acting_as("telegram-staff:666").bind(BindIn(code=code), key=backend.key())
    assert (await told(backend, "account_bound"))["4711"] == ["telegram-staff"], "the thief's account does not hide it"
    assert "666" not in await told(backend, "account_bound")


async def test_a_group_is_told_to_who_linked_it_and_to_the_leaders_of_both_departments(backend: Backend) -> None:
    await link(backend, "power-leader", "-100")
    assert await told(backend, "group_linked") == {"power-leader": ["web-staff"]}
    await link(backend, "market-leader", "-100")
    assert (await told(backend, "group_linked")).keys() == {"power-leader", "market-leader"}
    assert len((await told(backend, "group_linked"))["power-leader"]) == 2


@pytest.mark.parametrize("by", [accounts.dismiss, accounts.reset_password])
async def test_a_group_that_somebody_linked_is_not_left_to_them(backend: Backend, by: Callable[[str], Any]) -> None:
    await link(backend, "power-1", "-100")
    await link(backend, "market-1", "-200")
    backend.deps.directory.forget()
    await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())
    waiting = models.Notice.filter(address="group:-100", done_at=None)
    assert await waiting.exists()
    await by("power-1")
    assert not await waiting.exists()
    groups = {one.code: one.group_chat for one in await models.Department.filter(code__in=["power", "market"])}
    assert groups == {"power": None, "market": "-200"}


async def reset_factor(username: str) -> None:
    await models.SecondFactor.create(staff_id=(await models.Staff.get(username=username)).id, sealed="")
    await second_factor.reset(username, await database.present())


@pytest.mark.parametrize(
    ("by", "theirs"), [(accounts.dismiss, False), (accounts.reset_password, True), (reset_factor, True)]
)
async def test_a_group_that_goes_with_its_linkers_account_is_told_of(
    backend: Backend, by: Callable[[str], Any], *, theirs: bool
) -> None:
    """To the department, each for themselves, and to who linked it while they are there; the others' groups stay."""
    code = (await backend.staff("power-2").make_binding_code()).code
    await backend.client.acting_as("telegram-staff:4712").bind(BindIn(code=code), key=backend.key())
    await bind(backend, "power-1")
    await link(backend, "power-1", "-100")
    await link(backend, "market-1", "-200")
    await by("power-1")
    both = ["web-staff"]
    expected = {"power-2": both, "power-leader": both, "4712": ["telegram-staff"]}
    assert await told(backend, "group_unlinked") == expected | ({"power-1": both} if theirs else {})
    ready = await backend.client.claim_notices(ClaimIn(channels=["telegram-staff"]))
    assert [one.args["department"] for one in ready.items if one.template == "group_unlinked"] == ["榕江供电局"]


async def test_who_linked_no_group_leaves_nothing_to_tell(backend: Backend) -> None:
    await link(backend, "power-1", "-100")
    await accounts.reset_password("power-2")
    assert await told(backend, "group_unlinked") == {}


async def test_who_comes_back_has_a_new_password_and_no_messenger_account(backend: Backend) -> None:
    await bind(backend, "power-1")
    await accounts.dismiss("power-1")
    password = await accounts.readmit("power-1")
    await backend.client.log_in(LogIn(username="power-1", password=password))
    with pytest.raises(Forbidden):
        await backend.client.acting_as(ACCOUNT).view_staff()


async def test_an_issued_token_speaks_for_its_channels_only(backend: Backend) -> None:
    token = await service_tokens.issue_token("phone-line", [Scope.CONTACTS], ["phone"])
    program = backend.client.with_token(token)
    assert (await program.acting_as("phone:13800138000").view_contact()).name is None
    with pytest.raises(Forbidden):
        await program.acting_as("web:13800138000").view_contact()
    with pytest.raises(Forbidden):
        await program.acting_as(ACCOUNT).view_staff()
    assert [one.name for one in await service_tokens.list_services()] == ["phone-line", "tests"]


async def test_a_token_issued_again_or_revoked_is_worth_nothing(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.api.auth.TOKEN_SECONDS", 0.0)
    first = await service_tokens.issue_token("phone-line", [], [])
    second = await service_tokens.issue_token("phone-line", [], [])
    with pytest.raises(Unauthenticated):
        await backend.client.with_token(first).view_city()
    await backend.client.with_token(second).view_city()
    await service_tokens.revoke_token("phone-line")
    with pytest.raises(Unauthenticated):
        await backend.client.with_token(second).view_city()
    await service_tokens.issue_token("phone-lines", [], [])
    with pytest.raises(OperatorError) as told:
        await service_tokens.revoke_token("phone-line")
    assert Wording("zh_CN").faults(told.value) == ["phone-line: 没有叫这个名字的程序。是不是想写“phone-lines”？"]
    assert Wording("en").faults(told.value)[0].startswith("phone-line: no program of this name has a token; did you")
    assert TOKEN_SECONDS <= 15  # what docs/operation.md and the command line promise


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("channels", "这是我们自己的名称", "is the name of our own channels"),
        *((name, "名称只能用小写字母", "write 1 to 32 of a-z") for name in ("Phone", "", "a" * 33, "电话")),
    ],
)
async def test_a_program_needs_a_name_of_its_own(name: str, chinese: str, english: str) -> None:
    with pytest.raises(OperatorError) as told:
        await service_tokens.issue_token(name, [], [])
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"{name}: {chinese}")
    assert Wording("en").faults(told.value)[0].startswith(f"{name}: {english}")
