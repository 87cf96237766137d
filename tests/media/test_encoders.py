"""Encoders: stills, animations and videos."""

import subprocess

import imageio.v3 as iio
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence

from ode_appearance.media.encoders import save_animation, save_still, to_bytes


def frames(count, height=10, width=16):
    return [np.full((height, width, 3), 40 * index + 20, np.uint8) for index in range(count)]


def test_to_bytes_truncates_as_published():
    picture = np.float32([0.0, 0.5, 0.999, 1.0, 1.7, -0.2])[None, None, :] * np.ones((3, 2, 1), np.float32)
    np.testing.assert_array_equal(to_bytes(picture)[1, :, 2], [0, 127, 254, 255, 255, 0])
    assert to_bytes(picture).shape == (2, 6, 3)


def test_to_bytes_moves_channels_last():
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
def test_videos_of_odd_sizes_repeat_the_edge(tmp_path, count):
    save_animation(frames(count, 11, 17), tmp_path / "a.mp4", "mp4", 0.2)
    video = iio.imread(tmp_path / "a.mp4", plugin="FFMPEG")
    assert video.shape == (count, 12, 18, 3)
    for index in range(count):
        assert np.abs(video[index].astype(int) - (40 * index + 20)).max() <= 6


@pytest.fixture
def half_still():
    """Twelve frames: static gradients in the left half, random colours in the right half."""
    rows, columns = np.mgrid[0:48, 0:48].astype(np.uint8)
    still = np.stack([5 * rows, 5 * columns, 2 * (rows + columns)], axis=2)
    random = np.random.default_rng(0)
    return [
        np.concatenate([still, np.clip(random.normal(random.uniform(30, 220, 3), 10, still.shape), 0, 255)], axis=1).astype(
            np.uint8
        )
        for _ in range(12)
    ]


def test_static_parts_do_not_flicker_in_a_gif(tmp_path, half_still):
    save_animation(half_still, tmp_path / "a.gif", "gif", 0.1)
    with Image.open(tmp_path / "a.gif") as picture:
        shown = [np.asarray(frame.convert("RGB"), int) for frame in ImageSequence.Iterator(picture)]
    assert len(shown) == 12
    for frame, expected in zip(shown, half_still, strict=True):
        np.testing.assert_array_equal(frame[:, :48], shown[0][:, :48])
        assert np.abs(frame - expected).mean() < 6
    # One palette for all frames.
    content = (tmp_path / "a.gif").read_bytes()
    assert len({color for frame in shown for color in map(tuple, frame.reshape(-1, 3))}) <= 256
    assert len(content) < sum(frame.size for frame in half_still)


def test_grey_frames_in_a_gif_are_exact(tmp_path):
    grey = list(np.random.default_rng(0).integers(0, 256, (3, 9, 14), np.uint8))
    save_animation(grey, tmp_path / "a.gif", "gif", 0.1)
    with Image.open(tmp_path / "a.gif") as picture:
        for frame, expected in zip(ImageSequence.Iterator(picture), grey, strict=True):
            np.testing.assert_array_equal(np.asarray(frame.convert("RGB")), np.repeat(expected[..., None], 3, axis=2))


def test_a_video_is_tagged_with_its_colour_space(tmp_path):
    save_animation(frames(3), tmp_path / "a.mp4", "mp4", 0.2)
    listing = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", tmp_path / "a.mp4"], capture_output=True, text=True
    ).stderr
    # "tv, bt709" where matrix, primaries and transfer are equal; otherwise "tv, matrix/primaries/transfer".
    assert "yuv420p(tv, bt709, progressive)" in listing or "yuv420p(tv, bt709)" in listing, listing
