"""States as an .npz file, written one by one, so that they never have to fit into memory together."""

import zipfile
from typing import BinaryIO

import numpy as np

from .export_job import ExportJob
from .zip_frames import zip_entry


def write_states(job: ExportJob, file: BinaryIO) -> None:
    """Write `times` (n,) and `states` (n, channels, h, w), float32, as `numpy.load` reads them."""
    width, height = job.size
    shape = (len(job.times), job.material.config.architecture.channels, height, width)
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open(zip_entry("times.npy"), "w") as times:
            np.lib.format.write_array(times, job.times.astype("<f4"))
        with archive.open(zip_entry("states.npy"), "w", force_zip64=True) as states:
            np.lib.format.write_array_header_2_0(states, {"descr": "<f4", "fortran_order": False, "shape": shape})
            for state in job.frames:
                states.write(np.ascontiguousarray(state, "<f4").tobytes())
