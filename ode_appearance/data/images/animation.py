"""Animated images: GIF, WebP, APNG, AVIF and multi-page TIFF, with their frame durations."""

import contextlib
from pathlib import Path

from ..exemplar_limits import MAX_FILE_BYTES, check_bytes, check_frame_count, check_pixels
from ..frame_source import FrameSource
from .deep_pixels import correct_planes
from .image_decoding import decode_image
from .image_opening import open_image
from .pre_decode_checks import check_page

ANIMATED_FORMATS = ("GIF", "WEBP", "PNG", "AVIF", "TIFF")
# Duration of frames with duration 0, as in browsers.
DEFAULT_MILLISECONDS = 100.0


def open_animation(path: Path) -> FrameSource:
    """Open an animated image; loops are ignored."""
    size = path.stat().st_size
    check_bytes(size, MAX_FILE_BYTES, path.name)
    with open_image(path, path.name) as animation:
        # The second image inside a JPEG (MPO) is a preview.
        total = getattr(animation, "n_frames", 1) if animation.format in ANIMATED_FORMATS else 1
        # An APNG may begin with a still image outside of the animation.
        first = 1 if animation.info.get("default_image") else 0
        width, height = animation.size
    check_frame_count(total - first, width, height, path.name)
    check_pixels((total - first) * width * height, size, path.name)
    durations: list[float] = []

    def pictures(picks):
        wanted, pixels = set(picks), 0
        durations.clear()
        with open_image(path, path.name) as animation:
            for index in range(total - first):
                animation.seek(first + index)
                check_page(animation, path.name)  # pages may differ in size
                pixels += animation.width * animation.height
                check_pixels(pixels, size, path.name)
                correct_planes(animation)
                # Every frame is decoded: later ones may be drawn over it, and it may hold the duration.
                if index in wanted:
                    picture = decode_image(animation, lambda page=first + index: _page(path, page), path.name)
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

    return FrameSource(total - first, pictures, shares)


@contextlib.contextmanager
def _page(path, number):
    with open_image(path, path.name) as animation:
        animation.seek(number)
        yield animation
