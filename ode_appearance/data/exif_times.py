"""When pictures were taken, as the camera noted it, against the order of their names."""

import dataclasses
import datetime
import itertools
import re
from collections.abc import Sequence

from PIL import ExifTags, Image

from ..runtime.printable import printable


@dataclasses.dataclass(frozen=True)
class Taken:
    """A time by the camera's clock, and how far that is ahead of UTC, where it is known."""

    local: datetime.datetime
    offset: datetime.timedelta | None = None

    def before(self, other: "Taken") -> bool:
        """Whether this was earlier: by UTC where that is known of both, so that a change of time zone is no step back."""
        if self.offset is not None and other.offset is not None:
            return self.local - self.offset < other.local - other.offset
        return self.local < other.local


def taken_at(picture: Image.Image) -> Taken | None:
    """EXIF's DateTimeOriginal with its fractions of a second; None where there is none that can be read."""
    try:
        tags = picture.getexif().get_ifd(ExifTags.IFD.Exif)
        time = datetime.datetime.strptime(_text(tags, ExifTags.Base.DateTimeOriginal), "%Y:%m:%d %H:%M:%S")
        if re.fullmatch(r"\d{1,9}", fraction := _text(tags, ExifTags.Base.SubsecTimeOriginal), re.ASCII):
            time += datetime.timedelta(seconds=float(f"0.{fraction}"))
        ahead = re.fullmatch(r"([+-])(\d\d):(\d\d)", _text(tags, ExifTags.Base.OffsetTimeOriginal), re.ASCII)
        if ahead is None:
            return Taken(time)
        minutes = 60 * int(ahead[2]) + int(ahead[3])
        return Taken(time, datetime.timedelta(minutes=-minutes if ahead[1] == "-" else minutes))
    except Exception:  # EXIF data are whatever somebody wrote there, and pictures are read without
        return None


def _text(tags, tag):
    return str(tags.get(tag, "")).strip("\0 ")


def remark_on_order(names: Sequence[str], times: Sequence[Taken | None]) -> str | None:
    """A sentence where pictures, in the order that they are taken in, were not taken in that order."""
    known = [(name, time) for name, time in zip(names, times, strict=True) if time is not None]
    for (before, earlier), (after, later) in itertools.pairwise(known):
        if later.before(earlier):
            return (
                f"Pictures are ordered by name, but by their EXIF times {printable(after)} was taken before "
                f"{printable(before)}: rename the pictures if the times are right."
            )
    return None
