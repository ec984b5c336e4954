"""Tokens of other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from backend.actions import service_tokens
from backend.contract.words import Scope
from cli.process import with_database
from cli.terminal import say

app = typer.Typer(help="Tokens of other programs that use the API.", no_args_is_help=True)


@app.command("issue")
def token_issue(
    name: Annotated[str, typer.Argument(help="of the program; the same name again replaces its token")],
    scope: Annotated[list[Scope] | None, typer.Option(help="what it may do; repeat for several")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="channel it speaks for; repeat for several")] = None,
) -> None:
    """A token for another program, shown once. Without a scope it may read the city and look up progress."""

    async def issue() -> None:
        typer.echo(await service_tokens.issue_token(name, scope or [], channel or []))

    with_database(issue)


@app.command("revoke")
def token_revoke(name: str) -> None:
    """Shut a program out; a token works for 15 more seconds at most."""

    async def revoke() -> None:
        await service_tokens.revoke_token(name)
        say("token.revoked", name=name)

    with_database(revoke)


@app.command("list")
def token_list() -> None:
    """The programs that have a token, with scopes and channels; tokens themselves are not stored."""

    async def show() -> None:
        for one in await service_tokens.list_services():
            typer.echo(f"{one.name:<24} {','.join(one.scopes) or '-'}  {','.join(one.channels) or '-'}")

    with_database(show)
