"""Voice messages are heard one at a time, within limits, whatever they were recorded as."""

import asyncio
from pathlib import Path

import pytest

from dialogs.speech import voice_messages
from dialogs.speech.limits import LARGEST_BYTES, LONGEST_SECONDS
from dialogs.speech.model import SpeechModel
from dialogs.speech.voice_messages import NotHeard, Reason, VoiceMessages
from settings import default_models_dir
from tests.dialogs.speech.recorded import STORY, VOICE, WORDS, recorded, voice_note
from tests.ivr import recordings

SECOND = bytes(16_000)
"""One of silence at the phone's rate."""


@pytest.fixture(scope="module")
def ears(speech_model: SpeechModel) -> VoiceMessages:
    del speech_model  # it is there
    return VoiceMessages(default_models_dir() / "vosk-model-small-cn-0.22")


async def reason(ears: VoiceMessages, sound: bytes) -> Reason:
    with pytest.raises(NotHeard) as failed:
        await ears.words_of(sound)
    return failed.value.reason


@pytest.mark.parametrize(
    ("container", "codec"), [("ogg", "libopus"), ("webm", "libopus"), ("mp4", "aac"), ("mp4", "libopus")]
)
async def test_what_messengers_and_browsers_record_is_heard(ears: VoiceMessages, container: str, codec: str) -> None:
    assert await ears.words_of(recorded(recordings.pcm(VOICE, STORY), container, codec)) == WORDS


async def test_what_is_too_long_is_not_heard(ears: VoiceMessages) -> None:
    assert await reason(ears, recorded(SECOND * (LONGEST_SECONDS + 2), "ogg", "libopus")) is Reason.TOO_LONG
    assert await reason(ears, bytes(LARGEST_BYTES + 1)) is Reason.TOO_LONG


async def test_silence_has_no_words(ears: VoiceMessages) -> None:
    assert await reason(ears, recorded(SECOND * 3, "ogg", "libopus")) is Reason.NOTHING


@pytest.mark.parametrize(
    "sound",
    [
        b"",
        b"no sound at all",
        voice_note()[:200],
        b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(60),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\nOpusHead",
        b"\x1a\x45\xdf\xa3" + b"A_OPUS" * 500,
        b"\0\0\0\x18ftypisom" + b"mp4a" * 100,
    ],
)
async def test_what_is_no_sound_is_told_from_it(ears: VoiceMessages, sound: bytes) -> None:
    assert await reason(ears, sound) is Reason.UNREADABLE


async def test_one_is_heard_at_a_time_and_the_others_wait(ears: VoiceMessages, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work = most = 0

    async def decoded(sound: bytes) -> bytes:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        return sound

    monkeypatch.setattr(voice_messages, "_decoded", decoded)
    found = await asyncio.gather(*(ears.words_of(SECOND) for _ in range(10)), return_exceptions=True)
    reasons = [one.reason for one in found if isinstance(one, NotHeard)]
    assert most == 1
    assert sorted(reasons) == [Reason.BUSY] * 2 + [Reason.NOTHING] * 8


async def test_what_takes_too_long_is_given_up_and_the_next_is_heard(
    speech_model: SpeechModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ears = VoiceMessages(default_models_dir() / "vosk-model-small-cn-0.22", seconds=0.05)
    with monkeypatch.context() as slow:
        slow.setattr(voice_messages, "_decoded", lambda _: asyncio.Event().wait())
        assert await reason(ears, SECOND) is Reason.BUSY
    ears._seconds = 60
    assert await ears.words_of(voice_note()) == WORDS


async def test_a_decoder_that_is_given_up_ends_with_what_it_started(
    ears: VoiceMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
    start = asyncio.create_subprocess_exec

    async def watched(*command: str, **options: object) -> asyncio.subprocess.Process:
        process = await start(*command, **options)  # type: ignore[arg-type]  # passed on as they come
        begun.put_nowait(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    hearing = asyncio.create_task(ears.words_of(voice_note()))
    process = await begun.get()
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    assert process.returncode is not None


async def test_without_a_model_that_is_said(tmp_path: Path) -> None:
    assert await reason(VoiceMessages(tmp_path), voice_note()) is Reason.NO_MODEL
