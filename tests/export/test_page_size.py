"""The size estimate of pages, compared with pages of shipped materials."""

from pathlib import Path

import numpy as np
import pytest

import ode_appearance as oa
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.solving.export_plan import plan_export

CHECKPOINTS = Path(__file__).parents[2] / "checkpoints"
SIZE = 128
PAGE = oa.ExportConfig(format="page")


# Many and few keyframes, with and without the warm-up.
@pytest.mark.parametrize(
    ("name", "ranges"),
    [
        ("clay_solidifying", [(0.0, 6)]),
        ("decaying_melon", [(-1.0, 60)]),
        *(
            pytest.param(name, [(-1.0, 60), (0.0, 40), (0.0, 6)], marks=pytest.mark.nightly)
            for name in ("clay_solidifying", "copper_patinating", "decaying_melon")
        ),
    ],
)
def test_estimate_is_within_a_third(tmp_path, name, ranges):
    material = oa.load(CHECKPOINTS / name)
    span, cache = material.config.times, oa.TrajectoryCache()
    for start, frames in ranges:
        times = np.linspace(start * span.warmup, span.duration, frames)
        path = oa.export(material, tmp_path / "a.html", PAGE, times=times, size=(SIZE, SIZE), cache=cache)
        estimate = oa.estimate_bytes(material.config, PAGE, size=(SIZE, SIZE), frames=frames, times=times)
        print(f"{name}, {frames} keyframes from {start:g}: {path.stat().st_size:,} bytes, estimate {estimate:,}")
        assert 0.75 < estimate / path.stat().st_size < 4 / 3


def test_app_shows_the_same_estimate():
    collection = Collection(CHECKPOINTS)
    fields = {"seed": 0, "width": SIZE, "height": SIZE, "start": 0, "end": 10, "count": 64, "method": "heun"}
    fields |= {"stepping": "adaptive", "tolerance": 0.01, "step": 0.1}
    options = {"format": "page", "map_format": "png8", "map_values": "engine", "fps": 20, "sequence": False, "frames": 40}
    estimate = plan_export(collection, "clay_solidifying", fields, {}, options).bytes
    config = oa.load(CHECKPOINTS / "clay_solidifying").config
    times = np.linspace(0, 10, 40)
    assert estimate == oa.estimate_bytes(config, PAGE, size=(SIZE, SIZE), frames=40, times=times)
    assert estimate < plan_export(collection, "clay_solidifying", {**fields, "start": -2}, {}, options).bytes
