"""Files: streamed both ways, typed by content, seen by those concerned."""

import io
import os
import zipfile
from collections.abc import AsyncIterator

import pytest

from backend import models
from backend.contract.acts import ANSWER_AT_ONCE
from backend.contract.acts.answer_at_once import AnswerAtOnceIn
from backend.contract.client import BackendClient
from backend.contract.errors import (
    AttachmentRefused,
    AttachmentTooLarge,
    Conflict,
    FilesMissing,
    Invalid,
    KeyReused,
    NotFound,
)
from backend.contract.models.attachments import AttachmentOut, TranscriptIn
from backend.contract.models.contact_requests import AdditionIn, RateIn
from backend.contract.words import Grade
from backend.files.types import suffix_of
from tests.backend.city import SERVICE_TOKEN, Backend, new_ticket
from tests.backend.files import samples

ACTOR = "telegram:4711"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def office(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


def files_of(backend: Backend) -> list[str]:
    """What lies in the folder of attachments, in whichever folder of it."""
    return [one.name for one in backend.deps.attachments.rglob("*") if one.is_file()]


async def upload_in_turn(backend: Backend, caller: str) -> AttachmentOut:
    """A recording that is older than the next one: the clock stands still otherwise."""
    kept = await backend.client.acting_as(caller).upload(samples.recording(), key=backend.key())
    backend.clock.move(seconds=1)
    return kept


async def fetched(client: BackendClient, attachment: str) -> bytes:
    async with client.download(attachment) as file:
        return b"".join([chunk async for chunk in file.chunks])


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (PNG, "photo", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200), "photo", "image/jpeg"),
        (samples.pdf(), "file", "application/pdf"),
        (b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(50), "voice", "audio/ogg"),
        (samples.recording(), "voice", "audio/wav"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(200), "video", "video/mp4"),
        (
            samples.office(),
            "file",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
async def test_types_taken(backend: Backend, content: bytes, kind: str, media_type: str) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(content, name="名字.bin", key=backend.key())
    shown = f"名字{suffix_of(media_type)}"
    assert (kept.kind, kept.media_type, kept.size, kept.name) == (kind, media_type, len(content), shown)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ" + bytes(300),
        b"#!/bin/sh\nrm -rf /\n",
        office("readme.txt"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ],
)
async def test_types_refused(backend: Backend, content: bytes) -> None:
    with pytest.raises(AttachmentRefused):
        await backend.client.acting_as(ACTOR).upload(content, name="photo.png", key=backend.key())
    assert files_of(backend) == []


async def test_empty_file(backend: Backend) -> None:
    with pytest.raises(Invalid):
        await backend.client.acting_as(ACTOR).upload(b"", key=backend.key())


async def test_too_large_by_its_own_word_and_by_what_comes(backend: Backend) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield PNG
        while True:
            yield os.urandom(2**20)

    with pytest.raises(AttachmentTooLarge):
        await backend.client.acting_as(ACTOR).upload(PNG + bytes(20 * 2**20), key=backend.key())
    headers = {
        "Authorization": f"Bearer {SERVICE_TOKEN}",
        "Jiesu-Actor": ACTOR,
        "Idempotency-Key": "endless-file",
        "Content-Type": "image/png",
    }
    try:
        async with backend.session.post(f"{backend.url}/api/v1/attachments", data=endless(), headers=headers) as answer:
            assert answer.status == 413
            assert (await answer.json(content_type=None))["code"] == AttachmentTooLarge.code
    except ConnectionError:
        pass  # the server closed while we were still sending, which it may
    assert files_of(backend) == []


async def test_download_is_never_shown_in_place(backend: Backend) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(PNG, name="照片.png", key=backend.key())
    async with backend.session.get(
        f"{backend.url}/api/v1/attachments/{kept.id}",
        headers={"Authorization": f"Bearer {SERVICE_TOKEN}", "Jiesu-Actor": ACTOR},
    ) as answer:
        assert await answer.read() == PNG
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content_type == "image/png"


async def test_who_may_fetch_it(backend: Backend) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(PNG, name="a.png", key=backend.key())
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(attachments=[kept.id]), key=backend.key())
    assert receipt.number
    async with backend.client.acting_as(ACTOR).download(kept.id) as file:
        assert b"".join([chunk async for chunk in file.chunks]) == PNG
        assert (file.name, file.media_type, file.size) == ("a.png", "image/png", len(PNG))
    async with backend.staff("power-1").download(kept.id) as file:
        assert file.size == len(PNG)
    for client in (backend.client.acting_as("telegram:other"), backend.staff("tax-1")):
        with pytest.raises(NotFound):
            async with client.download(kept.id):
                pass


async def test_somebody_elses_file_cannot_be_added(backend: Backend) -> None:
    kept = await backend.client.acting_as("telegram:other").upload(PNG, key=backend.key())
    receipt = await backend.client.acting_as(ACTOR).file_ticket(new_ticket(), key=backend.key())
    with pytest.raises(FilesMissing) as missing:
        await backend.client.acting_as(ACTOR).add_material(
            receipt.number, AdditionIn(attachments=[kept.id]), key=backend.key()
        )
    assert missing.value.extra["files"] == [kept.id]


async def test_upload_sent_twice_leaves_one_file(backend: Backend) -> None:
    key = backend.key()
    first = await backend.client.acting_as(ACTOR).upload(PNG, name="a.png", key=key)
    again = await backend.client.acting_as(ACTOR).upload(PNG, name="a.png", key=key)
    assert first == again
    assert files_of(backend) == [first.id]


async def test_one_key_with_other_content_leaves_no_file(backend: Backend) -> None:
    key = backend.key()
    first = await backend.client.acting_as(ACTOR).upload(PNG, name="a.png", key=key)
    with pytest.raises(KeyReused):
        await backend.client.acting_as(ACTOR).upload(PNG + b"other", name="a.png", key=key)
    assert files_of(backend) == [first.id]


async def test_a_download_carries_the_suffix_of_what_it_is(backend: Backend) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(samples.pdf(), name="发票.html", key=backend.key())
    assert kept.name == "发票.pdf"
    await models.Attachment.filter(id=kept.id).update(name="old.hta")  # as it came before names were mended
    async with backend.client.acting_as(ACTOR).download(kept.id) as file:
        assert file.name == "old.pdf"


async def test_name_is_a_label_and_no_path(backend: Backend) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(PNG, name="..\\../etc/pass\x00wd", key=backend.key())
    assert kept.name == "passwd.png"


async def test_a_recording_reaches_the_desk_with_what_was_heard_in_it(backend: Backend) -> None:
    caller = "phone:+8613800138000"
    text = "我们厂" + "停" * 4900 + "电了"
    story = await upload_in_turn(backend, caller)
    place = await upload_in_turn(backend, caller)
    assert story.transcript is None
    for one in ("先听错了", text):
        heard = await backend.client.acting_as(caller).set_transcript(
            story.id, TranscriptIn(text=one), key=backend.key()
        )
        assert heard.transcript == one
    filed = new_ticket(scenario="other", attachments=[story.id, place.id])
    number = (await backend.client.acting_as(caller).file_ticket(filed, key=backend.key())).number
    late = TranscriptIn(text="建设路十八号")
    await backend.client.acting_as(caller).set_transcript(place.id, late, key=backend.key())
    seen = await backend.staff("seat-1").view_ticket(number)
    assert [(one.kind, one.transcript) for one in seen.attachments] == [("voice", text), ("voice", "建设路十八号")]
    with pytest.raises(Conflict):
        await backend.client.acting_as(caller).set_transcript(story.id, late, key=backend.key())


async def test_what_comes_with_a_dissatisfied_rating_is_there_at_once_for_who_sees_to_it(backend: Backend) -> None:
    caller, key = "phone:+8613800138000", backend.key
    story, why, thanks = [await upload_in_turn(backend, caller) for _ in range(3)]
    seat, filed = backend.staff("seat-1"), new_ticket(scenario="other", unclear=True, attachments=[story.id])
    number = (await backend.client.acting_as(caller).file_ticket(filed, key=key())).number
    at_once = AnswerAtOnceIn(version=1, text="请到三楼办理")
    await seat.do(ANSWER_AT_ONCE, number, at_once, key=key())
    # The story's own recording, named once more, stays the story's.
    again = RateIn(grade=Grade.DISSATISFIED, solved=False, attachments=[why.id, story.id])
    own = await backend.client.acting_as(caller).rate(number, again, key=key())
    assert [(one.id, one.rating_round) for one in own.attachments] == [(story.id, None), (why.id, 1)]
    seen = await seat.view_ticket(number)
    assert [(one.id, one.rating_round) for one in seen.attachments] == [(story.id, None), (why.id, 1)]
    assert await fetched(seat, why.id) == samples.recording()
    await seat.do(ANSWER_AT_ONCE, number, at_once.model_copy(update={"version": seen.version}), key=key())
    done = RateIn(grade=Grade.SATISFIED, solved=True, attachments=[thanks.id])
    await backend.client.acting_as(caller).rate(number, done, key=key())
    closed = await seat.view_ticket(number)
    assert [one.rating_round for one in closed.attachments] == [None, 1, 2]
    assert await fetched(seat, why.id) == samples.recording()


async def test_nobody_rates_with_another_s_recording(backend: Backend) -> None:
    caller, key = "phone:+8613800138000", backend.key
    kept = await backend.client.acting_as("phone:+8613800138001").upload(samples.recording(), key=key())
    filed = new_ticket(scenario="other", unclear=True)
    number = (await backend.client.acting_as(caller).file_ticket(filed, key=key())).number
    await backend.staff("seat-1").do(ANSWER_AT_ONCE, number, AnswerAtOnceIn(version=1, text="请到三楼办理"), key=key())
    foreign = RateIn(grade=Grade.SATISFIED, solved=True, attachments=[kept.id])
    with pytest.raises(FilesMissing):
        await backend.client.acting_as(caller).rate(number, foreign, key=key())
    assert (await backend.client.acting_as(caller).view_ticket(number)).rating is None


async def test_only_its_uploader_writes_down_a_recording_and_nothing_else_is_one(backend: Backend) -> None:
    kept = await backend.client.acting_as(ACTOR).upload(samples.recording(), key=backend.key())
    photo = await backend.client.acting_as(ACTOR).upload(PNG, key=backend.key())
    with pytest.raises(NotFound):
        await backend.client.acting_as("telegram:other").set_transcript(
            kept.id, TranscriptIn(text="别人"), key=backend.key()
        )
    with pytest.raises(NotFound):
        await backend.staff("seat-1").set_transcript(kept.id, TranscriptIn(text="坐席"), key=backend.key())
    with pytest.raises(Invalid):
        await backend.client.acting_as(ACTOR).set_transcript(photo.id, TranscriptIn(text="照片"), key=backend.key())
