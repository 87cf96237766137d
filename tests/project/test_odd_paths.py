"""Paths that are no files, cannot be read or have no end: a sentence in every verb that takes a path, and no waiting."""

import builtins
import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ode_appearance.cli.main import main
from ode_appearance.config.schema import MaterialConfig
from ode_appearance.data import list_dataset, load_exemplar
from ode_appearance.data.dataset import find_exemplar, relit_siblings
from ode_appearance.errors import AppearanceError, CheckpointError, ExemplarError, RequestError
from ode_appearance.export.age_map_png import read_age_image
from ode_appearance.paper_models.published_weights import import_official, published_config

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has none of these in its file system")
ODD = ["pipe", "socket", "device", "long", "folder", "user", "null", "beneath"]


@pytest.fixture(params=ODD)
def odd(request, tmp_path, monkeypatch):
    """A path that is nothing to read."""
    monkeypatch.chdir(tmp_path)
    if request.param in ("pipe", "socket", "device") and os.name == "nt":
        pytest.skip("Windows has none of these in its file system")
    path = Path(request.param)
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    elif request.param == "folder":
        path.mkdir()
    elif request.param == "beneath":  # a file in the place of a folder
        Path("file").write_text("x")
        path = Path("file/a.png")
    known = {
        "device": Path("/dev/zero"),
        "long": Path("x" * 5000 + ".png"),
        "user": Path("~nobody-known/a"),
        "null": Path("a\0b"),
    }
    return known.get(request.param, path)


READERS = {
    "load_exemplar": lambda path: load_exemplar(path),
    "list_dataset": lambda path: list_dataset(path),
    "read_ages": lambda path: read_age_image(path, (32, 32), (0.0, 1.0)),
    "import_official": lambda path: import_official(path, published_config("a", "rgb")),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_sentence_for_each(odd, reader):
    with pytest.raises(AppearanceError) as caught:
        READERS[reader](odd)
    sentence = str(caught.value)
    assert sentence.endswith(".") and len(sentence) < 400 and sentence.isprintable()


VERBS = {
    "train": ["train", "PATH", "--kind", "rgb", "--out", "run"],
    "evaluate": ["evaluate", "clay_solidifying", "PATH"],
    "train-all": ["train-all", "PATH", "--out", "runs"],
    "import-official": ["import-official", "PATH", "--kind", "rgb", "--name", "a", "--out", "imported"],
    "sample --age": ["sample", "clay_solidifying", "--age", "PATH", "--out", "out", "--size", "32x32", "--times", "0"],
    "export --age": ["export", "clay_solidifying", "--age", "PATH", "--out", "a.png", "--size", "32x32", "--times", "0"],
    "--exemplar": ["sample", "clay_solidifying", "--published", "--exemplar", "PATH", "--out", "out"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_it_in_a_line(odd, verb, capsys):
    assert main([str(odd) if part == "PATH" else part for part in VERBS[verb]]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].endswith(".") and len(lines[-1]) < 400
    assert {path.name for path in Path().iterdir()} <= {"pipe", "socket", "folder", "file"}


@POSIX
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    """In a process of its own, which a reader that waits for the pipe's other end would keep for ever."""
    os.mkfifo(tmp_path / "a.png")
    code = "import sys; from ode_appearance.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "train", str(tmp_path / "a.png"), "--kind", "rgb", "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 1 and done.stderr.strip().endswith("a.png is a pipe, not a file.")


def saved(path, grey):
    Image.new("RGB", (40, 40), (grey,) * 3).save(path)
    return path


def forbid(monkeypatch, *names):
    """Let files and folders of these names not be opened, as if they were another user's."""

    def guarded(function):
        def instead(path, *arguments, **options):
            if not isinstance(path, int) and os.path.basename(os.fspath(path)) in names:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return function(path, *arguments, **options)

        return instead

    for module, name in ((os, "open"), (os, "scandir"), (os, "listdir"), (builtins, "open")):
        monkeypatch.setattr(module, name, guarded(getattr(module, name)))


@pytest.mark.parametrize("forbidden", ["1.png", "kept", "a.gif", "ages.png"])
def test_what_may_not_be_read(tmp_path, monkeypatch, forbidden):
    (tmp_path / "kept").mkdir()
    for number in (1, 2):
        saved(tmp_path / "kept" / f"{number}.png", 50 * number)
    saved(tmp_path / "a.gif", 1)
    saved(tmp_path / "ages.png", 1)
    forbid(monkeypatch, forbidden)
    path = {"1.png": "kept"}.get(forbidden, forbidden)
    error, read = (RequestError, READERS["read_ages"]) if forbidden == "ages.png" else (ExemplarError, load_exemplar)
    with pytest.raises(error, match=f"{forbidden} cannot be read: Permission denied"):
        read(tmp_path / path)


def test_pipes_and_folders_among_pictures_are_passed_over(tmp_path):
    for number in (1, 2):
        saved(tmp_path / f"{number}.png", 50 * number)
    (tmp_path / "3.png").mkdir()
    if os.name != "nt":
        os.mkfifo(tmp_path / "4.png")
    assert len(load_exemplar(tmp_path, size=40)) == 2


@POSIX
def test_a_published_checkpoint_of_pipes_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "model.eqx")
    config: MaterialConfig = published_config("a", "rgb")
    with pytest.raises(CheckpointError, match=r"model\.eqx is a pipe, not a file"):
        import_official(tmp_path, config)


def test_names_of_the_greatest_length(tmp_path):
    """Its siblings under other lights would have names that no file system holds."""
    for name in (f"{'n' * 251}.gif", "short.gif"):
        pictures = [Image.fromarray(np.full((40, 40), grey, np.uint8)) for grey in (9, 200)]
        pictures[0].save(tmp_path / name, save_all=True, append_images=pictures[1:])
        assert relit_siblings(tmp_path / name) == {}
    assert find_exemplar("n" * 251, tmp_path) == tmp_path / f"{'n' * 251}.gif"
    assert find_exemplar("a", Path("x" * 5000)) is None


def test_the_folder_that_one_is_in(tmp_path, monkeypatch):
    (tmp_path / "rust").mkdir()
    for number in (1, 2):
        saved(tmp_path / "rust" / f"{number}.png", 50 * number)
    monkeypatch.chdir(tmp_path / "rust")
    assert load_exemplar(".", size=40).name == "rust" and relit_siblings(Path(".")) == {}


LONG = "x" * 5000
WRITERS = [
    ["train-all", "EXAMPLES", "--out", LONG, "--iterations", "1", "--only", "lichen_spreading"],
    ["sample", "clay_solidifying", "--out", LONG, "--size", "32x32", "--times", "0"],
    ["sample", "clay_solidifying", "--published", "--out", f"{LONG}/a"],
    ["export", "clay_solidifying", "--out", f"{LONG}/a.png", "--size", "32x32", "--times", "0"],
    ["train", "EXAMPLES", "--kind", "rgb", "--out", LONG, "--resume"],
    ["evaluate", LONG, "EXAMPLES"],
]


@pytest.mark.parametrize("words", WRITERS, ids=lambda words: f"{words[0]} {len(words)}")
def test_names_that_nothing_can_be_written_to(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    examples = str(Path(__file__).parents[2] / "examples")
    assert main([examples if word == "EXAMPLES" else word for word in words]) == 1
    assert capsys.readouterr().err.strip().endswith(".")
    assert list(tmp_path.iterdir()) == []
