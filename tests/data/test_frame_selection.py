"""Selection, order and orientation of the frames in a folder or zip file."""

import io
import random
import zipfile

import numpy as np
import pytest
from PIL import Image
from raising import raises

from ode_appearance.data import load_exemplar
from ode_appearance.data.file_names import natural_sorted
from ode_appearance.data.images.square_frame import square_frame
from ode_appearance.errors import ExemplarError


def saved(grey, form="PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 40), (grey, grey, grey)).save(file, form, **options)
    return file.getvalue()


def as_folder(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def as_zip(path, files):
    path.mkdir(exist_ok=True)
    with zipfile.ZipFile(path / "a.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path / "a.zip"


@pytest.fixture(params=[as_folder, as_zip], ids=["folder", "zip"])
def kept(request, tmp_path):
    """The same files in a folder and in a zip file."""
    return lambda files: request.param(tmp_path / "f", files)


def greys(exemplar):
    return exemplar.frames[:, 0, 0, 0].tolist()


ORDERS = [
    ["X.jpg", "X (1).jpg", "X (2).jpg", "X (10).jpg", "Y.jpg"],
    ["IMG_7.jpg", "IMG_7(1).JPG", "IMG_7(2).jpg", "IMG_8.jpg", "IMG_8 (1).jpg", "IMG_10.jpg"],
    ["shot.jpg", "shot-1.jpg", "shot-2.jpg"],
    ["a.png", "a copy.png", "a copy 2.png"],
    ["t1.png", "t1.25.png", "t1.5.png", "t2.png", "t10.png", "t10.75.png"],
    ["0.5h.png", "0.75h.png", "1h.png", "1.5h.png", "12h.png"],
    ["v1.2.9.png", "v1.2.10.png", "v1.10.1.png", "v2.0.0.png"],
    ["v1.9.png", "v1.10.png", "v1.11.png"],
    ["1.1.png", "1.2.png", "1.9.png", "1.10.png", "1.11.png"],
    ["2023.9.png", "2023.10.png", "2023.11.png"],
    ["2023-11-15 09.05.30.png", "2023-11-15 10.05.07.png", "2023-11-16 00.00.01.png"],
    ["2.12.2023.png", "15.12.2023.png"],
    ["frame_2.png", "frame_10.png", "frame_100.png"],
    ["007.png", "8.png", "0009.png"],
    ["100CANON/IMG_9998.JPG", "100CANON/IMG_9999.JPG", "101CANON/IMG_0001.JPG"],
]


@pytest.mark.parametrize("names", ORDERS, ids=lambda names: names[1])
def test_order_of_names(names):
    for seed in range(5):
        assert natural_sorted(random.Random(seed).sample(names, len(names))) == names


def test_camera_folders_continue_each_other(kept):
    names = ["DCIM/100CANON/IMG_9998.png", "DCIM/100CANON/IMG_9999.png", "DCIM/101CANON/IMG_0001.png", "DCIM/102_PANA/P01.png"]
    files = {name: saved(20 * number) for number, name in enumerate(names)}
    hidden = ["@eaDir/IMG_9998.png/THUMB_XL.png", ".thumbnails/1.png", "._IMG_9998.png", "#recycle/a.png"]
    files |= {f"DCIM/100CANON/{name}": saved(255) for name in hidden} | {"__MACOSX/DCIM/100CANON/._IMG_9998.png": b"x"}
    exemplar = load_exemplar(kept(dict(reversed(files.items()))), size=40)
    assert greys(exemplar) == [0, 20, 40, 60] and exemplar.notes == ()


def test_numbered_folders_continue_each_other(kept):
    files = {f"day {day}/{number}.png": saved(20 * day + number) for day in (2, 10) for number in (1, 2)}
    assert greys(load_exemplar(kept(files), size=40)) == [41, 42, 201, 202]


def test_folders_without_an_order_are_refused(kept):
    with raises(ExemplarError, code="folder-order"):
        load_exemplar(kept({"before/1.png": saved(1), "after/2.png": saved(2)}))


def test_deeper_folders_are_skipped_and_noted(kept):
    files = {"1.png": saved(10), "2.png": saved(20), "small/1.png": saved(99), "small/2.png": saved(99)}
    exemplar = load_exemplar(kept(files), size=40)
    assert greys(exemplar) == [10, 20]
    assert exemplar.notes == ("2 images in deeper folders were skipped.",)


def test_heic_and_raw_beside_jpeg_are_skipped_and_noted(kept):
    files = {
        "1.JPG": saved(10, "JPEG"),
        "2.JPG": saved(90, "JPEG"),
        "1.HEIC": b"x",
        "2.heic": b"x",
        "1.CR3": b"x",
        "a.txt": b"x",
    }
    exemplar = load_exemplar(kept(files), size=40)
    assert len(exemplar) == 2
    assert exemplar.notes == (
        "2 HEIC files were skipped. HEIC images are not supported: save them as JPEG or PNG.",
        "1 raw file was skipped. Raw camera images are not supported: develop them to JPEG, PNG or TIFF.",
    )


@pytest.mark.parametrize("suffix", ["HEIC", "CR2", "CR3", "NEF", "ARW", "DNG", "RAF", "ORF", "RW2"])
def test_only_unsupported_formats(kept, tmp_path, suffix):
    kind = "HEIC" if suffix == "HEIC" else "raw"
    with raises(ExemplarError, code="no-pictures") as caught:
        load_exemplar(kept({f"{number}.{suffix}": b"x" for number in (1, 2)}))
    assert f"2 {kind} files" in str(caught.value)
    (tmp_path / f"a.{suffix}").write_bytes(saved(9, "TIFF"))  # raw images are TIFFs with a thumbnail
    with raises(ExemplarError, code="unsupported-format"):
        load_exemplar(tmp_path / f"a.{suffix}")


def test_unknown_video_format(tmp_path):
    (tmp_path / "a.MTS").write_bytes(b"nothing that is known" * 99)
    with raises(ExemplarError, code="unknown-format"):
        load_exemplar(tmp_path / "a.MTS")


def dated(grey, time, fraction=None, offset=None):
    exif = Image.Exif()
    inner = exif.get_ifd(0x8769)
    inner[0x9003] = time
    if fraction is not None:
        inner[0x9291] = fraction
    if offset is not None:
        inner[0x9011] = offset
    return saved(grey, "JPEG", exif=exif)


@pytest.mark.parametrize(
    ("times", "noted"),
    [
        ([("2023:11:15 17:04:30",), ("2023:11:15 17:04:31",)], False),
        ([("2023:11:15 17:04:31",), ("2023:11:15 17:04:30",)], True),
        ([("2023:11:15 17:04:30", "25"), ("2023:11:15 17:04:30", "3")], False),
        ([("2023:11:15 17:04:30", "30"), ("2023:11:15 17:04:30", "25")], True),
        ([("2023:10:29 02:59:00", None, "+02:00"), ("2023:10:29 02:01:00", None, "+01:00")], False),
        ([("2023:10:29 02:59:00", None, "+02:00"), ("2023:10:29 02:01:00",)], True),
        ([("0000:00:00 00:00:00",), ("2023:10:29 02:01:00",)], False),
        ([("    :  :     :  :  ",), ("nonsense",)], False),
    ],
)
def test_exif_times_against_the_order_of_names(kept, times, noted):
    files = {f"{number}.jpg": dated(100 * number, *time) for number, time in enumerate(times)}
    exemplar = load_exemplar(kept(files), size=40)
    assert greys(exemplar) == [0, 100]
    note = (
        "Images are ordered by name, but by their EXIF times 1.jpg was taken before 0.jpg: rename the images if the times are "
    )
    assert exemplar.notes == ((note + "right.",) if noted else ())


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Turns from an upright picture to the stored one of this orientation."""
KINDS = {
    "tif": {},
    "tiff": {"compression": "tiff_lzw"},
    "jpg": {"quality": 98, "subsampling": 0},
    "png": {},
    "webp": {"lossless": True},
    "avif": {"quality": 100, "subsampling": "4:4:4"},
}


def blocks(size=(96, 64)):
    """A picture that every turn and mirroring changes."""
    values = np.random.default_rng(0).integers(0, 256, (size[1] // 16, size[0] // 16, 3), dtype=np.uint8)
    return Image.fromarray(values).resize(size, Image.Resampling.NEAREST)


@pytest.mark.parametrize("suffix", KINDS)
def test_orientation_is_applied_once(tmp_path, suffix):
    upright = blocks()
    exif = Image.Exif()
    for orientation in range(1, 9):
        stored = upright.transpose(TURNS[orientation]) if orientation > 1 else upright
        exif[0x0112] = orientation
        stored.save(tmp_path / f"{orientation}.{suffix}", exif=exif, **KINDS[suffix])
    Image.new("RGB", (96, 64)).save(tmp_path / f"9.{suffix}")
    frames = load_exemplar(tmp_path, size=64).frames
    for frame in frames[:8]:
        difference = np.abs(frame.astype(int) - square_frame(upright, 64)[0])
        assert difference.mean() < (3 if suffix in ("jpg", "avif") else 1e-9)  # of other turns, more than 40


def test_pages_are_turned_once(tmp_path):
    pages = [blocks(), Image.new("RGB", (96, 64))]
    pages[0].transpose(TURNS[6]).save(
        tmp_path / "a.tif", save_all=True, append_images=[pages[1].transpose(TURNS[6])], tiffinfo={274: 6}
    )
    np.testing.assert_array_equal(load_exemplar(tmp_path / "a.tif", size=64).frames[0], square_frame(pages[0], 64)[0])


def test_sixteen_bits_are_turned_too(tmp_path):
    upright = np.asarray(blocks().convert("L")).astype(np.uint16) * 257
    for number, values in enumerate([upright, upright // 2]):
        stored = Image.fromarray(np.ascontiguousarray(np.rot90(values)))  # counterclockwise, as ROTATE_90
        stored.save(tmp_path / f"{number}.tif", tiffinfo={274: 6})
    frame = load_exemplar(tmp_path, size=64).frames[0]
    np.testing.assert_array_equal(frame, square_frame(blocks().convert("L"), 64)[0])
