"""What is too much to be an exemplar: bounds that are checked before anything of that size is allocated."""

from ..errors import ExemplarError

MAX_FILE_BYTES = 4 << 30
MAX_PICTURE_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 8 << 30
# Nothing that is a picture shrinks more than this by zipping it; a zip bomb shrinks a thousandfold.
MAX_ZIP_RATIO = 200
MAX_PIXELS = 80_000_000
MAX_FRAMES = 20_000
# Pixels decoded in all: 20,000 frames of 1920x1080 take several minutes.
MAX_DECODED_PIXELS = 50_000_000_000
MIN_SIDE = 32


def check_picture_size(width: int, height: int, what: str) -> None:
    """Refuse a picture without a central square of MIN_SIDE pixels, or with more than MAX_PIXELS."""
    if min(width, height) < MIN_SIDE:
        raise ExemplarError(f"{what} is {width}x{height} pixels; an exemplar needs at least {MIN_SIDE}x{MIN_SIDE}.")
    if width * height > MAX_PIXELS:
        raise ExemplarError(
            f"{what} is {width}x{height} pixels; more than {MAX_PIXELS / 1e6:.0f} million are refused: make it smaller first."
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


def check_bytes(size: int, most: int, what: str) -> None:
    """Refuse a file of more than `most` bytes, or an empty one."""
    if size == 0:
        raise ExemplarError(f"{what} is empty.")
    if size > most:
        raise ExemplarError(f"{what} has {size / 2**20:,.0f} MB; at most {most / 2**20:,.0f} MB are read.")
