"""More materials, under the gallery: those of the Hugging Face Hub, this browser's own trainings, and the paper's models."""

import asyncio
from typing import Any

import gradio as gr

from ...errors import AppearanceError
from ..components.material_list import KEPT, shelf, shelf_value
from ..components.pick_event import picked
from ..materials.library import Library
from .paper_models_panel import PaperModels
from .user_material import QUIET, OwnMaterial

FETCHED = "These were fetched before:"
NO_OWN = "What you train appears here."


class LibraryPanel:
    """The panel, made where it is to be seen. `owner` holds who this browser is, where there are trainings."""

    def __init__(self, library: Library, owner: gr.BrowserState | None):
        self.library, self.owner = library, owner
        with gr.Accordion("More materials", open=False, elem_id="library") as self.accordion:
            if library.hub:
                gr.Markdown("#### Hugging Face Hub")
                self.query = _line("Search the Hub", "rust", submit_btn="Search", elem_id="hub-query")
                self.found = shelf(elem_id="hub-found")
                self.repo = _line("Open a repository", "user/name", submit_btn="Open", elem_id="hub-repo")
                self.opened = shelf(elem_id="hub-opened")
                self.names = gr.State([])
            if library.trainings is not None:
                gr.Markdown("#### Mine")
                self.mine = shelf(elem_id="mine")
                self.key = gr.State("")
                with gr.Column(elem_id="own-tools"):  # seen where one of the rows is chosen
                    self.own = OwnMaterial(library, owner, self.key)
            self.paper = PaperModels(library)

    def connect(self, showing: dict[str, Any]) -> None:
        """Let materials be shown by listeners like `showing`, whose function takes a name, the request and its inputs."""
        if self.library.hub:
            self._connect_hub(showing)
        if self.library.trainings is not None:
            self._connect_own(showing)
        self.paper.connect(showing)

    def refresh_with(self, event) -> None:
        """Look anew at what there is at an event, such as `tab.select`."""
        if self.library.trainings is not None:
            event(self._own_list, self.owner, self.mine, **QUIET)

    def _connect_hub(self, showing):
        async def search(query):
            yield shelf_value([], "Searching ...")
            try:
                rows = await asyncio.to_thread(self.library.search, query)
            except AppearanceError as error:
                rows = await asyncio.to_thread(self.library.fetched, query)
                yield shelf_value(rows, f"{error} {FETCHED}" if rows else str(error))
                return
            yield shelf_value(rows, "" if rows else "The Hub has no material of that name.")

        async def open_named(name, request: gr.Request, names, *values, asked=None):
            rows = await asyncio.to_thread(self.library.hub_rows, names)
            yield {self.opened: shelf_value(rows, f"Opening {name} ...")}
            try:
                entry = await asyncio.to_thread(self.library.open_from_hub, name)
            except AppearanceError as error:
                yield {self.opened: shelf_value(rows, str(error))}
                return
            names = [*names, entry.name]
            rows = await asyncio.to_thread(self.library.hub_rows, names)
            yield {self.names: names, self.opened: shelf_value(rows, "", entry.name)}
            async for shown in showing["fn"](entry.name, request, *values, asked=asked):
                yield shown

        async def open_typed(request: gr.Request, name, *values):
            async for shown in open_named(name, request, *values):
                yield shown

        async def open_picked(event: gr.EventData, request: gr.Request, *values):
            name, asked = picked(event)
            async for shown in open_named(name, request, *values, asked=asked):
                yield shown

        self.query.submit(search, self.query, self.found, concurrency_limit=None, **QUIET)
        inputs, outputs = [self.names, *showing["inputs"]], [self.names, self.opened, *showing["outputs"]]
        self.repo.submit(**{**showing, "fn": open_typed, "inputs": [self.repo, *inputs], "outputs": outputs})
        for rows in (self.found, self.opened):
            rows.pick(**{**showing, "fn": open_picked, "inputs": inputs, "outputs": outputs})

    def _connect_own(self, showing):
        async def open_own(event: gr.EventData, request: gr.Request, owner, *values):
            key, asked = picked(event)
            try:
                entry = await asyncio.to_thread(self.library.open_own, owner, key)
            except AppearanceError as error:
                rows = await asyncio.to_thread(self.library.own_rows, owner)
                yield {self.mine: shelf_value(rows, str(error))}
                return
            views = await asyncio.to_thread(self._own_views, owner, key)
            yield dict(zip((self.mine, self.key), views, strict=True))
            async for shown in showing["fn"](entry.name, request, *values, asked=asked):
                yield shown

        views = [self.mine, self.key]
        inputs, outputs = [self.owner, *showing["inputs"]], [*views, *showing["outputs"]]
        self.mine.pick(**{**showing, "fn": open_own, "inputs": inputs, "outputs": outputs})
        self.own.connect(self._own_views, views)
        self.refresh_with(self.accordion.expand)

    def _own_list(self, owner):
        """The list of own materials. Which one is chosen is left as it is: a slow answer comes after another was chosen."""
        rows = self.library.own_rows(owner)
        return shelf_value(rows, "" if rows else NO_OWN, KEPT)

    def _own_views(self, owner, key):
        """The list of own materials, and which of them the tools below it are for."""
        rows = self.library.own_rows(owner)
        key = key if any(row["name"] == key for row in rows) else ""
        return shelf_value(rows, "" if rows else NO_OWN, key or None), key


def _line(label, placeholder, **options):
    return gr.Textbox(label=label, placeholder=placeholder, max_lines=1, max_length=300, container=False, **options)
