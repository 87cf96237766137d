"""Makes the exemplars of this folder: `python examples/make_examples.py [FOLDER]`, with the library installed or on PYTHONPATH.

Both are procedural and free of rights. They lie in the layout of the published data sets, so `list_dataset` finds them. Of
the SVBRDF all maps are known, and how it looks under four lights that the exemplar never shows, which is what the
relighting of a trained material is measured by.
"""

import argparse
from pathlib import Path

import jax.numpy as jnp
import lichen
import numpy as np
import rusting_iron
from PIL import Image

from ode_appearance.config.schema import Light
from ode_appearance.data.dataset import RELIGHTS, RGB_FOLDER, SVBRDF_FOLDER
from ode_appearance.models.maps import height_to_normal
from ode_appearance.shading.plane import shade, tone_map

FRAMES = 100
RELIT_FRAMES = 20
MAP_TIMES = (0.0, 0.5, 1.0)
LOG_INTENSITY = 1.0


def lit(maps: dict[str, np.ndarray], x: float = 0.0, y: float = 0.0) -> np.ndarray:
    """The display picture (3, h, w) of maps under a point light; by default a flash beside the lens."""
    arrays = {name: jnp.asarray(values, jnp.float32) for name, values in maps.items()}
    normal = height_to_normal(arrays.pop("height"))
    return np.asarray(tone_map(shade("diffuse_cook_torrance", arrays, normal, Light(x, y, LOG_INTENSITY))))


def save_animation(path: Path, pictures: list[np.ndarray], milliseconds: int) -> None:
    """An animated WebP of display pictures."""
    frames = [Image.fromarray(_bytes(picture)) for picture in pictures]
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"quality": 93, "method": 4, "duration": milliseconds, "loop": 0}
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)


def save_maps(folder: Path, time: float) -> None:
    """The known maps as PNGs; the height in 16 bits, 0 ... 65535 for -8 ... 8 pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in rusting_iron.maps_at(time).items():
        if name == "height":
            image = Image.fromarray(np.rint((values[0] + 8) / 16 * 65535).astype(np.uint16))
        else:
            image = Image.fromarray(_bytes(values).squeeze())
        image.save(folder / f"time_{time:.1f}_{name}.png", optimize=True)


def _bytes(picture):
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def main() -> None:
    """Write everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    folder = parser.parse_args().folder
    # The last frame shows the end: times 0, 1/99, 2/99 ... 1.
    growth = [lichen.picture_at(time) for time in np.linspace(0, 1, FRAMES)]
    save_animation(folder / RGB_FOLDER / "lichen_spreading.webp", growth, 50)
    synthetic = folder / SVBRDF_FOLDER / "synthetic"
    times = np.linspace(0, 1, FRAMES)
    rust = [rusting_iron.maps_at(time) for time in times]
    save_animation(synthetic / "iron_rusting.webp", [lit(maps) for maps in rust], 100)
    for name, (x, y) in RELIGHTS.items():
        relit = [lit(maps, x, y) for maps in rust[:: FRAMES // RELIT_FRAMES]]
        save_animation(synthetic / f"iron_rusting_relit_{name}.webp", relit, 100 * FRAMES // RELIT_FRAMES)
    for time in MAP_TIMES:
        save_maps(folder / "iron_rusting_maps", time)


if __name__ == "__main__":
    main()
