"""Frames of a GIF: all with one palette, so that a pixel that stays the same is stored as the same colour."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image

_COLOURS = 256
_SAMPLE = 1 << 16
"""Pixels that the palette is made from: four times as many give 0.1 dB more, and take five times as long."""


def with_one_palette(frames: Sequence[UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"]]) -> list[Image.Image]:
    """8-bit frames as images with one palette of 256 colours; grey frames as they are, since the grey levels are a palette.

    The palette is a median cut of pixels out of all frames, refined by k-means. Each pixel takes the colour of the palette that
    is nearest to it. Nothing is dithered: error diffusion would carry a change from one part of a frame into parts that stand
    still, and an ordered dither loses 1 to 4 dB on textures.
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
    """Pixels (n, 3) of all frames; the same for the same frames."""
    pixels = frames[0].size // 3
    random = np.random.default_rng(0)
    each = max(1, _SAMPLE // len(frames))
    taken = [
        frame.reshape(-1, 3) if pixels <= each else frame.reshape(-1, 3)[random.integers(0, pixels, each)] for frame in frames
    ]
    return np.concatenate(taken)
