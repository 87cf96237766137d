"""Exemplars: reading, timing, notes and refusals."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from raising import raises

from ode_appearance.data import list_dataset, load_exemplar
from ode_appearance.data.dataset import RELIGHTS
from ode_appearance.data.images.square_frame import square_frame
from ode_appearance.errors import ExemplarError


def cropped(picture, size):
    """The frame of a picture."""
    return square_frame(picture, size)[0]


def flat(grey, size=(40, 40)):
    return Image.new("RGB", size, (grey, grey, grey))


def noise(seed, size=(48, 40)):
    values = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


def save_animation(path, pictures, **options):
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **options)
    return path


def save_folder(path, pictures, suffix="png"):
    path.mkdir(parents=True)
    for i, picture in enumerate(pictures):
        picture.save(path / f"frame_{i}.{suffix}")
    return path


def png(picture):
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def save_zip(path, entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


# Reading


@pytest.mark.parametrize(
    ("suffix", "options"), [("gif", {}), ("webp", {"lossless": True}), ("png", {}), ("avif", {"quality": 100})]
)
def test_animations_keep_their_frames_and_times(tmp_path, suffix, options):
    greys = [0, 100, 200]
    path = save_animation(tmp_path / f"a.{suffix}", [flat(g) for g in greys], duration=[100, 200, 100], **options)
    exemplar = load_exemplar(path, size=40)
    assert exemplar.frames.shape == (3, 3, 40, 40) and exemplar.frames.dtype == np.uint8
    np.testing.assert_allclose(exemplar.frames[:, 0, 5, 5], greys, atol=2)
    np.testing.assert_allclose(exemplar.times, [0, 1.25, 3.75])
    assert exemplar.duration == 5 and exemplar.name == "a"


def test_merged_frame_lasts_longer(tmp_path):
    durations = [50] * 20
    durations[3] = 100
    path = save_animation(tmp_path / "a.gif", [flat(10 * g) for g in range(20)], duration=durations, loop=0)
    exemplar = load_exemplar(path, duration=1.05)
    assert len(exemplar) == 20 and exemplar.frame_interval == pytest.approx(0.05)
    assert [exemplar.index_at(t) for t in (-1, 0, 0.149, 0.15, 0.249, 0.25, 1.0, 99)] == [0, 0, 2, 3, 3, 4, 19, 19]
    assert exemplar.frame_at(0.2)[0, 0, 0] == pytest.approx(30 / 255)
    assert [exemplar.index_at(np.float32(t)) for t in exemplar.times] == list(range(20))


def test_picks_are_even_and_include_first_and_last(tmp_path):
    path = save_folder(tmp_path / "many", [flat(g) for g in range(120)])
    exemplar = load_exemplar(path, size=40)
    picked = [round(i * 119 / 99) for i in range(100)]
    assert exemplar.frames[:, 0, 0, 0].tolist() == picked and picked[0] == 0 and picked[-1] == 119
    assert exemplar.frame_interval == pytest.approx(0.05)
    np.testing.assert_allclose(exemplar.times, np.arange(100) * 0.05)
    assert len(load_exemplar(path, frames=7)) == 7


@pytest.mark.parametrize("count", [2, 33, 100])
def test_svbrdf_has_the_published_number_of_frames(tmp_path, count):
    exemplar = load_exemplar(save_folder(tmp_path / "f", [flat(g) for g in range(count)]), "svbrdf", size=40)
    assert exemplar.frames[:, 0, 0, 0].tolist() == [round(i * (count - 1) / 99) for i in range(100)]
    assert exemplar.duration == 10 and exemplar.frame_interval == pytest.approx(0.1)


def test_shorter_animation_keeps_its_times_as_svbrdf(tmp_path):
    path = save_animation(tmp_path / "a.webp", [flat(60 * g) for g in range(4)], duration=[100, 200, 100, 100], lossless=True)
    exemplar = load_exemplar(path, "svbrdf", size=40)
    values = exemplar.frames[:, 0, 0, 0]
    assert values.tolist() == [0] * 20 + [60] * 40 + [120] * 20 + [180] * 20


def test_requested_times(tmp_path):
    path = save_animation(tmp_path / "a.gif", [flat(g) for g in (0, 99, 200)], duration=[100, 300, 100])
    assert load_exemplar(path, duration=2).times.tolist() == pytest.approx([0, 0.4, 1.6])
    by_interval = load_exemplar(path, frame_interval=0.5)
    assert by_interval.times.tolist() == [0, 0.5, 1] and by_interval.duration == 1.5
    with raises(ExemplarError, code="both-times"):
        load_exemplar(path, frame_interval=0.5, duration=2)


def test_zip_reads_like_its_folder(tmp_path):
    pictures = [noise(i) for i in range(12)]
    folder = load_exemplar(save_folder(tmp_path / "f", pictures))
    entries = {f"inside/frame_{i}.png": png(p) for i, p in enumerate(pictures)}
    entries |= {"readme.txt": b"hello", "__MACOSX/inside/frame_0.png": b"x", "inside/.hidden.png": b"x"}
    archive = load_exemplar(save_zip(tmp_path / "z.zip", entries))
    # In natural order: frame_2 before frame_10.
    np.testing.assert_array_equal(folder.frames, archive.frames)
    np.testing.assert_array_equal(folder.frames[2], cropped(pictures[2], 128))


@pytest.mark.parametrize(
    "width, height, left, right",
    [(43, 40, 2, 42), (45, 40, 2, 42), (47, 40, 4, 44), (42, 41, 0, 42), (44, 41, 2, 42), (46, 41, 2, 44), (44, 40, 2, 42)],
)
def test_odd_margins_are_cropped_as_published(width, height, left, right):
    """The published crop passes Pillow an unrounded box; Pillow rounds its edges, halves to even."""
    picture = noise(width, (width, height))
    part = picture.crop((left, 0, right, height))
    expected = np.asarray(part.resize((40, 40), Image.Resampling.BICUBIC)).transpose(2, 0, 1)
    np.testing.assert_array_equal(cropped(picture, 40), expected)
    upright = picture.transpose(Image.Transpose.TRANSPOSE)
    part = upright.crop((0, left, height, right))
    expected = np.asarray(part.resize((40, 40), Image.Resampling.BICUBIC)).transpose(2, 0, 1)
    np.testing.assert_array_equal(cropped(upright, 40), expected)


def test_central_square():
    picture = Image.new("RGB", (90, 30), "black")
    picture.paste((255, 255, 255), (30, 0, 60, 30))
    assert (cropped(picture, 30) == 255).all()
    assert (cropped(picture.transpose(Image.Transpose.ROTATE_90), 60) == 255).all()


def test_modes_become_eight_bit_colours(tmp_path):
    grey = cropped(Image.new("L", (40, 40), 77), 40)
    assert (grey == 77).all()
    deep = Image.fromarray(np.full((40, 40), 77 * 257, np.uint16))
    assert (cropped(deep, 40) == 77).all()
    see_through = Image.new("RGBA", (40, 40), (200, 100, 50, 0))
    see_through.paste((200, 100, 50, 255), (0, 0, 20, 40))
    frame = cropped(see_through, 40)
    assert frame[:, 0, 0].tolist() == [200, 100, 50] and frame[:, 0, 39].tolist() == [0, 0, 0]
    palette = cropped(noise(0).quantize(16), 40)
    assert palette.shape == (3, 40, 40)
    deep_colours = save_folder(tmp_path / "f", [flat(1), flat(2)])
    # A 16-bit colour PNG, which Pillow does not write: 8 bytes of signature, header, data, end.
    rows = b"".join(b"\0" + struct.pack(">3H", 77 * 257, 0, 65535) * 40 for _ in range(40))
    (deep_colours / "frame_0.png").write_bytes(_raw_png(40, 40, 16, 2, rows))
    assert load_exemplar(deep_colours, size=40).frames[0, :, 0, 0].tolist() == [77, 0, 255]
    with raises(ExemplarError, code="number-format"):
        cropped(Image.new("F", (40, 40)), 40)


def _raw_png(width, height, depth, colour, rows):
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_camera_orientation(tmp_path):
    upright = noise(3, (40, 60))
    exif = Image.Exif()
    exif[0x0112] = 6
    folder = save_folder(tmp_path / "f", [flat(0, (40, 60))])
    upright.transpose(Image.Transpose.ROTATE_90).save(folder / "frame_1.png", exif=exif)
    np.testing.assert_array_equal(load_exemplar(folder, size=40).frames[1], cropped(upright, 40))


def test_looping_animation_is_read_once(tmp_path):
    path = save_animation(tmp_path / "a.gif", [flat(g) for g in (0, 99, 200)], duration=0, loop=0)
    exemplar = load_exemplar(path)
    np.testing.assert_allclose(exemplar.times, [0, 5 / 3, 10 / 3])


# Notes


def test_notes(tmp_path):
    plain = load_exemplar(save_folder(tmp_path / "plain", [noise(i, (128, 128)) for i in range(3)]))
    assert plain.notes == ()
    wide = save_folder(tmp_path / "wide", [noise(i, (160, 128)) for i in range(120)])
    assert load_exemplar(wide).notes == (
        "100 of 120 frames were picked evenly.",
        "Cropped from 160x128 to its central square.",
    )
    few = save_folder(tmp_path / "few", [noise(i, (64, 64)) for i in range(3)])
    assert load_exemplar(few, "svbrdf", size=64).notes == ("3 frames were repeated to get the 100 that an SVBRDF needs.",)
    assert load_exemplar(few).notes == ("Enlarged from 64x64 to 128x128: this adds no detail.",)
    shown = save_animation(tmp_path / "a.webp", [noise(i, (40, 40)) for i in range(4)], duration=[100, 200, 100, 100])
    (note,) = load_exemplar(shown, "svbrdf", size=40).notes
    assert note == "4 frames were repeated to get the 100 that an SVBRDF needs; each lasts as long as in the file."
    pages = save_animation(tmp_path / "a.tif", [noise(0, (50, 40)), noise(1, (40, 40))])
    assert load_exemplar(pages, size=40).notes == ("Its frames differ in size: each was cropped to its central square.",)


def test_notes_do_not_change_the_digest(tmp_path):
    square = [noise(i, (64, 64)) for i in range(3)]
    noted = load_exemplar(save_folder(tmp_path / "a", [picture.crop((-8, 0, 72, 64)) for picture in square]), size=64)
    plain = load_exemplar(save_folder(tmp_path / "b", square), size=64)
    assert noted.notes and not plain.notes and noted.digest == plain.digest


# Refusals


def assert_refused(path, *codes, **options):
    """Loading raises an ExemplarError with one of these codes."""
    with raises(ExemplarError) as caught:
        load_exemplar(path, **options)
    message = str(caught.value)
    assert message.endswith(".") and "Traceback" not in message
    assert caught.value.code in codes, (caught.value.code, message)


def test_one_frame_or_equal_frames_are_refused(tmp_path):
    flat(9).save(tmp_path / "one.gif")
    assert_refused(tmp_path / "one.gif", "too-few-frames")
    flat(9).save(tmp_path / "one.jpg")
    assert_refused(tmp_path / "one.jpg", "too-few-frames")
    assert_refused(save_folder(tmp_path / "one", [flat(9)]), "too-few-frames")
    assert_refused(save_folder(tmp_path / "same", [flat(9)] * 3), "no-change")
    assert_refused(save_folder(tmp_path / "none", []), "no-pictures")


def test_missing_and_unknown_files_are_refused(tmp_path):
    assert_refused(tmp_path / "nowhere", "")
    (tmp_path / "text.gif").write_text("This is no picture, whatever its name says.")
    assert_refused(tmp_path / "text.gif", "unknown-format")
    (tmp_path / "empty.webp").touch()
    assert_refused(tmp_path / "empty.webp", "empty")
    (tmp_path / "text.mp4").write_bytes(b"\0\0\0\x18ftypisom" + b"nothing" * 99)
    assert_refused(tmp_path / "text.mp4", "too-few-frames", "no-video", "damaged")
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    assert_refused(tmp_path / "list.mp4", "unknown-format")


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_damaged_files_are_refused_or_read(tmp_path, suffix, share):
    path = save_animation(tmp_path / f"a.{suffix}", [noise(i) for i in range(8)], duration=50)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    try:
        assert len(load_exemplar(path)) >= 2
    except ExemplarError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
def test_flipped_bytes_raise_no_other_error(tmp_path, suffix):
    path = save_animation(tmp_path / f"a.{suffix}", [noise(i) for i in range(4)], duration=50)
    data, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(12):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 6):
            broken[place] = random.integers(0, 256)
        path.write_bytes(broken)
        try:
            load_exemplar(path)
        except ExemplarError as error:
            assert str(error).endswith(".")


def test_sizes_are_checked_before_decoding(tmp_path):
    assert_refused(save_folder(tmp_path / "tiny", [flat(0, (1, 1)), flat(9, (1, 1))]), "too-small")
    huge = tmp_path / "huge"
    huge.mkdir()
    for i in range(2):
        (huge / f"{i}.png").write_bytes(_raw_png(20_000, 20_000, 8, 2, b""))
    assert_refused(huge, "too-large")
    (huge / "0.png").write_bytes(_raw_png(10_000, 9_000, 8, 2, b""))
    assert_refused(huge, "too-large")
    assert_refused(huge, "out-of-range", size=16)
    assert_refused(huge, "out-of-range", size=1 << 20)
    assert_refused(huge, "out-of-range", frames=1)
    assert_refused(huge, "out-of-range", duration=float("nan"))


def test_mixed_sizes_are_refused(tmp_path):
    assert_refused(save_folder(tmp_path / "f", [flat(0), flat(9, (50, 40))]), "mixed-sizes")


def test_hostile_zips_are_refused(tmp_path):
    frames = {f"{i}.png": png(noise(i)) for i in range(3)}
    assert_refused(save_zip(tmp_path / "up.zip", frames | {"../evil.png": b"x"}), "outside-path")
    assert_refused(save_zip(tmp_path / "root.zip", frames | {"/etc/evil.png": b"x"}), "outside-path")
    assert_refused(save_zip(tmp_path / "drive.zip", frames | {"C:\\evil.png": b"x"}), "outside-path")
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert_refused(tmp_path / "link.zip", "symlink")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", bytes(30 << 20))
    assert_refused(tmp_path / "bomb.zip", "zip-bomb")
    assert_refused(save_zip(tmp_path / "text.zip", {"a.txt": b"hello"}), "no-pictures")
    data = bytearray(save_zip(tmp_path / "bad.zip", frames).read_bytes())
    data[60:200] = bytes(140)
    (tmp_path / "bad.zip").write_bytes(data)
    assert_refused(tmp_path / "bad.zip", "damaged")
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    assert_refused(tmp_path / "cut.zip", "no-zip")


# The published layout


def test_published_layout(tmp_path):
    pictures = [flat(0), flat(9)]
    (tmp_path / "RGB_dynamic_textures").mkdir()
    save_animation(tmp_path / "RGB_dynamic_textures" / "rusting_steel.gif", pictures)
    flash = tmp_path / "SVBRDF_dynamic_flash_textures"
    save_folder(flash / "ice_melting", pictures, "JPG")
    for name in ("sand_drying", "sand_drying_relit_up", "sand_drying_relit_left", "sand_drying_relit_rightdown"):
        save_folder(flash / "synthetic" / name, pictures, "JPG")
    entries = {entry.name: entry for entry in list_dataset(tmp_path)}
    assert set(entries) == {"rusting_steel", "ice_melting", "sand_drying"}
    assert [entries[name].kind for name in ("rusting_steel", "ice_melting")] == ["rgb", "svbrdf"]
    assert set(entries["sand_drying"].relit) == {"up", "left", "rightdown"} and not entries["ice_melting"].relit
    assert [entry.name for entry in list_dataset(flash)] == ["ice_melting", "sand_drying"]
    for entry in entries.values():
        assert load_exemplar(entry.path, entry.kind, size=40).kind == entry.kind
    with raises(ExemplarError, code="no-exemplars"):
        list_dataset(flash / "ice_melting")


def test_shipped_examples():
    entries = {entry.name: entry for entry in list_dataset(Path(__file__).parents[2] / "examples")}
    assert {name: entry.kind for name, entry in entries.items()} == {"lichen_spreading": "rgb", "iron_rusting": "svbrdf"}
    assert entries["iron_rusting"].relit.keys() == RELIGHTS.keys()
    for entry in entries.values():
        exemplar = load_exemplar(entry.path, entry.kind)
        assert len(exemplar) == 100 and exemplar.frame_interval == pytest.approx(0.05 if entry.kind == "rgb" else 0.1)
        assert np.abs(exemplar.frame_at(0) - exemplar.frame_at(exemplar.duration)).mean() > 0.1
