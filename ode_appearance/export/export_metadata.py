"""Metadata of an export, as a JSON object stored beside its images."""

import dataclasses
from typing import Any

from .export_job import ExportJob


def export_metadata(job: ExportJob) -> dict[str, Any]:
    """Material, credit and request: enough to repeat the export, except for painted ages, which are added separately."""
    config = job.material.config
    width, height = job.size
    metadata: dict[str, Any] = {
        "material": config.name,
        "credit": config.exemplar.credit,
        "license": config.exemplar.license,
        "seed": job.seed,
        "width": width,
        "height": height,
        "times": [float(str(time)) for time in job.times],
    }
    if config.start_size is not None:
        metadata["start"] = config.start
    if job.config.format != "maps":
        if config.brdf is not None:
            metadata["lights"] = [dataclasses.asdict(light) for light in job.lights]
        metadata |= {"exposure": job.exposure, "tiles": list(job.tiles), "channel": job.channel}
    return metadata
