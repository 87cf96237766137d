"""What an export shows, as a JSON object that lies beside its pictures."""

import dataclasses
from typing import Any

from .job import Job


def facts(job: Job) -> dict[str, Any]:
    """The material, its credit, and the request: enough to make the same pictures again."""
    config = job.material.config
    width, height = job.size
    found = {
        "material": config.name,
        "credit": config.exemplar.credit,
        "license": config.exemplar.license,
        "seed": job.seed,
        "width": width,
        "height": height,
        "times": [float(str(time)) for time in job.times],
    }
    lit = config.brdf is not None and job.config.format != "maps"
    return {**found, "light": dataclasses.asdict(job.light)} if lit else found
