"""The Fréchet distance between two sets of features, each modelled as a normal distribution.

Dowson and Landau, "The Fréchet distance between multivariate normal distributions", 1982; on features of a network as in
Heusel et al., "GANs trained by a two time-scale update rule", NeurIPS 2017.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Statistics(NamedTuple):
    """Mean and covariance of the features at all positions of a map, in double precision."""

    mean: Float[np.ndarray, " c"]
    covariance: Float[np.ndarray, "c c"]

    @property
    def trace(self) -> float:
        """The sum of the variances."""
        return float(np.trace(self.covariance))


def statistics(values: Float[np.ndarray, "c h w"]) -> Statistics:
    """The statistics of a feature map, with the unbiased covariance."""
    positions = np.asarray(values, np.float64).reshape(len(values), -1)
    return Statistics(positions.mean(axis=1), np.atleast_2d(np.cov(positions)))


def squared_distance(a: Statistics, b: Statistics) -> float:
    """The squared Fréchet distance |m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)); never negative.

    With C = F F^T, the trace of (C_a C_b)^(1/2) is that of (C_a^(1/2) C_b C_a^(1/2))^(1/2), the sum of the singular values of
    F_a^T F_b. This avoids the root of a product, which would lose small eigenvalues to rounding.
    """
    overlap = np.linalg.svd(_factor(a.covariance).T @ _factor(b.covariance), compute_uv=False).sum()
    return max(float(((a.mean - b.mean) ** 2).sum() + a.trace + b.trace - 2 * overlap), 0.0)


def _factor(covariance: Float[np.ndarray, "c c"]) -> Float[np.ndarray, "c c"]:
    """F with F F^T = C. C may be singular, with slightly negative eigenvalues through rounding."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0))
