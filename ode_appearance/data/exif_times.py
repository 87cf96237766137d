"""EXIF capture times of images, compared with the order of their names."""

import dataclasses
import datetime
import itertools
import re
from collections.abc import Sequence

from PIL import ExifTags, Image

from ..runtime.printable import printable


@dataclasses.dataclass(frozen=True)
class CaptureTime:
    """A time by the camera's clock, and the clock's offset from UTC, where known."""

    local: datetime.datetime
    offset: datetime.timedelta | None = None

    def before(self, other: "CaptureTime") -> bool:
        """Whether this was earlier: by UTC where both offsets are known, so that a change of time zone is no step back."""
        if self.offset is not None and other.offset is not None:
            return self.local - self.offset < other.local - other.offset
        return self.local < other.local


def capture_time(picture: Image.Image) -> CaptureTime | None:
    """EXIF's DateTimeOriginal with its fraction of a second; None where it is missing or invalid."""
    try:
        tags = picture.getexif().get_ifd(ExifTags.IFD.Exif)
        time = datetime.datetime.strptime(_text(tags, ExifTags.Base.DateTimeOriginal), "%Y:%m:%d %H:%M:%S")
        if re.fullmatch(r"\d{1,9}", fraction := _text(tags, ExifTags.Base.SubsecTimeOriginal), re.ASCII):
            time += datetime.timedelta(seconds=float(f"0.{fraction}"))
        ahead = re.fullmatch(r"([+-])(\d\d):(\d\d)", _text(tags, ExifTags.Base.OffsetTimeOriginal), re.ASCII)
        if ahead is None:
            return CaptureTime(time)
        minutes = 60 * int(ahead[2]) + int(ahead[3])
        return CaptureTime(time, datetime.timedelta(minutes=-minutes if ahead[1] == "-" else minutes))
    except Exception:  # EXIF data may be anything; images are read without it
        return None


def _text(tags, tag):
    return str(tags.get(tag, "")).strip("\0 ")


def order_warning(names: Sequence[str], times: Sequence[CaptureTime | None]) -> str | None:
    """A note where images, in the order of their names, have other capture times; None otherwise."""
    known = [(name, time) for name, time in zip(names, times, strict=True) if time is not None]
    for (before, earlier), (after, later) in itertools.pairwise(known):
        if later.before(earlier):
            return (
                f"Images are ordered by name, but by their EXIF times {printable(after)} was taken before "
                f"{printable(before)}: rename the images if the times are right."
            )
    return None
