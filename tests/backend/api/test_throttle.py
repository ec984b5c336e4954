"""Limits on guessing: what a year of it gains, whom strangers can hold up (nobody), and the same without Redis."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest
from redis.asyncio import Redis

from backend import models
from backend.api import guesses
from backend.api.throttle import Guess, Limit, Throttle
from backend.contract.client import BackendClient, Retry
from backend.contract.client_address import asking_from, networks
from backend.contract.errors import NotFound, TooMany, Unauthenticated
from backend.contract.models.log_ins import LogIn
from backend.contract.models.notices import ClaimIn
from backend.contract.models.tickets import Lookup
from backend.rules.policy.file import load_policy
from tests.backend.city import SERVICE_TOKEN, Backend, new_ticket

DAY = 86_400
RULE = load_policy(None).lookup


class Frozen:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Frozen:
    return Frozen()


@pytest.fixture(params=["redis", "here"])
async def throttle(request: pytest.FixtureRequest, clock: Frozen) -> AsyncIterator[Throttle]:
    if request.param == "here":
        yield Throttle(None, clock)
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    try:
        yield Throttle(redis, clock)
    finally:
        await redis.aclose()


def guess(source: str, number: str) -> Guess:
    """As `guesses.ticket` makes it."""
    return Guess(
        door="test",
        subject=number,
        source=source,
        limits=(
            Limit("test-address", source, RULE.guesses, RULE.minutes * 60),
            Limit("test-number", number, RULE.number_a_day, DAY),
            Limit("test-all", "", RULE.all_a_day, DAY),
        ),
        own=(Limit("test-own", f"{number}|{source}", RULE.number_a_day, DAY),),
        first=source,
        first_seconds=RULE.first_try_days * DAY,
        first_limits=(
            *(Limit("test-network", one, 20, DAY) for one in networks(source)),
            Limit("test-firsts", "", RULE.first_tries_a_day, DAY),
        ),
    )


async def tried(throttle: Throttle, source: str, number: str, *, right: bool = False) -> bool:
    """Whether the try was looked at."""
    try:
        async with throttle.guess(guess(source, number), wrong=NotFound):
            if not right:
                raise NotFound
    except TooMany as refused:
        return not refused.extra["retry_after"]  # a refusal without a time to wait would be a mistake
    except NotFound:
        pass
    return True


async def test_wrong_tries_slow_and_lock_nothing(throttle: Throttle, clock: Frozen) -> None:
    assert [await tried(throttle, "a", "1") for _ in range(7)] == [True] * 5 + [False] * 2
    clock.now += RULE.minutes * 60 / RULE.guesses + 1
    assert await tried(throttle, "a", "1")
    assert not await tried(throttle, "a", "2")
    clock.now += DAY
    assert await tried(throttle, "a", "2")


async def test_right_tries_at_once_all_pass_and_leave_nothing_counted(throttle: Throttle) -> None:
    await tried(throttle, "a", "1")  # no first try any more
    done = await asyncio.gather(*(tried(throttle, "a", "2", right=True) for _ in range(50)))
    assert all(done)
    assert [await tried(throttle, "a", "3") for _ in range(5)] == [True] * 4 + [False]


async def test_wrong_tries_at_once_are_not_all_looked_at(throttle: Throttle) -> None:
    done = await asyncio.gather(*(tried(throttle, "a", str(number)) for number in range(50)))
    assert sum(done) <= RULE.guesses + 1


async def test_no_stranger_shuts_a_number(throttle: Throttle) -> None:
    assert await tried(throttle, "owner elsewhere", "1", right=True)
    for stranger in range(RULE.all_a_day + 50):
        await tried(throttle, f"s{stranger}", "1")
    assert not await tried(throttle, "s1", "1", right=True)  # the totals are used up
    assert await tried(throttle, "owner", "1", right=True)  # the first try of an address
    assert await tried(throttle, "owner elsewhere", "1", right=True)  # one that was right before
    assert await tried(throttle, "owner", "1", right=True)


async def test_who_knows_a_right_code_learns_nothing_about_others_by_it(throttle: Throttle) -> None:
    """Own tickets, looked up in between, wipe out no wrong tries."""
    looked_at = 0
    for number in range(40):
        await tried(throttle, "a", "own", right=True)
        looked_at += await tried(throttle, "a", str(number))
    assert looked_at == RULE.guesses


@pytest.mark.parametrize("numbers", [10_000, 1])
async def test_a_year_of_guessing_at_six_digits_expects_less_than_one_hit(
    clock: Frozen, numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sum of docs/security.md: days of an attacker with a new address for each try, a clock that is frozen."""
    monkeypatch.setattr("backend.api.throttle._MOST_HERE", 10**6)
    throttle, days = Throttle(None, clock), 3
    sources, looked_at = count(), 0
    for _ in range(days * 24):
        refused = 0
        while refused < 12:
            source = next(sources)
            done = await tried(throttle, f"s{source}", str(source * 7919 % numbers))
            looked_at += done
            refused = 0 if done else refused + 1
        clock.now += 3600
    a_day = RULE.first_tries_a_day + RULE.all_a_day
    assert RULE.first_tries_a_day * (days + 1) * 0.9 < looked_at <= a_day * (days + 1)


def test_the_sum_of_a_year_of_guessing_is_below_one_hit_for_any_number_of_addresses() -> None:
    """Old codes of 6 digits and new ones of 8 at once, each with all that their limits allow."""
    others = RULE.all_a_day * 366 * 1e-6
    old_codes = RULE.first_tries_a_day * 366 * 1e-6
    new_codes = RULE.first_tries_a_day * guesses._LONG_CODES * 366 * 1e-8
    assert others + old_codes + new_codes < 1


@pytest.mark.parametrize(
    ("network", "most"),
    [("2001:db8:1:{:x}::7", 20), ("2001:db8:{:x}::7", 200), ("198.51.100.{}", 20), ("198.51.{}.7", 200)],
)
async def test_who_has_a_whole_network_has_few_first_tries(backend: Backend, network: str, most: int) -> None:
    """A /48 of IPv6 has 65,536 addresses that count as one each; its neighbours' first try is free all the same."""
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    page = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    code = next(one.args["code"] for one in page.items if one.template == "accepted")
    redis = backend.deps.redis
    assert redis is not None
    throttle = Throttle(redis)

    async def wrong(address: str) -> bool:
        with asking_from(address), pytest.raises((NotFound, TooMany)) as told:
            await backend.client.acting_as("web:stranger").look_up(Lookup(number=number, code="000000"))
        return told.type is NotFound

    await throttle._reserve((Limit("lookup-number", number, 1, 10 * DAY),))
    done = [await wrong(network.format(one)) for one in range(1, most + 20)]
    assert done == [True] * most + [False] * 19
    for address in ("2001:db9::1", "198.52.100.1"):
        with asking_from(address):
            assert (
                await backend.client.acting_as("web:owner").look_up(Lookup(number=number, code=code))
            ).number == number


async def test_an_address_that_opened_a_number_goes_on_when_all_first_tries_are_used_up(throttle: Throttle) -> None:
    assert await tried(throttle, "owner", "1", right=True)
    for stranger in range(RULE.first_tries_a_day + 20):
        await tried(throttle, f"s{stranger}", "1")
    assert not await tried(throttle, "somebody new", "1")
    assert await tried(throttle, "owner", "1", right=True)


async def test_right_first_tries_leave_room_for_others(throttle: Throttle) -> None:
    for owner in range(60):
        assert await tried(throttle, f"203.0.113.{owner}", str(owner), right=True)
    assert [await tried(throttle, f"203.0.113.{100 + other}", "1") for other in range(3)] == [True] * 3


async def test_two_hundred_colleagues_behind_one_address_log_in_at_once_beside_an_attacker(backend: Backend) -> None:
    usual = await models.Staff.get(username="power-1")
    names = [f"colleague-{number}" for number in range(200)]
    await models.Staff.bulk_create(
        models.Staff(
            username=name,
            name=name,
            password_hash=usual.password_hash,
            roles=usual.roles,
            department_id=usual.department_id,
        )
        for name in names
    )
    password = backend.city.passwords["power-1"]
    # 350 passwords take seconds to hash; how many on a busy machine is not what is asked here.
    client = BackendClient.to(backend.session, backend.url, SERVICE_TOKEN, Retry(budget=200.0, attempt=200.0))

    async def attack(number: int) -> object:
        with asking_from("198.51.100.7"):
            return await client.log_in(LogIn(username=f"office{number % 3 or ''}", password=f"guess {number}"))

    async def right(name: str) -> str:
        with asking_from("198.51.100.7"):
            return (await client.log_in(LogIn(username=name, password=password))).token

    attackers = [asyncio.create_task(attack(number)) for number in range(120)]
    tokens = await asyncio.gather(*map(right, names))
    assert len(set(tokens)) == 200
    refused = await asyncio.gather(*attackers, return_exceptions=True)
    assert {type(one) for one in refused} == {Unauthenticated, TooMany}
    tokens = await asyncio.gather(*(right("power-1") for _ in range(30)))  # of one account too
    assert len(set(tokens)) == 30


async def test_a_browser_that_was_let_in_before_is_never_delayed_by_others(backend: Backend) -> None:
    right = LogIn(username="power-1", password=backend.city.passwords["power-1"])
    with asking_from("198.51.100.7"):
        device = (await backend.client.log_in(right)).device
        for _ in range(6):
            with pytest.raises((Unauthenticated, TooMany)):
                await backend.client.log_in(LogIn(username="power-1", password="wrong"))
        with pytest.raises(TooMany):
            await backend.client.log_in(right)
        with pytest.raises(TooMany):
            await backend.client.log_in(right.model_copy(update={"device": "f" * 32 + "." + "0" * 64}))
        again = await backend.client.log_in(LogIn(**right.model_dump(exclude={"device"}), device=device))
        assert again.device == device
        with pytest.raises(TooMany):  # of another account it tells nothing
            for _ in range(9):
                with pytest.raises(Unauthenticated):
                    await backend.client.log_in(LogIn(username="tax-1", password="wrong", device=device))
    with asking_from("203.0.113.9"):
        assert (await backend.client.log_in(right)).token  # nobody is locked


async def test_failed_log_ins_are_kept_and_unknown_names_are_not(backend: Backend) -> None:
    with asking_from("198.51.100.7"):
        for name in ("power-1", "my-secret-password"):
            with pytest.raises(Unauthenticated):
                await backend.client.log_in(LogIn(username=name, password="wrong"))
    known, unknown = await models.FailedLogIn.all().order_by("id")
    power = await models.Staff.get(username="power-1")
    assert (known.staff_id, known.name_digest, known.address, known.why) == (power.id, "", "198.51.100.7", "password")
    assert (unknown.staff_id, len(unknown.name_digest), unknown.why) == (None, 64, "name")
    assert "secret" not in repr((unknown.name_digest, unknown.address, unknown.why))


async def test_the_right_code_at_first_try_works_whatever_strangers_did(backend: Backend) -> None:
    number = (await backend.client.acting_as("telegram:1").file_ticket(new_ticket(), key=backend.key())).number
    page = await backend.client.claim_notices(ClaimIn(channels=["telegram"]))
    code = next(one.args["code"] for one in page.items if one.template == "accepted")
    assert len(code) == 8
    for stranger in range(RULE.number_a_day + 10):
        with pytest.raises((NotFound, TooMany)):
            await backend.client.acting_as(f"telegram:{stranger + 100}").look_up(Lookup(number=number, code="000000"))
    with asking_from("203.0.113.9"):
        assert (await backend.client.acting_as("web:owner").look_up(Lookup(number=number, code=code))).number == number
