"""A small procedural time-lapse: dark spots that grow on a coloured ground."""

from pathlib import Path

import numpy as np
from PIL import Image

from ode_appearance.data import ExemplarFrames

FRAMES = 20


def spots(seed: int, share: float, size: int) -> np.ndarray:
    """Blurred noise above a threshold that falls with time, (3, size, size) in [0, 1]."""
    noise = np.random.default_rng(seed).standard_normal((size, size))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
    smooth = np.fft.ifft2(np.fft.fft2(noise) * np.exp(-((frequency / 0.08) ** 2))).real
    dark = 1 / (1 + np.exp(8 * (smooth / smooth.std() - 1 + 2 * share)))
    colours = np.array([0.8, 0.7, 0.6])[:, None, None] * (0.3 + 0.7 * dark) + 0.02 * noise
    return np.clip(colours, 0, 1).astype(np.float32)


def growing_spots(seed: int = 0, size: int = 64, kind: str = "rgb") -> ExemplarFrames:
    """The whole time-lapse, 2 units of time long. For a flash, it is lit in the middle."""
    shares = np.arange(FRAMES) / FRAMES
    frames = np.stack([spots(seed, share, size) for share in shares])
    if kind == "svbrdf":
        place = np.linspace(-1, 1, size)
        frames = frames / (1 + 0.7 * (place[:, None] ** 2 + place**2))
    return ExemplarFrames("spots", kind, (255 * frames).astype(np.uint8), shares * 2.0, 2.0, 2.0 / FRAMES)


def write_animation(path: Path, pictures) -> None:
    """Pictures (3, h, w) in [0, 1] one after the other, lossless."""
    images = [Image.fromarray((255 * np.asarray(p)).round().astype(np.uint8).transpose(1, 2, 0)) for p in pictures]
    images[0].save(path, save_all=True, append_images=images[1:], duration=100, lossless=True)
