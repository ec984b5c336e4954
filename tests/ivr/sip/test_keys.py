"""One press counts once, told by RFC 4733, by SIP INFO, or by both; two presses count twice."""

from ivr.sip.keys import Keys


def test_a_press_told_twice_counts_once() -> None:
    keys = Keys()
    assert keys.start("5", 10.0)
    assert not keys.start("5", 10.05)
    keys.end(10.15)
    assert not keys.start("5", 10.17)


def test_info_that_comes_with_the_release_is_the_same_press() -> None:
    keys = Keys()
    assert keys.start("5", 10.0)
    assert not keys.start("5", 10.18)
    keys.end(10.19)


def test_info_starts_and_ends_at_once() -> None:
    keys = Keys()
    assert keys.start("5", 10.0)
    keys.end(10.0)
    assert not keys.start("5", 10.06)


def test_the_same_key_again_counts_again() -> None:
    keys = Keys()
    assert keys.start("1", 10.0)
    keys.end(10.1)
    assert keys.start("1", 10.2)


def test_info_alone_counts_each_though_its_end_is_made_up_late() -> None:
    keys = Keys()
    assert keys.start("6", 10.0)
    assert keys.start("6", 10.22)
    keys.end(10.25)
    assert keys.start("6", 10.44)


def test_the_late_end_of_an_info_swallows_no_further_press() -> None:
    keys = Keys()
    assert keys.start("7", 10.0)
    assert not keys.start("7", 10.08)
    keys.end(10.1)
    keys.end(10.42)
    assert keys.start("7", 10.44)


def test_a_lost_end_loses_no_further_press() -> None:
    keys = Keys()
    assert keys.start("3", 10.0)
    assert keys.start("3", 10.25)


def test_another_key_counts_at_once_and_letters_never() -> None:
    keys = Keys()
    assert keys.start("1", 10.0)
    assert keys.start("2", 10.01)
    assert not keys.start("A", 11.0)
    assert not keys.start("12", 11.0)
