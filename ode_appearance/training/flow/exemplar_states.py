"""An exemplar as states of the ODE: frames in the visible channels, a code of each place's history in the hidden ones."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from ...data import ExemplarFrames

DETAIL_WEIGHT = 4.0
"""Additional weight of fine detail in the choice of the components: it has little variance, but is the most visible."""
DETAIL_SIZE = 1.5
"""Standard deviation, in pixels, of the Gaussian blur that removes fine detail."""
MIN_DEVIATION = 0.25
"""Minimum standard deviation of a code channel; the strongest has 1."""


@dataclasses.dataclass(frozen=True, eq=False)
class ExemplarStates:
    """The states of an exemplar: `frames` with values from -1 to 1 at ascending model `times`, and the `code` of each place."""

    frames: Float[np.ndarray, "n 3 h w"]
    times: Float[np.ndarray, " n"]
    code: Float[np.ndarray, "hidden h w"]
    explained: float  # share of the histories' variance explained by the code

    @property
    def start(self) -> Float[np.ndarray, "channels h w"]:
        """The state at time 0: the first frame and the code."""
        return np.concatenate([self.frames[0], self.code])


def exemplar_states(exemplar: ExemplarFrames, hidden: int, smoothing: float) -> ExemplarStates:
    """The states of an RGB exemplar, its frames smoothed by a Gaussian of `smoothing` frames.

    The code of a pixel is the first `hidden` principal components, over all pixels, of its history (its values in all frames),
    with fine detail weighted more (DETAIL_WEIGHT). Component k has the standard deviation max(MIN_DEVIATION, sqrt(s_k / s_0)),
    where s^2 are the components' variances. The code is constant in time and determines the future of a place. The exemplar
    needs `hidden` / 3 frames (checked in training/checks.py).
    """
    frames = exemplar.frames.astype(np.float32) / 127.5 - 1
    if smoothing > 0:
        frames = gaussian_filter1d(frames, smoothing, axis=0, mode="nearest")
    histories = frames.reshape(3 * len(frames), -1)
    centred = histories - histories.mean(axis=1, keepdims=True)
    detail = frames - gaussian_filter(frames, (0, 0, DETAIL_SIZE, DETAIL_SIZE))
    detail = detail.reshape(histories.shape)
    detail = detail - detail.mean(axis=1, keepdims=True)
    # The eigenvectors of the small matrix of frames give the same components as the histories' singular vectors.
    weights, vectors = np.linalg.eigh(_products(centred) + DETAIL_WEIGHT * _products(detail))
    order = np.argsort(weights)[::-1][:hidden]
    vectors = vectors[:, order] * np.sign(vectors[np.abs(vectors[:, order]).argmax(axis=0), order])
    components = vectors.T @ centred
    strengths = np.sqrt((components**2).mean(axis=1))
    order = np.argsort(strengths)[::-1]
    components, strengths = components[order], np.maximum(strengths[order], 1e-6)
    deviations = np.clip(np.sqrt(strengths / strengths[0]), MIN_DEVIATION, 1)
    code = (components * (deviations / strengths)[:, None]).reshape(hidden, *frames.shape[2:]).astype(np.float32)
    explained = float((components**2).sum() / max((centred.astype(np.float64) ** 2).sum(), 1e-12))
    return ExemplarStates(np.ascontiguousarray(frames), np.asarray(exemplar.times, np.float32), code, explained)


def _products(histories):
    """Products of all pairs of frames, summed over the pixels."""
    return histories.astype(np.float64) @ histories.T.astype(np.float64)
