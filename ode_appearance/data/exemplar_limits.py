"""Size limits of exemplars, checked before anything of that size is allocated."""

from ..errors import ExemplarError

MAX_FILE_BYTES = 4 << 30
MAX_PICTURE_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 8 << 30
MAX_PIXELS = 80_000_000
MAX_FRAMES = 20_000
# Pixels of all decoded frames: 20,000 frames of 1920x1080 take several minutes.
MAX_DECODED_PIXELS = 50_000_000_000
# From this number of pixels on, a minimum of bytes is required: real images have hundreds of times as many.
MANY_PIXELS = 2_000_000_000
MAX_PIXELS_PER_BYTE = 2000
# Of the training frames: a hundred of 2048x2048 take two thirds.
MAX_TRAINING_BYTES = 2 << 30
# Limits of the process that decodes a video: address space (8K at 10 bits takes half), seconds to count and to decode frames.
MAX_VIDEO_BYTES = 4 << 30
MAX_COUNTING_SECONDS = 120
MAX_DECODING_SECONDS = 1800
# A zip file's list of contents; MAX_FRAMES entries take far less.
MAX_DIRECTORY_BYTES = 8 << 20
MIN_SIDE = 32


def check_image_size(width: int, height: int, what: str, min_side: int = MIN_SIDE, max_pixels: int = MAX_PIXELS) -> None:
    """Check the size of an image.

    Raises:
        ExemplarError: For a side below `min_side` (code "too-small"), or more than `max_pixels` in all (code "too-large").
    """
    if min(width, height) < min_side:
        raise ExemplarError(f"{what} is {width}x{height} pixels; it needs at least {min_side}x{min_side}.", code="too-small")
    if width * height > max_pixels:
        raise ExemplarError(
            f"{what} is {width}x{height} pixels; the maximum is {max_pixels / 1e6:.0f} million: make it smaller first.",
            code="too-large",
        )


def check_frame_count(count: int, width: int, height: int, what: str) -> None:
    """Check the number of frames.

    Raises:
        ExemplarError: For fewer than two (code "too-few-frames"), or more than can be decoded in reasonable time (code
            "too-many-frames").
    """
    if count < 2:
        raise ExemplarError(
            f"{what} holds {count or 'no'} frame{'s' * (count != 1)}; a time-lapse needs at least two.", code="too-few-frames"
        )
    if count > MAX_FRAMES or count * width * height > MAX_DECODED_PIXELS:
        raise ExemplarError(
            f"{what} holds {count:,} frames of {width}x{height}; the maximum is {MAX_FRAMES:,} frames and "
            f"{MAX_DECODED_PIXELS / 1e9:.0f} billion pixels in all: remove frames or make it smaller first.",
            code="too-many-frames",
        )


def check_pixels(pixels: int, size: int, what: str) -> None:
    """Check the number of decoded pixels of a file of `size` bytes: a small file could take minutes to decode.

    Raises:
        ExemplarError: Code "too-many-pixels".
    """
    if pixels > MAX_DECODED_PIXELS or (pixels > MANY_PIXELS and pixels > MAX_PIXELS_PER_BYTE * size):
        raise ExemplarError(
            f"{what} unpacks to {pixels / 1e9:.1f} billion pixels, too many for its {size / 2**20:,.1f} MB.",
            code="too-many-pixels",
        )


def check_bytes(size: int, max_bytes: int, what: str) -> None:
    """Check the size of a file.

    Raises:
        ExemplarError: For an empty file (code "empty"), or more than `max_bytes` (code "too-many-bytes").
    """
    if size == 0:
        raise ExemplarError(f"{what} is empty.", code="empty")
    if size > max_bytes:
        raise ExemplarError(
            f"{what} has {size / 2**20:,.0f} MB; the maximum is {max_bytes / 2**20:,.0f} MB.", code="too-many-bytes"
        )
