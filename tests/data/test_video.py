"""Videos: each frame once, in order, at the times and in the proportions of players."""

import struct
from fractions import Fraction

import numpy as np
import pytest
from films import CODECS, ffmpeg, grey_frame, planar, write_film
from PIL import Image
from raising import raises

from ode_appearance.data import load_exemplar
from ode_appearance.data.exemplar import even_indices
from ode_appearance.data.processing_notes import last_frame_note
from ode_appearance.data.video import video as video_module
from ode_appearance.data.video.video import presentation_shares
from ode_appearance.errors import ExemplarError

SIZE = (64, 48)
GREYS = [20 + 11 * index for index in range(20)]
FFV1 = ("ffv1", "yuv444p", {})


def greys_of(exemplar):
    return exemplar.frames.mean(axis=(1, 2, 3))


def film_of_greys(path, greys=GREYS, rate=25, size=SIZE, **options):
    return write_film(path, (grey_frame(grey, size) for grey in greys), rate, **options)


def assert_shown(exemplar, greys=GREYS, shares=None, atol=2.5):
    """These greys, once each and in order, at these shares of the duration (None: equally long)."""
    assert len(exemplar) == len(greys)
    np.testing.assert_allclose(greys_of(exemplar), greys, atol=atol)
    shares = np.arange(len(greys)) / len(greys) if shares is None else np.asarray(shares)
    np.testing.assert_allclose(exemplar.times, shares * exemplar.duration, atol=4e-3 * exemplar.duration)


# Frames


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("rate", [0.5, 1, 2, 5, 10, 12.5, 15, 24, 25, Fraction(30000, 1001), 60])
def test_every_frame_is_read_once(tmp_path, suffix, rate):
    exemplar = load_exemplar(film_of_greys(tmp_path / f"a.{suffix}", rate=rate), size=48)
    assert_shown(exemplar)
    assert exemplar.notes == ("Cropped from 64x48 to its central square.",)


@pytest.mark.parametrize("most", [2, 100, 101, 150])
def test_frames_are_picked_evenly(tmp_path, most):
    greys = [20 + index for index in range(160)]
    path = film_of_greys(tmp_path / "a.mkv", greys, codec=("ffv1", "gray", {}))
    exemplar = load_exemplar(path, size=48, frames=most)
    picks = even_indices(160, most)
    assert greys_of(exemplar).tolist() == [greys[pick] for pick in picks]
    np.testing.assert_allclose(exemplar.times, picks / 160 * exemplar.duration)


def test_reordered_frames_come_in_order_of_presentation(tmp_path):
    """Two key frames in 60 frames, and referenced B-frames."""
    options = {"g": "50", "bf": "4", "b-pyramid": "normal", "b-adapt": "0", "crf": "5"}
    greys = [10 + 4 * index for index in range(60)]
    path = film_of_greys(tmp_path / "a.mp4", greys, codec=("libx264", "yuv420p", options))
    assert_shown(load_exemplar(path, size=48), greys)


def test_b_frames_in_an_avi(tmp_path):
    """FFmpeg swaps their time stamps."""
    exemplar = load_exemplar(film_of_greys(tmp_path / "a.avi", codec=CODECS["mp4"]), size=48)
    assert_shown(exemplar)
    assert exemplar.notes == ("Cropped from 64x48 to its central square.",)


@pytest.mark.parametrize(("suffix", "codec"), [("mkv", ("libx264", "yuv444p", {})), ("avi", CODECS["mov"]), ("webm", None)])
def test_odd_sizes(tmp_path, suffix, codec):
    path = film_of_greys(tmp_path / f"a.{suffix}", size=(67, 49), codec=codec)
    exemplar = load_exemplar(path, size=49)
    assert_shown(exemplar)
    # A row that is read at a wrong length would make stripes.
    assert (exemplar.frames.reshape(20, -1).std(axis=1) < 2).all()


def test_ten_bits(tmp_path):
    frames = (planar("yuv420p10le", SIZE, (64 + 876 * grey // 255, 512, 512)) for grey in GREYS)
    path = write_film(tmp_path / "a.mkv", frames, codec=("ffv1", "yuv420p10le", {}), tags={"color_range": 1})
    assert_shown(load_exemplar(path, size=48), atol=1)


def test_more_packets_than_frames(tmp_path):
    """A packet that cannot be decoded is no frame: picks are made again from the decoded frames."""
    path = film_of_greys(tmp_path / "a.mov")
    data = bytearray(path.read_bytes())
    # The JPEG of frame 7 loses its markers.
    places = [at for at in range(len(data) - 3) if data[at : at + 3] == b"\xff\xd8\xff"]
    data[places[7] : places[8]] = bytes(places[8] - places[7])
    path.write_bytes(data)
    exemplar = load_exemplar(path, size=48)
    np.testing.assert_allclose(greys_of(exemplar), GREYS[:7] + GREYS[8:], atol=2)
    assert exemplar.times[7] == pytest.approx(8 / 20 * exemplar.duration)
    assert exemplar.notes[0] == "Some of its frames are damaged."
    few = load_exemplar(path, size=48, frames=3)
    np.testing.assert_allclose(greys_of(few), [GREYS[0], GREYS[10], GREYS[19]], atol=2)


# Times


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm"])
def test_times_of_the_file(tmp_path, suffix):
    stamps = [40 * index for index in range(10)] + [400 + 200 * index for index in range(10)]
    exemplar = load_exemplar(film_of_greys(tmp_path / f"a.{suffix}", stamps=stamps), size=48)
    assert_shown(exemplar, shares=np.array(stamps) / 2400)
    thinned = load_exemplar(tmp_path / f"a.{suffix}", size=48, frames=5)
    np.testing.assert_allclose(thinned.times, exemplar.times[even_indices(20, 5)])


def test_long_last_frame_is_noted(tmp_path):
    path = film_of_greys(tmp_path / "a.mov", stamps=[100 * index for index in range(20)], last_length=8100)
    exemplar = load_exemplar(path, size=48)
    np.testing.assert_allclose(exemplar.times, np.arange(20) / 100 * exemplar.duration, atol=1e-3)
    assert exemplar.notes[-1] == "Its last frame lasts for 81% of the time."
    assert len(load_exemplar(path, size=48, frame_interval=0.1).notes) == len(exemplar.notes) - 1


def test_long_last_frame_of_an_animation_is_noted(tmp_path):
    first, *others = [Image.new("RGB", (40, 40), (grey,) * 3) for grey in GREYS[:4]]
    first.save(tmp_path / "a.webp", save_all=True, append_images=others, duration=[100, 100, 100, 700], lossless=True)
    assert load_exemplar(tmp_path / "a.webp", size=40).notes == ("Its last frame lasts for 70% of the time.",)
    assert last_frame_note([0, 0.5]) == ()


def test_last_frame_lasts_at_least_as_long_as_those_before():
    assert presentation_shares([0, 1, 2, 12, 13], 0) == [0, 1 / 14, 2 / 14, 12 / 14, 13 / 14]
    assert presentation_shares([*range(9), 12, 15, 18], 1)[-1] == 18 / 21
    assert presentation_shares([5, 15, 25], 30) == [0, 0.2, 0.4]


@pytest.mark.parametrize("stamps", [[0, 1, 1, 2], [0, None, 2, 3], [None] * 4])
def test_frames_without_valid_time_stamps_are_equally_long(tmp_path, monkeypatch, stamps):
    assert presentation_shares(stamps, 1) is None
    path = film_of_greys(tmp_path / "a.mov", GREYS[:4])
    ask = video_module.ask_worker
    monkeypatch.setattr(
        video_module,
        "ask_worker",
        lambda *a: ((m | {"stamps": stamps} if "stamps" in m else m, content) for m, content in ask(*a)),
    )
    exemplar = load_exemplar(path, size=48)
    assert_shown(exemplar, GREYS[:4])
    assert exemplar.notes[0].startswith("Its time stamps are missing or equal")


def test_edit_list(tmp_path):
    film_of_greys(tmp_path / "whole.mp4", [10 + 7 * index for index in range(30)])
    ffmpeg("-ss", "0.4", "-i", tmp_path / "whole.mp4", "-c", "copy", tmp_path / "cut.mp4")
    exemplar = load_exemplar(tmp_path / "cut.mp4", size=48)
    assert_shown(exemplar, [10 + 7 * index for index in range(10, 30)])
    assert exemplar.notes == ("Cropped from 64x48 to its central square.",)


# Streams


def test_cover_image_is_skipped(tmp_path):
    film_of_greys(tmp_path / "film.mp4")
    Image.new("RGB", (200, 200), "red").save(tmp_path / "cover.jpg")
    inputs = ("-i", tmp_path / "film.mp4", "-i", tmp_path / "cover.jpg", "-map", "0", "-map", "1", "-c", "copy")
    ffmpeg(*inputs, "-disposition:v:1", "attached_pic", tmp_path / "a.mp4")
    data = (tmp_path / "a.mp4").read_bytes()
    at = data.index(b"moov") - 4
    end = at + struct.unpack_from(">I", data, at)[0]
    parts, place = [], at + 8
    while place < end:
        length = struct.unpack_from(">I", data, place)[0]
        parts.append(data[place : place + length])
        place += length
    # As some cameras write it: what holds the cover stands before the tracks.
    parts.sort(key=lambda part: (b"mvhd", b"udta").index(part[4:8]) if part[4:8] in (b"mvhd", b"udta") else 2)
    (tmp_path / "a.mp4").write_bytes(data[: at + 8] + b"".join(parts) + data[end:])
    assert_shown(load_exemplar(tmp_path / "a.mp4", size=48))


@pytest.mark.parametrize("default", [0, 1])
def test_default_stream_is_read(tmp_path, default):
    film_of_greys(tmp_path / "small.mkv")
    film_of_greys(tmp_path / "large.mkv", GREYS[::-1], size=(128, 96))
    marks = [f"-disposition:v:{default}", "default", f"-disposition:v:{1 - default}", "0"]
    inputs = ("-i", tmp_path / "small.mkv", "-i", tmp_path / "large.mkv", "-map", "0", "-map", "1", "-c", "copy")
    ffmpeg(*inputs, *marks, tmp_path / "a.mkv")
    assert_shown(load_exemplar(tmp_path / "a.mkv", size=48), GREYS[::-1] if default else GREYS)


def test_audio_file_is_refused(tmp_path):
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", tmp_path / "a.mp4")
    with raises(ExemplarError, code="no-video"):
        load_exemplar(tmp_path / "a.mp4")


# Proportions


def striped(count=4):
    """A white square of 24 pixels in the middle of a brightening frame."""
    for index in range(count):
        picture = grey_frame(20 * index, (96, 48))
        picture[12:36, 36:60] = 255
        yield picture


@pytest.mark.parametrize(("aspect", "shown"), [(Fraction(1), (24, 24)), (Fraction(2), (48, 24)), (Fraction(1, 2), (24, 48))])
def test_pixel_aspect_ratio(tmp_path, aspect, shown):
    codec = ("libx264", "yuv444p", {"crf": "5"})
    path = write_film(tmp_path / "a.mp4", striped(), codec=codec, tags={"sample_aspect_ratio": aspect})
    side = 96 if aspect < 1 else 48
    frame = load_exemplar(path, size=side).frames[0, 0] > 128
    assert (frame.any(axis=0).sum(), frame.any(axis=1).sum()) == shown


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_rotated_video_is_read_upright(tmp_path, angle):
    pictures = list(striped())
    for picture in pictures:
        picture[:24, :48] = 200
    write_film(tmp_path / "a.mp4", pictures, codec=("libx264", "yuv444p", {"crf": "5"}))
    ffmpeg("-display_rotation", angle, "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "turned.mp4")
    plain = load_exemplar(tmp_path / "a.mp4", size=48).frames
    # As ffmpeg says it: an angle counter-clockwise. A brighter corner tells one turn from another.
    turned = load_exemplar(tmp_path / "turned.mp4", size=48).frames
    np.testing.assert_array_equal(turned, np.rot90(plain, angle // 90, axes=(2, 3)))


def test_mirrored_video_is_read_upright(tmp_path):
    pictures = list(striped())
    for picture in pictures:
        picture[:24, :48] = 200
    write_film(tmp_path / "a.mp4", pictures, codec=("libx264", "yuv444p", {"crf": "5"}))
    ffmpeg("-display_hflip", "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "turned.mp4")
    plain, turned = (load_exemplar(tmp_path / name, size=48).frames for name in ("a.mp4", "turned.mp4"))
    np.testing.assert_array_equal(turned, plain[..., ::-1])


# Truncated files


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("share", [0.6, 0.9])
def test_truncated_file_is_noted(tmp_path, suffix, share):
    noise = np.random.default_rng(0).integers(0, 255, (30, 48, 64, 3), dtype=np.uint8)
    container = {"movflags": "+faststart"} if suffix in ("mp4", "mov") else None
    path = write_film(tmp_path / f"a.{suffix}", noise, container=container)
    whole = load_exemplar(path, size=48)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    exemplar = load_exemplar(path, size=48)
    assert 2 <= len(exemplar) < 30
    assert exemplar.notes[0] == f"The file is truncated: {len(exemplar)} frames could be read."
    # No frame is half of one, and a B-frame that has lost the frame after it is not one of them.
    differences = np.abs(exemplar.frames[:-4].astype(int) - whole.frames[: len(exemplar) - 4]).max()
    assert differences <= 2


def test_live_recording_is_not_truncated(tmp_path):
    """Browsers write WebM files without a length."""
    path = film_of_greys(tmp_path / "a.webm", container={"live": "1"})
    assert path.read_bytes().count(b"\x18S\x80g\x01" + b"\xff" * 7) == 1
    exemplar = load_exemplar(path, size=48)
    assert_shown(exemplar)
    assert exemplar.notes == ("Cropped from 64x48 to its central square.",)
