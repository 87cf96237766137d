"""Repeated exports are byte-identical."""

import time

import numpy as np
import pytest
from materials import SVBRDF, little_material

import ode_appearance as oa
from ode_appearance.export.export_config import SUFFIXES

SIZE, TIMES = (24, 16), [0.0, 1.0]
MADE = [(format, {}) for format in SUFFIXES if format != "maps"]
MADE += [("maps", {"map_format": format}) for format in ("png8", "png16", "exr")]


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Two folders with a file of each format and the published samples, more than two seconds apart, the resolution of times in
    zip files.
    """
    material = little_material(SVBRDF)
    age = np.zeros(SIZE[::-1], np.float32)
    age[:8] = 0.5
    folders = []
    for _ in range(2):
        folder = tmp_path_factory.mktemp("made")
        for number, (format, options) in enumerate(MADE):
            times = TIMES[:1] if format == "png" else TIMES
            painted = {} if format in ("states", "page") else {"age": age}
            config = oa.ExportConfig(format, **options)
            oa.export(material, folder / f"{number}{SUFFIXES[format]}", config, times=times, size=SIZE, **painted)
        oa.write_published(material, folder / "published", size=SIZE)
        folders.append(folder)
        time.sleep(2.1)
    return folders


@pytest.mark.parametrize(("number", "what"), list(enumerate(MADE)), ids=str)
def test_exported_file_is_byte_identical(twice, number, what):
    one, other = (folder / f"{number}{SUFFIXES[what[0]]}" for folder in twice)
    assert one.read_bytes() == other.read_bytes()


def test_published_samples_are_byte_identical(twice):
    names = [path.relative_to(twice[0]) for path in sorted((twice[0] / "published").rglob("*.*"))]
    assert {name.suffix for name in names} == {".png", ".gif", ".avi", ".mp4"}
    assert [str(name) for name in names if (twice[0] / name).read_bytes() != (twice[1] / name).read_bytes()] == []
