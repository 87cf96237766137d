"""Conversion of images to sRGB by their ICC profile, or a note where colour information was ignored."""

import functools
import io
import re

import numpy as np
from PIL import ExifTags, Image, ImageCms

from ...runtime.printable import printable

MAX_PROFILE_BYTES = 8 << 20
"""Profiles of printers have up to 3 MB, those of cameras and screens some KB."""
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""ICC colour space -> Pillow's mode."""
_CODED = {
    "AVIF": re.compile(rb"colrnclx(..)(..)", re.DOTALL),
    "PNG": re.compile(rb"\x00\x00\x00\x04cICP(.)(.)", re.DOTALL),
}
"""Position of the codes of primaries and transfer function (ITU-T H.273) by format; 2 means unspecified."""
_NOWHERE = re.compile(rb"(?!)")
_SRGB_PRIMARIES, _SRGB_TRANSFERS = (1, 2), (1, 2, 6, 13, 14)


def icc_to_srgb(picture: Image.Image) -> tuple[Image.Image, str | None]:
    """Convert to sRGB with LittleCMS: relative colorimetric, with black point compensation.

    Args:
        picture: An RGB, grey (L) or CMYK image.

    Returns:
        The image in sRGB, and a note on the conversion or None.
    """
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return picture.convert("RGB"), None
    if len(profile) > MAX_PROFILE_BYTES:
        return picture.convert("RGB"), "Its colour profile is too long and was ignored."
    try:
        mode, transform, name = _transform(profile)
        if mode == "RGB":  # grey images may have an RGB profile, too
            picture = picture.convert("RGB")
        if picture.mode != mode:
            return picture.convert("RGB"), f"Its colour profile ({name}) is for another colour space and was ignored."
        if transform is None:
            return picture.convert("RGB"), None
        return transform.apply(picture), f"Its colours were converted from their profile ({name}) to sRGB."
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError) as error:
        return picture.convert("RGB"), f"Its colour profile is invalid and was ignored ({printable(str(error))})."


@functools.lru_cache(maxsize=8)
def _transform(profile):
    """Image mode of a profile, transform (None where it changes nothing), and name."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if (mode := _MODES.get(space)) is None:
        raise ValueError(f"its colour space is {space}")
    target, flags = ImageCms.createProfile("sRGB"), ImageCms.Flags.BLACKPOINTCOMPENSATION
    transform = ImageCms.buildTransform(source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags)
    name = printable(source.profile.profile_description or "without a name")
    return mode, None if _changes_little(transform, mode) else transform, name


def _changes_little(transform, mode):
    """Whether no colour changes by more than one level: many profiles are sRGB under another name."""
    if mode == "CMYK":
        return False
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3) if mode == "RGB" else steps[None]
    before = Image.fromarray(colours)
    difference = np.asarray(transform.apply(before), int) - np.asarray(before.convert("RGB"), int)
    return np.abs(difference).max() <= 1


def ignored_colour_note(picture: Image.Image, head: bytes) -> str | None:
    """A note where an image without a profile has other metadata of non-sRGB colours, which is ignored.

    Args:
        picture: The opened image.
        head: The first bytes of its file.
    """
    if picture.info.get("icc_profile"):
        return None
    claim = None
    if coded := _CODED.get(picture.format, _NOWHERE).search(head):
        primaries, transfer = (int.from_bytes(coded[number]) for number in (1, 2))
        if primaries not in _SRGB_PRIMARIES:
            claim = "have a wider gamut"
        if transfer not in _SRGB_TRANSFERS:
            claim = "have a high dynamic range" if transfer in (16, 18) else "have another transfer function"
    elif "srgb" not in picture.info and not 0.42 < picture.info.get("gamma", 0.45455) < 0.48:
        claim = f"have gamma {picture.info['gamma']:g}"
    elif _is_adobe_rgb(picture):
        claim = "are Adobe RGB"
    return None if claim is None else f"Its colours {claim} according to the file; they were read as sRGB."


def _is_adobe_rgb(picture):
    if picture.format == "PNG" and "exif" not in picture.info:
        return False  # Pillow would decode the image to search for it behind the pixels
    try:
        exif = picture.getexif()
        return str(exif.get_ifd(ExifTags.IFD.Interop).get(1, "")).startswith("R03")
    except Exception:  # EXIF data may be anything; images are read without it
        return False
