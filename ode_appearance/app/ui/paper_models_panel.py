"""The paper's own models, from a zip file of its release that somebody has: unpacked, checked and listed to be opened."""

import asyncio
from pathlib import Path
from typing import Any

import gradio as gr

from ...errors import AppearanceError
from ...web.scene import kind_label, title
from ..components.material_list import shelf, shelf_value
from ..components.pick_event import picked
from ..materials.library import Library, Row
from .user_material import QUIET

KEPT_UNTIL = "Kept until the app ends; on the command line, import-official keeps them for good."


class PaperModels:
    """A field for the zip file, and the list of what was in it."""

    def __init__(self, library: Library):
        self.library = library
        gr.Markdown("#### You have the paper's weights?")
        self.upload = gr.File(label="Drop the zip here", file_types=[".zip"], height=110, elem_id="paper-zip")
        self.found = shelf(elem_id="paper-found")
        self.rows = gr.State([])

    def connect(self, showing: dict[str, Any]) -> None:
        """Let models be shown by listeners like `showing` (see `LibraryPanel.connect`)."""

        async def open_picked(event: gr.EventData, request: gr.Request, rows, *values):
            name, asked = picked(event)
            yield {self.found: shelf_value(rows, "", name)}
            async for shown in showing["fn"](name, request, *values, asked=asked):
                yield shown

        self.upload.upload(self.read, self.upload, [self.found, self.rows], concurrency_limit=1, **QUIET)
        inputs, outputs = [self.rows, *showing["inputs"]], [self.found, *showing["outputs"]]
        self.found.pick(**{**showing, "fn": open_picked, "inputs": inputs, "outputs": outputs})

    async def read(self, path: str | None):
        """Import an uploaded zip file; yields the list and its rows after each model."""
        rows: list[Row] = []
        refused: list[str] = []
        models = self.library.open_release(Path(path or ""))
        yield shelf_value([], "Reading the zip file ..."), rows
        try:
            while (read := await asyncio.to_thread(next, models, None)) is not None:
                result, entry = read
                if entry is None:
                    refused.append(f"{result.name}: {result.error}")
                else:
                    beside = "with its exemplar" if result.exemplar else "without its exemplar"
                    label = f"{kind_label(entry.config)}, {beside}"
                    rows = [*rows, Row(name=entry.name, title=title(result.name), label=label)]
                yield shelf_value(rows, f"Importing, {len(rows) + len(refused)} so far ..."), rows
        except AppearanceError as error:
            refused.append(str(error))
        imported = [f"{len(rows)} imported. {KEPT_UNTIL}"] if rows else []
        yield shelf_value(rows, " ".join(imported + refused)), rows
