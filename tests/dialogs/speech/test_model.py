"""One model a process, its own folder untouched, the endpointer ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dialogs.speech.delivery import ModelUnavailable, fetch
from dialogs.speech.model import Endpointing, SpeechModel, _arrange, load
from dialogs.wording import Wording
from settings import default_models_dir
from tests.ivr import recordings

ROOT = Path(__file__).parents[3]


def test_a_process_loads_the_model_once(speech_model: SpeechModel) -> None:
    assert load(fetch(default_models_dir())) is speech_model
    assert speech_model.knows("投诉")
    assert not speech_model.knows("企业服务")


def test_the_endpointer_is_set_in_a_copy(tmp_path: Path) -> None:
    original = fetch(default_models_dir())
    before = (original / "conf/model.conf").read_bytes()
    _arrange(original, tmp_path, Endpointing(rule2=0.3, rule3=0.7, rule4=1.5))
    lines = (tmp_path / "conf/model.conf").read_text().splitlines()
    assert [line for line in lines if "min-trailing-silence" in line] == [
        "--endpoint.rule2.min-trailing-silence=0.3",
        "--endpoint.rule3.min-trailing-silence=0.7",
        "--endpoint.rule4.min-trailing-silence=1.5",
    ]
    assert "--acoustic-scale=1.0" in lines
    assert (original / "conf/model.conf").read_bytes() == before


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    with pytest.raises(ModelUnavailable) as told:
        load(tmp_path)
    assert Wording("en").faults(told.value)[0].startswith(f"the speech model in {tmp_path} cannot be read (")
    assert Wording("zh_CN").faults(told.value)[0].startswith(f"读不了 {tmp_path} 里的语音模型（")


def test_a_reset_in_the_middle_leaves_no_word_for_the_next_stream(speech_model: SpeechModel) -> None:
    """Vosk's Reset alone decoded the rest of one caller's audio as the beginning of the next one's."""
    recogniser = speech_model.recogniser()
    audio = recordings.pcm("zf_xiaobei", "story03")
    recogniser.accept(audio)
    first = recogniser.final()
    recogniser.reset()
    recogniser.accept(audio[:40000])
    recogniser.reset()
    recogniser.accept(audio)
    again = recogniser.final()
    assert again.text == first.text
    assert again.words[0].began == pytest.approx(first.words[0].began, abs=0.1)


def test_a_process_that_holds_a_model_to_its_end_says_nothing_of_it(tmp_path: Path) -> None:
    """Vosk's model outlived the module that frees it: "Exception ignored in Model.__del__" at the end of a process."""
    program = tmp_path / "holds.py"
    program.write_text(
        "import codecs, sys\n"
        "from pathlib import Path\n"
        "from dialogs.speech import model\n"
        "print(model.load(Path(sys.argv[1])).knows('投诉'))\n"
        # Our module is held by something that outlives all modules, so it is emptied in its turn: after Vosk's.
        "codecs.register(lambda _, held=model: None)\n",
        encoding="utf-8",
    )
    ended = subprocess.run(
        [sys.executable, program, fetch(default_models_dir())],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "True\n", "")
