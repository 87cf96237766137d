"""Made-up maps of any BRDF model, smooth and noisy, with roughness down to a mirror's."""

import jax.numpy as jnp
import numpy as np

from ode_appearance.models.maps import height_to_normal
from ode_appearance.shading.brdf import BRDF_MODELS
from ode_appearance.shading.plane import shade, tone_map

LEAST_ROUGHNESS = 0.02
VIEWER_NAMES = {"diffuse": "base", "albedo": "base", "roughness": "roughness_u"}


def made_up_maps(brdf, size=(48, 32), seed=0, bumps=0.3):
    """Maps as `decode` gives them, for a state of size (width, height)."""
    random, (width, height) = np.random.default_rng(seed), size
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])

    def field(channels, scale):
        spectrum = np.fft.rfft2(random.normal(size=(channels, height, width))) * np.exp(-((frequency * scale) ** 2))
        values = np.fft.irfft2(spectrum, s=(height, width))
        values -= values.min(axis=(1, 2), keepdims=True)
        return values / values.max(axis=(1, 2), keepdims=True)

    maps = {}
    for name, channels in BRDF_MODELS[brdf].maps:
        if name.startswith("roughness"):
            values = LEAST_ROUGHNESS + (1 - LEAST_ROUGHNESS) * field(channels, 6) ** 3
        else:
            values = (0.5 * field(channels, 8) + 0.5 * field(channels, 1)) ** 2
        maps[name] = np.clip(values, 1e-6, 1).astype(np.float32)
    maps["height"] = (bumps * (4 * field(1, 8) + field(1, 2))).astype(np.float32)
    maps["normal"] = np.asarray(height_to_normal(jnp.asarray(maps["height"])))
    return maps


def lit(brdf, maps, light):
    """What the library shows of maps under a light."""
    own = {name: jnp.asarray(maps[name]) for name, _ in BRDF_MODELS[brdf].maps}
    return np.asarray(tone_map(shade(brdf, own, jnp.asarray(maps["normal"]), light)))


def named_as_decoded(brdf, unpacked):
    """The maps that `unpack` gives under its general names, under those that `decode` gives."""
    own = {name: unpacked[VIEWER_NAMES.get(name, name)] for name, _ in BRDF_MODELS[brdf].maps}
    return {**own, "height": unpacked["height"], "normal": unpacked["normal"]}


def psnr(a, b):
    """Peak signal to noise ratio of two pictures in [0, 1], in dB."""
    return float(-10 * np.log10(np.mean((np.asarray(a, np.float64) - np.asarray(b, np.float64)) ** 2) + 1e-12))
