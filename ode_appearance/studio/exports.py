"""Exports from the app: what is seen becomes a file, written by the thread that solves."""

import asyncio
import dataclasses
import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Light
from ..config_json import from_json
from ..errors import RequestError
from ..export import ExportConfig, estimate_bytes, export
from ..export.config import SUFFIXES
from ..trajectory import TrajectoryCache
from .files import KeyframeFiles
from .materials import Collection
from .requests import number, solve_request, whole
from .worker import Worker

STILLS = ("png", "maps")
"""Formats that show one time, the one that is looked at; the others show the solved range."""
MOST_FRAMES = 1000
POLL_SECONDS = 0.3


class Exports:
    """One export at a time for each browser tab."""

    def __init__(self, collection: Collection, worker: Worker, cache: TrajectoryCache, files: KeyframeFiles):
        self._collection, self._worker, self._cache, self._files = collection, worker, cache, files
        self._latest: dict[str, tuple[threading.Event, Path]] = {}

    async def export(
        self, session: str, name: str | None, fields: dict[str, Any], seen: Any, options: dict[str, Any]
    ) -> AsyncIterator[tuple[str, Path | None]]:
        """Write what is `seen` (time and lights, from the viewer) of a material: (a sentence, the file once it is there).

        Raises AppearanceError for what is not possible.
        """
        entry = self._collection.find(name or "")
        request = solve_request(entry.name, entry.config, fields)
        config = from_json(
            ExportConfig, {field.name: options[field.name] for field in dataclasses.fields(ExportConfig)}, "export"
        )
        times = _times(request.times, config, seen, options)
        note, light = _light(entry.config, seen)
        self.end(session)
        stop, folder = threading.Event(), self._files.folder()
        self._latest[session] = stop, folder
        path = folder / f"{re.sub('[^A-Za-z0-9_-]+', '_', entry.config.name)[:60] or 'material'}{SUFFIXES[config.format]}"
        size = f"about {estimate_bytes(entry.config, config, size=request.size, frames=len(times)) / 1e6:.1f} MB"
        shares = [0.0]
        task = asyncio.wrap_future(
            self._worker.submit(
                lambda: export(
                    entry.material,
                    path,
                    config,
                    times=times,
                    seed=request.seed,
                    size=request.size,
                    light=light,
                    solver=request.solver,
                    cache=self._cache,
                    progress=shares.append,
                    stop=lambda: stop.is_set() or self._worker.closing,
                )
            )
        )
        try:
            while not task.done():
                yield f"Exporting, {size}: {shares[-1]:.0%}. {note}", None
                await asyncio.wait([task], timeout=POLL_SECONDS)
            written = task.result()
        finally:
            stop.set()
        yield (f"{written.name}, {written.stat().st_size / 1e6:.1f} MB. {note}", written) if written else ("Stopped.", None)

    def stop(self, session: str) -> None:
        """Stop the export of a tab, if there is one."""
        if session in self._latest:
            self._latest[session][0].set()

    def end(self, session: str) -> None:
        """Stop it, and delete its file."""
        self.stop(session)
        _, folder = self._latest.pop(session, (None, None))
        if folder is not None:
            self._files.drop(folder)


def _times(solved, config, seen, options):
    if config.format in STILLS and not options["sequence"]:
        return [number({"time": seen.get("time") if isinstance(seen, dict) else None}, "time")]
    frames = whole(options, "frames")
    if not 2 <= frames <= MOST_FRAMES:
        raise RequestError(f"An export has from 2 to {MOST_FRAMES} frames, not {frames}.")
    if config.format == "png":
        raise RequestError("A picture shows one time: choose frames or an animation for a sequence.")
    return np.linspace(solved[0], solved[-1], frames).tolist()


def _light(config, seen):
    """What the export leaves out of what is seen, as a sentence, and the light that it has."""
    seen = seen if isinstance(seen, dict) else {}
    plain = not seen.get("painted") and seen.get("surface") == "flat" and not seen.get("exposure")
    note = "" if plain else "Painted ages, surfaces and exposure are not exported."
    lights = seen.get("lights")
    if config.kind == "rgb" or not isinstance(lights, list) or not lights or not isinstance(lights[0], dict):
        return note, None
    first = lights[0]
    usual = len(lights) == 1 and (first.get("kind"), first.get("height"), first.get("colour")) == ("point", 1, "#ffffff")
    if not usual:
        note += " The first light is exported as a white point light at the camera's distance."
    values = {"x": first.get("x"), "y": first.get("y"), "log_intensity": first.get("logIntensity")}
    return note.strip(), from_json(Light, values, "light")
