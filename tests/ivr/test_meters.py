"""Measures of the phone: what they count, and that they tell nothing of anybody."""

import pytest

from ivr.meters import DONE, Meters
from ivr.refusal import Refusal


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meters(clock: Clock) -> Meters:
    return Meters(clock)


def value(meters: Meters, name: str, **labels: str) -> float | None:
    return meters.registry.get_sample_value(name, labels)


def test_a_call_is_under_way_and_then_ended_with_its_seconds(meters: Meters, clock: Clock) -> None:
    call = {"transport": "sip", "direction": "in"}
    with meters.call("sip") as meter:
        assert value(meters, "jiesu_phone_calls", **call) == 1
        clock.now += 42
        meter.how = DONE
    assert value(meters, "jiesu_phone_calls", **call) == 0
    assert value(meters, "jiesu_phone_calls_ended_total", **call, how="done") == 1
    assert value(meters, "jiesu_phone_call_seconds_sum", **call) == 42


def test_a_talk_that_breaks_off_has_failed(meters: Meters) -> None:
    with pytest.raises(ZeroDivisionError), meters.call("page", "out"):
        raise ZeroDivisionError
    assert value(meters, "jiesu_phone_calls_ended_total", transport="page", direction="out", how="failed") == 1
    assert value(meters, "jiesu_phone_calls", transport="page", direction="out") == 0


def test_recordings_wait_until_they_are_text(meters: Meters, clock: Clock) -> None:
    with meters.transcribing(), meters.transcribing():
        assert value(meters, "jiesu_phone_transcriptions_waiting") == 2
        clock.now += 3
    assert value(meters, "jiesu_phone_transcriptions_waiting") == 0
    assert value(meters, "jiesu_phone_transcription_seconds_sum") == 6


def test_sip_is_asked_at_each_look(meters: Meters) -> None:
    up = [2, 1]
    meters.watch_sip(lambda: up[0], lambda: up[1])
    assert value(meters, "jiesu_phone_sip_workers_up") == 2
    up[:] = 1, 0
    assert value(meters, "jiesu_phone_sip_workers_up") == 1
    assert value(meters, "jiesu_phone_registrations_up") == 0


def test_refused_calls_are_counted_by_way_and_reason(meters: Meters) -> None:
    meters.refused("sip", Refusal.STRANGER, 3)
    meters.refused("sip", Refusal.STRANGER)
    meters.refused("page", Refusal.BUSY)
    assert value(meters, "jiesu_phone_refused_total", transport="sip", reason="stranger") == 4
    assert value(meters, "jiesu_phone_refused_total", transport="page", reason="busy") == 1
