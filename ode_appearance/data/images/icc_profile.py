"""Colours of pictures to sRGB: by their ICC profile, or a sentence where what they say of their colours was ignored."""

import functools
import io
import re

import numpy as np
from PIL import ExifTags, Image, ImageCms

from ...runtime.printable import printable

MAX_PROFILE_BYTES = 8 << 20
"""Profiles of printers have up to 3 MB, those of cameras and screens some KB."""
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Pillow's mode of a picture whose profile is of a colour space (as ICC calls it)."""
_CODED = {
    "AVIF": re.compile(rb"colrnclx(..)(..)", re.DOTALL),
    "PNG": re.compile(rb"\x00\x00\x00\x04cICP(.)(.)", re.DOTALL),
}
"""Where formats have the numbers of primaries and transfer function that ITU-T H.273 gives; 2 says nothing."""
_NOWHERE = re.compile(rb"(?!)")
_SRGB_PRIMARIES, _SRGB_TRANSFERS = (1, 2), (1, 2, 6, 13, 14)


def to_srgb(picture: Image.Image) -> tuple[Image.Image, str | None]:
    """An RGB, grey (L) or CMYK picture in sRGB, and a sentence on its colours where there is something to say.

    Its profile is followed by LittleCMS: relative colorimetrically, with black point compensation.
    """
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return picture.convert("RGB"), None
    if len(profile) > MAX_PROFILE_BYTES:
        return picture.convert("RGB"), "Its colour profile is too long, and was ignored."
    try:
        mode, transform, name = _transform(profile)
        if mode == "RGB":  # a grey picture may have one, too
            picture = picture.convert("RGB")
        if picture.mode != mode:
            return picture.convert("RGB"), f"Its colour profile ({name}) is for pictures of another kind, and was ignored."
        if transform is None:
            return picture.convert("RGB"), None
        return transform.apply(picture), f"Its colours were converted from their profile ({name}) to sRGB."
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError) as error:
        return picture.convert("RGB"), f"Its colour profile cannot be used, and was ignored ({printable(str(error))})."


@functools.lru_cache(maxsize=8)
def _transform(profile):
    """The mode of the pictures that a profile is for, the transform (None where it changes nothing), and its name."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if (mode := _MODES.get(space)) is None:
        raise ValueError(f"it is one of {space}")
    target, flags = ImageCms.createProfile("sRGB"), ImageCms.Flags.BLACKPOINTCOMPENSATION
    transform = ImageCms.buildTransform(source, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags)
    name = printable(source.profile.profile_description or "without a name")
    return mode, None if _changes_little(transform, mode) else transform, name


def _changes_little(transform, mode):
    """Whether no colour is changed by more than a level: many a profile is sRGB's, whatever it is called."""
    if mode == "CMYK":
        return False
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3) if mode == "RGB" else steps[None]
    before = Image.fromarray(colours)
    difference = np.asarray(transform.apply(before), int) - np.asarray(before.convert("RGB"), int)
    return np.abs(difference).max() <= 1


def ignored_colours(picture: Image.Image, head: bytes) -> str | None:
    """A sentence where a picture without a profile says in another way, which is not followed, that its colours are not sRGB's.

    `head` is the beginning of its file. AVIF and PNG have numbers for it (ITU-T H.273), PNG a gamma, EXIF says Adobe RGB.
    """
    if picture.info.get("icc_profile"):
        return None
    said = None
    if coded := _CODED.get(picture.format, _NOWHERE).search(head):
        primaries, transfer = (int.from_bytes(coded[number]) for number in (1, 2))
        if primaries not in _SRGB_PRIMARIES:
            said = "of a wider gamut"
        if transfer not in _SRGB_TRANSFERS:
            said = "of a high dynamic range" if transfer in (16, 18) else "of another transfer function"
    elif "srgb" not in picture.info and not 0.42 < picture.info.get("gamma", 0.45455) < 0.48:
        said = f"of gamma {picture.info['gamma']:g}"
    elif _is_adobe_rgb(picture):
        said = "Adobe RGB"
    return None if said is None else f"Its colours are {said}, by its file: that was ignored, and they were taken for sRGB."


def _is_adobe_rgb(picture):
    if picture.format == "PNG" and "exif" not in picture.info:
        return False  # Pillow would decode the picture to look for it behind the pixels
    try:
        exif = picture.getexif()
        return str(exif.get_ifd(ExifTags.IFD.Interop).get(1, "")).startswith("R03")
    except Exception:  # EXIF data are whatever somebody wrote there, and pictures are read without
        return False
