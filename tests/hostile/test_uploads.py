"""Files that somebody uploads as a time-lapse: bombs, polyglots, links, files without an end and with false headers."""

import stat
import struct
import sys
import zipfile
from pathlib import Path

import bombs
import imageio_ffmpeg
import numpy as np
import pytest
from watching import bounded, watched

from ode_appearance.data import load_exemplar
from ode_appearance.errors import ExemplarError
from ode_appearance.runtime.printable import printable

SECONDS, MEGABYTES = 8.0, 300
"""For each; a picture of 80 million pixels, which is read, takes 240 MB."""


def refused(path, content, codes, **options):
    """The message of a refusal with one of these codes (separated by |): quick, in little memory, with no other file access."""
    path.write_bytes(content)
    with bounded(SECONDS, MEGABYTES), watched() as watch, pytest.raises(ExemplarError) as caught:
        load_exemplar(path, **options)
    message = str(caught.value)
    assert caught.value.code in codes.split("|"), (caught.value.code, message)
    assert message.endswith(".") and message.isprintable() and len(message) < 500
    started, written = ("import",), watch.written
    if path.suffix == ".mp4":
        started, written = (*started, f"subprocess.Popen ('{sys.executable}'"), written - {Path("/dev/null")}
    assert (written, [event for event in watch.strange if not event.startswith(started)]) == (set(), [])
    return message


@pytest.fixture(autouse=True, scope="module")
def started(tmp_path_factory):
    """What reading loads is loaded, and not what is measured."""
    for name, content in {"a.gif": bombs.animation(), "a.zip": bombs.zipped(bombs.pictures())}.items():
        path = tmp_path_factory.mktemp("sound") / name
        path.write_bytes(content)
        assert len(load_exemplar(path)) == 3


# Without an end


def test_a_gif_of_a_million_frames(tmp_path):
    refused(tmp_path / "a.gif", bombs.many_frames(1_000_000), "too-many-frames")


def test_a_gif_that_talks_for_ever(tmp_path):
    refused(tmp_path / "a.gif", bombs.talkative(60_000), "other-bytes")
    refused(tmp_path / "a.gif", bombs.GIF_HEAD + bytes(30 << 20), "other-bytes")
    refused(tmp_path / "a.zip", bombs.zipped({"1.gif": bombs.talkative(60_000)}, zipfile.ZIP_STORED), "other-bytes")


def test_a_tiff_that_goes_round_in_circles(tmp_path):
    circle = bytearray(bombs.tiff([(48, 40)]))
    circle[-4:] = circle[4:8]
    refused(tmp_path / "a.tif", bytes(circle), "too-many-pages")
    refused(tmp_path / "a.tif", bombs.overlapping_tiff(5000, 60_000), "too-many-pages")


def test_a_jpeg_that_goes_over_its_picture_for_ever(tmp_path):
    entries = {f"{number}.jpg": bombs.many_scans(20_000) for number in range(2)}
    refused(tmp_path / "a.zip", bombs.zipped(entries, zipfile.ZIP_STORED), "jpeg-scans")


def test_an_ordinary_progressive_jpeg_is_read(tmp_path):
    frames = {f"{seed}.jpg": bombs.saved(bombs.noise(seed), "JPEG", progressive=True) for seed in range(2)}
    (tmp_path / "a.zip").write_bytes(bombs.zipped(frames))
    assert len(load_exemplar(tmp_path / "a.zip")) == 2


# Bombs


@pytest.mark.parametrize("reach", [(17_000, 17_000), (65_535, 5_000), (65_535, 65_535)])
def test_a_gif_that_grows(tmp_path, reach):
    refused(tmp_path / "a.gif", bombs.growing(reach), "too-large")


def test_pages_that_grow(tmp_path):
    refused(tmp_path / "a.tif", bombs.tiff([(48, 40), (17_000, 17_000)]), "too-large")
    refused(tmp_path / "a.tif", bombs.tiff([(48, 40), (48, 40, 30_000)]), "too-large")


def test_forged_sizes(tmp_path):
    refused(tmp_path / "a.png", bombs.forged_png(2_000_000, 2_000_000), "too-large")
    refused(tmp_path / "a.png", bombs.forged_png(64, 64, frames=2**31 - 1), "too-many-frames")
    refused(tmp_path / "a.webp", bombs.webp(1500, 15_000), "too-many-pixels")


def test_a_small_animation_of_few_bytes_is_read(tmp_path):
    """The webp of the test above is one, but for its size."""
    (tmp_path / "a.webp").write_bytes(bombs.webp(64, 20))
    with pytest.raises(ExemplarError) as caught:
        load_exemplar(tmp_path / "a.webp")
    assert caught.value.code == "no-change"


def test_frames_too_large_to_be_learnt(tmp_path):
    content = bombs.animation(frames=60)
    refused(tmp_path / "a.gif", content, "too-large", size=4096)


# Zip files


@pytest.mark.parametrize(
    ("entries", "codes"),
    [
        ({"../../evil.png": b"x"}, "outside-path"),
        ({"a/../../evil.png": b"x"}, "outside-path"),
        ({"..\\..\\evil.png": b"x"}, "outside-path"),
        ({"//host/evil.png": b"x"}, "outside-path"),
        ({"\\\\host\\evil.png": b"x"}, "outside-path"),
        ({"NUL.png": b"x"}, None),
        ({".": b"x", "./": b"", "a/": b""}, None),
        ({"frame_²³.png": bombs.saved(bombs.noise(5))}, None),
        ({f"frame_{'9' * 20_000}.png": bombs.saved(bombs.noise(5))}, None),
        ({"<img src=x onerror=alert(1)>.png": b"no picture"}, "unknown-format"),
        ({"\x1b[2J\n" + "a" * 60_000 + ".png": b"no picture"}, "unknown-format"),
        ({"1.zip": bombs.zipped(bombs.pictures())}, None),
        ({"a.png/b.png": b"x"}, None),  # it lies farther within than the others
    ],
    ids=lambda value: repr(value)[:24] if isinstance(value, dict) else None,
)
def test_names_in_a_zip(tmp_path, entries, codes):
    """Those that lead elsewhere are refused; odd ones are names."""
    content = bombs.zipped(bombs.pictures() | entries).replace(b"NUL.png", b"\0UL.png")  # a name that is none
    if codes is None:
        (tmp_path / "a.zip").write_bytes(content)
        assert len(load_exemplar(tmp_path / "a.zip")) in (3, 4)
    else:
        refused(tmp_path / "a.zip", content, codes)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFLNK | stat.S_ISUID])
def test_links_in_a_zip(tmp_path, kind):
    link = zipfile.ZipInfo("1.png")
    link.external_attr, link.create_system = (kind | 0o777) << 16, 3
    refused(tmp_path / "a.zip", bombs.zipped(bombs.pictures(1) | {link: b"/etc/passwd"}), "symlink")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing(tmp_path, method):
    refused(tmp_path / "a.zip", bombs.zipped(bombs.pictures(), method), "compression")


def test_a_zip_of_the_same_bytes_over_and_over(tmp_path):
    refused(tmp_path / "a.zip", bombs.one_for_all(60_000), "too-many-entries|no-zip")
    refused(tmp_path / "a.zip", bombs.one_for_all(1_000_000), "no-zip")


def test_a_zip_whose_sizes_are_lies(tmp_path):
    content = bytearray(bombs.zipped(bombs.pictures(), zipfile.ZIP_STORED))
    directory = content.index(b"PK\1\2")
    for size in (0, 1, 200 << 20, 0xFFFFFFFE):
        struct.pack_into("<II", content, directory + 20, size, size)
        refused(tmp_path / "a.zip", bytes(content), "damaged|too-many-bytes|zip-bomb|unknown-format|empty|no-zip")


def test_a_changed_list_of_contents(tmp_path):
    """Whatever its bytes: our error, or frames."""
    content, random, outcomes = bombs.zipped(bombs.pictures()), np.random.default_rng(3), set()
    start = content.index(b"PK\1\2")
    for _ in range(150):
        changed = bytearray(content)
        for at in random.integers(start, len(content), random.integers(1, 6)):
            changed[at] = random.choice([0, 255, random.integers(256)])
        (tmp_path / "a.zip").write_bytes(changed)
        with bounded(SECONDS, MEGABYTES):
            try:
                outcomes.add(len(load_exemplar(tmp_path / "a.zip")))
            except ExemplarError as error:
                assert str(error).endswith(".") and len(str(error)) < 500
                outcomes.add(str(error))
    assert len(outcomes) > 3


def test_names_for_sentences_are_short_and_of_one_line():
    assert printable("a\nb\x1b[2Jc") == "a?b?[2Jc" and len(printable("a" * 70_000)) == 80


# Two things at once


def test_polyglots_are_what_they_begin_as(tmp_path):
    html, archive = b"<script>alert(1)</script>", bombs.zipped({"../evil.png": b"x"} | bombs.pictures(5))
    for name, content in {"a.html": bombs.animation() + html, "a.zip": bombs.animation() + archive}.items():
        (tmp_path / name).write_bytes(content)
        assert len(load_exemplar(tmp_path / name)) == 3
    refused(tmp_path / "a.gif", archive, "outside-path")
    refused(tmp_path / "a.gif", html + bombs.animation(), "unknown-format")
    refused(tmp_path / "a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n(x) run\n", "unknown-format")
    refused(
        tmp_path / "a.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "unknown-format",
    )
    refused(tmp_path / "a.gif", b"#EXTM3U\nfile:///etc/passwd\n" + bombs.animation(), "unknown-format")


# Videos


def film(path, frames=10, size=(64, 48), suffix=".mp4"):
    writer = imageio_ffmpeg.write_frames(path.with_suffix(suffix), size, fps=20, macro_block_size=1, ffmpeg_log_level="error")
    writer.send(None)
    for seed in range(frames):
        writer.send(np.asarray(bombs.noise(seed, size)).tobytes())
    writer.close()
    return path.with_suffix(suffix).read_bytes()


@pytest.fixture(scope="module")
def sound_film(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "a")


def test_videos_with_false_headers(tmp_path, sound_film):
    path = tmp_path / "a.mp4"
    for content in (
        b"\0\0\0\x20ftypisom" + bombs.animation(),
        b"\x1aE\xdf\xa3" + sound_film,
        b"RIFF" + struct.pack("<I", 99) + b"AVI " + sound_film,
        b"OggS" + bytes(4000),
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + b"#EXTM3U\nfile:///etc/passwd\n" * 50,
        sound_film[: len(sound_film) // 3],
        sound_film.replace(b"avc1", b"mp4v", 1)[: len(sound_film) // 2],
    ):
        refused(path, content, "no-video|damaged|too-few-frames|no-change|unknown-codec")


def test_a_video_that_says_it_has_billions_of_frames(tmp_path, sound_film):
    """The tables of an MP4 say how many frames there are, and how large each is."""
    at = sound_film.index(b"stsz") + 8
    forged = sound_film[:at] + struct.pack(">II", 1, 2_000_000_000) + sound_film[at + 8 :]
    refused(tmp_path / "a.mp4", forged, "too-many-frames|too-few-frames|damaged|no-video|no-change")


def test_a_video_reads_no_other_file(tmp_path, sound_film):
    """An MP4 may say that its frames lie in another file: that one is not opened."""
    (tmp_path / "other.mp4").write_bytes(sound_film)
    at = sound_film.index(b"dref") - 4
    (length,) = struct.unpack_from(">I", sound_film, at)
    where = (tmp_path / "other.mp4").as_uri().encode() + b"\0"
    entry = struct.pack(">I4sI", 12 + len(where), b"url ", 0) + where
    table = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    forged = bytearray(sound_film[:at] + table + sound_film[at + length :])
    grown = len(table) - length
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = forged.index(name) - 4
        struct.pack_into(">I", forged, place, struct.unpack_from(">I", forged, place)[0] + grown)
    start = forged.index(b"mdat") + 4
    if start < forged.index(b"moov"):
        forged[start : forged.index(b"moov") - 4] = bytes(forged.index(b"moov") - 4 - start)
    refused(tmp_path / "a.mp4", bytes(forged), "damaged|no-video|no-change|too-few-frames")
