"""Frames of an export with painted ages: their maps, blended from keyframes in ascending time."""

import collections
import functools
from collections.abc import Callable, Iterator

import numpy as np

from ..models.material import Material
from ..rendering.age_map import Maps, blend, keyframe_maps
from ..rendering.aov import heights_of
from .age_keyframes import AgeKeyframes, ModelTimes
from .export_job import AgedFrame, StoppedError


def split_progress(progress: Callable[[float], object], parts: int) -> list[Callable[[float], None]]:
    """Progress callbacks for equal parts of the work.

    Args:
        progress: Gets the share of the whole, in [0, 1].
        parts: Number of parts.

    Returns:
        A callback for each part, which takes the share of that part.
    """
    done = [0.0] * parts

    def report(part: int, share: float) -> None:
        done[part] = share
        progress(sum(done) / parts)

    return [functools.partial(report, part) for part in range(parts)]


def aged_frames(
    material: Material,
    states: Iterator[np.ndarray],
    aging: AgeKeyframes,
    times: ModelTimes,
    progress: Callable[[float], object],
    stop: Callable[[], bool],
) -> Iterator[AgedFrame]:
    """Blend the maps of each frame from keyframes; no keyframe is kept longer than needed.

    Args:
        material: The material.
        states: States of all keyframes, in ascending time.
        aging: Ages and keyframe times.
        times: Model times of the frames, ascending.
        progress: Gets the share of consumed frames, in [0, 1].
        stop: Polled before each frame.

    Raises:
        StoppedError: Where `stop()` is true.
    """
    min_age, max_age = aging.range
    window: collections.deque[tuple[np.float32, Maps]] = collections.deque()
    coming = zip(aging.keyframes, states, strict=True)
    for done, time in enumerate(times):
        _forget(window, time + min_age)
        while not window or window[-1][0] < time + max_age:
            following = next(coming, None)
            if following is None:
                break
            window.append((following[0], keyframe_maps(material, following[1])))
            _forget(window, time + min_age)
        if stop():
            raise StoppedError
        known = np.array([moment for moment, _ in window], np.float32)
        yield AgedFrame(blend(known, lambda index: window[index][1], time + aging.ages), _heights(aging, known, window, time))
        progress((done + 1) / len(times))
    for _ in coming:  # exhausts the generator, so that it finishes
        pass


def _heights(aging, known, window, time):
    """Height range of the surface at `time` without ages, where required."""
    if not aging.needs_heights:
        return None
    return heights_of(blend(known, lambda index: {"height": window[index][1]["height"]}, np.full_like(aging.ages, time)))


def _forget(window, oldest):
    while len(window) > 1 and window[1][0] <= oldest:
        window.popleft()
