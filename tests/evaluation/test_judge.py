"""The judge's features against reference values, and the Fréchet distance against closed forms."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from figures import figures

from ode_appearance.errors import FeatureError
from ode_appearance.evaluation import efficientnet
from ode_appearance.evaluation.efficientnet import feature_maps
from ode_appearance.evaluation.frechet import Statistics, squared_distance, statistics

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def picture():
    """The one of reference/JUDGE.md."""
    y, x = np.mgrid[:64, :64].astype(float)
    red = 0.5 + 0.4 * np.sin(0.31 * x + 0.17 * y)
    green = 0.5 + 0.3 * np.cos(0.23 * x - 0.41 * y)
    return np.stack([red, green, 0.5 + 0.2 * np.sin(0.05 * x * y / 8)]).astype(np.float32)


def test_the_features_agree_with_the_reference(picture):
    reference = figures("judge")
    maps = feature_maps(picture)
    assert [values.shape for values in maps] == [(32, 32, 32), (16, 32, 32), (24, 16, 16), (40, 8, 8)]
    for i, values in enumerate(maps):
        # A mean of positive and negative values is told in units of how far they spread.
        assert values.mean() == pytest.approx(reference["mean"][i], abs=1e-4 * reference["std"][i])
        assert values.std() == pytest.approx(reference["std"][i], rel=1e-4)
        np.testing.assert_allclose(values[:4, 0, 0], reference["first"][i], rtol=1e-4)


def test_the_distance_to_the_picture_upside_down_agrees_with_the_reference(picture):
    pairs = zip(*(map(statistics, feature_maps(values)) for values in (picture, picture[:, ::-1])), strict=True)
    distances = [squared_distance(a, b) / a.trace for a, b in pairs]
    np.testing.assert_allclose(distances, figures("judge")["frechet"], rtol=1e-4)


@pytest.mark.parametrize("size", [(32, 16), (33, 47), (128, 64)])
def test_any_size_of_picture(size):
    height, width = size
    maps = feature_maps(np.zeros((3, *size), np.float32))
    for values, divisor in zip(maps, (2, 2, 4, 8), strict=True):
        assert values.shape[1:] == (-(-height // divisor), -(-width // divisor))


@pytest.mark.parametrize("content", [None, b"", b"\x10\0\0\0\0\0\0\0not json at all"])
def test_damaged_weights_are_told(content, tmp_path, monkeypatch):
    if content is not None:
        (tmp_path / "weights").write_bytes(content)
    monkeypatch.setattr(efficientnet, "WEIGHTS", tmp_path / "weights")
    efficientnet._weights.cache_clear()
    with pytest.raises(FeatureError):
        feature_maps(np.zeros((3, 32, 32), np.float32))
    efficientnet._weights.cache_clear()


def test_the_weights_are_part_of_the_package_with_their_licence():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]  # holds all files of the packages but these
    assert wheel["packages"] == ["ode_appearance"] and not any("evaluation" in pattern for pattern in wheel["exclude"])
    folder = efficientnet.WEIGHTS.parent
    assert {efficientnet.WEIGHTS.name, "LICENSE", "NOTICE.md"} <= {path.name for path in folder.iterdir()}
    assert "Apache License" in (folder / "LICENSE").read_text()


def normal(channels: int, seed: int = 0, rank: int | None = None) -> Statistics:
    generator = np.random.default_rng(seed)
    factor = generator.standard_normal((channels, channels if rank is None else rank))
    return Statistics(generator.standard_normal(channels), factor @ factor.T)


@pytest.mark.parametrize("rank", [None, 3, 0])
def test_equal_distributions_are_at_no_distance(rank):
    a = normal(12, rank=rank)
    assert squared_distance(a, a) == pytest.approx(0, abs=1e-12 * (1 + a.trace))


def test_moved_distributions():
    a = normal(12)
    assert squared_distance(a, Statistics(a.mean + 0.5, a.covariance)) == pytest.approx(12 * 0.25)


def test_distributions_of_independent_channels():
    """The squared difference of the standard deviations, summed."""
    generator = np.random.default_rng(1)
    a, b = generator.uniform(0, 2, (2, 9))
    a[:2], b[1:3] = 0, 0  # channels that do not vary
    pair = [Statistics(np.zeros(9), np.diag(deviation**2)) for deviation in (a, b)]
    assert squared_distance(*pair) == pytest.approx(((a - b) ** 2).sum())


def test_commuting_covariances():
    """Of the same axes, they are independent channels, turned."""
    generator = np.random.default_rng(2)
    axes, _ = np.linalg.qr(generator.standard_normal((9, 9)))
    a, b = generator.uniform(0, 2, (2, 9))
    pair = [Statistics(np.zeros(9), (axes * deviation**2) @ axes.T) for deviation in (a, b)]
    assert squared_distance(*pair) == pytest.approx(((a - b) ** 2).sum())


def test_covariances_of_two_channels():
    """tr (AB)^(1/2) = (tr AB + 2 (det AB)^(1/2))^(1/2) for matrices of 2x2."""
    a, b = normal(2, seed=3), normal(2, seed=4)
    product = a.covariance @ b.covariance
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    expected = ((a.mean - b.mean) ** 2).sum() + a.trace + b.trace - 2 * root
    assert squared_distance(a, b) == pytest.approx(expected)
    assert squared_distance(b, a) == pytest.approx(expected)


def test_small_variances_beside_large_ones_are_not_lost():
    """Eigenvalues of a product that are below its rounding error still count."""
    large = np.array([1.0, 1e-9])
    a, b = (Statistics(np.zeros(2), np.diag(values)) for values in (large, large * [1, 4]))
    assert squared_distance(a, b) == pytest.approx(1e-9, rel=1e-4)


def test_statistics_are_those_of_all_positions():
    values = np.random.default_rng(5).standard_normal((3, 4, 5)).astype(np.float32)
    of = statistics(values)
    np.testing.assert_allclose(of.mean, values.reshape(3, -1).mean(1), rtol=1e-5)
    np.testing.assert_allclose(of.covariance, np.cov(values.reshape(3, -1)), rtol=1e-6)
