"""Checkpoints in the release's format, including Python scalars among the arrays."""

import io
import shutil

import jax
import numpy as np
import pytest
from figures import PUBLISHED, REFERENCE, formula_field, official_config, official_material
from raising import raises

from ode_appearance.checkpoints.npy_records import read_scalars
from ode_appearance.config.schema import Light
from ode_appearance.errors import AppearanceError, CheckpointError, ConfigError
from ode_appearance.paper_models.published_weights import import_official, published_config


@pytest.mark.parametrize("name", ["rgb_tiny", "svbrdf_tiny"])
def test_weights_are_in_their_places(name):
    imported = jax.tree.leaves(official_material(name).vector_field)
    expected = jax.tree.leaves(formula_field(PUBLISHED[name]))
    for leaf, other in zip(imported, expected, strict=True):
        np.testing.assert_allclose(leaf, other, rtol=1e-6, atol=1e-7)


def test_file_with_attention_holds_python_scalars():
    """Otherwise the test above covers less than it claims."""
    data = io.BytesIO((REFERENCE / "rgb_tiny" / "model.eqx").read_bytes())
    records = []
    while data.tell() < len(data.getbuffer()):
        records.append(np.load(data))
    assert [int(record) for record in records if record.ndim == 0] == [4] * 5


def test_light():
    light = official_material("svbrdf_tiny").config.light
    assert (light.x, light.y) == (0, 0) and light.log_intensity == pytest.approx(np.log(0.7), rel=1e-6)


def test_default_light(tmp_path):
    shutil.copy(REFERENCE / "svbrdf_tiny" / "model.eqx", tmp_path)
    assert import_official(tmp_path, official_config("svbrdf_tiny")).config.light == Light()


@pytest.mark.parametrize("kind", ["rgb", "svbrdf"])
def test_defaults_are_the_published_sizes(kind):
    config = published_config("m", kind)
    assert config.architecture == PUBLISHED[kind]
    assert config.times.frames == 100
    times = (config.times.warmup, config.times.duration, config.times.frame_interval)
    assert times == ((1.0, 5.0, 0.05) if kind == "rgb" else (2.0, 10.0, 0.1))


@pytest.mark.parametrize("brdf", ["diffuse_iso_cook_torrance", "compl_cook_torrance", "iso_cook_torrance"])
def test_channels_follow_the_brdf(brdf):
    visible = {"diffuse_iso_cook_torrance": 7, "compl_cook_torrance": 6, "iso_cook_torrance": 4}[brdf]
    assert published_config("m", "svbrdf", brdf=brdf).architecture.channels == visible + 1 + 9


@pytest.mark.parametrize(("name", "options"), [("rgb_tiny", {"dim": 32}), ("rgb_tiny", {"dim": 16, "dim_mults": (1, 2)})])
def test_other_size_is_refused(name, options):
    with pytest.raises(CheckpointError, match=r"model\.eqx"):
        import_official(REFERENCE / name, published_config("m", "rgb", **options))


def test_other_kind_is_refused():
    with pytest.raises(CheckpointError):
        import_official(REFERENCE / "rgb_tiny", published_config("m", "svbrdf", dim=16))


def test_impossible_sizes_are_refused():
    for options in ({"dim": 1024, "dim_mults": (64, 64, 64)}, {"dim": 18, "dim_mults": (1, 3)}):
        with pytest.raises(ConfigError):
            published_config("m", "rgb", **options)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b"", lambda data: data[:700]]
)
def test_damaged_file_is_refused(tmp_path, damage):
    (tmp_path / "model.eqx").write_bytes(damage((REFERENCE / "rgb_tiny" / "model.eqx").read_bytes()))
    with pytest.raises(CheckpointError):
        import_official(tmp_path, official_config("rgb_tiny"))


def test_too_many_scalars_are_refused(tmp_path):
    scalar = io.BytesIO()
    np.save(scalar, np.int64(4))
    data = (REFERENCE / "rgb_tiny" / "model.eqx").read_bytes()
    (tmp_path / "model.eqx").write_bytes(scalar.getvalue() * 100_000 + data)
    with raises(CheckpointError, code="wrong-size"):
        import_official(tmp_path, official_config("rgb_tiny"))


def test_no_file(tmp_path):
    with raises(CheckpointError, code="no-model"):
        import_official(tmp_path, official_config("rgb_tiny"))


@pytest.mark.parametrize(
    "values", [[0.1], [0.1, 0.2, 0.3, 0.4], [np.nan, 0.0, 0.0], [np.zeros(2), 0.0, 0.0], [1j, 0.0, 0.0], ["a", 0.0, 0.0]]
)
def test_damaged_light_is_refused(tmp_path, values):
    with (tmp_path / "light.eqx").open("wb") as file:
        for value in values:
            np.save(file, np.asarray(value))
    with pytest.raises(AppearanceError):
        read_scalars(tmp_path / "light.eqx", 3)
