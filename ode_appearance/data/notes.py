"""What was done to a time-lapse on its way to the trainer that its owner may not expect, in sentences."""

from collections.abc import Sequence

import numpy as np

from .frame_source import Source


def notes_on(
    source: Source, sizes: set[tuple[int, int]], size: int, picked: int, taken: int, needed: int, remarks: Sequence[str] = ()
) -> tuple[str, ...]:
    """A sentence for each.

    Frames of these `sizes` (width, height) were brought to `size`. Of the source's, `picked` were wanted and `taken` there.
    Where more are `needed`, some were repeated. `remarks` are those on the frames themselves.
    """
    notes = [*source.remarks(), *remarks]
    if taken < picked or source.broken:
        notes.append(f"The file breaks off: {taken} frames of it could be read.")
    if picked < source.count:
        notes.append(f"{picked} of {source.count:,} frames were picked evenly.")
    if len(sizes) > 1:
        notes.append("Its frames differ in size: each was cropped to its central square.")
    elif any(width != height for width, height in sizes):
        notes.append("Cropped from {}x{} to its central square.".format(*next(iter(sizes))))
    side = min(min(pair) for pair in sizes)
    if side < size:
        notes.append(f"Enlarged from {side}x{side} to {size}x{size}: it has no more detail for that.")
    if taken < needed:
        how = "" if source.shares is None else ": each stays as long as the file says"
        notes.append(f"Frames were repeated, to make of {taken} the {needed} that an SVBRDF is learnt from{how}.")
    return tuple(notes)


def note_on_hold(shares: Sequence[float] | np.ndarray) -> tuple[str, ...]:
    """A sentence where the last frame of those that begin at these shares of the span stays for most of it."""
    held = 1 - shares[-1]
    return (f"Its last frame stays for {held:.0%} of the time.",) if held > 0.5 else ()
