"""Periodic random fields, from which the procedural exemplars are made: tileable, and alike everywhere."""

import numpy as np


def field(seed: int, size: int, scale: float, *, stretch: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """Smooth Gaussian noise (size, size) of mean 0 and deviation 1, its blobs about `scale` pixels wide.

    `stretch` widens them along x and y. White noise filtered with a Gaussian in the frequency domain.
    """
    white = np.random.default_rng(seed).normal(size=(size, size))
    frequency = np.fft.fftfreq(size)
    squared = (frequency * stretch[0]) ** 2 + (frequency[:, None] * stretch[1]) ** 2
    smooth = np.fft.ifft2(np.fft.fft2(white) * np.exp(-2 * (np.pi * scale / 2) ** 2 * squared)).real
    return (smooth - smooth.mean()) / smooth.std()


def fractal(seed: int, size: int, scale: float, octaves: int) -> np.ndarray:
    """Noise with detail at `scale`, scale/2, scale/4 ..., each octave at 0.6 of the last one's amplitude."""
    total = sum(0.6**i * field(seed + 1000 * i, size, scale / 2**i) for i in range(octaves))
    return total / total.std()


def rank(values: np.ndarray) -> np.ndarray:
    """Values replaced by their share of smaller ones: uniformly distributed in [0, 1)."""
    ranks = np.empty(values.size)
    ranks[values.argsort(axis=None)] = np.arange(values.size) / values.size
    return ranks.reshape(values.shape)


def smoothstep(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def mix(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(1 - share) a + share b."""
    return a + share * (b - a)


def colour(red: float, green: float, blue: float) -> np.ndarray:
    """A constant (3, 1, 1) colour."""
    return np.array([red, green, blue])[:, None, None]
