"""Accounts of staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import typer

from backend import database
from backend.actions import accounts, second_factor
from cli.process import with_database
from cli.terminal import say

app = typer.Typer(help="Accounts of staff: passwords, people who leave.", no_args_is_help=True)


@app.command("password")
def staff_password(username: str) -> None:
    """A new random password, shown once; ends the person's sessions, and their accounts in messengers are unbound."""
    with_database(lambda: _show_new_password(username, accounts.reset_password))


@app.command("dismiss")
def staff_dismiss(username: str) -> None:
    """Close the account of somebody who left: no log-in, no messenger account, no notices."""

    async def dismiss() -> None:
        await accounts.dismiss(username)
        say("account.shut_out", name=username)

    with_database(dismiss)


@app.command("readmit")
def staff_readmit(username: str) -> None:
    """Open a closed account again, with a new password that is shown once."""
    with_database(lambda: _show_new_password(username, accounts.readmit))


@app.command("reset-totp")
def staff_reset_totp(username: str) -> None:
    """Forget the authenticator app of somebody who lost it; log-ins and messengers end, the auditor sees it."""

    async def reset() -> None:
        await second_factor.reset(username, await database.present())
        say("account.app_forgotten", name=username)

    with_database(reset)


async def _show_new_password(username: str, make: Callable[[str], Awaitable[str]]) -> None:
    say("account.password", name=username, password=await make(username))
