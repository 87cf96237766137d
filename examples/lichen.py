"""A procedural RGB texture that changes: lichen that spreads over granite until it covers nearly all of it."""

import numpy as np
from noise import colour, field, fractal, mix, rank, smoothstep

SIZE = 128
COLONIES = 70


def picture_at(time: float) -> np.ndarray:
    """Display values (3, SIZE, SIZE) at a time from 0 (bare stone) to 1 (overgrown)."""
    arrival, species = _growth()
    age = time - arrival
    thallus = smoothstep(0, 0.03, age)
    # A colony is brightest along its growing edge, and darkens behind it.
    edge = smoothstep(0, 0.04, age) * (1 - smoothstep(0.05, 0.22, age))
    wrinkles = field(21, SIZE, 4.5)
    orange = mix(colour(0.60, 0.33, 0.08), colour(0.93, 0.70, 0.22), np.clip(edge + 0.16 * wrinkles, 0, 1))
    green = mix(colour(0.33, 0.40, 0.28), colour(0.74, 0.80, 0.62), np.clip(edge + 0.16 * wrinkles, 0, 1))
    lichen = mix(green, orange, species)
    # Fruiting bodies: dark dots with a light rim, which open in what is old.
    ripe = smoothstep(0.2, 0.5, age)
    dots = rank(field(22, SIZE, 4.0))
    cup = smoothstep(0.86, 0.93, dots + 0.05 * ripe - 0.05) * ripe
    rim = smoothstep(0.78, 0.85, dots) * (1 - smoothstep(0.87, 0.92, dots)) * ripe
    lichen = mix(mix(lichen, colour(0.88, 0.84, 0.66), 0.6 * rim), colour(0.30, 0.14, 0.08), 0.85 * cup)
    thickness = thallus * (1.1 + 0.5 * wrinkles + 1.5 * edge) + 1.2 * rim
    return np.clip(mix(_stone(), lichen, thallus) * _relief(thickness), 0, 1)


def _stone():
    """Granite: feldspar, quartz and mica, in grains."""
    grains, mica = rank(fractal(1, SIZE, 7, 3)), rank(field(2, SIZE, 3.5))
    stone = mix(colour(0.50, 0.48, 0.47), colour(0.72, 0.68, 0.64), smoothstep(0.35, 0.6, grains))
    stone = mix(stone, colour(0.74, 0.58, 0.52), 0.8 * smoothstep(0.8, 0.88, rank(fractal(3, SIZE, 8, 2))))
    stone = mix(stone, colour(0.20, 0.20, 0.22), 0.9 * smoothstep(0.86, 0.92, mica))
    return stone + 0.03 * field(4, SIZE, 1.6)


def _growth():
    """When the lichen arrives at each pixel, and of which of the two species it is there (0 or 1)."""
    random = np.random.default_rng(7)
    ys, xs = np.mgrid[:SIZE, :SIZE] + np.stack([3.2 * fractal(s, SIZE, 12, 3) for s in (11, 12)])
    arrival, species = np.full((SIZE, SIZE), np.inf), np.zeros((SIZE, SIZE))
    for colony in range(COLONIES):
        x, y = random.uniform(0, SIZE, 2)
        # The first ones are there from the start.
        start, speed = -0.04 + 0.8 * colony / COLONIES, random.uniform(17, 30)
        dx, dy = ((values - place + SIZE / 2) % SIZE - SIZE / 2 for values, place in ((xs, x), (ys, y)))
        reached = start + np.hypot(dx, dy) / speed
        nearer = reached < arrival
        arrival[nearer], species[nearer] = reached[nearer], float(random.uniform() < 0.45)
    return arrival + 0.01 * field(13, SIZE, 3), species


def _relief(thickness):
    """Light from the upper left on the slopes of what grows."""
    slope_x = (np.roll(thickness, -1, 1) - np.roll(thickness, 1, 1)) / 2
    slope_y = (np.roll(thickness, -1, 0) - np.roll(thickness, 1, 0)) / 2
    return 1 - 0.22 * np.tanh(slope_x + slope_y)
