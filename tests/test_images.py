"""Pictures to files."""

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from ode_appearance.images import save_animation, save_still, to_bytes


def frames(count, height=10, width=16):
    return [np.full((height, width, 3), 40 * index + 20, np.uint8) for index in range(count)]


def test_bytes_are_truncated_as_published():
    picture = np.float32([0.0, 0.5, 0.999, 1.0, 1.7, -0.2])[None, None, :] * np.ones((3, 2, 1), np.float32)
    np.testing.assert_array_equal(to_bytes(picture)[1, :, 2], [0, 127, 254, 255, 255, 0])
    assert to_bytes(picture).shape == (2, 6, 3)


def test_channels_go_last():
    picture = np.zeros((3, 4, 5), np.float32)
    picture[2, 1, 3] = 1
    assert np.argwhere(to_bytes(picture)).tolist() == [[1, 3, 2]]


def test_stills(tmp_path):
    frame = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    save_still(frame, tmp_path / "a.png")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), frame)


@pytest.mark.parametrize("format", ["gif", "webp"])
@pytest.mark.parametrize("count", [1, 4])
def test_animations(tmp_path, format, count):
    save_animation(frames(count), tmp_path / "a", format, 0.2)
    with Image.open(tmp_path / "a") as picture:
        assert picture.format == format.upper() and getattr(picture, "n_frames", 1) == count
        for index in range(count):
            picture.seek(index)
            assert np.abs(np.asarray(picture.convert("RGB"), int) - (40 * index + 20)).max() <= 3
            assert count == 1 or picture.info["duration"] == 200


@pytest.mark.parametrize("count", [1, 4])
def test_videos_of_odd_sizes_repeat_their_edge(tmp_path, count):
    save_animation(frames(count, 11, 17), tmp_path / "a.mp4", "mp4", 0.2)
    video = iio.imread(tmp_path / "a.mp4", plugin="FFMPEG")
    assert video.shape == (count, 12, 18, 3)
    for index in range(count):
        assert np.abs(video[index].astype(int) - (40 * index + 20)).max() <= 6
