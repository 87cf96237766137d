"""Exports from the app: what is seen becomes a file, written by the thread that solves."""

import asyncio
import dataclasses
import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np

from ..config_json import from_json
from ..errors import RequestError
from ..export import ExportConfig, estimate_bytes, export, written_size
from ..export.config import SUFFIXES
from ..trajectory import TrajectoryCache
from .deadline import Deadline
from .files import KeyframeFiles
from .materials import Collection
from .plain import amount
from .requests import number, solve_request, whole_number
from .seen import STILLS, read_seen
from .worker import Worker

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
        """Write what is `seen` (see seen.py) of a material: (a sentence, the file once it is there).

        Raises AppearanceError for what is not possible.
        """
        entry = self._collection.find(name or "")
        request = solve_request(entry.name, entry.config, fields)
        config = from_json(
            ExportConfig, {field.name: options[field.name] for field in dataclasses.fields(ExportConfig)}, "export"
        )
        times = _times(request.times, config, seen, options)
        view = read_seen(seen, entry.config, request.size, config.format)
        self.end(session)
        stop, folder = threading.Event(), self._files.folder()
        self._latest[session] = stop, folder
        path = folder / f"{re.sub('[^A-Za-z0-9_-]+', '_', entry.config.name)[:60] or 'material'}{SUFFIXES[config.format]}"
        written = written_size(config, request.size, view.tiles, view.surface)
        size = f"about {amount(estimate_bytes(entry.config, config, size=written, frames=len(times)))}"
        shares = [0.0]

        def work():
            deadline = Deadline()

            def stopped():
                with deadline.of_others():
                    self._worker.give_way()
                return stop.is_set() or deadline.over or self._worker.closing

            written = export(
                entry.material,
                path,
                config,
                times=times,
                seed=request.seed,
                size=request.size,
                light=view.lights,
                exposure=view.exposure,
                tiles=view.tiles,
                surface=view.surface,
                age=view.ages,
                keyframes=request.times,
                solver=request.solver,
                view=view.opening,
                cache=self._cache,
                progress=shares.append,
                stop=stopped,
            )
            if written is None and not stop.is_set():
                deadline.check()
            return written

        task = asyncio.wrap_future(self._worker.submit(work, gives_way=True))
        try:
            while not task.done():
                yield f"Exporting, {size}: {shares[-1]:.0%}. {view.left_out}".strip(), None
                await asyncio.wait([task], timeout=POLL_SECONDS)
            file = task.result()
            self._files.adopt(folder)
        finally:
            stop.set()
            task.cancel()  # where it has not begun
        done = f"{file.name}, {amount(file.stat().st_size)}. {view.left_out}".strip() if file else "Stopped."
        yield done, file

    def stop(self, session: str) -> None:
        """Stop the export of a tab, if there is one."""
        if session in self._latest:
            self._latest[session][0].set()

    def leave(self, session: str) -> None:
        """Stop it where it is under way, and leave its file to whoever was told of it."""
        self.stop(session)
        self._latest.pop(session, None)

    def end(self, session: str) -> None:
        """Stop it, and delete its file."""
        self.stop(session)
        _, folder = self._latest.pop(session, (None, None))
        if folder is not None:
            self._files.drop(folder)


def _times(solved, config, seen, options):
    if config.format in STILLS and not options["sequence"]:
        return [number({"time": seen.get("time") if isinstance(seen, dict) else None}, "time")]
    frames = whole_number(options, "frames")
    if not 2 <= frames <= MOST_FRAMES:
        raise RequestError(f"An export has from 2 to {MOST_FRAMES} frames, not {frames}.")
    if config.format == "png":
        raise RequestError("A picture shows one time: choose frames or an animation for a sequence.")
    return np.linspace(solved[0], solved[-1], frames).tolist()
