"""Pictures drawn by the server: for scripts, and for browsers that cannot draw them."""

import asyncio
import base64
import io

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..config import Light
from ..config_json import from_json
from ..errors import AppearanceError, ConfigError, RequestError
from ..limits import check_times
from ..memory import check_memory
from ..rendering import render
from ..solve import solve
from ..trajectory import TrajectoryCache
from .materials import Collection
from .requests import number, read_size, whole
from .worker import Worker


class Pictures:
    """Draws single pictures, one after the other with everything else that is solved."""

    def __init__(self, collection: Collection, worker: Worker, cache: TrajectoryCache):
        self._collection, self._worker, self._cache = collection, worker, cache

    async def draw(
        self, material: str, seed: int, width: int, height: int, time: float, x: float, y: float, log_intensity: float | None
    ) -> UInt8[np.ndarray, "h w 3"]:
        """The picture of a material at a model time under a light, without an intensity of the material's own; an RGB texture
        is its own light.

        Raises AppearanceError for anything that is not possible.
        """
        entry = self._collection.find(material)
        log_intensity = entry.config.light.log_intensity if log_intensity is None else log_intensity
        fields = {"seed": seed, "width": width, "height": height, "time": time, "x": x, "y": y, "log_intensity": log_intensity}
        size = read_size(entry.config, fields)
        check_memory(entry.config, entry.config.solver, size)
        seed, times = whole(fields, "seed"), [number(fields, "time")]
        check_times(entry.config, times)
        try:
            light = from_json(Light, {name: number(fields, name) for name in ("x", "y", "log_intensity")}, "light")
        except ConfigError as error:
            raise RequestError(str(error)) from error

        def task():
            trajectory = solve(entry.material, seed=seed, size=size, times=times, cache=self._cache)
            if trajectory.status != "complete":
                raise RequestError(f"The solve did not reach time {times[0]:g}: it ended with {trajectory.status!r}.")
            return np.asarray(render(entry.material, trajectory.states[0], light=light))

        # Rounded, as a browser's canvas is, and not truncated as the published samplers do.
        picture = await asyncio.wrap_future(self._worker.submit(task))
        return np.rint(picture * 255).astype(np.uint8).transpose(1, 2, 0)

    async def picture(self, request: list) -> dict[str, str]:
        """For the viewer: the arguments of `draw` in a list -> {"address": a PNG as data URL} or {"error": a sentence}."""
        try:
            frame = await self.draw(*request)
        except (AppearanceError, TypeError) as error:
            return {"error": str(error)}
        file = io.BytesIO()
        Image.fromarray(frame).save(file, "PNG")
        return {"address": data_url(file.getvalue(), "image/png")}


def data_url(content: bytes, kind: str = "application/octet-stream") -> str:
    """Bytes as an address that holds them."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
