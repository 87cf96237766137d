"""An exemplar as states of the ODE: frames in the visible channels, a code of each place's history in the hidden ones."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d

from ...errors import TrainingError
from ...exemplar import ExemplarFrames

LEAST_DEVIATION = 0.25
"""Least standard deviation of a code channel; the strongest has 1."""


@dataclasses.dataclass(frozen=True, eq=False)
class ExemplarStates:
    """The states of an exemplar: `frames` with values from -1 to 1 at ascending model `times`, and the `code` of each place."""

    frames: Float[np.ndarray, "n 3 h w"]
    times: Float[np.ndarray, " n"]
    code: Float[np.ndarray, "hidden h w"]
    explained: float  # share of the variance of the histories that the code explains

    @property
    def start(self) -> Float[np.ndarray, "channels h w"]:
        """The state at time 0: the first frame and the code."""
        return np.concatenate([self.frames[0], self.code])


def exemplar_states(exemplar: ExemplarFrames, hidden: int, smoothing: float) -> ExemplarStates:
    """The states of an RGB exemplar, its frames smoothed by a Gaussian of `smoothing` frames.

    The code of a pixel is made of the first `hidden` principal components, over all pixels, of the pixel's history (its
    values in all frames). Component k has the standard deviation sqrt(s_k / s_0), s the singular values, but LEAST_DEVIATION
    at least. The code does not change with time: it tells what a place becomes.

    Raises TrainingError where the exemplar has fewer frames than the code needs.
    """
    frames = exemplar.frames.astype(np.float32) / 127.5 - 1
    if smoothing > 0:
        frames = gaussian_filter1d(frames, smoothing, axis=0, mode="nearest")
    histories = frames.reshape(3 * len(frames), -1)
    if len(histories) < hidden:
        raise TrainingError(f"{exemplar.name} has too few frames for codes of {hidden} channels: {-(-hidden // 3)} are needed.")
    centred = histories - histories.mean(axis=1, keepdims=True)
    # The eigenvectors of the small matrix of frames give the same components as the histories' singular vectors.
    variances, vectors = np.linalg.eigh(centred.astype(np.float64) @ centred.T.astype(np.float64))
    order = np.argsort(variances)[::-1][:hidden]
    strongest = np.sqrt(np.maximum(variances[order], 1e-12))
    vectors = vectors[:, order] * np.sign(vectors[np.abs(vectors[:, order]).argmax(axis=0), order])
    deviations = np.clip(np.sqrt(strongest / strongest[0]), LEAST_DEVIATION, 1)
    components = (vectors.T / strongest[:, None]) @ centred * np.sqrt(histories.shape[1])
    code = (components * deviations[:, None]).reshape(hidden, *frames.shape[2:]).astype(np.float32)
    explained = float(variances[order].sum() / max(variances.sum(), 1e-12))
    return ExemplarStates(np.ascontiguousarray(frames), np.asarray(exemplar.times, np.float32), code, explained)
