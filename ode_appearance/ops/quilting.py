"""Image quilting: new pieces of a material, cut from one picture of it and stitched.

Efros and Freeman, "Image quilting for texture synthesis and transfer", SIGGRAPH 2001. The picture may have any number of
channels: all of them share one choice of patches and one cut, so that a whole time-lapse, or a state with its hidden
channels, stays consistent at every place.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from ..errors import RequestError
from .gradient_blend import blend_gradients

PATCH = 32
"""Side of a patch in pixels."""
OVERLAP = 8
"""Least width, in pixels, of the band in which neighbouring patches are compared and cut."""
TOLERANCE = 0.1
"""A patch is drawn from those whose squared difference in the overlap is at most 1 + TOLERANCE times the least."""
FEATHER = 1.0
"""Standard deviation, in pixels, of the blend across a cut."""
VARIETY = 0.5
"""Each use of a place of the picture raises the differences of the patches around it by this share."""
_MOST_CANDIDATES = 4096
_MOST_BYTES = 256 << 20
"""Of all candidates together."""


class _Axis(NamedTuple):
    """Where the patches of one axis begin, and how many pixels at either end of each are known before it is laid."""

    starts: Int[np.ndarray, " n"]
    before: Int[np.ndarray, " n"]
    after: Int[np.ndarray, " n"]  # shared with the first patches, of those that reach round the end


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
    """A new picture of `size` (width, height), made of patches of `picture`; the same for the same arguments.

    Channels count by their squared differences as they are: scale them before by how much each should matter. `periodic`
    also matches and cuts the last patches against the first ones, so that the result tiles. `variety` keeps the same places
    from being used again and again; 0 is as published. `blend` removes steps of brightness at the cuts (gradient_blend.py).

    Raises RequestError where the picture is smaller than a patch, and for sizes below 1, patches below 2 and overlaps below 0.
    """
    channels, height, width = picture.shape
    if min(size) < 1 or patch < 2 or overlap < 0:
        raise RequestError(f"No picture of {size[0]}x{size[1]} pixels is made of patches of {patch} that overlap by {overlap}.")
    if min(height, width) < patch:
        raise RequestError(f"A picture of {width}x{height} pixels is too small to be cut into patches of {patch}.")
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
    """The side of a patch along an axis: a periodic axis has at least two, for one alone does not match itself."""
    return max(1, 2 * length // 3) if periodic and length <= patch else min(patch, length)


def _layout(length: int, side: int, overlap: int, periodic: bool) -> _Axis:
    """As few patches as cover the axis with that overlap at least, spread evenly."""
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
    """All patches of a picture, or evenly as many as the limits allow, compared with what is known by one product."""

    def __init__(self, picture: Float[np.ndarray, "c h w"], height: int, width: int, variety: float):
        windows = np.lib.stride_tricks.sliding_window_view(picture, (height, width), axis=(1, 2))
        places = windows.shape[1] * windows.shape[2]
        most = min(_MOST_CANDIDATES, max(64, _MOST_BYTES // (4 * len(picture) * height * width)))
        every = max(1, int(np.ceil(np.sqrt(places / most))))
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
        """One of those that fit best what is known, and its top left corner in the picture."""
        if not known.any():
            return self._use(generator.integers(len(self._all)))
        key = known.tobytes()
        if key not in self._known:
            part = np.ascontiguousarray(self._all[:, :, known]).reshape(len(self._all), -1)
            self._known = {**dict(list(self._known.items())[-3:]), key: (part, np.einsum("nk,nk->n", part, part))}
        part, squares = self._known[key]
        wanted = old[:, known].ravel()
        # |p - w|^2, of which the differences alone matter, is never below zero but for rounding.
        distances = np.maximum(squares - 2 * (part @ wanted) + wanted @ wanted, 0) * (1 + self._variety * self._uses)
        fitting = np.flatnonzero(distances <= distances.min() * (1 + TOLERANCE) + 1e-9)
        return self._use(generator.choice(fitting))

    def _use(self, index):
        rows, columns = np.divmod(np.arange(len(self._all)), self._columns)
        row, column = divmod(int(index), self._columns)
        self._uses += (abs(rows - row) < self._near) & (abs(columns - column) < self._near)
        return self._all[index], (row * self._every, column * self._every)


def _share_of_old(errors: Float[np.ndarray, "h w"], bands) -> Float[np.ndarray, "h w"]:
    """How much of each pixel stays what it was: 1 before the cut through each band, 0 behind it, a blend across it."""
    keep = np.zeros_like(errors)
    for axis, (before, after) in enumerate(bands):
        # Bands lie along lines of constant position on this axis.
        lines = np.moveaxis(errors, axis, 1)
        kept = np.moveaxis(keep, axis, 1)
        if before:
            kept[:, :before] = np.maximum(kept[:, :before], _before_cut(lines[:, :before]))
        if after:
            end = lines[:, lines.shape[1] - after :][:, ::-1]
            kept[:, kept.shape[1] - after :] = np.maximum(kept[:, kept.shape[1] - after :], _before_cut(end)[:, ::-1])
    return keep


def _before_cut(errors: Float[np.ndarray, "n width"]) -> Float[np.ndarray, "n width"]:
    """The share of the old picture on each line of a band: 1 before the cheapest cut, 0 behind it, softly in between."""
    cut = cheapest_cut(errors)[:, None]
    position = np.arange(errors.shape[1]) + 0.5
    # The blend ends within the band: behind it, all is new.
    soft = 1 / (1 + np.exp(np.clip((position - cut) / (FEATHER * 0.55), -30, 30)))
    width = errors.shape[1]
    limit = np.clip(np.minimum(1.0, (width - position) / min(2.0, width)), 0, 1)
    return (soft * limit).astype(np.float32)


def cheapest_cut(errors: Float[np.ndarray, "n width"]) -> Int[np.ndarray, " n"]:
    """The cut through a band, one column for each line, moving by at most one from line to line, of least summed error.

    Pixels before the column belong to the one side, the column's own and those after it to the other.
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
