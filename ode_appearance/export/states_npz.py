"""States to an .npz file, one after the other, so that they never have to be in memory together."""

import zipfile
from typing import BinaryIO

import numpy as np

from .archive import entry
from .export_job import Job


def write_states(job: Job, file: BinaryIO) -> None:
    """Write `times` (n,) and `states` (n, channels, h, w), float32, as `numpy.load` reads them."""
    width, height = job.size
    shape = (len(job.times), job.material.config.architecture.channels, height, width)
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open(entry("times.npy"), "w") as times:
            np.lib.format.write_array(times, job.times.astype("<f4"))
        with archive.open(entry("states.npy"), "w", force_zip64=True) as states:
            np.lib.format.write_array_header_2_0(states, {"descr": "<f4", "fortran_order": False, "shape": shape})
            for state in job.frames:
                states.write(np.ascontiguousarray(state, "<f4").tobytes())
