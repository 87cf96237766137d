"""What every kind of exemplar file comes down to: a number of frames, and a way to read some of them."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from .images.deep_pixels import DeepPicture


@dataclasses.dataclass(frozen=True)
class Source:
    """A readable time-lapse.

    `pictures(picks)` yields the frames of the given ascending, distinct numbers in 0 ... count - 1, each checked to be of
    acceptable size. `shares()` says when each of the `count` frames begins, as a share of the whole span in [0, 1); it
    may be called once all pictures have been taken. None stands for files without times of their own. `broken` tells that
    the file ends before what it holds does. `remarks()` gives sentences on how the frames were found and read, complete after
    `pictures` and `shares`. `counted()`, once all pictures have been taken, is the number of frames that there were, where
    `count` is an estimate; where they differ, pictures are picked anew from that number. None stands for a `count` that is
    exact.
    """

    count: int
    pictures: Callable[[Sequence[int]], Iterator[Image.Image | DeepPicture]]
    shares: Callable[[], list[float]] | None
    broken: bool = False
    remarks: Callable[[], list[str]] = list
    counted: Callable[[], int] | None = None
