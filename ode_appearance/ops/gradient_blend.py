"""Gradient-domain blending: remove brightness steps at the seams of a stitched image.

Perez, Gangnet and Blake, "Poisson image editing", SIGGRAPH 2003, in the screened form of Bhat et al., "Fourier analysis of the
2D screened Poisson equation for gradient domain problems", ECCV 2008.
"""

import numpy as np
import scipy.fft
from jaxtyping import Float, Int

WAVELENGTH = 40.0
"""In pixels. Longer wavelengths keep the values of the stitched image, shorter ones its gradients."""


def blend_gradients(
    stitched: Float[np.ndarray, "c h w"],
    picture: Float[np.ndarray, "c H W"],
    sources: Int[np.ndarray, "2 h w"],
    *,
    periodic: bool,
    wavelength: float = WAVELENGTH,
) -> Float[np.ndarray, "c h w"]:
    """The image u that minimises |grad u - g|^2 + (2 pi / wavelength)^2 |u - stitched|^2.

    Args:
        stitched: An image composed of patches of `picture`.
        picture: The source of the patches.
        sources: Row and column in `picture` of each pixel of `stitched`.
        periodic: Whether `stitched` tiles; otherwise its border is free (Neumann).
        wavelength: In pixels.

    Returns:
        u. The target gradient g is the gradient of `picture` at each pixel's source; across a seam, the mean of the gradients
        of the patches on both sides.
    """
    weight = (2 * np.pi / wavelength) ** 2
    result = weight * stitched.astype(np.float64)
    eigenvalues = weight
    for axis in (1, 2):
        gradient = _gradient(picture, sources, axis)
        if not periodic:
            np.moveaxis(gradient, axis, 0)[-1] = 0
        # Minus the divergence; the last difference wraps around to the first pixel, or is 0.
        result += np.roll(gradient, 1, axis) - gradient
        length = stitched.shape[axis]
        frequencies = np.arange(length) * (2 if periodic else 1) / length
        eigenvalues = eigenvalues + np.expand_dims(2 - 2 * np.cos(np.pi * frequencies), 2 - axis)
    if periodic:
        blended = scipy.fft.ifftn(scipy.fft.fftn(result, axes=(1, 2)) / eigenvalues, axes=(1, 2)).real
    else:
        blended = scipy.fft.idctn(scipy.fft.dctn(result, axes=(1, 2)) / eigenvalues, axes=(1, 2))
    return blended.astype(stitched.dtype)


def _gradient(picture, sources, axis):
    """The forward difference along an axis at each pixel: mean over the patch of the pixel and the patch of its neighbour."""
    here, there = sources, np.roll(sources, -1, axis)
    step = np.zeros((2, 1, 1), int)
    step[axis - 1] = 1
    limit = np.array(picture.shape[1:]).reshape(2, 1, 1) - 1

    def difference(start, end):
        return picture[:, end[0], end[1]] - picture[:, start[0], start[1]]

    ahead = difference(np.minimum(here, limit - step), np.minimum(here, limit - step) + step)
    behind = difference(np.maximum(there, step) - step, np.maximum(there, step))
    return (0.5 * ahead + 0.5 * behind).astype(np.float64)
