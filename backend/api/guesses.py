"""What limits hold for which secret: log-ins, retrieval codes 查询码, numbers tried from a phone, binding codes."""

from __future__ import annotations

from typing import Any

from backend.api.operations import Call
from backend.api.throttle import Guess, Limit
from backend.contract.client_address import group, networks

_DAY = 86_400
_NETWORKS_A_DAY = (20, 200)
"""Wrong first tries of a small and a large network that one customer may have whole."""
_LONG_CODES = 40
"""So many times more first tries are made at codes of 8 digits, a hundred times as hard to guess as the old ones."""
_BINDING_CODES_A_DAY = 1000
"""Wrong ones of all accounts that failed before, and as many first tries of others: with ten codes open all year, 0.07
hits are expected a year."""

_CODES_A_DAY = 20
"""Wrong codes of an app, of one account: who has the password and tries all year is let in with 2 %."""


def log_in(call: Call[Any, Any, Any], username: str, device: str = "") -> Guess:
    """`device`: what a browser showed that has logged in to this account before; empty for none."""
    rule, source = call.context.policy.log_ins, group(call.address)
    pair, window = f"{username}|{source}", rule.minutes * 60
    return Guess(
        door="log-in",
        subject=username,
        source=f"device {device}" if device else source,
        limits=(
            Limit("log-in-pair", pair, rule.guesses, window),
            Limit("log-in-address", source, rule.address_an_hour, 3600),
            Limit("log-in-account", username, rule.account_a_day, _DAY),
        ),
        own=(Limit("log-in-device", device, rule.guesses, window),) if device else (),
        first=pair,
        first_seconds=_DAY,
        first_limits=_of_networks("log-in", username, source),
        known=bool(device),
    )


def second_factor(call: Call[Any, Any, Any], username: str, device: str = "") -> Guess:
    """A code of the authenticator app: only who has the password comes so far, so the account as a whole is slowed, and
    no first try is free. A browser that was let in before has counts of its own.
    """
    rule, subject = call.context.policy.log_ins, f"device {device}" if device else username
    limits = (
        Limit("code", subject, rule.guesses, rule.minutes * 60),
        Limit("code-day", subject, _CODES_A_DAY, _DAY),
    )
    return Guess("code", username, subject if device else "", limits, limits, known=bool(device))


def password(call: Call[Any, Any, Any], username: str) -> Guess:
    """The old password, asked for again of who is logged in."""
    rule = call.context.policy.log_ins
    limit = Limit("password", username, rule.guesses, rule.minutes * 60)
    return Guess("password", username, "", (limit,), (limit,))


def ticket(call: Call[Any, Any, Any], door: str, number: str, code: str = "") -> Guess:
    """A try at somebody else's ticket: with its code (`lookup`), or from the phone on file (`phone-on-file`)."""
    rule = call.context.policy.lookup
    length = len(code) if len(code) > 6 else 0
    firsts = rule.first_tries_a_day * (_LONG_CODES if length else 1)
    # A program that names neither an account nor an address has many askers behind it.
    source = group(call.address) if call.account is not None or "Jiesu-Address" in call.request.headers else ""
    asker = (Limit(f"{door}-address", source, rule.guesses, rule.minutes * 60),) if source else ()
    return Guess(
        door=door,
        subject=number,
        source=source,
        limits=(
            *asker,
            Limit(f"{door}-number", number, rule.number_a_day, _DAY),
            Limit(f"{door}-all", "", rule.all_a_day, _DAY),
        ),
        own=(Limit(f"{door}-own", f"{number}|{source}", rule.number_a_day, _DAY),),
        first=source,
        first_seconds=rule.first_try_days * _DAY,
        first_limits=(*_of_networks(door, "", source), Limit(f"{door}-firsts", str(length), firsts, _DAY)),
    )


def binding_code(call: Call[Any, Any, Any], account: str) -> Guess:
    """A code that binds an account or a group; it is for nobody in particular, so all are guessed at."""
    rule = call.context.policy.log_ins
    return Guess(
        door="bind",
        subject="",
        source=account,
        limits=(
            Limit("bind-account", account, rule.guesses, rule.minutes * 60),
            Limit("bind-all", call.actor.key, _BINDING_CODES_A_DAY, _DAY),
        ),
        own=(),
        first=account,
        first_seconds=_DAY,
        first_limits=(Limit("bind-firsts", call.actor.key, _BINDING_CODES_A_DAY, _DAY),),
    )


def _of_networks(door: str, subject: str, source: str) -> tuple[Limit, ...]:
    """First tries of one who has a whole network of addresses; else a /48 of IPv6 would give 65,536."""
    return tuple(
        Limit(f"{door}-network", f"{subject}|{network}", tries, _DAY)
        for network, tries in zip(networks(source), _NETWORKS_A_DAY, strict=False)
    )
