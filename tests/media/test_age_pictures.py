"""Age maps as grey pictures."""

import contextlib
import tracemalloc

import numpy as np
import pytest
from PIL import Image
from raising import raises

from ode_appearance.errors import RequestError
from ode_appearance.export import age_map_png
from ode_appearance.export.age_map_png import ages_to_grey, default_range, read_age_image
from ode_appearance.export.map_files import encode_map

SPAN = 5.0


def picture(folder, pixels, mode=None):
    path = folder / "age.png"
    Image.fromarray(np.uint8(pixels), mode).save(path)
    return path


def test_the_viewers_convention(tmp_path):
    path = picture(tmp_path, [[1, 128, 255]])
    np.testing.assert_allclose(read_age_image(path, (3, 1), default_range(SPAN)), [[-SPAN, 0, SPAN]], atol=1e-6)
    np.testing.assert_allclose(read_age_image(path, (3, 1), (2.0, 3.0)), [[2 + 1 / 255, 2 + 128 / 255, 3]], atol=1e-6)


@pytest.mark.parametrize("most", [0.3, 5.0, 12.0])
def test_what_is_written_is_read(tmp_path, most):
    ages = np.random.default_rng(0).uniform(-most, most, (6, 8)).astype(np.float32)
    ages[2] = 0
    grey, ends = ages_to_grey(ages, SPAN)
    assert grey.min() >= 0 and grey.max() <= 1
    assert (ends == default_range(SPAN)) == (most <= SPAN)
    (tmp_path / "age.png").write_bytes(encode_map(grey[None], "png16"))
    read = read_age_image(tmp_path / "age.png", (8, 6), ends)
    np.testing.assert_allclose(read, ages, atol=(ends[1] - ends[0]) / 65535)
    np.testing.assert_allclose(read[2], 0, atol=1e-6)


def test_what_is_transparent_has_no_age_and_colours_are_averaged(tmp_path):
    path = picture(tmp_path, [[[255, 255, 255, 0], [255, 128, 1, 255], [255, 255, 255, 255]]], "RGBA")
    np.testing.assert_allclose(read_age_image(path, (3, 1), default_range(SPAN)), [[0, 0, SPAN]], atol=1e-5)


def test_another_size_is_stretched(tmp_path):
    path = picture(tmp_path, np.repeat([[1, 255]], 2, axis=0))
    ages = read_age_image(path, (16, 4), default_range(SPAN))
    assert ages.shape == (4, 16) and (np.diff(ages, axis=1) >= 0).all()
    assert ages[0, 0] == pytest.approx(-SPAN) and ages[0, -1] == pytest.approx(SPAN)


def test_what_is_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    for name in ("a.png", "none.png"):
        with pytest.raises(RequestError, match=name):
            read_age_image(tmp_path / name, (4, 4), (0.0, 1.0))


def test_a_large_picture_is_refused_before_it_is_decoded(tmp_path):
    Image.new("L", (3000, 3000)).save(tmp_path / "a.png")
    with watched_memory() as peak, raises(RequestError, code="too-large"):
        read_age_image(tmp_path / "a.png", (32, 32), default_range(SPAN))
    assert peak() < 5_000_000
    Image.new("L", (2048, 2048), 255).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_age_image(tmp_path / "a.png", (2048, 2048), default_range(SPAN)), SPAN, atol=1e-5)


@contextlib.contextmanager
def watched_memory():
    """A function that tells how many bytes Python and NumPy have had at once."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["PPM", "TGA", "ICO", "PCX", "SGI", "EPS"])
def test_other_formats_are_not_opened(tmp_path, form):
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png", form)
    with raises(RequestError, code="unknown-format"):
        read_age_image(tmp_path / "a.png", (4, 4), default_range(SPAN))


def test_gifs_tiffs_and_webps_of_a_pixel(tmp_path):
    for form in ("GIF", "TIFF", "WEBP", "BMP"):
        Image.new("RGB", (1, 1), (255, 255, 255)).save(tmp_path / "a.png", form)
        np.testing.assert_allclose(read_age_image(tmp_path / "a.png", (4, 4), default_range(SPAN)), SPAN, atol=1e-5)


def test_floating_point_ages_are_refused(tmp_path):
    Image.new("F", (4, 4)).save(tmp_path / "a.tif")
    with pytest.raises(RequestError, match="floating-point"):
        read_age_image(tmp_path / "a.tif", (4, 4), default_range(SPAN))


def test_memory_that_runs_out_is_a_sentence(tmp_path, monkeypatch):
    path = picture(tmp_path, [[1, 128, 255]])

    def full(*_):
        raise MemoryError

    monkeypatch.setattr(age_map_png, "_levels", full)
    with pytest.raises(RequestError, match="not enough memory"):
        read_age_image(path, (3, 1), default_range(SPAN))
