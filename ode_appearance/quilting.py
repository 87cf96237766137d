"""Image quilting: new pieces of a material, cut from one picture of it and stitched.

Efros and Freeman, "Image quilting for texture synthesis and transfer", SIGGRAPH 2001. The picture may have any number of
channels: all of them share one choice of patches and one cut, so that a whole time-lapse, or a state with its hidden
channels, stays consistent at every place.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from .errors import RequestError

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


class _Axis(NamedTuple):
    """Where the patches of one axis begin, and how many pixels each shares with the one before it."""

    starts: Int[np.ndarray, " n"]
    overlaps: Int[np.ndarray, " n"]
    closing: int  # pixels that the last patch shares with the first; 0: it does not


def quilt(
    picture: Float[np.ndarray, "c h w"],
    size: tuple[int, int],
    *,
    seed: int = 0,
    patch: int = PATCH,
    overlap: int = OVERLAP,
    periodic: bool = True,
    variety: float = VARIETY,
) -> Float[np.ndarray, "c height width"]:
    """A new picture of `size` (width, height), made of patches of `picture`; the same for the same arguments.

    Channels count by their squared differences as they are: scale them before by how much each should matter. `periodic`
    also matches and cuts the last patches against the first ones, so that the result tiles. `variety` keeps the same places
    from being used again and again; 0 is as published.

    Raises RequestError where the picture is smaller than a patch.
    """
    channels, height, width = picture.shape
    if min(height, width) < patch:
        raise RequestError(f"A picture of {width}x{height} pixels is too small to be cut into patches of {patch}.")
    out_width, out_height = size
    sides = [min(patch, out_height), min(patch, out_width)]
    rows, columns = (
        _layout(length, side, min(overlap, side // 2), periodic)
        for length, side in zip((out_height, out_width), sides, strict=True)
    )
    generator = np.random.default_rng(seed)
    patches = _Patches(picture, *sides, variety)
    result = np.zeros((channels, out_height, out_width), np.float32)
    for i, y in enumerate(rows.starts):
        for j, x in enumerate(columns.starts):
            place = np.ix_(
                np.arange(channels), (y + np.arange(sides[0])) % out_height, (x + np.arange(sides[1])) % out_width
            )
            old = result[place]
            bands = _bands(rows, i, sides[0]), _bands(columns, j, sides[1])
            known = np.zeros(sides, bool)
            for axis, (before, after) in enumerate(bands):
                lines = np.moveaxis(known, axis, 0)
                lines[:before] = True
                lines[len(lines) - after :] = True
            new = patches.draw(old, known, generator)
            share = _share_of_old(((new - old) ** 2).sum(axis=0), bands)
            result[place] = share * old + (1 - share) * new
    return result


def _layout(length, side, overlap, periodic) -> _Axis:
    """As few patches as cover the axis with that overlap at least, spread evenly."""
    if length <= side:
        return _Axis(np.zeros(1, int), np.zeros(1, int), 0)
    if periodic:
        count = -(-length // (side - overlap))
        starts = np.arange(count) * length // count
        return _Axis(starts, np.r_[0, side - np.diff(starts)], int(starts[-1] + side - length))
    count = 1 + -(-(length - side) // (side - overlap))
    starts = np.rint(np.linspace(0, length - side, count)).astype(int)
    return _Axis(starts, np.r_[0, side - np.diff(starts)], 0)


def _bands(axis, index, side) -> tuple[int, int]:
    """How many pixels of a patch are known before it is laid: at its beginning, and at its end."""
    last = index == len(axis.starts) - 1 and index > 0
    before = int(axis.overlaps[index])
    return before, min(axis.closing, side - before) if last else 0


class _Patches:
    """All patches of a picture (or evenly as many as `_MOST_CANDIDATES`), compared with what is known by one product."""

    def __init__(self, picture: Float[np.ndarray, "c h w"], height: int, width: int, variety: float):
        windows = np.lib.stride_tricks.sliding_window_view(picture, (height, width), axis=(1, 2))
        places = windows.shape[1] * windows.shape[2]
        every = max(1, int(np.ceil(np.sqrt(places / _MOST_CANDIDATES))))
        windows = windows[:, ::every, ::every]
        self._all = np.ascontiguousarray(windows.transpose(1, 2, 0, 3, 4), np.float32).reshape(-1, len(picture), height, width)
        self._known = {}
        self._columns = windows.shape[2]
        self._near = min(height, width) / 2 / every
        self._uses, self._variety = np.zeros(len(self._all)), variety

    def draw(
        self, old: Float[np.ndarray, "c h w"], known: Bool[np.ndarray, "h w"], generator: np.random.Generator
    ) -> Float[np.ndarray, "c h w"]:
        """One of those that fit best what is known."""
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
        return self._all[index]


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
    # The blend ends within the band: at its first pixel all is old, at its last all is new.
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
