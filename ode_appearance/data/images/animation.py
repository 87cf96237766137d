"""Animated pictures: GIF, WebP, APNG, AVIF and multi-page TIFF, with their own frame durations."""

import contextlib
from pathlib import Path

from ..exemplar_limits import MAX_FILE_BYTES, check_bytes, check_frame_count, check_pixels
from ..frame_source import Source
from .decoding import decode
from .deep_pixels import correct_planes
from .opening import open_picture
from .screening import screen_page

ANIMATED_FORMATS = ("GIF", "WEBP", "PNG", "AVIF", "TIFF")
# A duration of nothing is shown as a tenth of a second, as browsers do.
DEFAULT_MILLISECONDS = 100.0


def open_animation(path: Path) -> Source:
    """An animated picture; however often it says it wants to be repeated, it is read once."""
    size = path.stat().st_size
    check_bytes(size, MAX_FILE_BYTES, path.name)
    with open_picture(path, path.name) as animation:
        # The second picture inside a JPEG (MPO) is a preview, no later frame.
        total = getattr(animation, "n_frames", 1) if animation.format in ANIMATED_FORMATS else 1
        # An APNG may begin with a still picture that is not part of the animation.
        first = 1 if animation.info.get("default_image") else 0
        width, height = animation.size
    check_frame_count(total - first, width, height, path.name)
    check_pixels((total - first) * width * height, size, path.name)
    durations: list[float] = []

    def pictures(picks):
        wanted, pixels = set(picks), 0
        durations.clear()
        with open_picture(path, path.name) as animation:
            for index in range(total - first):
                animation.seek(first + index)
                screen_page(animation, path.name)  # the first one does not tell how large the others are
                pixels += animation.width * animation.height
                check_pixels(pixels, size, path.name)
                correct_planes(animation)
                # Every frame is decoded, for later ones may be drawn over it, and the duration may come with it.
                if index in wanted:
                    picture = decode(animation, lambda page=first + index: _page(path, page), path.name)
                else:
                    animation.load()
                durations.append(float(animation.info.get("duration") or 0) or DEFAULT_MILLISECONDS)
                if index in wanted:
                    yield picture

    def shares():
        whole = sum(durations)
        starts, start = [], 0.0
        for duration in durations:
            starts.append(start / whole)
            start += duration
        return starts

    return Source(total - first, pictures, shares)


@contextlib.contextmanager
def _page(path, number):
    with open_picture(path, path.name) as animation:
        animation.seek(number)
        yield animation
