"""What happens on an event: from what a person did to what the components show next. No component is made here."""

import asyncio
import collections
import functools
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import gradio as gr

from ...config.schema import MaterialConfig
from ...errors import AppearanceError, RequestError
from ...ode.solve import solve
from ...ode.trajectory import TrajectoryCache
from ...runtime import device
from ..materials.shipped_materials import Collection, facts
from ..settings import cache_bytes, exemplars_folder
from ..solving.exemplar_keyframes import Exemplars
from ..solving.exports import Exports
from ..solving.jobs import Sessions
from ..solving.material_fields import own_count, own_fields, times_of_start
from ..solving.render_jobs import Pictures
from ..solving.requests import chosen_material, solve_request
from ..solving.worker import Worker
from ..storage.keyframe_store import KeyframeFiles
from ..text_format import as_text
from . import presentation

FIELDS = (
    "seed", "start_kind", "width", "height", "start", "end", "count", "method", "stepping", "tolerance", "step", "quality"
)  # fmt: skip
"""The fields of the screen, in the order in which handlers get their values; a link to the page can give all of them."""
SIZE = 128
"""Width and height at first."""
SIZES = {"width": SIZE, "height": SIZE}
SETTLE_SECONDS = 0.4
IDLE_SECONDS = 0.5
POLL_SECONDS = 0.05
LEAST_SECONDS = 0.15
"""Between two messages to the browser."""

Shown = dict[str, Any]
"""What to show next, by the names of components: those of FIELDS, and viewer, estimate, gallery, facts, device, selected,
starts, with_warmup."""


class Studio:
    """The app behind its screen. Handlers that solve are asynchronous generators of what to show next."""

    def __init__(self, collection: Collection):
        self.collection = collection
        self.files = KeyframeFiles()
        self.worker, cache = Worker(), TrajectoryCache(cache_bytes())
        self.sessions = Sessions(self.worker, self.files, cache)
        self.pictures = Pictures(collection, self.worker, cache)
        self.exemplars = Exemplars(self.files, exemplars_folder())
        self.exports = Exports(collection, self.worker, cache, self.files)
        self._asked: collections.Counter[str] = collections.Counter()
        self._picked: dict[str, float] = {}

    def warm_up(self) -> None:
        """Compile what the first visitors need, a network after the other and only while nobody waits for the solver."""
        compiled = set()
        for material in [entry.material for entry in self.collection.sound]:
            network = material.config.architecture, material.config.solver
            if network in compiled:
                continue
            compiled.add(network)
            while not self.worker.idle:
                time.sleep(IDLE_SECONDS)
            start = material.config.first_time
            self.worker.submit(functools.partial(solve, material, size=(SIZE, SIZE), times=[start])).exception()

    async def open(self, session: str, fields: Shown, link: Any = None) -> AsyncIterator[Shown]:
        """A tab was opened: the gallery and the first material, or what `link` (web/scripts/base/link-parameters.js) says."""
        sound = await asyncio.to_thread(lambda: self.collection.sound)
        first = sound[0].name if sound else None
        linked = self._linked(link)
        first = linked.pop("material", first)  # the others are fields
        on, hint = await asyncio.to_thread(lambda: (device.description(), device.hint()))
        rows = [["Solves on", on], *([["Note", hint]] if hint else [])]
        shown = {"gallery": presentation.gallery_value(self.collection, self.exemplars, first, first=True), "device": rows}
        if first is None:
            sentence = f"There are no materials in {self.collection.folder} that can be opened."
            yield {**shown, "viewer": presentation.empty_value(sentence)}
            return
        if session in self._picked:  # a person was faster: that is being shown
            yield shown
            return
        async for following in self.pick(session, first, fields, linked):
            yield {**shown, **following}
            shown = {}

    async def pick(
        self, session: str, name: str, fields: Shown, linked: Shown | None = None, asked: float | None = None
    ) -> AsyncIterator[Shown]:
        """A material was chosen: its facts, its own solver and time range or what is `linked`, and its keyframes.

        Of two that were `asked` for at different times the later one is shown, whichever comes first.
        """
        if asked is not None:
            if asked < self._picked.get(session, 0.0):
                return
            self._picked[session] = asked
        try:
            entry = self.collection.find(name)
            linked = linked or {}
            material = chosen_material(entry.material, linked)
        except AppearanceError as error:
            yield self._refuse(session, error)
            return
        own = {**own_fields(material.config, {**fields, **linked}), **linked}
        shown = {"selected": name, "facts": [list(row) for row in facts(entry)], **own, **presentation.start_choice(material)}
        async for following in self.solve(session, name, {**fields, **own}):
            yield {**shown, **following}
            shown = {}

    async def refill(
        self, session: str, name: str | None, fields: Shown, fill: Callable[[MaterialConfig], Shown]
    ) -> AsyncIterator[Shown]:
        """Set some fields to what `fill` makes of the material's facts, and solve."""
        own = self._own(name, fields, fill)
        shown = own
        async for following in self.solve(session, name, {**fields, **own}):
            yield {**shown, **following}
            shown = {}

    async def change(self, session: str, name: str | None, fields: Shown) -> AsyncIterator[Shown]:
        """A field was changed: solve, once the person has stopped typing."""
        self._asked[session] += 1
        mine = self._asked[session]
        if estimate := self._estimate(name, fields):
            yield estimate
        await asyncio.sleep(SETTLE_SECONDS)
        if self._asked[session] == mine:
            async for shown in self.solve(session, name, fields):
                yield shown

    async def restart(self, session: str, name: str | None, fields: Shown) -> AsyncIterator[Shown]:
        """Another start was chosen: set the time range to what it can have, and solve."""
        own = self._own(name, fields, lambda config: times_of_start(config, fields))
        try:
            shown = {**own, **presentation.start_choice(self._chosen(name, fields)[1])}
        except AppearanceError:
            shown = own  # `solve` says why
        async for following in self.solve(session, name, {**fields, **own}):
            yield {**shown, **following}
            shown = {}

    async def resize(self, session: str, name: str | None, fields: Shown) -> AsyncIterator[Shown]:
        """Width or height was changed: as `change`, with as many keyframes as suit the size."""
        own = self._own(name, fields, lambda config: own_count(config, fields))
        shown = own
        async for following in self.change(session, name, {**fields, **own}):
            yield {**shown, **following}
            shown = {}

    async def solve(self, session: str, name: str | None, fields: Shown) -> AsyncIterator[Shown]:
        """Solve for a session, instead of what it solved before, and show the keyframes as they arrive."""
        self._asked[session] += 1
        try:
            entry, material = self._chosen(self._remembered(name), fields)
            request = solve_request(entry.name, material.config, fields)
            job = self.sessions.begin(session, request, material)
        except AppearanceError as error:
            yield self._refuse(session, error)
            return
        exemplar = await asyncio.to_thread(self.exemplars.find, entry) is not None
        seen = -1
        try:
            while self.sessions.latest(session) is job:
                if job.changes != seen:
                    # Read before the value is made: a change while it is made is shown the next time.
                    seen, finished = job.changes, job.finished
                    estimate = self.sessions.speed.describe(material.config, request)
                    yield {"viewer": presentation.viewer_value(entry, job, exemplar=exemplar), "estimate": estimate}
                    if finished:
                        break
                    await asyncio.sleep(LEAST_SECONDS - POLL_SECONDS)
                await asyncio.sleep(POLL_SECONDS)
        finally:
            job.stop()  # nobody listens any more
        if job.message and self.sessions.latest(session) is job:
            _warn(job.message)

    def _remembered(self, name):
        """The name of what a page shows; of a page that asked long ago, it is no longer known (see MOST_SESSIONS)."""
        if not name and self.collection.sound:
            raise RequestError("Too many others were here meanwhile: reload this page, and it shows the same again.")
        return name or ""

    def exemplar_picture(self, name: str) -> dict[str, str]:
        """For the viewer: {"address": of the keyframes of a material's exemplar} or {"error": a sentence}."""
        try:
            return self.exemplars.picture(self.collection.find(str(name)))
        except AppearanceError as error:
            return {"error": str(error)}

    def end(self, session: str) -> None:
        """The tab was closed."""
        self.sessions.end(session)
        self.exports.end(session)
        self._asked.pop(session, None)
        self._picked.pop(session, None)

    def _linked(self, link):
        """The material and the fields that a link asks for; nothing where that is not possible."""
        if not isinstance(link, dict) or not isinstance(link.get("material"), str):
            return {}
        linked = {name: link[name] for name in FIELDS if isinstance(link.get(name), int | float | str)}
        try:
            config = self._chosen(link["material"], linked)[1].config
            solve_request(link["material"], config, {"seed": 0, **own_fields(config, {**SIZES, **linked}), **SIZES, **linked})
        except AppearanceError as error:
            _warn(f"What the link asks for cannot be shown. {error}")
            return {}
        return {"material": link["material"], **linked}

    def _estimate(self, name, fields):
        """What the fields would take to solve; nothing where they cannot be solved, which `solve` says."""
        try:
            entry, material = self._chosen(name, fields)
            request = solve_request(entry.name, material.config, fields)
        except AppearanceError:
            return {}
        return {"estimate": self.sessions.speed.describe(material.config, request)}

    def _chosen(self, name, fields):
        """A material's entry, and the material with the start that the fields choose."""
        entry = self.collection.find(name or "")
        return entry, chosen_material(entry.material, fields)

    def _own(self, name, fields, fill):
        """What `fill` makes of a material's facts; nothing where there is no such material, which `solve` refuses."""
        try:
            return fill(self._chosen(name, fields)[1].config)
        except AppearanceError:
            return {}

    def _refuse(self, session, error):
        """What was asked for is not possible: say so, and leave what is there as it is."""
        _warn(str(error))
        job = self.sessions.latest(session)
        try:
            entry = None if job is None else self.collection.find(job.request.material)
        except AppearanceError:
            entry = None  # it was deleted, or forgotten
        if entry is None:
            return {"viewer": presentation.empty_value(str(error))}
        job.notify(str(error))
        return {"viewer": presentation.viewer_value(entry, job)}


def _warn(sentence: str) -> None:
    gr.Warning(as_text(sentence), title="Not possible")
