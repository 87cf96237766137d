"""Fuzzed checkpoint folders: a sound material or one of our own errors, soon, in little memory, with no file of elsewhere read,
nothing written and nothing run.

Each case is made by hypothesis from SEED; a failure prints its case, and the same command repeats it.
"""

import hashlib
import os
import shutil
from pathlib import Path

import jax
import mutations
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from materials import PLAIN, RGB, little_material
from watching import bounded, watched

import ode_appearance as oa
from ode_appearance.app.materials.shipped_materials import BrokenEntry, _read, facts
from ode_appearance.checkpoints.checkpoint import KEYFRAMES, load_folder
from ode_appearance.checkpoints.keyframe_baking import baked
from ode_appearance.errors import AppearanceError, CheckpointError
from ode_appearance.keyframes.bundle import Bundle, read_bundle, write_bundle
from ode_appearance.keyframes.codec import encode_keyframe

SEED = 20241107
FEW, MANY = 60, 4200
SECONDS, MEGABYTES = 2.0, 64
FILES = {
    "config.json": mutations.config_files,
    "model.eqx": mutations.weight_files,
    "keyframes.bin": mutations.keyframe_files,
    "preview.webp": mutations.picture_files,
}


def sound_folder(folder, config=PLAIN):
    """A material with keyframes of 16x8 texels that are of its weights."""
    oa.save(little_material(config), folder, preview=b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(18))
    first, texels = encode_keyframe({"image": np.linspace(0, 1, 3 * 8 * 16, dtype=np.float32).reshape(3, 8, 16)})
    second, _ = encode_keyframe({"image": np.zeros((3, 8, 16), np.float32)}, texels)
    digest = hashlib.sha256((folder / "model.eqx").read_bytes()).hexdigest()
    (folder / KEYFRAMES).write_bytes(write_bundle(Bundle(0, (16, 8), (-1.0, 2.0), digest, (first, second))))
    assert baked(folder) is not None and len(facts(_read(folder))) > 5
    return folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return sound_folder(tmp_path_factory.mktemp("sound") / "material")


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A sound material beside the one that is opened, which only links reach."""
    return sound_folder(tmp_path_factory.mktemp("outside") / "secret", RGB)


def open_as_the_library_and_the_app_do(folder: Path) -> str:
    """How it ended. Everything else than a sound material or a sentence raises."""
    ended = "loaded"
    try:
        material = load_folder(folder)
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(material.vector_field))
    except AppearanceError as error:
        ended = str(error)
        assert ended.endswith(".") and len(ended) < 1000 and ended.isprintable(), ended
    entry = _read(folder)
    assert isinstance(entry, BrokenEntry) == (ended != "loaded")
    if isinstance(entry, BrokenEntry):
        assert entry.error == ended
    else:
        assert all(isinstance(text, str) for row in facts(entry) for text in row)
    return ended


def attack(folder: Path) -> str:
    """Open it under watch."""
    before = {path: path.lstat().st_mtime_ns for path in folder.parent.rglob("*")}
    with bounded(SECONDS, MEGABYTES), watched() as watch:
        ended = open_as_the_library_and_the_app_do(folder)
    elsewhere = [path for path in watch.read if not path.is_relative_to(folder.resolve())]
    assert (elsewhere, watch.written, watch.strange) == ([], set(), [])
    assert {path: path.lstat().st_mtime_ns for path in folder.parent.rglob("*")} == before
    return ended


def fuzz(examples, one):
    """Call `one(data)` for so many cases; how each ended."""
    endings = []

    @seed(SEED)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
              phases=[Phase.generate])  # fmt: skip
    @given(st.data())
    def run(data):
        endings.append(one(data))

    run()
    return endings


def fuzz_file(sound, tmp_path, name, examples):
    folder = Path(shutil.copytree(sound, tmp_path / "material"))
    original = (folder / name).read_bytes()
    files = FILES[name](original)

    def one(data):
        (folder / name).write_bytes(data.draw(files))
        ended = attack(folder)
        if name == KEYFRAMES:
            try:
                bundle = read_bundle((folder / name).read_bytes())
                assert sum(map(len, bundle.keyframes)) <= (folder / name).stat().st_size
            except CheckpointError as error:
                return str(error)
        return ended

    return fuzz(examples, one)


def fuzz_folder(sound, secret, tmp_path, examples):
    place = tmp_path / "place"
    place.mkdir()
    outside = Path(shutil.copytree(secret, place / "secret"))

    def one(data):
        shutil.rmtree(place / "material", ignore_errors=True)
        folder = Path(shutil.copytree(sound, place / "material"))
        mutations.change_folder(data.draw, folder, outside)
        for name in data.draw(st.lists(st.sampled_from(sorted(FILES)), max_size=1)):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                (folder / name).write_bytes(data.draw(FILES[name]((sound / name).read_bytes())))
        return attack(folder)

    return fuzz(examples, one)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file(sound, tmp_path, name):
    endings = fuzz_file(sound, tmp_path, name, FEW)
    # Nothing that is only shown keeps a material from being opened.
    assert len(set(endings)) > 5 or name == "preview.webp"
    assert name != "preview.webp" or set(endings) == {"loaded"}


def test_a_changed_folder(sound, secret, tmp_path):
    endings = fuzz_folder(sound, secret, tmp_path, FEW)
    assert "loaded" in endings and any("outside" in ended for ended in endings)


@pytest.mark.nightly
@pytest.mark.parametrize("name", FILES)
def test_many_changed_files(sound, tmp_path, name):
    endings = fuzz_file(sound, tmp_path, name, MANY)
    print(f"{name}: {len(endings)} cases, {len(set(endings))} endings, {endings.count('loaded')} loaded")
    assert len(endings) >= MANY


@pytest.mark.nightly
def test_many_changed_folders(sound, secret, tmp_path):
    endings = fuzz_folder(sound, secret, tmp_path, MANY)
    print(f"folders: {len(endings)} cases, {len(set(endings))} endings, {endings.count('loaded')} loaded")
    assert len(endings) >= MANY


# That the watch would see it


def test_the_watch_sees_what_should_not_be(tmp_path):
    (tmp_path / "secret").write_text("x")
    with watched() as watch:
        (tmp_path / "secret").read_text()
        (tmp_path / "new").write_text("y")
        exec("1 + 1")
        os.system("true")
    assert watch.read == {tmp_path / "secret"} and watch.written == {tmp_path / "new"}
    assert {event.split()[0] for event in watch.strange} >= {"exec", "os.system"}
    with pytest.raises(AssertionError, match="MB"), bounded(5, 16):
        np.ones(64 << 20, np.uint8).sum()
    with pytest.raises(AssertionError, match=r" s$|hangs"), bounded(0.1, 64):
        while True:
            pass
