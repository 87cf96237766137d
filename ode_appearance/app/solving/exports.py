"""Exports from the app: what is seen becomes a file, written by the thread that solves."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ...export import export
from ...export.export_config import SUFFIXES
from ...ode.cache import TrajectoryCache
from ...runtime.memory_budget import enough_memory
from ..deadline import Deadline
from ..materials.shipped_materials import Collection
from ..storage.keyframe_store import KeyframeFiles
from ..text_format import amount
from .export_plan import Plan, plan_export
from .worker import Worker

POLL_SECONDS = 0.3


class Exports:
    """One export at a time for each browser tab."""

    def __init__(self, collection: Collection, worker: Worker, cache: TrajectoryCache, files: KeyframeFiles):
        self._collection, self._worker, self._cache, self._files = collection, worker, cache, files
        self._latest: dict[str, tuple[threading.Event, Path]] = {}

    def estimate(self, name: str | None, fields: dict[str, Any], seen: Any, options: dict[str, Any]) -> Plan:
        """What `export` would write, before it is asked for; raises AppearanceError for what is not possible."""
        return plan_export(self._collection, name, fields, seen, options)

    async def export(
        self,
        session: str,
        name: str | None,
        fields: dict[str, Any],
        seen: Any,
        options: dict[str, Any],
        *,
        client: str | None = None,
    ) -> AsyncIterator[tuple[str, Path | None]]:
        """Write what is `seen` (see view_state.py) of a material: (a sentence, the file once it is there).

        `client` is whose turn it is done in, where that is not the session's.

        Raises AppearanceError for what is not possible.
        """
        plan = plan_export(self._collection, name, fields, seen, options)
        request, config, view = plan.request, plan.config, plan.view
        self.end(session)
        stop, folder = threading.Event(), self._files.folder()
        self._latest[session] = stop, folder
        path = folder / f"{re.sub('[^A-Za-z0-9_-]+', '_', plan.material.name)[:60] or 'material'}{SUFFIXES[config.format]}"
        shares = [0.0]

        @enough_memory(request.size)
        def work():
            deadline = Deadline()

            def stopped():
                with deadline.of_others():
                    self._worker.give_way()
                return stop.is_set() or deadline.over or self._worker.closing

            written = export(
                plan.material,
                path,
                config,
                times=plan.times,
                seed=request.seed,
                size=request.size,
                light=view.lights,
                exposure=view.exposure,
                tiles=view.tiles,
                surface=view.surface,
                channel=view.channel,
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

        task = asyncio.wrap_future(self._worker.submit(work, client=session if client is None else client, gives_way=True))
        try:
            while not task.done():
                yield f"Exporting, about {amount(plan.bytes)}: {shares[-1]:.0%}. {view.left_out}".strip(), None
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
