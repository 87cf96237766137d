"""Image quilting: deterministic, made of patches of the image with minimum error cuts, optionally periodic."""

import itertools

import numpy as np
import pytest
from raising import raises

from ode_appearance.errors import RequestError
from ode_appearance.ops.gradient_blend import blend_gradients
from ode_appearance.ops.quilting import _layout, _Patches, min_error_cut, quilt

SMALL = {"patch": 16, "overlap": 4}


def smooth_noise(channels: int, height: int, width: int, seed: int = 0) -> np.ndarray:
    """Blurred noise, (channels, height, width), of standard deviation 1."""
    noise = np.random.default_rng(seed).standard_normal((channels, height, width))
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    smooth = np.fft.ifft2(np.fft.fft2(noise) * np.exp(-((frequency / 0.1) ** 2))).real
    return (smooth / smooth.std()).astype(np.float32)


def test_the_same_arguments_give_the_same_picture():
    picture = smooth_noise(2, 40, 48)
    first, again, other = (quilt(picture, (52, 44), seed=seed, **SMALL) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (16, 16), (17, 33), (40, 48), (50, 70), (128, 31)])
def test_any_size(size, periodic):
    picture = smooth_noise(3, 40, 48)
    result = quilt(picture, size, periodic=periodic, **SMALL)
    assert result.shape == (3, size[1], size[0]) and result.dtype == np.float32
    assert picture.min() - 1e-6 <= result.min() and result.max() <= picture.max() + 1e-6


@pytest.mark.parametrize("periodic", [False, True])
def test_most_pixels_are_pixels_of_the_source_in_all_channels(periodic):
    """Channel 0 encodes a pixel's source; channel 1 must come from the same source. Only pixels at cuts are blended."""
    height, width = 40, 48
    where = np.arange(height * width, dtype=np.float32).reshape(height, width)
    picture = np.stack([where, np.random.default_rng(0).permutation(where.ravel()).reshape(height, width)])
    result = quilt(picture, (64, 60), periodic=periodic, **SMALL)
    known = set(zip(*picture.reshape(2, -1), strict=True))
    share = np.mean([tuple(pixel) in known for pixel in result.reshape(2, -1).T])
    assert share > 0.4
    # The centre of the first patch, which no other patch overlaps, is an unchanged piece of the source.
    row, column = divmod(int(result[0, 6, 6]), width)
    np.testing.assert_array_equal(result[:, 6:10, 6:10], picture[:, row : row + 4, column : column + 4])


def test_one_patch_of_the_full_size_is_the_source():
    picture = smooth_noise(1, 16, 16)
    np.testing.assert_array_equal(quilt(picture, (16, 16), periodic=False, **SMALL), picture)
    np.testing.assert_allclose(quilt(picture, (16, 16), periodic=False, patch=16, overlap=0), picture)


@pytest.mark.parametrize("size", [(96, 64), (52, 44), (20, 15), (16, 16), (12, 10), (49, 25)])
@pytest.mark.parametrize("overlap", [4, 8])
def test_a_periodic_picture_has_no_seam_at_its_border(size, overlap):
    """Lines that meet across the border differ about as much as the worst neighbours inside, where patches join too."""
    picture = smooth_noise(2, 64, 64)
    border, inside, torn = [], [], []
    results, open_ended = (
        [quilt(picture, size, seed=seed, patch=16, overlap=overlap, periodic=periodic) for seed in range(6)]
        for periodic in (True, False)
    )
    for axis in (1, 2):
        around = np.mean([mean_squares_between_lines(result, axis) for result in results], axis=0)
        border.append(around[-1])
        inside.append(around[:-1].max())
        torn.append(np.mean([mean_squares_between_lines(result, axis)[-1] for result in open_ended]))
    assert np.mean(border) < 1.5 * np.mean(inside)
    assert np.mean(torn) > 2 * np.mean(border)


def mean_squares_between_lines(result: np.ndarray, axis: int) -> np.ndarray:
    """Mean squared difference of each line (row: axis 1, column: axis 2) from the next; the last from the first."""
    others = tuple(other for other in range(3) if other != axis)
    return ((np.roll(result, -1, axis) - result) ** 2).mean(axis=others)


@pytest.mark.parametrize("periodic", [False, True])
def test_a_patch_is_matched_against_all_earlier_patches(periodic):
    """Including where patches before the last wrap around, as with an overlap of half a patch."""
    for side, overlap, length in itertools.product((8, 9, 16), (0, 2, 4), range(17, 60)):
        axis = _layout(length, side, overlap, periodic)
        laid = np.zeros(length, bool)
        for start, before, after in zip(*axis, strict=True):
            place = (start + np.arange(side)) % length
            matched = np.zeros(side, bool)
            matched[:before] = matched[side - after :] = True
            np.testing.assert_array_equal(matched, laid[place])
            laid[place] = True
        assert laid.all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 1), (6, 4), (7, 3)])
def test_the_cut_has_the_minimum_error_of_all_paths(shape):
    for seed in range(5):
        errors = np.random.default_rng(seed).random(shape).astype(np.float32)
        lines = np.arange(shape[0])
        paths = [
            path for path in itertools.product(range(shape[1]), repeat=shape[0]) if np.abs(np.diff(path)).max(initial=0) <= 1
        ]
        cut = min_error_cut(errors)
        assert tuple(cut) in paths
        cost = float(errors[lines, cut].astype(np.float64).sum())
        assert cost == pytest.approx(min(float(errors[lines, list(path)].sum()) for path in paths), rel=1e-6)


def test_variety_uses_more_of_the_source():
    """A channel of negligible weight encodes each pixel's source."""
    where = (np.arange(48 * 48, dtype=np.float32) / 48**2).reshape(1, 48, 48)
    picture = np.concatenate([1e-3 * where, smooth_noise(1, 48, 48)])
    most_used = []
    for variety in (0.0, 2.0):
        places = quilt(picture, (200, 200), variety=variety, **SMALL)[0]
        _, counts = np.unique(places[np.isin(places, picture[0])], return_counts=True)
        most_used.append(counts.max())
    assert most_used[1] < most_used[0]


def test_memory_is_bounded_for_large_patches(monkeypatch):
    """Candidates are subsampled evenly where all would exceed the limit."""
    monkeypatch.setattr("ode_appearance.ops.quilting._MAX_CANDIDATE_BYTES", 64 * 4 * 3 * 16 * 16)
    picture = smooth_noise(3, 40, 48)
    patches = _Patches(picture, 16, 16, 0.0)
    assert len(patches._all) <= 64
    assert quilt(picture, (50, 50), **SMALL).shape == (3, 50, 50)


@pytest.mark.parametrize(
    ("shape", "size", "options", "code"),
    [
        ((1, 15, 40), (20, 20), {}, "too-small"),
        ((1, 40, 40), (0, 20), {}, "out-of-range"),
        ((1, 40, 40), (20, -1), {}, "out-of-range"),
        ((1, 40, 40), (20, 20), {"overlap": -1}, "out-of-range"),
        ((1, 40, 40), (20, 20), {"patch": 1}, "out-of-range"),
    ],
)
def test_invalid_arguments(shape, size, options, code):
    with raises(RequestError, code=code):
        quilt(np.zeros(shape, np.float32), size, **{**SMALL, **options})


def shaded(size=96):
    """An image with a horizontal brightness ramp and fine structure: cuts cause brightness steps."""
    fine = np.random.default_rng(3).normal(0, 0.02, (2, size, size))
    return (np.linspace(0, 1, size)[None, None, :] + fine).astype(np.float32)


@pytest.mark.parametrize("periodic", [True, False])
def test_blending_gradients_removes_steps_at_cuts_and_keeps_fine_structure(periodic):
    picture = shaded()
    plain, blended = (quilt(picture, (250, 110), seed=5, periodic=periodic, blend=blend) for blend in (False, True))

    def largest_step(result):
        return max(float(np.abs(np.diff(result, axis=axis)).max()) for axis in (1, 2))

    def fine_deviation(result):
        return float(np.diff(result, 2, axis=1).std())

    assert largest_step(plain) > 1.5 * largest_step(picture)
    assert largest_step(blended) < 1.1 * largest_step(picture)
    assert fine_deviation(blended) == pytest.approx(fine_deviation(picture), rel=0.1)
    assert blended.mean() == pytest.approx(plain.mean(), abs=0.02)


@pytest.mark.parametrize("periodic", [True, False])
def test_blending_gradients_changes_nothing_without_cuts(periodic):
    picture = np.random.default_rng(1).random((3, 20, 30)).astype(np.float32)
    if periodic:
        # A smooth image that tiles: its gradient across the border is the mean of both sides, nearly its own.
        y, x = np.mgrid[:60, :80]
        picture = np.stack([np.sin(2 * np.pi * x / 80), np.cos(2 * np.pi * y / 60)]).astype(np.float32)
    sources = np.indices(picture.shape[1:])
    blended = blend_gradients(picture, picture, sources, periodic=periodic)
    np.testing.assert_allclose(blended, picture, atol=2e-2 if periodic else 1e-5)


def test_a_blended_quilt_tiles():
    blended = quilt(shaded(), (100, 90), seed=2, blend=True)
    inside = np.abs(np.diff(blended, axis=2)).max()
    across = np.abs(blended[:, :, 0] - blended[:, :, -1]).max()
    assert across < 1.2 * inside
