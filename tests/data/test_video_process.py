"""The process that decodes a video: what it refuses, and that it ends."""

import subprocess
import sys
import time
from fractions import Fraction

import pytest
from films import grey_frame, write_film

from ode_appearance.data import load_exemplar
from ode_appearance.data.video import video, video_process
from ode_appearance.errors import ExemplarError


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "a.mp4", (grey_frame(20 * index, (64, 48)) for index in range(10)))


@pytest.fixture
def processes(monkeypatch):
    """Those that are started."""
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **options: started.append(popen(*a, **options)) or started[-1])
    return started


def stand_in(tmp_path, monkeypatch, code):
    (tmp_path / "worker.py").write_text(code)
    monkeypatch.setattr(video_process, "WORKER", tmp_path / "worker.py")


def refused(path, match):
    with pytest.raises(ExemplarError, match=match) as caught:
        load_exemplar(path, size=48)
    assert str(caught.value).endswith(".") and str(caught.value).isprintable()


def test_a_file_is_read_by_two_processes_that_end(film, processes):
    assert len(load_exemplar(film, size=48)) == 10
    assert len(processes) == 2 and all(process.returncode is not None for process in processes)


def test_a_process_that_stalls_is_ended(tmp_path, monkeypatch, film, processes):
    stand_in(tmp_path, monkeypatch, "import time\ntime.sleep(60)\n")
    monkeypatch.setattr(video, "MAX_COUNTING_SECONDS", 0.5)
    began = time.monotonic()
    refused(film, "takes more than 0 s|takes more than 1 s")
    assert time.monotonic() - began < 20 and processes[0].returncode


def test_a_film_that_takes_too_long_is_ended(monkeypatch, film, processes):
    monkeypatch.setattr(video, "MAX_DECODING_SECONDS", 0.01)
    refused(film, "takes more than 0 s to be read")
    assert len(processes) == 2 and processes[1].returncode


@pytest.mark.parametrize(
    "code", ["", "import os\nos._exit(3)", "print('no JSON')", "print('{\"bytes\": 99}')", "import os\nos.abort()"]
)
def test_a_process_that_fails_is_told(tmp_path, monkeypatch, film, code):
    stand_in(tmp_path, monkeypatch, code)
    refused(film, "is damaged, or no video that can be read")


def test_pictures_that_are_not_wanted_end_the_process(film, processes):
    source = video.open_video(film, "mov")
    pictures = source.pictures(range(10))
    next(pictures)
    pictures.close()
    assert all(process.returncode is not None for process in processes)


def test_without_pyav_it_says_what_to_install(tmp_path, monkeypatch, film):
    (tmp_path / "av.py").write_text("raise ImportError\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    refused(film, "pip install av")


def test_a_process_that_cannot_be_started_is_told(monkeypatch, film):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    refused(film, "no process can be started for it")


def test_frames_of_too_many_pixels_are_refused(monkeypatch, film):
    monkeypatch.setattr(video, "MAX_PIXELS", 64 * 48 - 1)
    refused(film, "is damaged, or no video")


def test_pixels_that_are_absurdly_wide_are_refused(tmp_path):
    """FFmpeg itself takes no aspect ratio greater than the height."""
    frames = (grey_frame(20 * index, (800, 450)) for index in range(3))
    path = write_film(tmp_path / "a.mp4", frames, tags={"sample_aspect_ratio": Fraction(250)})
    refused(path, "too many pixels a frame")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to such a limit")
def test_memory_is_limited(monkeypatch, film):
    monkeypatch.setattr(video_process, "MAX_VIDEO_BYTES", 64 << 20)
    refused(film, "install av|damaged")
