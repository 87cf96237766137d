"""Image quilting: synthesise a texture from overlapping patches of one image.

Efros and Freeman, "Image quilting for texture synthesis and transfer", SIGGRAPH 2001. The image may have any number of
channels. All share the same patches and cuts, so a whole time-lapse, or a state with its hidden channels, stays consistent at
every pixel.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from ..errors import RequestError
from .gradient_blend import blend_gradients

PATCH = 32
"""Side of a patch in pixels."""
OVERLAP = 8
"""Minimum width, in pixels, of the overlap in which neighbouring patches are compared and cut."""
TOLERANCE = 0.1
"""A patch is drawn from those whose squared difference in the overlap is at most 1 + TOLERANCE times the minimum."""
FEATHER = 1.0
"""Standard deviation, in pixels, of the blend across a cut."""
VARIETY = 0.5
"""Each use of a patch increases the differences of the patches near it by this fraction."""
_MAX_CANDIDATES = 4096
_MAX_CANDIDATE_BYTES = 256 << 20
"""Of all candidate patches together."""


class _Axis(NamedTuple):
    """First pixels of the patches along one axis, and the overlaps with earlier patches at both ends of each."""

    starts: Int[np.ndarray, " n"]
    before: Int[np.ndarray, " n"]
    after: Int[np.ndarray, " n"]  # overlap with the first patches, for patches that wrap around


def quilt(
    picture: Float[np.ndarray, "c h w"],
    size: tuple[int, int],
    *,
    seed: int = 0,
    patch: int = PATCH,
    overlap: int = OVERLAP,
    periodic: bool = True,
    variety: float = VARIETY,
    blend: bool = False,
) -> Float[np.ndarray, "c height width"]:
    """A new image made of patches of `picture`; deterministic.

    Args:
        picture: The source. Channels are weighted by their squared differences; scale them beforehand to change the weights.
        size: (width, height) of the result in pixels.
        seed: Of the choice of patches.
        patch: Side of a patch in pixels.
        overlap: Minimum overlap of neighbouring patches in pixels.
        periodic: Also match the last patches to the first ones, so that the result tiles.
        variety: Penalty on reusing the same patches (see VARIETY); 0 as published.
        blend: Remove brightness steps at the cuts (gradient_blend.py).

    Raises:
        RequestError: For a picture smaller than a patch, sizes below 1, patches below 2 or overlaps below 0.

    Source:
        Efros and Freeman 2001; `variety` and `blend` are additions.
    """
    channels, height, width = picture.shape
    if min(size) < 1 or patch < 2 or overlap < 0:
        raise RequestError(
            f"The size {size[0]}x{size[1]}, the patch size {patch} or the overlap {overlap} is out of range: they have to be "
            "at least 1, 2 and 0.",
            code="out-of-range",
        )
    if min(height, width) < patch:
        raise RequestError(
            f"An image of {width}x{height} pixels is smaller than a patch of {patch}x{patch}: use a larger image or a smaller "
            "patch.",
            code="too-small",
        )
    out_width, out_height = size
    sides = [_side(length, patch, periodic) for length in (out_height, out_width)]
    rows, columns = (
        _layout(length, side, min(overlap, side // 2), periodic)
        for length, side in zip((out_height, out_width), sides, strict=True)
    )
    generator = np.random.default_rng(seed)
    patches = _Patches(picture, *sides, variety)
    result = np.zeros((channels, out_height, out_width), np.float32)
    sources = np.zeros((2, out_height, out_width), int)
    inside = np.indices(sides)
    for i, y in enumerate(rows.starts):
        for j, x in enumerate(columns.starts):
            place = np.ix_(np.arange(channels), (y + np.arange(sides[0])) % out_height, (x + np.arange(sides[1])) % out_width)
            old = result[place]
            bands = [(int(axis.before[k]), int(axis.after[k])) for axis, k in ((rows, i), (columns, j))]
            known = np.zeros(sides, bool)
            for axis, (before, after) in enumerate(bands):
                lines = np.moveaxis(known, axis, 0)
                lines[:before] = True
                lines[len(lines) - after :] = True
            new, corner = patches.draw(old, known, generator)
            share = _share_of_old(((new - old) ** 2).sum(axis=0), bands)
            result[place] = share * old + (1 - share) * new
            there = (np.arange(2)[:, None, None], place[1], place[2])
            sources[there] = np.where(share > 0.5, sources[there], inside + np.reshape(corner, (2, 1, 1)))
    return blend_gradients(result, picture, sources, periodic=periodic) if blend else result


def _side(length: int, patch: int, periodic: bool) -> int:
    """The side of a patch along an axis. A periodic axis gets at least two patches: one alone does not match itself."""
    return max(1, 2 * length // 3) if periodic and length <= patch else min(patch, length)


def _layout(length: int, side: int, overlap: int, periodic: bool) -> _Axis:
    """The fewest patches that cover the axis with at least this overlap, evenly spaced."""
    if length <= side:
        return _Axis(np.zeros(1, int), np.zeros(1, int), np.zeros(1, int))
    if periodic:
        count = -(-length // (side - overlap))
        starts = np.arange(count) * length // count
    else:
        count = 1 + -(-(length - side) // (side - overlap))
        starts = np.rint(np.linspace(0, length - side, count)).astype(int)
    before = np.r_[0, side - np.diff(starts)]
    return _Axis(starts, before, np.clip(starts + side - length, 0, side - before))


class _Patches:
    """All patches of an image, or an evenly spaced subset within the limits, compared with known pixels by a matrix product."""

    def __init__(self, picture: Float[np.ndarray, "c h w"], height: int, width: int, variety: float):
        windows = np.lib.stride_tricks.sliding_window_view(picture, (height, width), axis=(1, 2))
        places = windows.shape[1] * windows.shape[2]
        limit = min(_MAX_CANDIDATES, max(64, _MAX_CANDIDATE_BYTES // (4 * len(picture) * height * width)))
        every = max(1, int(np.ceil(np.sqrt(places / limit))))
        windows = windows[:, ::every, ::every]
        self._all = np.ascontiguousarray(windows.transpose(1, 2, 0, 3, 4), np.float32).reshape(-1, len(picture), height, width)
        self._known = {}
        self._every = every
        self._columns = windows.shape[2]
        self._near = min(height, width) / 2 / every
        self._uses, self._variety = np.zeros(len(self._all)), variety

    def draw(
        self, old: Float[np.ndarray, "c h w"], known: Bool[np.ndarray, "h w"], generator: np.random.Generator
    ) -> tuple[Float[np.ndarray, "c h w"], tuple[int, int]]:
        """A random one of the patches that match `old` best where it is `known`, and its (row, column) in the image."""
        if not known.any():
            return self._use(generator.integers(len(self._all)))
        key = known.tobytes()
        if key not in self._known:
            part = np.ascontiguousarray(self._all[:, :, known]).reshape(len(self._all), -1)
            self._known = {**dict(list(self._known.items())[-3:]), key: (part, np.einsum("nk,nk->n", part, part))}
        part, squares = self._known[key]
        wanted = old[:, known].ravel()
        # |p - w|^2 is below zero only through rounding.
        distances = np.maximum(squares - 2 * (part @ wanted) + wanted @ wanted, 0) * (1 + self._variety * self._uses)
        fitting = np.flatnonzero(distances <= distances.min() * (1 + TOLERANCE) + 1e-9)
        return self._use(generator.choice(fitting))

    def _use(self, index):
        rows, columns = np.divmod(np.arange(len(self._all)), self._columns)
        row, column = divmod(int(index), self._columns)
        self._uses += (abs(rows - row) < self._near) & (abs(columns - column) < self._near)
        return self._all[index], (row * self._every, column * self._every)


def _share_of_old(errors: Float[np.ndarray, "h w"], bands) -> Float[np.ndarray, "h w"]:
    """The weight of the old pixels: 1 before the cut through each overlap, 0 behind it, a blend across it."""
    keep = np.zeros_like(errors)
    for axis, (before, after) in enumerate(bands):
        lines = np.moveaxis(errors, axis, 1)
        kept = np.moveaxis(keep, axis, 1)
        if before:
            kept[:, :before] = np.maximum(kept[:, :before], _before_cut(lines[:, :before]))
        if after:
            end = lines[:, lines.shape[1] - after :][:, ::-1]
            kept[:, kept.shape[1] - after :] = np.maximum(kept[:, kept.shape[1] - after :], _before_cut(end)[:, ::-1])
    return keep


def _before_cut(errors: Float[np.ndarray, "n width"]) -> Float[np.ndarray, "n width"]:
    """The weight of the old pixels on each line of an overlap: 1 before the minimum error cut, 0 behind it, smooth between."""
    cut = min_error_cut(errors)[:, None]
    position = np.arange(errors.shape[1]) + 0.5
    # The blend ends within the overlap: pixels behind it are all new.
    soft = 1 / (1 + np.exp(np.clip((position - cut) / (FEATHER * 0.55), -30, 30)))
    width = errors.shape[1]
    limit = np.clip(np.minimum(1.0, (width - position) / min(2.0, width)), 0, 1)
    return (soft * limit).astype(np.float32)


def min_error_cut(errors: Float[np.ndarray, "n width"]) -> Int[np.ndarray, " n"]:
    """The minimum error boundary cut: one column per line, moving by at most one from line to line, of minimum summed error.

    Pixels before the column belong to one side; the column itself and those after it to the other.
    """
    cost = errors.astype(np.float64)
    for line in range(1, len(cost)):
        above = np.pad(cost[line - 1], 1, constant_values=np.inf)
        cost[line] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    cut = np.zeros(len(cost), int)
    cut[-1] = cost[-1].argmin()
    for line in range(len(cost) - 2, -1, -1):
        first = max(cut[line + 1] - 1, 0)
        cut[line] = first + cost[line, first : cut[line + 1] + 2].argmin()
    return cut
