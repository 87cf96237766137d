"""What programs can ask of the app's materials, with plain arguments: the actions of the page. No component is made here."""

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ...errors import HubError, RequestError
from ...export import ExportConfig
from ...runtime.memory_budget import solve_bytes
from ..actions.handlers import Studio
from ..actions.snippet import snippet
from ..materials.library import Library
from ..materials.shipped_materials import BrokenEntry, facts
from ..solving.render_jobs import as_png
from ..solving.requests import chosen_material, solve_request
from .api_arguments import as_seen, is_sequence, screen_fields

POLL_SECONDS = 1.0
MOST_READING = 2
"""Pictures of ages that are decoded at a time: each takes up to 120 MB, or 400 MB for the largest state."""


class Program:
    """The app for programs. Raises AppearanceError, with a sentence, for what is not possible.

    `start` is "noise" or "stitched", of a solve's start, or empty for the material's own.
    """

    def __init__(self, studio: Studio, library: Library):
        self._studio, self._library = studio, library
        self._reading = asyncio.Semaphore(MOST_READING)

    def materials(self) -> list[dict[str, str]]:
        """The shipped materials: name, kind, and for a broken one the error."""
        entries = self._studio.collection.entries
        return [
            {"name": entry.name, "error": entry.error}
            if isinstance(entry, BrokenEntry)
            else {"name": entry.name, "kind": entry.config.kind}
            for entry in entries
        ]

    def material(self, material: str) -> dict[str, str]:
        """What there is to know of one: credit, licence, training record and measures among it."""
        return dict(facts(self._studio.collection.find(material)))

    def estimate(
        self, material: str, width: int, height: int, time: float, end: float, start: str = ""
    ) -> dict[str, float | None]:
        """What it takes to solve: {"seconds" (None where nothing like it was solved here before), "bytes", "keyframes"}."""
        config = self._config(material, start)
        request = solve_request(material, config, screen_fields(config, 0, width, height, time, end))
        needed = solve_bytes(config, request.solver, request.size)
        return {
            "seconds": self._studio.sessions.speed.seconds(config, request),
            "bytes": needed,
            "keyframes": len(request.times),
        }

    async def render(
        self, material: str, seed: int, width: int, height: int, time: float,
        x: float, y: float, log_intensity: float | None, view: dict[str, Any], age: str | None = None,
        start: str = "", client: str = "",
    ) -> AsyncIterator[Path | None]:  # fmt: skip
        """A picture at a model time, under the light or the lights of the view, with the ages of a grey picture: a PNG.

        None until it is there; whoever stops listening stops it. `client` is whose turn it is drawn in.
        """
        config = self._config(material, start)
        seen = await self._seen(config, (width, height), time, (x, y, log_intensity), view, age)
        left = threading.Event()
        drawing = asyncio.ensure_future(
            self._studio.pictures.draw(material, seed, width, height, seen, left.is_set, client, start)
        )
        try:
            while not (await asyncio.wait([drawing], timeout=POLL_SECONDS))[0]:
                yield None
        finally:
            left.set()
            if not drawing.done():
                drawing.cancel()
            drawing.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks for it
        files = self._studio.files
        yield files.write(files.folder(), "picture.png", as_png(drawing.result()))

    async def export(
        self, material: str, format: str, seed: int, width: int, height: int, time: float, end: float, frames: int,
        fps: float, map_format: str, map_values: str, x: float, y: float, log_intensity: float | None,
        view: dict[str, Any], age: str | None = None, start: str = "", client: str = "",
    ) -> AsyncIterator[Path | None]:  # fmt: skip
        """A file of one material: a picture or maps at `time`; frames, an animation, states or a page from `time` to `end`.

        None until it is there; whoever stops listening stops it.
        """
        config = self._config(material, start)
        sequence = is_sequence(format, time, end)
        fields = screen_fields(config, seed, width, height, time, end if sequence else None)
        seen = await self._seen(config, (width, height), time, (x, y, log_intensity), view, age)
        options = dict(format=format, fps=fps, map_format=map_format, map_values=map_values, sequence=sequence, frames=frames)
        session, path = f"program {secrets.token_hex(8)}", None
        try:
            async for _, path in self._studio.exports.export(session, material, fields, seen, options, client=client):
                yield path
        finally:
            (self._studio.exports.end if path is None else self._studio.exports.leave)(session)
        if path is None:
            raise RequestError("The export was stopped.")

    async def _seen(self, *arguments) -> dict[str, Any]:
        """`as_seen` in another thread, so that a picture of ages that is being decoded keeps no other client waiting."""
        async with self._reading:
            return await asyncio.to_thread(as_seen, *arguments)

    def estimate_export(
        self, material: str, format: str, width: int, height: int, time: float, end: float, frames: int,
        map_format: str, map_values: str, view: dict[str, Any], start: str = "",
    ) -> dict[str, int]:  # fmt: skip
        """How large the file of `export` will be: {"bytes", "width", "height", "frames"}."""
        config = self._config(material, start)
        sequence = is_sequence(format, time, end)
        fields = screen_fields(config, 0, width, height, time, end if sequence else None)
        seen = as_seen(config, (width, height), time, (0.0, 0.0, None), view, None)
        forms = {"format": format, "fps": ExportConfig().fps, "map_format": map_format, "map_values": map_values}
        plan = self._studio.exports.estimate(material, fields, seen, {**forms, "sequence": sequence, "frames": frames})
        return {"bytes": plan.bytes, "width": plan.size[0], "height": plan.size[1], "frames": len(plan.times)}

    def snippet(
        self, material: str, seed: int, width: int, height: int, time: float,
        x: float, y: float, log_intensity: float | None, view: dict[str, Any], start: str = "",
    ) -> str:  # fmt: skip
        """The Python that makes, with the library, the picture of `render`."""
        entry = self._studio.collection.find(material)
        config = self._config(material, start)
        request = solve_request(entry.name, config, screen_fields(config, seed, width, height, time))
        seen = as_seen(config, (width, height), time, (x, y, log_intensity), view, None)
        shipped = entry.name in self._studio.collection.names
        return snippet(entry, request, seen, shipped=shipped)

    def search(self, query: str) -> list[dict[str, str]]:
        """Materials on the Hugging Face Hub; where it cannot be asked, those that were fetched before, or else HubError."""
        self._check_hub()
        try:
            rows = self._library.search(query)
        except HubError:
            rows = self._library.fetched(query)
            if not rows:
                raise
        return [dict(row) for row in rows]

    def fetch(self, repository: str) -> str:
        """Fetch `user/repo[@revision]` from the Hub; returns the name by which it can be rendered and exported here."""
        self._check_hub()
        return self._library.open_from_hub(repository).name

    def _config(self, material, start):
        """The facts of a material with this start, or with its own."""
        return chosen_material(self._studio.collection.find(material).material, {"start_kind": start}).config

    def _check_hub(self):
        if not self._library.hub:
            raise RequestError("The Hub is not asked by this app.")
