"""Image quilting: patches of the picture, cut where it costs least, deterministic, and periodic where asked for."""

import itertools

import numpy as np
import pytest

from ode_appearance.errors import RequestError
from ode_appearance.ops.gradient_blend import blend_gradients
from ode_appearance.ops.quilting import _layout, _Patches, cheapest_cut, quilt

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
def test_most_pixels_are_those_of_the_picture_with_all_their_channels(periodic):
    """Channel 0 says where in the picture a pixel is from, the other one must be from there too; only cuts are blended."""
    height, width = 40, 48
    where = np.arange(height * width, dtype=np.float32).reshape(height, width)
    picture = np.stack([where, np.random.default_rng(0).permutation(where.ravel()).reshape(height, width)])
    result = quilt(picture, (64, 60), periodic=periodic, **SMALL)
    known = set(zip(*picture.reshape(2, -1), strict=True))
    share = np.mean([tuple(pixel) in known for pixel in result.reshape(2, -1).T])
    assert share > 0.4
    # The middle of the first patch, which no other one overlaps, is a piece of the picture as it is.
    row, column = divmod(int(result[0, 6, 6]), width)
    np.testing.assert_array_equal(result[:, 6:10, 6:10], picture[:, row : row + 4, column : column + 4])


def test_a_patch_of_the_pictures_own_size_is_the_picture():
    picture = smooth_noise(1, 16, 16)
    np.testing.assert_array_equal(quilt(picture, (16, 16), periodic=False, **SMALL), picture)
    np.testing.assert_allclose(quilt(picture, (16, 16), periodic=False, patch=16, overlap=0), picture)


@pytest.mark.parametrize("size", [(96, 64), (52, 44), (20, 15), (16, 16), (12, 10), (49, 25)])
@pytest.mark.parametrize("overlap", [4, 8])
def test_a_periodic_picture_has_no_seam_at_its_border(size, overlap):
    """Rows and columns that meet at the border differ about as much as the worst that meet inside, where pieces join too."""
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
    """Mean squared differences of each line (row: axis 1, column: 2) from the next, of the last one from the first."""
    others = tuple(other for other in range(3) if other != axis)
    return ((np.roll(result, -1, axis) - result) ** 2).mean(axis=others)


@pytest.mark.parametrize("periodic", [False, True])
def test_what_a_patch_is_matched_against_is_all_that_was_laid_before(periodic):
    """Also where patches before the last reach round the end, as with an overlap of half a patch."""
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
def test_the_cut_is_the_cheapest_of_all(shape):
    for seed in range(5):
        errors = np.random.default_rng(seed).random(shape).astype(np.float32)
        lines = np.arange(shape[0])
        paths = [
            path for path in itertools.product(range(shape[1]), repeat=shape[0]) if np.abs(np.diff(path)).max(initial=0) <= 1
        ]
        cut = cheapest_cut(errors)
        assert tuple(cut) in paths
        cost = float(errors[lines, cut].astype(np.float64).sum())
        assert cost == pytest.approx(min(float(errors[lines, list(path)].sum()) for path in paths), rel=1e-6)


def test_variety_uses_more_of_the_picture():
    """A channel that weighs next to nothing tells where in the picture each pixel is from."""
    where = (np.arange(48 * 48, dtype=np.float32) / 48**2).reshape(1, 48, 48)
    picture = np.concatenate([1e-3 * where, smooth_noise(1, 48, 48)])
    most_used = []
    for variety in (0.0, 2.0):
        places = quilt(picture, (200, 200), variety=variety, **SMALL)[0]
        _, counts = np.unique(places[np.isin(places, picture[0])], return_counts=True)
        most_used.append(counts.max())
    assert most_used[1] < most_used[0]


def test_memory_is_bounded_for_large_patches(monkeypatch):
    """Candidates are taken evenly where all would be too large; the result is still made of them."""
    monkeypatch.setattr("ode_appearance.ops.quilting._MOST_BYTES", 64 * 4 * 3 * 16 * 16)
    picture = smooth_noise(3, 40, 48)
    patches = _Patches(picture, 16, 16, 0.0)
    assert len(patches._all) <= 64
    assert quilt(picture, (50, 50), **SMALL).shape == (3, 50, 50)


@pytest.mark.parametrize(
    ("shape", "size", "options", "says"),
    [
        ((1, 15, 40), (20, 20), {}, "40x15 pixels is too small"),
        ((1, 40, 40), (0, 20), {}, "0x20"),
        ((1, 40, 40), (20, -1), {}, "20x-1"),
        ((1, 40, 40), (20, 20), {"overlap": -1}, "overlap by -1"),
        ((1, 40, 40), (20, 20), {"patch": 1}, "patches of 1"),
    ],
)
def test_what_is_not_possible(shape, size, options, says):
    with pytest.raises(RequestError, match=says):
        quilt(np.zeros(shape, np.float32), size, **{**SMALL, **options})


def shaded(size=96):
    """A picture that is darker on its left, with fine structure: where it is cut and stitched, brightness steps."""
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
def test_blending_gradients_changes_nothing_where_nothing_is_cut(periodic):
    picture = np.random.default_rng(1).random((3, 20, 30)).astype(np.float32)
    if periodic:
        # A smooth picture that tiles: its gradient across the border is the mean of both sides, nearly its own.
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
