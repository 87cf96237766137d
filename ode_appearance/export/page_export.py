"""The viewer and its keyframes as one HTML file, which needs no server."""

from typing import BinaryIO

from ..keyframes.encoder import Encoder
from ..shading.lights import display_colour
from ..web.page import page
from .export_job import ExportJob


def write_page(job: ExportJob, file: BinaryIO) -> None:
    """Write a page that plays the job's times under adjustable lights, initially those of the job."""
    config = job.material.config
    encoder = Encoder(config, "light")
    keyframes = [encoder.encode_maps(maps) for maps in job.maps()]
    lights = [
        {
            "kind": light.kind,
            "x": light.x,
            "y": light.y,
            "height": light.height,
            "logIntensity": light.log_intensity,
            "colour": display_colour(light.colour),
            "orbit": light.orbit,
        }
        for light in job.lights
    ]
    initial_time = min(max(job.view.get("time", 0.75 * config.times.duration), float(job.times[0])), float(job.times[-1]))
    solid = {"surface": job.surface.kind, "turn": list(job.surface.turn)}
    look = {"exposure": job.exposure, "tiles": list(job.tiles), "lights": lights, "channel": job.channel}
    view = {**look, **solid, **job.view, "time": initial_time}
    text = page(config, keyframes, seed=job.seed, size=job.size, times=job.times.tolist(), view=view)
    file.write(text.encode())
