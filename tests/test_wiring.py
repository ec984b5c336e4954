"""What the settings name and cannot be used is told by its setting."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

import wiring
from dialogs.wording import Wording
from settings import Settings, SettingsError, read_settings

Open = Callable[[Settings, AsyncExitStack], Awaitable[object]]


@pytest.mark.parametrize(
    ("part", "changed", "chinese", "english"),
    [
        (
            "@[^/]*/",
            "@127.0.0.1:9/",
            "连不上数据库（那里没有程序在监听）；",
            "the database cannot be reached (nobody listens",
        ),
        (
            "@[^/]*/",
            "@no.host.invalid/",
            "连不上数据库（找不到这台主机）；",
            "the database cannot be reached (there is no",
        ),
        (":[^:@/]*@", ":wrong@", "数据库不认这个用户名或密码；", "the database does not know this user or password;"),
        ("/[^/]*$", "/none", "服务器上没有这个名字的数据库；", "the server has no database of this name;"),
    ],
)
@pytest.mark.parametrize("opening", [wiring.open_database, wiring.open_storage])
async def test_a_database_that_does_not_let_us_in_is_told_with_its_cure(
    database_url: str, tmp_path: Path, opening: Open, part: str, changed: str, chinese: str, english: str
) -> None:
    url = re.sub(part, changed, database_url, count=1)
    chosen = read_settings(tmp_path / "none.env", data_dir=tmp_path, database_url=url)
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsError) as told:
            await opening(chosen, stack)
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"DATABASE_URL: {chinese}")
    assert Wording("en").faults(told.value)[0].startswith(f"DATABASE_URL: {english}")
