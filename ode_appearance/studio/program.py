"""What programs can ask of the app's materials, with plain arguments: the actions of the page. No component is made here."""

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from .. import age_pictures
from ..config import MaterialConfig
from ..errors import RequestError
from ..memory import solve_bytes
from ..rendering import usual_light
from .handlers import Studio
from .library import Library
from .materials import BrokenEntry, facts
from .own_fields import own_fields
from .pictures import as_png
from .requests import number, solve_request
from .seen import STILLS, pack_ages
from .snippet import snippet

POLL_SECONDS = 1.0

VIEW = ("lights", "exposure", "surface", "turn", "tiles", "channel", "age_range")
"""What a view can say, all of it as the viewer's link does; without lights there is the one of the other arguments."""


class Program:
    """The app for programs. Raises AppearanceError, with a sentence, for what is not possible."""

    def __init__(self, studio: Studio, library: Library):
        self._studio, self._library = studio, library

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

    def estimate(self, material: str, width: int, height: int, time: float, end: float) -> dict[str, float | None]:
        """What it takes to solve: {"seconds" (None where nothing like it was solved here before), "bytes", "keyframes"}."""
        config = self._studio.collection.find(material).config
        request = solve_request(material, config, _fields(config, 0, width, height, time, end))
        needed = solve_bytes(config, request.solver, request.size)
        return {
            "seconds": self._studio.sessions.speed.seconds(config, request),
            "bytes": needed,
            "keyframes": len(request.times),
        }

    async def render(
        self, material: str, seed: int, width: int, height: int, time: float,
        x: float, y: float, log_intensity: float | None, view: dict[str, Any], age: str | None = None,
    ) -> AsyncIterator[Path | None]:  # fmt: skip
        """A picture at a model time, under the light or the lights of the view, with the ages of a grey picture: a PNG.

        None until it is there; whoever stops listening stops it.
        """
        config = self._studio.collection.find(material).config
        seen = _seen(config, (width, height), time, (x, y, log_intensity), view, age)
        left = threading.Event()
        drawing = asyncio.ensure_future(self._studio.pictures.draw(material, seed, width, height, seen, left.is_set))
        try:
            while not (await asyncio.wait([drawing], timeout=POLL_SECONDS))[0]:
                yield None
        finally:
            left.set()
            drawing.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks for it
        files = self._studio.files
        yield files.write(files.folder(), "picture.png", as_png(drawing.result()))

    async def export(
        self, material: str, format: str, seed: int, width: int, height: int, time: float, end: float, frames: int,
        fps: float, map_format: str, map_values: str, x: float, y: float, log_intensity: float | None,
        view: dict[str, Any], age: str | None = None,
    ) -> AsyncIterator[Path | None]:  # fmt: skip
        """A file of one material: a picture or maps at `time`; frames, an animation, states or a page from `time` to `end`.

        None until it is there; whoever stops listening stops it.
        """
        config = self._studio.collection.find(material).config
        sequence = number({"end": end}, "end") > number({"time": time}, "time")
        if not sequence and format not in STILLS:
            raise RequestError(f"A file of format {format} shows a range: give an `end` that is later than `time`.")
        fields = _fields(config, seed, width, height, time, end if sequence else None)
        seen = _seen(config, (width, height), time, (x, y, log_intensity), view, age)
        options = dict(format=format, fps=fps, map_format=map_format, map_values=map_values, sequence=sequence, frames=frames)
        session, path = f"program {secrets.token_hex(8)}", None
        try:
            async for _, path in self._studio.exports.export(session, material, fields, seen, options):
                yield path
        finally:
            (self._studio.exports.end if path is None else self._studio.exports.leave)(session)
        if path is None:
            raise RequestError("The export was stopped.")

    def snippet(
        self, material: str, seed: int, width: int, height: int, time: float,
        x: float, y: float, log_intensity: float | None, view: dict[str, Any],
    ) -> str:  # fmt: skip
        """The Python that makes, with the library, the picture of `render`, or the map that the view's channel is."""
        entry = self._studio.collection.find(material)
        request = solve_request(entry.name, entry.config, _fields(entry.config, seed, width, height, time))
        seen = _seen(entry.config, (width, height), time, (x, y, log_intensity), view, None)
        shipped = entry.name in self._studio.collection.names
        return snippet(entry, request, seen, shipped=shipped)

    def search(self, query: str) -> list[dict[str, str]]:
        """Materials on the Hugging Face Hub."""
        self._check_hub()
        return [dict(row) for row in self._library.search(query)]

    def fetch(self, repository: str) -> str:
        """Fetch `user/repo[@revision]` from the Hub; returns the name by which it can be rendered and exported here."""
        self._check_hub()
        return self._library.open_from_hub(repository).name

    def _check_hub(self):
        if not self._library.hub:
            raise RequestError("The Hub is not asked by this app.")


def _fields(config, seed, width, height, time, end=None):
    """The screen's fields: the material's own, and what is given. Without an end, its own times and `time`."""
    fields = {"seed": seed, "width": width, "height": height}
    if end is not None:
        return {**own_fields(config, fields), **fields, "start": time, "end": end}
    return {**own_fields(config, fields, number({"time": time}, "time")), **fields}


def _seen(
    config: MaterialConfig, size: tuple[int, int], time: float, light: tuple, view: Any, age: str | None
) -> dict[str, Any]:
    """What the viewer would say (see seen.py) that shows `view` with the ages of a grey picture."""
    view = {} if view is None else view
    if not isinstance(view, dict) or not set(view) <= set(VIEW):
        raise RequestError(f"A view is an object with some of {', '.join(VIEW)}.")
    seen = {"lights": [_light(config, light)], **view, "time": time}
    low, high = age_pictures.usual_range(config.times.duration)
    if "age_range" in view:
        ends = seen.pop("age_range")
        if not isinstance(ends, list) or len(ends) != 2:
            raise RequestError("The age range is two model times, those that black and white stand for.")
        low, high = (number({"age range": value}, "age range") for value in ends)
    if age is not None:
        checked = solve_request(config.name, config, _fields(config, 0, *size, time)).size
        seen["ages"] = pack_ages(age_pictures.read_ages(Path(age), checked, (low, high)))
    return seen


def _light(config, light):
    x, y, log_intensity = light
    return {"x": x, "y": y, "logIntensity": usual_light(config).log_intensity if log_intensity is None else log_intensity}
