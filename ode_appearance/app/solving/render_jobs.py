"""Pictures drawn by the server: for scripts, and for browsers that cannot draw them."""

import asyncio
import base64
import io
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ...config.request_checks import check_times, picture_size
from ...errors import AppearanceError, RequestError
from ...media.encoders import save_still
from ...ode.cache import TrajectoryCache
from ...ode.solve import solve_stream
from ...ode.trajectory import Trajectory
from ...rendering.render import check_exposure, render
from ...runtime.memory_budget import enough_memory
from ..deadline import Deadline
from ..materials.shipped_materials import Collection
from .material_fields import own_fields
from .requests import chosen_material, number, solve_request
from .view_state import read_seen
from .worker import Worker

POLL_SECONDS = 0.5


class Pictures:
    """Draws single pictures, in turns with everything else that is solved."""

    def __init__(self, collection: Collection, worker: Worker, cache: TrajectoryCache):
        self._collection, self._worker, self._cache = collection, worker, cache

    async def draw(
        self,
        material: str,
        seed: int,
        width: int,
        height: int,
        seen: dict[str, Any],
        stop: Callable[[], bool] = lambda: False,
        client: str = "",
        start: str = "",
    ) -> UInt8[np.ndarray, "rows columns 3"]:
        """The picture of what is `seen` (see view_state.py) of a material; where ages are painted, blended between the
        keyframes that the viewer has at that size. An RGB texture that lies flat is its own light. `stop` is asked between
        chunks; `client` is whose turn it is drawn in; `start` is the kind of its start, empty for the material's own.

        Raises AppearanceError for anything that is not possible.
        """
        entry = self._collection.find(material)
        fields = {"seed": seed, "width": width, "height": height, "start_kind": start}
        chosen = chosen_material(entry.material, fields)
        config = chosen.config
        time = number(seen, "time")
        check_times(config, [time])
        request = solve_request(entry.name, config, {**fields, **own_fields(config, fields, time)})
        view = read_seen(seen, config, request.size, "png")
        picture_size(request.size, view.tiles, view.surface)
        check_exposure(view.exposure)
        shown = {"light": view.lights, "exposure": view.exposure, "tiles": view.tiles, "surface": view.surface}
        shown["channel"] = view.channel
        times = [time] if view.ages is None else request.times

        def task():
            deadline, chunks = Deadline(), []
            solving = {"seed": request.seed, "size": request.size, "times": times, "cache": self._cache}
            for chunk in solve_stream(chosen, **solving, stop=lambda: stop() or deadline.over or self._worker.closing):
                chunks.append(chunk)
                with deadline.of_others():
                    yield
            with enough_memory(request.size):
                trajectory = Trajectory.join(chunks)
                if trajectory.status == "stopped":
                    deadline.check()
                if trajectory.status != "complete":
                    raise RequestError(f"The solve did not reach time {times[-1]:g}: it ended with {trajectory.status!r}.")
                picture = np.asarray(render(chosen, trajectory, time=time, age=view.ages, **shown))
                # Rounded, as a browser's canvas is, and not truncated as the published samplers do.
                return np.rint(picture * 255).astype(np.uint8).transpose(1, 2, 0)

        return await asyncio.wrap_future(self._worker.submit(task, client=client))

    async def picture(
        self, request: list, client: str = "", gone: Callable[[], Awaitable[bool]] | None = None
    ) -> dict[str, str]:
        """For the viewer: [material, seed, width, height, time, x, y, log_intensity, start] -> {"address": a PNG as data
        URL} or {"error": a sentence}. Where the client is `gone`, the drawing ends. The start may be left out."""
        try:
            material, seed, width, height, time, x, y, log_intensity, *others = request
            (start,) = others or [""]
            seen = {"time": time, "lights": [{"x": x, "y": y, "logIntensity": log_intensity}]}
            frame = await self._while_wanted(gone, material, seed, width, height, seen, client, start)
        except (AppearanceError, TypeError, ValueError) as error:
            return {"error": str(error)}
        if frame is None:
            return {"error": "Nobody waits for this picture any more."}
        return {"address": data_url(as_png(frame), "image/png")}

    async def _while_wanted(self, gone, material, seed, width, height, seen, client, start):
        """The picture; None where the client has gone before it was drawn."""
        left = threading.Event()
        drawing = asyncio.ensure_future(self.draw(material, seed, width, height, seen, left.is_set, client, start))
        try:
            while not (await asyncio.wait([drawing], timeout=POLL_SECONDS))[0]:
                if gone is not None and await gone():
                    return None
            return drawing.result()
        finally:
            left.set()
            drawing.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks for it
            drawing.cancel()


def as_png(frame: UInt8[np.ndarray, "rows columns 3"]) -> bytes:
    """A picture as the bytes of a PNG."""
    file = io.BytesIO()
    save_still(frame, file)
    return file.getvalue()


def data_url(content: bytes, kind: str = "application/octet-stream") -> str:
    """Bytes as an address that holds them."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
