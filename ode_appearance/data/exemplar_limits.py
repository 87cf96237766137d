"""What is too much to be an exemplar: bounds that are checked before anything of that size is allocated."""

from ..errors import ExemplarError

MAX_FILE_BYTES = 4 << 30
MAX_PICTURE_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 8 << 30
MAX_PIXELS = 80_000_000
MAX_FRAMES = 20_000
# Pixels decoded in all: 20,000 frames of 1920x1080 take several minutes.
MAX_DECODED_PIXELS = 50_000_000_000
# Of so many on, an animation has bytes for them: what looks like something takes hundreds of times as many.
MANY_PIXELS = 2_000_000_000
MAX_PIXELS_PER_BYTE = 2000
# Of the frames that are learnt from: a hundred of 2048x2048 have two thirds of it.
MAX_LEARNT_BYTES = 2 << 30
# The address space of the process that decodes a video (8K at 10 bits takes half of it), and how long it may take to count
# the frames, and to decode them.
MAX_VIDEO_BYTES = 4 << 30
MAX_COUNTING_SECONDS = 120
MAX_DECODING_SECONDS = 1800
# A zip file's list of contents: MAX_FRAMES entries have far less.
MAX_DIRECTORY_BYTES = 8 << 20
MIN_SIDE = 32


def check_picture_size(width: int, height: int, what: str, least: int = MIN_SIDE, most: int = MAX_PIXELS) -> None:
    """Refuse a picture without a central square of `least` pixels, or with more than `most`."""
    if min(width, height) < least:
        raise ExemplarError(f"{what} is {width}x{height} pixels; it needs at least {least}x{least}.")
    if width * height > most:
        raise ExemplarError(
            f"{what} is {width}x{height} pixels; more than {most / 1e6:.0f} million are refused: make it smaller first."
        )


def check_frame_count(count: int, width: int, height: int, what: str) -> None:
    """Refuse a single frame, or more frames than can be decoded in reasonable time."""
    if count < 2:
        raise ExemplarError(f"{what} holds {count or 'no'} frame{'s' * (count != 1)}; a time-lapse needs at least two.")
    if count > MAX_FRAMES or count * width * height > MAX_DECODED_PIXELS:
        raise ExemplarError(
            f"{what} holds {count:,} frames of {width}x{height}; at most {MAX_FRAMES:,} frames and "
            f"{MAX_DECODED_PIXELS / 1e9:.0f} billion pixels are read: thin it out or make it smaller first."
        )


def check_pixels(pixels: int, size: int, what: str) -> None:
    """Refuse a file of `size` bytes that decodes to absurdly many pixels: a small one could keep us busy for minutes."""
    if pixels > MAX_DECODED_PIXELS or (pixels > MANY_PIXELS and pixels > MAX_PIXELS_PER_BYTE * size):
        raise ExemplarError(f"{what} unpacks to {pixels / 1e9:.1f} billion pixels, too many for its {size / 2**20:,.1f} MB.")


def check_bytes(size: int, most: int, what: str) -> None:
    """Refuse a file of more than `most` bytes, or an empty one."""
    if size == 0:
        raise ExemplarError(f"{what} is empty.")
    if size > most:
        raise ExemplarError(f"{what} has {size / 2**20:,.0f} MB; at most {most / 2**20:,.0f} MB are read.")
