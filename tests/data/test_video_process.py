"""The process that decodes a video: refusals, failures, and its end."""

import subprocess
import sys
import time
from fractions import Fraction

import pytest
from films import grey_frame, write_film
from raising import raises

from ode_appearance.data import load_exemplar
from ode_appearance.data.video import video, video_process
from ode_appearance.errors import ExemplarError


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "a.mp4", (grey_frame(20 * index, (64, 48)) for index in range(10)))


@pytest.fixture
def processes(monkeypatch):
    """The started processes."""
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **options: started.append(popen(*a, **options)) or started[-1])
    return started


def use_worker_code(tmp_path, monkeypatch, code):
    (tmp_path / "worker.py").write_text(code)
    monkeypatch.setattr(video_process, "WORKER", tmp_path / "worker.py")


def assert_refused(path, *codes):
    """Loading raises an ExemplarError with one of these codes."""
    with raises(ExemplarError) as caught:
        load_exemplar(path, size=48)
    assert str(caught.value).endswith(".") and str(caught.value).isprintable()
    assert caught.value.code in codes


def test_two_processes_that_end(film, processes):
    assert len(load_exemplar(film, size=48)) == 10
    assert len(processes) == 2 and all(process.returncode is not None for process in processes)


def test_stalled_process_is_killed(tmp_path, monkeypatch, film, processes):
    use_worker_code(tmp_path, monkeypatch, "import time\ntime.sleep(60)\n")
    monkeypatch.setattr(video, "MAX_COUNTING_SECONDS", 0.5)
    began = time.monotonic()
    assert_refused(film, "timeout")
    assert time.monotonic() - began < 20 and processes[0].returncode


def test_time_limit(monkeypatch, film, processes):
    monkeypatch.setattr(video, "MAX_DECODING_SECONDS", 0.01)
    assert_refused(film, "timeout")
    assert len(processes) == 2 and processes[1].returncode


@pytest.mark.parametrize(
    "code", ["", "import os\nos._exit(3)", "print('no JSON')", "print('{\"bytes\": 99}')", "import os\nos.abort()"]
)
def test_failed_process(tmp_path, monkeypatch, film, code):
    use_worker_code(tmp_path, monkeypatch, code)
    assert_refused(film, "damaged")


def test_closing_the_iterator_ends_the_process(film, processes):
    source = video.open_video(film, "mov")
    pictures = source.pictures(range(10))
    next(pictures)
    pictures.close()
    assert all(process.returncode is not None for process in processes)


def test_without_pyav(tmp_path, monkeypatch, film):
    (tmp_path / "av.py").write_text("raise ImportError\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert_refused(film, "no-pyav")


def test_process_does_not_start(monkeypatch, film):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert_refused(film, "no-process")


def test_too_many_pixels_are_refused(monkeypatch, film):
    monkeypatch.setattr(video, "MAX_PIXELS", 64 * 48 - 1)
    assert_refused(film, "damaged")


def test_absurd_aspect_ratio_is_refused(tmp_path):
    """FFmpeg itself takes no aspect ratio greater than the height."""
    frames = (grey_frame(20 * index, (800, 450)) for index in range(3))
    path = write_film(tmp_path / "a.mp4", frames, tags={"sample_aspect_ratio": Fraction(250)})
    assert_refused(path, "too-large")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to such a limit")
def test_memory_limit(monkeypatch, film):
    monkeypatch.setattr(video_process, "MAX_VIDEO_BYTES", 64 << 20)
    assert_refused(film, "no-pyav", "damaged")
