"""The library follows the corpus: what changed is rendered, what nobody wants is dropped."""

from pathlib import Path

import pytest

from dialogs.speech.sound import AudioSegment
from dialogs.wording import Wording
from ivr.audio import silence, tone
from ivr.voice import archives, building, clips, prompts
from ivr.voice.corpus import Wanted
from ivr.voice.speech import normalised


class Whistler:
    """Says everything by a tone, and remembers what."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def render(self, said: str, language: str) -> AudioSegment:
        self.said.append((said, language))
        return clips.segment(silence(0.1) + tone(440, 0.3) + silence(0.1))


def wanted(*texts: str, language: str = "zh_CN") -> list[Wanted]:
    return [Wanted(language, normalised(text), "test") for text in texts]


def test_only_what_changed_is_rendered(tmp_path: Path) -> None:
    voice = Whistler()
    assert building.build(tmp_path, wanted("您好。", "再见。"), voice.render) == 2
    assert building.build(tmp_path, wanted("您好。", "请拨打119。"), voice.render) == 1
    assert voice.said == [("您好。", "zh_CN"), ("再见。", "zh_CN"), ("请拨打幺幺九。", "zh_CN")]
    assert {one.text for one in prompts.read_manifest(tmp_path).values()} == {"您好。", "请拨打119。"}
    assert len(archives.index(tmp_path)) == 2
    assert not building.check(tmp_path, wanted("您好。", "请拨打119。"))


def test_clips_in_files_of_their_own_are_taken_over(tmp_path: Path) -> None:
    voice = Whistler()
    building.build(tmp_path, wanted("您好。"), voice.render)
    name = prompts.key("您好。", "zh_CN")
    clip = archives.read(archives.index(tmp_path)[name], name)
    archives.drop(tmp_path, {name})
    (tmp_path / f"{name}.opus").write_bytes(clip)
    (tmp_path / "abc.opus").write_bytes(b"")
    assert building.build(tmp_path, wanted("您好。"), voice.render) == 0
    assert archives.read(archives.index(tmp_path)[name], name) == clip
    assert not list(tmp_path.glob("*.opus"))


def test_another_voice_or_recipe_renders_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Whistler()
    building.build(tmp_path, wanted("您好。"), voice.render)
    monkeypatch.setattr(building, "RECIPE", building.RECIPE + 1)
    (outdated,) = building.check(tmp_path, wanted("您好。"))
    assert Wording("en").fault(outdated) == "test: audio in zh_CN is out of date for: 您好。"
    assert Wording("zh_CN").fault(outdated) == "test: 这段话的语音过时了（zh_CN）：您好。"
    assert building.build(tmp_path, wanted("您好。"), voice.render) == 1


def test_an_interrupted_build_goes_on(tmp_path: Path) -> None:
    voice = Whistler()
    texts = wanted(*(f"第{number}句" for number in range(30)))

    def dying(said: str, language: str) -> AudioSegment:
        if len(voice.said) == 25:
            raise KeyboardInterrupt
        return voice.render(said, language)

    with pytest.raises(KeyboardInterrupt):
        building.build(tmp_path, texts, dying)
    voice.said.clear()
    assert building.build(tmp_path, texts, voice.render) <= 10
    assert not building.check(tmp_path, texts)


def test_check_names_what_is_missing_and_what_is_too_much(tmp_path: Path) -> None:
    building.build(tmp_path, wanted("您好。", "再见。"), Whistler().render)
    archives.drop(tmp_path, {prompts.key("您好。", "zh_CN")})
    archives.put(tmp_path, "other", {"abc": b""})
    faults = building.check(tmp_path, wanted("您好。", "新的。"))
    english, chinese = ([Wording(language).fault(one) for one in faults] for language in ("en", "zh_CN"))
    assert "test: no audio in zh_CN for: 您好。" in english
    assert "test: 没有这段话的语音（zh_CN）：新的。" in chinese
    assert f"{tmp_path}/other.1.zip: abc: no text wants it" in english
    assert len([one for one in chinese if one.endswith(": 没有哪段话用到它")]) == 3
    (nowhere,) = building.check(tmp_path / "nowhere", wanted("您好。"))
    assert Wording("zh_CN").fault(nowhere).startswith(f"{tmp_path}/nowhere/manifest.json: 读不了（文件或文件夹不存在）")


def test_a_silent_voice_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="silent"):
        building.build(tmp_path, wanted("您好。"), lambda *_: clips.segment(silence(1)))


def test_how_far_it_is_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    texts = wanted(*(f"第{number}句。" for number in range(25)))
    building.build(tmp_path, texts, Whistler().render, told=lambda done, due: told.append((done, due)))
    assert told == [(10, 25), (20, 25)]


def test_latin_letters_in_chinese_are_told() -> None:
    (told,) = building.unsayable(wanted("打开APP", "您好", "A"))
    assert Wording("zh_CN").fault(told) == "test: 中文里有念不出的字母：打开APP"
    assert not building.unsayable(wanted("Hello", language="en"))
