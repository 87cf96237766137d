"""Age maps as grey pictures."""

import numpy as np
import pytest
from PIL import Image

from ode_appearance.age_pictures import grey_of_ages, read_ages, usual_range
from ode_appearance.errors import RequestError
from ode_appearance.export.mapfiles import encode_map

SPAN = 5.0


def picture(folder, pixels, mode=None):
    path = folder / "age.png"
    Image.fromarray(np.uint8(pixels), mode).save(path)
    return path


def test_the_viewers_convention(tmp_path):
    path = picture(tmp_path, [[1, 128, 255]])
    np.testing.assert_allclose(read_ages(path, (3, 1), usual_range(SPAN)), [[-SPAN, 0, SPAN]], atol=1e-6)
    np.testing.assert_allclose(read_ages(path, (3, 1), (2.0, 3.0)), [[2 + 1 / 255, 2 + 128 / 255, 3]], atol=1e-6)


@pytest.mark.parametrize("most", [0.3, 5.0, 12.0])
def test_what_is_written_is_read(tmp_path, most):
    ages = np.random.default_rng(0).uniform(-most, most, (6, 8)).astype(np.float32)
    ages[2] = 0
    grey, ends = grey_of_ages(ages, SPAN)
    assert grey.min() >= 0 and grey.max() <= 1
    assert (ends == usual_range(SPAN)) == (most <= SPAN)
    (tmp_path / "age.png").write_bytes(encode_map(grey[None], "png16"))
    read = read_ages(tmp_path / "age.png", (8, 6), ends)
    np.testing.assert_allclose(read, ages, atol=(ends[1] - ends[0]) / 65535)
    np.testing.assert_allclose(read[2], 0, atol=1e-6)


def test_what_is_transparent_has_no_age_and_colours_are_averaged(tmp_path):
    path = picture(tmp_path, [[[255, 255, 255, 0], [255, 128, 1, 255], [255, 255, 255, 255]]], "RGBA")
    np.testing.assert_allclose(read_ages(path, (3, 1), usual_range(SPAN)), [[0, 0, SPAN]], atol=1e-5)


def test_another_size_is_stretched(tmp_path):
    path = picture(tmp_path, np.repeat([[1, 255]], 2, axis=0))
    ages = read_ages(path, (16, 4), usual_range(SPAN))
    assert ages.shape == (4, 16) and (np.diff(ages, axis=1) >= 0).all()
    assert ages[0, 0] == pytest.approx(-SPAN) and ages[0, -1] == pytest.approx(SPAN)


def test_what_is_no_picture(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    for name in ("a.png", "none.png"):
        with pytest.raises(RequestError, match=name):
            read_ages(tmp_path / name, (4, 4), (0.0, 1.0))
