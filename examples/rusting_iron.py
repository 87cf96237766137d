"""A procedural SVBRDF that changes, with all its maps known: brushed iron that rusts through."""

import numpy as np
from noise import colour, field, fractal, mix, rank, smoothstep

SIZE = 256
# Of the BRDF model "diffuse_cook_torrance", in the order of its channels.
CHANNELS = {"diffuse": 3, "specular": 3, "roughness_u": 1, "roughness_v": 1}


def maps_at(time: float) -> dict[str, np.ndarray]:
    """Maps (channels, SIZE, SIZE) at a time from 0 (clean) to 1 (rusted through), and the `height` in pixels."""
    arrival = _arrival()
    rust = smoothstep(0, 0.10, time - arrival)
    depth = smoothstep(0.05, 0.55, time - arrival)
    grain, mottle, crust = field(31, SIZE, 2.4), fractal(32, SIZE, 22, 4), fractal(33, SIZE, 9, 3)
    brushed = field(34, SIZE, 1.6, stretch=(14, 1))
    wear = fractal(35, SIZE, 40, 3)

    fresh = colour(0.60, 0.24, 0.06) * (1 + 0.16 * grain + 0.10 * mottle)
    old = colour(0.19, 0.085, 0.042) * (1 + 0.20 * grain + 0.35 * mottle)
    rusty = mix(fresh, old, np.clip(depth + 0.22 * mottle, 0, 1))
    iron = colour(0.050, 0.053, 0.058) * (1 + 0.1 * brushed + 0.1 * wear)
    # Around each spot, a stain runs ahead of the rust.
    stain = smoothstep(-0.12, 0.02, time - arrival) * (1 - rust) * smoothstep(0, 0.1, np.full_like(arrival, time))
    iron = mix(iron, colour(0.20, 0.12, 0.06), 0.45 * stain)

    shine = colour(0.42, 0.415, 0.41) * (1 + 0.05 * wear + 0.04 * brushed)
    specular = mix(mix(shine, colour(0.16, 0.13, 0.10), 0.5 * stain), colour(0.04, 0.04, 0.04), rust)
    roughness = 0.78 + 0.05 * mottle + 0.03 * grain
    along, across = 0.32 + 0.02 * wear + 0.02 * brushed, 0.46 + 0.03 * wear + 0.03 * brushed

    scratches = 0.10 * brushed * (1 - rust)
    blisters = rust * (1.2 + 1.1 * np.maximum(crust, -1) + 0.35 * grain) * (0.45 + 0.55 * depth)
    pits = 1.6 * smoothstep(0.80, 0.95, rank(fractal(36, SIZE, 12, 2))) * depth
    return {
        "diffuse": np.clip(mix(iron, rusty, rust), 0.01, 1),
        "specular": np.clip(specular, 0.01, 1),
        "roughness_u": np.clip(mix(along, roughness, rust), 0.15, 1)[None],
        "roughness_v": np.clip(mix(across, roughness, rust), 0.15, 1)[None],
        "height": (scratches + blisters - pits)[None],
    }


def _arrival():
    """When rust breaks through at each pixel: first in scattered spots, from which it spreads, lastly everywhere."""
    spots = fractal(37, SIZE, 18, 4) + 0.35 * field(38, SIZE, 6)
    return 0.06 + 0.74 * rank(spots)
