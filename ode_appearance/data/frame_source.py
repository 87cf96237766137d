"""The common interface of exemplar files: a number of frames, and a way to read some of them."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from .images.deep_pixels import DeepPicture


@dataclasses.dataclass(frozen=True)
class FrameSource:
    """A readable time-lapse."""

    count: int
    """Number of frames; an estimate where `exact_count` is given."""
    pictures: Callable[[Sequence[int]], Iterator[Image.Image | DeepPicture]]
    """Yields the frames of ascending, distinct indices in 0 ... count - 1, each of acceptable size."""
    shares: Callable[[], list[float]] | None
    """Start of each frame as a share of the span, in [0, 1); available after `pictures`. None: the file has no times."""
    truncated: bool = False
    """Whether the file ends too early."""
    notes: Callable[[], list[str]] = list
    """Notes on how the frames were found and read; complete after `pictures` and `shares`."""
    exact_count: Callable[[], int] | None = None
    """The number of frames, available after `pictures`; where it differs from `count`, frames are picked again."""
