"""Notes on how a time-lapse was processed, where its owner may not expect it."""

from collections.abc import Sequence

import numpy as np

from .frame_source import FrameSource


def processing_notes(
    source: FrameSource,
    sizes: set[tuple[int, int]],
    size: int,
    picked: int,
    count: int,
    required: int,
    frame_notes: Sequence[str] = (),
) -> tuple[str, ...]:
    """Notes on an exemplar, a sentence each.

    Args:
        source: The source of the frames, after reading.
        sizes: (width, height) of its frames in pixels.
        size: Side of the resulting frames.
        picked: Number of frames that were picked.
        count: Number of frames that could be read.
        required: Number of frames required; fewer are repeated.
        frame_notes: Notes on the frames themselves.
    """
    notes = [*source.notes(), *frame_notes]
    if count < picked or source.truncated:
        notes.append(f"The file is truncated: {count} frames could be read.")
    if picked < source.count:
        notes.append(f"{picked} of {source.count:,} frames were picked evenly.")
    if len(sizes) > 1:
        notes.append("Its frames differ in size: each was cropped to its central square.")
    elif any(width != height for width, height in sizes):
        notes.append("Cropped from {}x{} to its central square.".format(*next(iter(sizes))))
    side = min(min(pair) for pair in sizes)
    if side < size:
        notes.append(f"Enlarged from {side}x{side} to {size}x{size}: this adds no detail.")
    if count < required:
        timing = "" if source.shares is None else "; each lasts as long as in the file"
        notes.append(f"{count} frames were repeated to get the {required} that an SVBRDF needs{timing}.")
    return tuple(notes)


def last_frame_note(shares: Sequence[float] | np.ndarray) -> tuple[str, ...]:
    """A note where the last frame lasts for most of the span; `shares` are the starts of all frames."""
    held = 1 - shares[-1]
    return (f"Its last frame lasts for {held:.0%} of the time.",) if held > 0.5 else ()
