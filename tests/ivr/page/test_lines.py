"""Who gets a line when lines are short."""

import pytest

from ivr.page.lines import Line, gives_way, is_full_for, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:7::9", "2001:db8:1::/48"),
        ("127.0.0.1", ""),  # a proxy that names nobody: all are behind it
        ("", ""),
    ],
)
def test_a_network_is_what_one_customer_may_have(address: str, network: str) -> None:
    assert network_of(address) == network


def test_half_of_the_lines_are_for_others() -> None:
    taken = [Line(str(one), "a", connected=True) for one in range(10)]
    assert is_full_for("a", taken, 20)
    assert not is_full_for("a", taken[1:], 20)
    assert not is_full_for("b", taken, 20)
    assert not is_full_for("", [Line("1", "", connected=True)] * 19, 20)


def test_who_talks_gives_way_to_nobody() -> None:
    assert gives_way("b", [Line("1", "a", connected=True), Line("2", "b", connected=True)]) is None


def test_the_oldest_offer_of_whoever_holds_most_gives_way() -> None:
    taken = [
        Line("1", "b", connected=False),
        Line("2", "a", connected=True),
        Line("3", "a", connected=False),
        Line("4", "a", connected=False),
    ]
    assert gives_way("c", taken) == "3"


def test_who_holds_most_pushes_out_none_but_their_own() -> None:
    taken = [Line(str(one), "ab"[one % 2], connected=False) for one in range(4)]
    assert gives_way("a", taken) == "0"
    assert gives_way("b", taken) == "1"
