"""The library of prompts: found by what they say, kept small in memory, recordings first."""

import json
from pathlib import Path

import pytest

from dialogs.speech.sound import AudioSegment
from ivr.audio import loudness, silence, tone
from ivr.voice import archives, clips, prompts
from ivr.voice.prompts import Prompt, Prompts, PromptsUnreadable


def sounding(hertz: float, seconds: float) -> AudioSegment:
    return clips.segment(tone(hertz, seconds))


def add(folder: Path, text: str, language: str, clip: AudioSegment) -> None:
    manifest = prompts.read_manifest(folder) if (folder / prompts.MANIFEST).exists() else {}
    name = prompts.key(text, language)
    archives.put(folder, "test", {name: clips.to_file(clips.finished(clip))})
    manifest[name] = Prompt(language, text, text, "test/1", len(clip) / 1000)
    prompts.write_manifest(folder, manifest)


def test_a_text_is_found_however_it_is_punctuated(tmp_path: Path) -> None:
    add(tmp_path, "请按三。", "zh_CN", sounding(440, 1))
    library = Prompts.open(tmp_path)
    found = library.find("请按 三！", "zh_CN")
    assert found is not None
    assert len(found) == pytest.approx(1000, abs=60)
    assert library.find("请按四。", "zh_CN") is None
    assert library.find("请按三。", "en") is None
    assert ("请按三。", "zh_CN") in library


def test_loudness_is_even_and_silence_is_gone(tmp_path: Path) -> None:
    quiet = clips.segment(silence(0.7) + tone(440, 0.5, -45) + silence(0.3) + tone(440, 0.5, -45) + silence(0.9))
    add(tmp_path, "轻声", "zh_CN", quiet)
    clip = Prompts.open(tmp_path).find("轻声", "zh_CN")
    assert clip is not None
    assert clips.speech_level(clip) == pytest.approx(clips.LEVEL, abs=1.5)
    assert len(clip) == pytest.approx(1300, abs=80)  # the pause inside stays


def test_a_recording_stands_in_whatever_its_form(tmp_path: Path) -> None:
    folder, own = tmp_path / "built", tmp_path / "own"
    folder.mkdir()
    own.mkdir()
    add(folder, "您好。", "zh_CN", sounding(440, 1))
    add(folder, "再见。", "zh_CN", sounding(440, 1))
    stereo = AudioSegment.from_mono_audiosegments(sounding(700, 2), sounding(700, 2)).set_frame_rate(44_100)
    stereo.export(own / "您好.wav", format="wav").close()
    stereo.export(own / f"{prompts.key('再见。', 'zh_CN')}.WAV", format="wav").close()
    library = Prompts.open(folder, own)
    for text in ("您好。", "再见。", "您好"):
        found = library.find(text, "zh_CN")
        assert found is not None
        assert len(found) == pytest.approx(2000, abs=60)
        assert (found.frame_rate, found.channels, found.sample_width) == (8000, 1, 2)
        assert clips.speech_level(found) == pytest.approx(clips.LEVEL, abs=1)


def test_a_broken_recording_leaves_the_rendered_prompt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder, own = tmp_path / "built", tmp_path / "own"
    folder.mkdir()
    own.mkdir()
    add(folder, "您好", "zh_CN", sounding(440, 1))
    (own / "您好.wav").write_bytes(b"RIFF, but not really")
    assert Prompts.open(folder, own).find("您好", "zh_CN") is not None
    assert "recording cannot be read" in caplog.text


def test_a_lost_file_is_no_prompt(tmp_path: Path) -> None:
    add(tmp_path, "您好", "zh_CN", sounding(440, 1))
    archives.drop(tmp_path, {prompts.key("您好", "zh_CN")})
    assert Prompts.open(tmp_path).find("您好", "zh_CN") is None


def test_what_is_kept_decoded_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "_CACHE_BYTES", 40_000)
    for number in range(5):
        add(tmp_path, f"第{number}句", "zh_CN", sounding(300 + 100 * number, 1))
    library = Prompts.open(tmp_path)
    first = library.find("第0句", "zh_CN")
    assert library.find("第0句", "zh_CN") is first
    for number in range(1, 5):
        library.find(f"第{number}句", "zh_CN")
    again = library.find("第0句", "zh_CN")
    assert again is not None
    assert again is not first
    assert again.raw_data == first.raw_data  # type: ignore[union-attr]  # found above


def test_a_folder_without_manifest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PromptsUnreadable, match=r"manifest.json: prompt.no_manifest"):
        Prompts.open(tmp_path)
    (tmp_path / prompts.MANIFEST).write_text("[]")
    with pytest.raises(PromptsUnreadable):
        Prompts.open(tmp_path)


def test_the_manifest_changes_line_by_line(tmp_path: Path) -> None:
    for text in ("乙", "甲", "丙"):
        add(tmp_path, text, "zh_CN", sounding(440, 0.3))
    before = (tmp_path / prompts.MANIFEST).read_text("utf-8").splitlines()
    add(tmp_path, "丁", "zh_CN", sounding(440, 0.3))
    after = (tmp_path / prompts.MANIFEST).read_text("utf-8").splitlines()
    assert len(after) == len(before) + 1
    assert set(before[1:-2]) <= set(after)
    assert json.loads("\n".join(after)).keys() == prompts.read_manifest(tmp_path).keys()


def test_a_prompt_begins_and_ends_softly(tmp_path: Path) -> None:
    add(tmp_path, "您好", "zh_CN", sounding(440, 0.5))
    clip = Prompts.open(tmp_path).find("您好", "zh_CN")
    assert clip is not None
    pcm = bytes(clip.raw_data)
    assert loudness(pcm[:32]) < -30
    assert loudness(pcm[-32:]) < -30
