"""What an export shows, as a JSON object that lies beside its pictures."""

import dataclasses
from typing import Any

from .export_job import Job


def facts(job: Job) -> dict[str, Any]:
    """The material, its credit, and the request: enough to make the same pictures again (painted ages are said elsewhere)."""
    config = job.material.config
    width, height = job.size
    found: dict[str, Any] = {
        "material": config.name,
        "credit": config.exemplar.credit,
        "license": config.exemplar.license,
        "seed": job.seed,
        "width": width,
        "height": height,
        "times": [float(str(time)) for time in job.times],
    }
    if config.start_size is not None:
        found["start"] = config.start
    if job.config.format != "maps":
        if config.brdf is not None:
            found["lights"] = [dataclasses.asdict(light) for light in job.lights]
        found |= {"exposure": job.exposure, "tiles": list(job.tiles), "channel": job.channel}
    return found
