"""Checkpoint folders: save and load round trips, and failed saves, which change nothing."""

import dataclasses
import errno
import io
import json
import os
from pathlib import Path

import equinox as eqx
import jax
import numpy as np
import pytest
from analytic import broken_later, calm, formula
from materials import RGB, SVBRDF, little_material
from PIL import Image
from raising import raises

import ode_appearance as oa
from ode_appearance.checkpoints import checkpoint
from ode_appearance.checkpoints.checkpoint import FILES, KEYFRAMES, START, load_config, load_folder
from ode_appearance.checkpoints.preview import bake_preview
from ode_appearance.config.schema import Architecture, Light, MaterialConfig
from ode_appearance.config.serialization import from_json, to_json
from ode_appearance.errors import AppearanceError, CheckpointError, ConfigError, RequestError
from ode_appearance.runtime import atomic_io

PREVIEW = b"a picture"

WRITTEN = [name for name in FILES if name not in (KEYFRAMES, START)]  # written by every save


def same_weights(one, other):
    pairs = zip(jax.tree.leaves(one.vector_field), jax.tree.leaves(other.vector_field), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("config", [RGB, SVBRDF], ids=["rgb", "svbrdf"])
def test_round_trip(tmp_path, config):
    material = little_material(config)
    folder = oa.save(material, tmp_path / "m", preview=PREVIEW)
    assert sorted(contents(folder)) == sorted(WRITTEN)
    loaded = oa.load(folder)
    assert loaded.config == config and load_config(folder) == config
    assert same_weights(loaded, material)


def test_loaded_material_solves_to_the_same_states(tmp_path):
    material = little_material(SVBRDF)
    loaded = oa.load(oa.save(material, tmp_path / "m", preview=PREVIEW))
    request = {"seed": 3, "size": (8, 12), "times": [0.0, 1.3]}
    np.testing.assert_array_equal(oa.solve(loaded, **request).states, oa.solve(material, **request).states)


@pytest.mark.parametrize(
    "architecture",
    [
        Architecture(channels=3, dim=8, dim_mults=(1,), attention=None),
        Architecture(channels=5, dim=12, dim_mults=(2, 1, 3), attention=None, resampling="periodic"),
    ],
)
def test_round_trip_of_other_architectures(tmp_path, architecture):
    material = little_material(MaterialConfig(architecture=architecture))
    assert same_weights(oa.load(oa.save(material, tmp_path / "m", preview=PREVIEW)), material)


def test_weights_file_is_equinox_format(tmp_path):
    material = little_material()
    path = oa.save(material, tmp_path / "m", preview=PREVIEW) / "model.eqx"
    read = eqx.tree_deserialise_leaves(path, little_material(seed=1).vector_field)
    assert same_weights(oa.Material(read, RGB), material)


@pytest.mark.parametrize("light", [Light(0.1, -0.2, 0.3), Light(0.1, kind="directional", height=0.5, colour=(1.0, 0.5, 0.0))])
def test_light_round_trip(tmp_path, light):
    material = oa.Material(little_material(SVBRDF).vector_field, dataclasses.replace(SVBRDF, light=light))
    folder = oa.save(material, tmp_path / "m", preview=PREVIEW)
    assert load_config(folder).light == light
    written = json.loads((folder / "config.json").read_text())["light"]
    assert set(written) == {"x", "y", "log_intensity"} | (
        {"kind", "height", "colour"} if light.kind == "directional" else set()
    )


@pytest.mark.parametrize("wrong", [{"kind": "spot"}, {"height": 0.0}, {"colour": [1.0, 1.0]}, {"colour": [1.0, 1.0, 2.0]}])
def test_invalid_light(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        from_json(Light, wrong, "light")


def test_shipped_metadata_is_byte_identical():
    for folder in sorted((Path(__file__).parents[2] / "checkpoints").iterdir()):
        assert json.dumps(to_json(load_config(folder)), indent=1) + "\n" == (folder / "config.json").read_text()


def test_saving_replaces_its_files_only(tmp_path):
    folder = oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW)
    (folder / "notes.txt").write_text("mine")
    second = little_material(SVBRDF, seed=4)
    oa.save(second, folder, preview=b"another")
    assert same_weights(oa.load(folder), second)
    assert sorted(contents(folder)) == sorted([*WRITTEN, "notes.txt"])
    assert (folder / "preview.webp").read_bytes() == b"another"


def test_preview_is_animated():
    picture = Image.open(io.BytesIO(bake_preview(formula(calm))))
    assert picture.format == "WEBP" and picture.size == (128, 128) and picture.n_frames > 8
    assert picture.info["loop"] == 0
    first = np.asarray(picture.convert("RGB"), float)
    picture.seek(picture.n_frames - 1)
    assert np.abs(first - np.asarray(picture.convert("RGB"), float)).mean() > 1


def test_model_card(tmp_path):
    card = (oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW) / "README.md").read_text()
    assert card.startswith("---\n") and "library_name: ode-appearance" in card and "license: mit" in card
    assert "A test." in card and "iterations: 12" in card and "10.1145/3687900" in card


# Materials that could not be loaded again are not saved


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_non_finite_weights_are_not_saved(tmp_path, bad):
    material = little_material()
    weight = material.vector_field.init_conv.proj.weight.at[0, 0, 0, 0].set(bad)
    material = eqx.tree_at(lambda material: material.vector_field.init_conv.proj.weight, material, weight)
    with raises(CheckpointError, code="not-finite"):
        oa.save(material, tmp_path / "m", preview=PREVIEW)
    assert not (tmp_path / "m").exists()


def test_weights_of_another_architecture_are_not_saved(tmp_path):
    material = oa.Material(little_material(RGB).vector_field, dataclasses.replace(SVBRDF, name="mixed"))
    with raises(CheckpointError, code="architecture"):
        oa.save(material, tmp_path / "m", preview=PREVIEW)


@pytest.mark.parametrize(
    "metadata",
    [
        {"training": {"loss": float("nan")}},
        {"training": {"loss": np.float32(1)}},
        {"training": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": 1}}}}}}}}}},
        {"measures": {"path": "\x1b[2J"}},
        {"name": "half a pair \ud800"},
        {"times": oa.MaterialConfig().times.__class__(warmup=-1.0)},
        {"brdf": "cook_torrance"},
    ],
)
def test_invalid_metadata_is_not_saved(tmp_path, metadata):
    material = oa.Material(little_material().vector_field, dataclasses.replace(RGB, **metadata))
    with pytest.raises(ConfigError):
        oa.save(material, tmp_path / "m", preview=PREVIEW)
    assert not (tmp_path / "m").exists()


def test_preview_of_an_unsolvable_material():
    with raises(RequestError, code="solve-ended"):
        bake_preview(formula(broken_later))


# A failed save changes nothing


def fail_at(monkeypatch, module, name, turn, error):
    """Let the turn-th call of a function fail."""
    calls, function = iter(range(1000)), getattr(module, name)

    def failing(*arguments, **options):
        if next(calls) == turn:
            raise error
        return function(*arguments, **options)

    monkeypatch.setattr(module, name, failing)


@pytest.mark.parametrize("config", [RGB, SVBRDF], ids=["same architecture", "other architecture"])
@pytest.mark.parametrize(("function", "turn"), [("fsync", 0), ("fsync", 1), ("fsync", 2), ("fsync", 3), ("chmod", 2)])
def test_full_disk(tmp_path, monkeypatch, config, function, turn):
    old = little_material(RGB)
    folder = oa.save(old, tmp_path / "m", preview=PREVIEW)
    before = contents(folder)
    with monkeypatch.context() as patch:
        fail_at(patch, atomic_io.os, function, turn, OSError(errno.ENOSPC, "No space left on device"))
        with raises(CheckpointError, code="not-writable"):
            oa.save(little_material(config, seed=7), folder, preview=b"another")
    assert contents(folder) == before
    assert same_weights(oa.load(folder), old)


def test_interruption(tmp_path, monkeypatch):
    folder = oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW)
    before = contents(folder)
    with monkeypatch.context() as patch:
        fail_at(patch, checkpoint.eqx, "tree_serialise_leaves", 0, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            oa.save(little_material(RGB, seed=7), folder, preview=b"another")
    assert contents(folder) == before


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_failed_move_leaves_a_checkpoint_and_no_temporaries(tmp_path, monkeypatch, turn):
    """With the same architecture, files may be old and new, but they load."""
    folder = oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW)
    with monkeypatch.context() as patch:
        fail_at(patch, atomic_io.os, "replace", turn, PermissionError(errno.EACCES, "Permission denied"))
        with pytest.raises(CheckpointError):
            oa.save(little_material(RGB, seed=7), folder, preview=b"another")
    assert sorted(contents(folder)) == sorted(WRITTEN)
    oa.load(folder)


def test_read_only_folder(tmp_path, monkeypatch):
    folder = oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW)
    before = contents(folder)
    if os.geteuid() == 0:  # root ignores permissions
        fail_at(monkeypatch, atomic_io.tempfile, "mkstemp", 0, PermissionError(errno.EACCES, "Permission denied"))
    else:
        folder.chmod(0o555)
    with raises(CheckpointError, code="not-writable"):
        oa.save(little_material(RGB, seed=7), folder, preview=b"another")
    folder.chmod(0o755)
    assert contents(folder) == before


def test_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "m").write_text("")
    for target in (tmp_path / "m", tmp_path / "m" / "deeper"):
        with pytest.raises(AppearanceError):
            oa.save(little_material(RGB), target, preview=PREVIEW)


def test_crash_between_moves_leaves_no_mixture(tmp_path, monkeypatch):
    """With another architecture, config.json is missing until all files are in place: old metadata never meets new weights."""
    folder = oa.save(little_material(RGB), tmp_path / "m", preview=PREVIEW)
    with monkeypatch.context() as patch:
        fail_at(patch, atomic_io.os, "replace", 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            oa.save(little_material(SVBRDF), folder, preview=b"another")
    with raises(CheckpointError, code="missing-file"):
        load_folder(folder)
