"""Import of the paper's release from a zip file or a folder: each model is complete or absent."""

import dataclasses
import shutil
import stat
import zipfile

import jax
import numpy as np
import pytest
from figures import formula_field
from PIL import Image
from raising import raises
from release import ANISOTROPIC, ATTENTIVE, ISOTROPIC, LOG_INTENSITY, write_light, write_model, write_release, zipped

import ode_appearance as oa
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.solving.exemplar_keyframes import Exemplars
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.checkpoints.checkpoint import EXEMPLAR, FILES, START
from ode_appearance.cli.main import main
from ode_appearance.config.schema import Architecture, Attention, SolverConfig, Times
from ode_appearance.errors import CheckpointError
from ode_appearance.paper_models.importer import import_release
from ode_appearance.paper_models.infer_architecture import ArchitectureHints, infer_config

QUICK = ["--step", "0.5", "--warmup", "0.5", "--duration", "0.5"]


def shortened(config):
    """The config with times and steps that are quick to solve."""
    return dataclasses.replace(config, times=Times(0.5, 0.5, 0.1, 5), solver=SolverConfig(step=0.5))


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return write_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory, release):
    return zipped(release, tmp_path_factory.mktemp("zip") / "release.zip")


def has_formula_weights(material, architecture):
    for leaf, other in zip(*map(jax.tree.leaves, (material.vector_field, formula_field(architecture))), strict=True):
        np.testing.assert_array_equal(leaf, other)
    return material.config.architecture == architecture


def test_whole_release(tmp_path, capsys, archive):
    """Four models, of which one is cut off and one has the name of an existing material; the other two are imported."""
    (tmp_path / "ice_melting").mkdir()
    (tmp_path / "ice_melting" / "config.json").write_text("mine")
    assert main(["import-official", str(archive), "--out", str(tmp_path), *QUICK]) == 1
    told = capsys.readouterr()
    assert told.err.rstrip().endswith("2 of 4 models could not be imported; the others were.")
    lines = told.out.splitlines()
    rows = {line.split()[0]: line for line in lines}
    assert "bytes" in rows["cut_off"] or "cut off" in rows["cut_off"]
    assert "There is a material ice_melting" in rows["ice_melting"]
    assert {path.name for path in tmp_path.iterdir()} == {"ice_melting", "metal_rusting", "rusting_steel"}
    assert [path.read_text() for path in (tmp_path / "ice_melting").iterdir()] == ["mine"]
    metal, steel = (oa.load(tmp_path / name) for name in ("metal_rusting", "rusting_steel"))
    assert has_formula_weights(metal, ANISOTROPIC) and has_formula_weights(steel, ATTENTIVE)
    assert (metal.config.kind, metal.config.brdf) == ("svbrdf", "diffuse_cook_torrance")
    assert (steel.config.kind, steel.config.brdf) == ("rgb", None)
    assert metal.config.light.log_intensity == pytest.approx(LOG_INTENSITY)
    assert {path.name for path in (tmp_path / "metal_rusting").iterdir()} == {*FILES} - {START}
    assert {path.name for path in (tmp_path / "rusting_steel").iterdir()} == {*FILES, EXEMPLAR} - {START}


def test_exemplar_is_kept_losslessly_and_sets_the_times(tmp_path, release):
    results = list(import_release(release / "experiments_texture", tmp_path, prefix="paper_", adapt=coarse_steps))
    assert [(result.name, result.exemplar, result.error) for result in results] == [("paper_rusting_steel", True, "")]
    times = results[0].config.times
    assert (times.frames, times.duration, times.warmup) == (5, pytest.approx(0.25), pytest.approx(0.05))
    exemplar = oa.load_exemplar(results[0].folder / EXEMPLAR, duration=0.25)
    assert exemplar.frames.mean(axis=(1, 2, 3)).tolist() == [20, 60, 100, 140, 180] and exemplar.size == 128
    assert results[0].config.exemplar.name == "rusting_steel"
    entry = Collection(tmp_path).find("paper_rusting_steel")
    assert Exemplars(KeyframeFiles()).find(entry) == results[0].folder / EXEMPLAR


def coarse_steps(config):
    return dataclasses.replace(config, solver=SolverConfig(step=0.5))


def test_existing_material_is_replaced_on_request(tmp_path, release):
    source = release / "experiments_svbrdf" / "ice_melting"
    (result,) = import_release(source, tmp_path, adapt=shortened)
    before = {path.name: path.read_bytes() for path in result.folder.iterdir()}
    (refused,) = import_release(source, tmp_path, adapt=shortened)
    assert "already" in refused.error and refused.folder is None
    other = tmp_path / "other" / "ice_melting"
    write_model(other / "model.eqx", ANISOTROPIC)
    (result,) = import_release(other, tmp_path, replace=True, adapt=shortened)
    assert has_formula_weights(oa.load(result.folder), ANISOTROPIC)
    assert (result.folder / "model.eqx").read_bytes() != before["model.eqx"]
    broken = tmp_path / "broken" / "ice_melting"
    shutil.copytree(release / "experiments_svbrdf" / "cut_off", broken)
    (failed,) = import_release(broken, tmp_path, replace=True, adapt=shortened)
    assert failed.error and has_formula_weights(oa.load(tmp_path / "ice_melting"), ANISOTROPIC)
    assert {path.name for path in tmp_path.iterdir()} == {"ice_melting", "other", "broken"}


def test_unsolvable_model_leaves_nothing(tmp_path, release):
    def in_too_few_steps(config):
        return dataclasses.replace(config, solver=SolverConfig(step=0.5, max_steps=1))

    (result,) = import_release(release / "experiments_svbrdf" / "ice_melting", tmp_path / "out", adapt=in_too_few_steps)
    assert "step limit" in result.error and not list((tmp_path / "out").iterdir())


def test_models_of_the_same_name(tmp_path):
    for place in ("experiments_svbrdf", "experiments_texture"):
        write_model(tmp_path / "a" / place / "ice" / "model.eqx", Architecture(12, 8, (1,), Attention(1, 4)))
    results = list(import_release(tmp_path / "a", tmp_path / "out", adapt=shortened))
    assert [result.name for result in results] == ["ice", "experiments_texture_ice"]
    with raises(CheckpointError, code="several-models"):
        list(import_release(tmp_path / "a", tmp_path / "out", name="one"))


def test_shipped_material_is_not_overwritten(tmp_path, capsys, monkeypatch, release):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(tmp_path))
    (tmp_path / "rusting_steel").mkdir()
    folder = str(release / "experiments_texture" / "rusting_steel")
    assert main(["import-official", folder, "--kind", "rgb", "--name", "rusting_steel", *QUICK]) == 1
    assert "replace" in capsys.readouterr().err and not list((tmp_path / "rusting_steel").iterdir())


# Inference from shapes


@pytest.mark.parametrize(
    "architecture, brdf",
    [
        (Architecture(), None),
        (Architecture(18, 64, (1, 2), None), "diffuse_cook_torrance"),
        (Architecture(17, 8, (1, 2, 4, 8), Attention(4, 8)), "diffuse_iso_cook_torrance"),
        (Architecture(16, 8, (1,), None), "compl_cook_torrance"),
        (Architecture(14, 8, (1, 1, 3), None), "iso_cook_torrance"),
        (Architecture(12, 16, (1, 2), Attention(2, 16)), None),
        (Architecture(12, 16, (1, 2, 2), None), None),
        (Architecture(12, 16, (2, 2, 1), None), None),
    ],
)
def test_shapes_determine_kind_and_architecture(tmp_path, architecture, brdf):
    write_model(tmp_path / "model.eqx", architecture)
    config = infer_config(tmp_path / "model.eqx", "m", has_light=brdf is not None)
    assert config.architecture == architecture and config.brdf == brdf
    assert config.kind == ("rgb" if brdf is None else "svbrdf") and config.times.duration == (5 if brdf is None else 10)


@pytest.mark.parametrize(
    "channels, has_light, hints, expected",
    [
        (15, True, ArchitectureHints(brdf="cook_torrance"), "cook_torrance"),
        (15, True, ArchitectureHints(brdf="compl_iso_cook_torrance"), "compl_iso_cook_torrance"),
        (13, True, ArchitectureHints(hidden_channels=4), "diffuse_cook_torrance"),
        (7, False, ArchitectureHints(hidden_channels=4), None),
        (20, False, ArchitectureHints(kind="rgb"), None),
        (15, True, ArchitectureHints(), "compl_iso_cook_torrance or cook_torrance"),
        (15, False, ArchitectureHints(kind="svbrdf", hidden_channels=9), "compl_iso_cook_torrance or cook_torrance"),
        (12, True, ArchitectureHints(), "no known material"),
        (40, False, ArchitectureHints(), "no known material"),
    ],
)
def test_ambiguous_shapes_need_hints(tmp_path, channels, has_light, hints, expected):
    write_model(tmp_path / "model.eqx", Architecture(channels, 8, (1,), None))
    if expected is not None and " " in expected:
        with raises(CheckpointError, code="ambiguous") as caught:
            infer_config(tmp_path / "model.eqx", "m", has_light=has_light, hints=hints)
        assert expected in str(caught.value)
    else:
        config = infer_config(tmp_path / "model.eqx", "m", has_light=has_light, hints=hints)
        assert config.brdf == expected and config.architecture.channels == channels


def test_heads_from_hints(tmp_path):
    architecture = Architecture(12, 8, (1,), Attention(2, 6))
    with (tmp_path / "model.eqx").open("wb") as file:
        for leaf in jax.tree.leaves(formula_field(architecture)):
            np.save(file, np.asarray(leaf))
    config = infer_config(tmp_path / "model.eqx", "m", has_light=False, hints=ArchitectureHints(heads=2))
    assert config.architecture == architecture


@pytest.mark.parametrize("shapes", [[], [(3,)], [(8, 12, 1, 1)] * 9, [(8, 12, 1, 1)] * 20, [(0, 0)] * 12, [(8, 8, 3, 3)] * 20])
def test_other_array_files_are_refused(tmp_path, shapes):
    with (tmp_path / "model.eqx").open("wb") as file:
        for shape in shapes:
            np.save(file, np.zeros(shape, np.float32))
    with raises(CheckpointError, code="no-model"):
        infer_config(tmp_path / "model.eqx", "m", has_light=False)


# Unsafe zip files


def with_entry(name, content=b"x", **attributes):
    def write(archive):
        entry = zipfile.ZipInfo(name)
        for attribute, value in attributes.items():
            setattr(entry, attribute, value)
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED)

    return write


UNSAFE = {
    "a path that leads out": (with_entry("../outside/model.eqx"), "outside-path"),
    "a path from the root": (with_entry("/outside/model.eqx"), "outside-path"),
    "a path of another drive": (with_entry("C:/outside/model.eqx"), "outside-path"),
    "a link": (with_entry("a/light.eqx", b"../../secret", external_attr=(stat.S_IFLNK | 0o777) << 16), "symlink"),
    "far more than it has": (with_entry("a/frames.png", bytes(4 << 20)), "zip-bomb"),
}


@pytest.mark.parametrize(("write", "code"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_zip_files_are_refused_before_anything_is_written(tmp_path, archive, write, code):
    shutil.copy(archive, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as opened:
        write(opened)
    with raises(CheckpointError, code=code):
        list(import_release(tmp_path / "a.zip", tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_size_limits_are_checked_before_unpacking(tmp_path, archive, monkeypatch):
    monkeypatch.setattr("ode_appearance.paper_models.release.MAX_UNPACKED_BYTES", 1000)
    with raises(CheckpointError, code="too-large"):
        list(import_release(archive, tmp_path / "out"))
    monkeypatch.undo()
    monkeypatch.setattr("ode_appearance.paper_models.importer._MAX_BYTES", 1000)
    assert all("the maximum for a model" in result.error for result in import_release(archive, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no zip file", b"GIF89a"])
def test_no_zip_file(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with raises(CheckpointError, code="no-zip"):
        list(import_release(tmp_path / "a.zip", tmp_path / "out"))


def test_no_model(tmp_path):
    (tmp_path / "in").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "in" / "a.png")
    for path in (tmp_path / "in", zipped(tmp_path / "in", tmp_path / "a.zip")):
        with raises(CheckpointError, code="no-model"):
            list(import_release(path, tmp_path / "out"))
    with pytest.raises(CheckpointError, match="nowhere"):
        list(import_release(tmp_path / "nowhere", tmp_path / "out"))


def test_links_in_a_folder_are_ignored(tmp_path):
    write_model(tmp_path / "secret" / "model.eqx", ISOTROPIC)
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "model.eqx").symlink_to(tmp_path / "secret" / "model.eqx")
    (tmp_path / "in" / "b").symlink_to(tmp_path / "secret")
    with raises(CheckpointError, code="no-model"):
        list(import_release(tmp_path / "in", tmp_path / "out"))


def test_damaged_exemplar_is_skipped(tmp_path, release):
    source = tmp_path / "in"
    shutil.copytree(release / "experiments_svbrdf" / "ice_melting", source / "ice_melting")
    (source / "ice_melting.gif").write_bytes(b"GIF89a, and nothing else")
    write_light(source / "ice_melting")
    (result,) = import_release(source, tmp_path / "out", adapt=shortened)
    assert not result.error and not result.exemplar and result.note.startswith("without its exemplar")
