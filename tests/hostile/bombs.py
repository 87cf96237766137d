"""Files that are small and unpack to much, that never end, or that are several things at once."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image


def noise(seed, size=(48, 40)):
    """A picture."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))


def saved(picture, form="PNG", **options) -> bytes:
    """Its file."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def animation(form="GIF", frames=3, size=(48, 40), **options) -> bytes:
    """A sound one."""
    pictures = [noise(seed, size) for seed in range(frames)]
    return saved(pictures[0], form, save_all=True, append_images=pictures[1:], **options)


GIF_HEAD = b"GIF89a" + struct.pack("<HHBBB", 64, 64, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"


def gif_frame(width=64, height=64, left=0, top=0) -> bytes:
    """A frame of a GIF whose pixels are nearly all missing."""
    return b"," + struct.pack("<HHHHB", left, top, width, height, 0) + b"\x02\x02\x4c\x01\x00"


def many_frames(count) -> bytes:
    """A GIF of so many frames, 17 bytes each."""
    return GIF_HEAD + gif_frame() * count + b";"


def growing(size) -> bytes:
    """A GIF of 64x64 whose second frame reaches to `size`."""
    return GIF_HEAD + gif_frame() + gif_frame(*size) + gif_frame() + b";"


def talkative(blocks) -> bytes:
    """A GIF with a comment of so many blocks."""
    return GIF_HEAD + b"!\xfe" + (b"\xff" + b"c" * 255) * blocks + b"\0" + gif_frame() + gif_frame() + b";"


def tiff(pages) -> bytes:
    """A TIFF of pages that are (width, height) or (width, height, tile): all grey, deflated, and next to nothing in them."""
    data, at = zlib.compress(bytes(4096)), 8
    body, directories = data, []
    for width, height, *tile in pages:
        tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 8), (262, 3, 1), (277, 3, 1)]
        if tile:
            tags += [(322, 4, tile[0]), (323, 4, tile[0]), (324, 4, at), (325, 4, len(data))]
        else:
            tags += [(273, 4, at), (278, 4, height), (279, 4, len(data))]
        directories.append(sorted(tags))
    start = at + len(body)
    file = b"II*\0" + struct.pack("<I", start) + body
    for number, tags in enumerate(directories):
        start += 2 + 12 * len(tags) + 4
        entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        file += struct.pack("<H", len(tags)) + entries + struct.pack("<I", start if number + 1 < len(directories) else 0)
    return file


def overlapping_tiff(pages, tags) -> bytes:
    """A TIFF of pages of so many tags each, which all lie in the same place but for four bytes."""
    first = 8 + 2 + 12 * tags  # of the places of the following pages
    places = [8 + 4 * page for page in range(1, pages)] + [0]
    filling = struct.pack("<H", tags) * ((first - 8) // 2)
    return b"II*\0" + struct.pack("<I", 8) + filling + b"".join(struct.pack("<I", place) for place in places) + filling


def forged_png(width, height, frames=0) -> bytes:
    """A PNG that says it is so large, or an animation of so many frames, with no pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    control = chunk(b"acTL", struct.pack(">II", frames, 0)) if frames else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + control + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def webp(side, frames) -> bytes:
    """An animated WebP of so many frames of side x side, each the same few bytes."""
    still = saved(Image.new("RGB", (side, side)), "WEBP", lossless=True)
    picture = still[12:]
    place = struct.pack("<I", 0)[:3] * 2 + 2 * struct.pack("<I", side - 1)[:3] + struct.pack("<I", 100)[:3] + b"\0"
    frame = b"ANMF" + struct.pack("<I", len(place) + len(picture)) + place + picture
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + 2 * struct.pack("<I", side - 1)[:3]
    body = b"WEBP" + head + b"ANIM" + struct.pack("<I", 6) + bytes(6) + frame * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_scans(scans) -> bytes:
    """A progressive JPEG of 2000x2000 that goes over its picture so often."""
    file = saved(Image.new("RGB", (2000, 2000)), "JPEG", progressive=True)
    last = file.rindex(b"\xff\xda")
    return file[:last] + file[last:-2] * scans + file[-2:]


def zipped(entries, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of {name or ZipInfo: bytes}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def pictures(count=3) -> dict[str, bytes]:
    """Frames for a zip file."""
    return {f"{number}.png": saved(noise(number)) for number in range(count)}


def one_for_all(count) -> bytes:
    """A zip file of so many entries whose data are the same ones."""
    data = zipped({"a.png": saved(noise(0))}, zipfile.ZIP_STORED)
    start = data.index(b"PK\1\2")
    entry = data[start : data.index(b"PK\5\6")]
    directory = entry * count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, min(count, 65535), min(count, 65535), len(directory), start, 0)
    return data[:start] + directory + end
