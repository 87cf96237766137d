"""One palette for all frames of a GIF, so that an unchanged pixel keeps its colour."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image

_COLOURS = 256
_SAMPLE = 1 << 16
"""Pixels to compute the palette from; four times as many gain 0.1 dB and take five times as long."""


def with_one_palette(frames: Sequence[UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"]]) -> list[Image.Image]:
    """Quantize 8-bit frames to one palette of 256 colours; grey frames stay exact, with the grey levels as palette.

    The palette is a median cut of pixels from all frames, refined by k-means; each pixel takes the nearest colour. No
    dithering: error diffusion spreads changes into static parts of a frame, and ordered dithering loses 1 to 4 dB on textures.
    """
    if frames[0].ndim == 2:
        images = [Image.fromarray(frame) for frame in frames]
        for image in images:
            image.putpalette(np.arange(_COLOURS, dtype=np.uint8).repeat(3).tobytes())
        return images
    sample = Image.fromarray(_sample(frames)[None])
    palette = sample.quantize(_COLOURS, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    return [Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]


def _sample(frames):
    """Random pixels (n, 3) of all frames; deterministic."""
    pixels = frames[0].size // 3
    random = np.random.default_rng(0)
    each = max(1, _SAMPLE // len(frames))
    taken = [
        frame.reshape(-1, 3) if pixels <= each else frame.reshape(-1, 3)[random.integers(0, pixels, each)] for frame in frames
    ]
    return np.concatenate(taken)
