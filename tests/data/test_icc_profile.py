"""Images in other colour spaces than sRGB: converted by their profiles, or noted as ignored."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from profiles import P3, SRGB, profile

from ode_appearance.data import load_exemplar

STORED, SHOWN = (201, 60, 40), (219, 41, 23)
"""A colour in Display P3, and the same in sRGB, by the matrices of both standards."""


def folder_of(path, picture, suffix, count=2, **options):
    """Images of one colour except for a corner, which distinguishes them."""
    path.mkdir()
    for number in range(count):
        picture = picture.copy()
        picture.paste(0, (0, 0, 1 + number, 1))
        picture.save(path / f"{number}.{suffix}", **options)
    return path


def middle(exemplar):
    return exemplar.frames[0, :, 20, 20].tolist()


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("jpg", {"quality": 95, "subsampling": 0}),
        ("png", {}),
        ("webp", {"lossless": True}),
        ("tif", {}),
        ("avif", {"quality": 100, "subsampling": "4:4:4"}),
    ],
)
def test_display_p3_becomes_srgb(tmp_path, suffix, options):
    picture = Image.new("RGB", (40, 40), STORED)
    exemplar = load_exemplar(folder_of(tmp_path / "f", picture, suffix, icc_profile=profile(P3), **options), size=40)
    np.testing.assert_allclose(middle(exemplar), SHOWN, atol=2)
    assert "Its colours were converted from their profile (Made up) to sRGB." in exemplar.notes


def test_profile_of_an_animation_is_for_all_frames(tmp_path):
    frames = [Image.new("RGB", (40, 40), (value, 60, 40)) for value in (201, 120)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True, icc_profile=profile(P3))
    assert middle(load_exemplar(tmp_path / "a.webp", size=40)) == pytest.approx(SHOWN, abs=2)


def test_colours_are_converted_after_a_palette_and_over_black(tmp_path):
    clear = Image.new("RGBA", (40, 40), (*STORED, 255))
    clear.putpixel((39, 39), (*STORED, 0))
    exemplar = load_exemplar(folder_of(tmp_path / "a", clear, "png", icc_profile=profile(P3)), size=40)
    assert middle(exemplar) == pytest.approx(SHOWN, abs=2) and exemplar.frames[0, :, 39, 39].tolist() == [0, 0, 0]
    (tmp_path / "b").mkdir()
    for number in (1, 2):
        few = Image.new("RGB", (40, 40), STORED)
        few.paste((0, 0, 0), (0, 0, number, 40))
        few.quantize(4).save(tmp_path / "b" / f"{number}.png", icc_profile=profile(P3))
    assert middle(load_exemplar(tmp_path / "b", size=40)) == pytest.approx(SHOWN, abs=2)


def test_srgb_profile_changes_nothing(tmp_path):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8))
    exemplar = load_exemplar(folder_of(tmp_path / "f", picture, "png", icc_profile=profile(SRGB)), size=40)
    np.testing.assert_array_equal(exemplar.frames[0, :, 2:], np.asarray(picture).transpose(2, 0, 1)[:, 2:])
    assert exemplar.notes == ()


def test_grey_images_with_grey_and_rgb_profiles(tmp_path):
    linear = (1.0, 1.0, 0.0, 1.0, 0.0)
    grey = Image.new("L", (40, 40), 55)
    by_grey = load_exemplar(folder_of(tmp_path / "a", grey, "png", icc_profile=profile(curve=linear, space=b"GRAY")), size=40)
    by_colours = load_exemplar(folder_of(tmp_path / "b", grey, "png", icc_profile=profile(SRGB, linear)), size=40)
    expected = 255 * (1.055 * (55 / 255) ** (1 / 2.4) - 0.055)
    assert middle(by_grey) == pytest.approx([expected] * 3, abs=1) and middle(by_colours) == pytest.approx(
        [expected] * 3, abs=1
    )


BROKEN = [b"no profile at all", profile(P3)[:200], profile(P3)[:140] + b"\xff" * 300, profile(space=b"GRAY")]


@pytest.mark.parametrize("broken", BROKEN)
def test_invalid_profile_is_noted(tmp_path, broken):
    exemplar = load_exemplar(folder_of(tmp_path / "f", Image.new("RGB", (40, 40), STORED), "png", icc_profile=broken), size=40)
    assert middle(exemplar) == list(STORED)
    (note,) = exemplar.notes
    assert "was ignored" in note and note.endswith(".")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    ("extra", "space"),
    [
        (chunk(b"cICP", bytes([9, 16, 0, 1])), "have a high dynamic range"),
        (chunk(b"cICP", bytes([12, 13, 0, 1])), "have a wider gamut"),
        (chunk(b"cICP", bytes([1, 13, 0, 1])), None),
        (chunk(b"gAMA", struct.pack(">I", 100_000)), "have gamma 1"),
        (chunk(b"gAMA", struct.pack(">I", 45455)), None),
    ],
)
def test_ignored_png_colour_information_is_noted(tmp_path, extra, space):
    folder = folder_of(tmp_path / "f", Image.new("RGB", (40, 40), STORED), "png")
    for path in folder.iterdir():
        data = path.read_bytes()
        path.write_bytes(data[:33] + extra + data[33:])
    notes = load_exemplar(folder, size=40).notes
    assert notes == (() if space is None else (f"Its colours {space} according to the file; they were read as sRGB.",))


def test_adobe_rgb_by_exif_is_noted(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    folder = folder_of(tmp_path / "f", Image.new("RGB", (40, 40), STORED), "jpg", exif=exif)
    assert Image.open(folder / "0.jpg").getexif().get_ifd(0xA005) == {1: "R03"}
    assert "Adobe RGB" in load_exemplar(folder, size=40).notes[0]


def test_high_dynamic_range_avif_is_noted(tmp_path):
    folder = folder_of(tmp_path / "f", Image.new("RGB", (40, 40), STORED), "avif")
    for path in folder.iterdir():
        data = path.read_bytes()
        at = data.index(b"colrnclx") + 8
        path.write_bytes(data[:at] + struct.pack(">HH", 9, 16) + data[at + 4 :])
    assert "high dynamic range" in load_exemplar(folder, size=40).notes[0]


def test_cmyk_is_read(tmp_path):
    file = io.BytesIO()
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(file, "JPEG", quality=95)
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "0.jpg").write_bytes(file.getvalue())
    Image.new("CMYK", (40, 40), (255, 255, 0, 0)).save(folder / "1.jpg", quality=95)
    assert middle(load_exemplar(folder, size=40)) == pytest.approx([255, 0, 0], abs=4)
