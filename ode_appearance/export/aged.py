"""The frames of an export on which ages are painted: keyframes in the order of time, and of each frame its maps."""

import collections
import functools
from collections.abc import Callable, Iterator

import numpy as np

from ..models.material import Material
from ..rendering.age_map import Maps, blend, keyframe_maps
from ..rendering.aov import heights_of
from .export_job import AgedFrame, StoppedError
from .painted import Aging, Moments


def listeners(progress: Callable[[float], object], parts: int) -> list[Callable[[float], None]]:
    """For each of equal parts of the work one that hears its share; all together tell `progress` the share of the whole."""
    done = [0.0] * parts

    def tell(part: int, share: float) -> None:
        done[part] = share
        progress(sum(done) / parts)

    return [functools.partial(tell, part) for part in range(parts)]


def aged_frames(
    material: Material,
    states: Iterator[np.ndarray],
    aging: Aging,
    times: Moments,
    progress: Callable[[float], object],
    stop: Callable[[], bool],
) -> Iterator[AgedFrame]:
    """The maps of each frame, out of the states of all keyframes; both in ascending order, no keyframe held for longer than
    it is needed. `progress` hears the share of the frames that were taken and used; raises StoppedError where `stop()` said so.
    """
    least, most = aging.range
    window: collections.deque[tuple[np.float32, Maps]] = collections.deque()
    coming = zip(aging.keyframes, states, strict=True)
    for done, time in enumerate(times):
        _forget(window, time + least)
        while not window or window[-1][0] < time + most:
            following = next(coming, None)
            if following is None:
                break
            window.append((following[0], keyframe_maps(material, following[1])))
            _forget(window, time + least)
        if stop():
            raise StoppedError
        known = np.array([moment for moment, _ in window], np.float32)
        yield AgedFrame(blend(known, lambda index: window[index][1], time + aging.ages), _heights(aging, known, window, time))
        progress((done + 1) / len(times))
    for _ in coming:  # none is left, which has to be heard before the states know that they are done
        pass


def _heights(aging, known, window, time):
    """Of the surface at the time itself, where they are wanted."""
    if not aging.ranged:
        return None
    return heights_of(blend(known, lambda index: {"height": window[index][1]["height"]}, np.full_like(aging.ages, time)))


def _forget(window, oldest):
    while len(window) > 1 and window[1][0] <= oldest:
        window.popleft()
