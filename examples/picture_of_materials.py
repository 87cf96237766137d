"""Makes materials.webp: each shipped material at six times over its span, below its exemplar where that is at hand.

`python examples/picture_of_materials.py [FOLDER OF EXEMPLARS]`, with the library installed or on PYTHONPATH.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import ode_appearance as oa
from ode_appearance.data import load_exemplar
from ode_appearance.data.dataset import find_exemplar

SIDE = 128
SHARES = np.linspace(0, 1, 6)


def row_of_exemplar(path: Path, kind: str) -> np.ndarray:
    """Its frames side by side, (3, SIDE, 6 SIDE) in [0, 1]."""
    exemplar = load_exemplar(path, kind, size=SIDE)
    return np.concatenate([exemplar.frame_at(share * exemplar.duration) for share in SHARES], axis=2)


def row_of_material(material: oa.Material) -> np.ndarray:
    """Its pictures under its own light side by side, likewise."""
    times = (SHARES * material.config.times.duration).tolist()
    states = oa.solve(material, seed=0, size=(SIDE, SIDE), times=times).states
    return np.concatenate([np.asarray(oa.render(material, state)) for state in states], axis=2)


def main() -> None:
    """Write the picture beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    rows = []
    for name in oa.list_materials():
        material = oa.load(name)
        exemplar = find_exemplar(material.config.exemplar.name or name, folder)
        if exemplar is not None:
            rows.append(row_of_exemplar(exemplar, material.config.kind))
        rows.append(row_of_material(material))
    picture = np.rint(np.clip(np.concatenate(rows, axis=1), 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    # No finer than a reader of the README sees it.
    Image.fromarray(picture).save(Path(__file__).parent / "materials.webp", "WEBP", quality=88, method=6)


if __name__ == "__main__":
    main()
