"""Events in order; gaps are filled by the clock, jitter is not; a slow consumer loses old audio only."""

from ivr.audio import SILENCE
from ivr.call import Audio, CallEvent, Digit, Ended, EndReason
from ivr.inbox import Inbox

SPEECH = b"\1\0" * 160


def _all(inbox: Inbox) -> list[CallEvent]:
    events = []
    while (event := inbox.take()) is not None:
        events.append(event)
    return events


def test_jitter_and_odd_packet_times_are_not_filled() -> None:
    inbox = Inbox()
    for _ in range(50):
        for _ in range(3):
            inbox.tick()
        for _ in range(3):
            inbox.heard(SPEECH)
    assert inbox.padded == 0


def test_a_gap_is_filled_to_the_length_of_the_time() -> None:
    inbox = Inbox()
    for _ in range(50):
        inbox.tick()
    assert inbox.padded == 47
    assert _all(inbox) == [Audio(SILENCE)] * 47


def test_lost_packets_do_not_shorten_the_audio() -> None:
    inbox = Inbox()
    for number in range(500):
        inbox.tick()
        if number % 10:
            inbox.heard(SPEECH)
    assert 495 <= len(_all(inbox)) <= 500


def test_what_comes_late_is_kept_and_the_next_gap_is_filled_again() -> None:
    inbox = Inbox()
    for _ in range(20):
        inbox.tick()
    for _ in range(20):
        inbox.heard(SPEECH)
    for _ in range(20):
        inbox.tick()
    events = _all(inbox)
    assert events.count(Audio(SPEECH)) == 20
    assert events.count(Audio(SILENCE)) == 17 + 14


def test_a_slow_consumer_loses_the_oldest_audio_and_no_key() -> None:
    inbox = Inbox()
    inbox.heard(SILENCE)
    inbox.pressed("1")
    for _ in range(600):
        inbox.heard(SPEECH)
    inbox.end(EndReason.HANGUP)
    events = _all(inbox)
    assert events[0] == Digit("1")
    assert len(events) == 502
    assert inbox.dropped == 101


async def test_nothing_follows_the_end_and_the_first_reason_counts() -> None:
    inbox = Inbox()
    inbox.end(EndReason.ERROR)
    inbox.end(EndReason.HANGUP)
    inbox.heard(SPEECH)
    inbox.pressed("1")
    assert [event async for event in inbox.events()] == [Ended(EndReason.ERROR)]
    assert [event async for event in inbox.events()] == []


def test_a_flood_of_digits_is_dammed() -> None:
    """Each frame looks past what digits stand before the oldest audio: thousands of them held up every call."""
    inbox = Inbox()
    for _ in range(2000):
        inbox.pressed("1")
    inbox.end(EndReason.HANGUP)
    taken = _all(inbox)
    assert 100 < len(taken) < 1000
    assert taken[-1] == Ended(EndReason.HANGUP)


def test_digits_count_again_once_they_are_taken() -> None:
    inbox = Inbox()
    for _ in range(2000):
        inbox.pressed("1")
        assert inbox.take() == Digit("1")
