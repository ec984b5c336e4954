"""Files that no row names are removed, and no others: on a real folder beside a real database."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backend import models
from backend.actions import sweep
from backend.actions.attachments import Upload, keep_upload
from backend.actions.due_effects import plan_housekeeping
from backend.files import folder
from tests.backend.actions.conftest import Town

KILLED = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from backend.files import folder
where, ident = Path(sys.argv[1]), UUID(sys.argv[2])
folder.make(where)
folder.arriving(where, ident).write_bytes(b"RIFF")
folder.keep(where, ident)
os.kill(os.getpid(), signal.SIGKILL)  # before the row
"""


def _age(path: Path, seconds: float) -> Path:
    written = path.stat().st_mtime - seconds
    os.utime(path, (written, written))
    return path


def _put(town: Town, name: str = "", *, age: float = sweep.GRACE + 60) -> Path:
    folder.make(town.folder)
    path = town.folder / name if name else folder.place(town.folder, uuid4())
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"RIFF")
    return _age(path, age)


async def _recorded(town: Town, path: Path) -> Path:
    upload = Upload(UUID(path.name), "voice", "audio/wav", 4, "0" * 64, "a.wav")
    await keep_upload(await town.context(), await town.contact(), upload)
    return path


async def _sweep(town: Town) -> None:
    await plan_housekeeping(await town.context())
    await town.work_off()


async def test_a_file_that_lost_its_row_goes_and_one_with_a_row_stays(town: Town) -> None:
    forgotten, kept = _put(town), await _recorded(town, _put(town))
    await _sweep(town)
    assert not forgotten.exists()
    assert kept.exists()


async def test_a_process_killed_between_file_and_row_leaves_nothing_for_ever(town: Town) -> None:
    ident = uuid4()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(town.folder), str(ident))
    assert await process.wait() == -signal.SIGKILL
    path = folder.place(town.folder, ident)
    await _sweep(town)
    assert path.exists(), "its row may still be on the way"
    _age(path, sweep.GRACE + 60)
    await _sweep_again(town)
    assert not path.exists()


async def _sweep_again(town: Town) -> None:
    following: int | None = 0
    while following is not None:
        following = await sweep.sweep(await town.context(), following)


async def test_what_is_on_its_way_stays_whatever_this_process_thinks_the_time_is(town: Town) -> None:
    part, young = _put(town, "incoming/1.part", age=60), _put(town, age=60)
    town.now = town.now.replace(year=2031)
    await _sweep_again(town)
    assert part.exists()
    assert young.exists()


async def test_an_upload_that_was_cut_off_goes(town: Town) -> None:
    part = _put(town, "incoming/1.part")
    await _sweep_again(town)
    assert not part.exists()


async def test_files_of_older_installations_are_brought_to_their_folders(town: Town) -> None:
    old = await _recorded(town, _put(town, str(uuid4())))
    stranger = _put(town, "README")
    await _sweep_again(town)
    assert not old.exists()
    assert folder.place(town.folder, UUID(old.name)).exists()
    assert stranger.exists()


async def test_a_large_folder_is_swept_in_batches_that_follow_each_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "AT_A_TIME", 3)
    forgotten = [_put(town) for _ in range(20)]
    await _sweep(town)
    assert not [path for path in forgotten if path.exists()]
    batches = await models.Due.filter(kind="sweep", done_at__isnull=False).count()
    assert 4 <= batches <= 8


async def test_the_folder_of_another_database_is_left_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_FEW", 3)
    kept, strange = await _recorded(town, _put(town)), [_put(town) for _ in range(4)]
    await _sweep_again(town)
    assert all(path.exists() for path in (kept, *strange))


async def test_a_worker_without_a_folder_has_nothing_to_sweep(town: Town) -> None:
    town.folder = town.folder / "nowhere"
    assert await sweep.sweep(await town.context(), 0) is None
