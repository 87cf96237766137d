"""The training tab: what is shown where, and what happens on an event."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from ..collection import list_materials
from ..errors import AppearanceError, TrainingError
from ..features import load_features
from ..training.config import PRESETS, preset
from ..training.estimate import estimate_seconds
from .library import Library
from .own_material import OwnMaterial
from .plain import as_text, duration
from .runs import Order
from .training_form import advanced_fields, examples, look_at, read_config, shown_values
from .training_view import curve, summary

KINDS = [("RGB texture", "rgb"), ("SVBRDF, lit by a flash", "svbrdf")]
UPLOADS = [".gif", ".webp", ".png", ".mp4", ".avi", ".mov", ".mkv", ".zip"]
REFRESH_SECONDS = 2.0
Shown = dict[Any, Any]


class TrainingTab:
    """The tab for one app; made within its `gr.Blocks`."""

    def __init__(self, library: Library, owner: gr.BrowserState):
        self.library, self.trainings, self.owner = library, library.trainings, owner
        self.chosen = gr.State("")
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                self._form()
            with gr.Column(scale=3, min_width=320):
                self._progress()
        self._connect()

    def _form(self):
        gr.Markdown("### A new material from a time-lapse")
        self.upload = gr.File(label="Time-lapse: animation, video, or zip of pictures", file_types=UPLOADS, height=130)
        self.example = gr.Dropdown(["", *examples()], value="", label="or one that comes with the app")
        self.frames = gr.Image(label="As the trainer sees it", interactive=False, visible=False, buttons=[])
        self.verdict = gr.Markdown(elem_id="verdict")
        self.name = gr.Textbox(label="Name", max_length=60)
        self.kind = gr.Radio(KINDS, value="rgb", label="Kind")
        self.preset = gr.Radio(list(PRESETS), value="quick", label="Preset")
        self.init_from = gr.Dropdown(["", *list_materials()], value="", label="Start from the weights of")
        with gr.Row():
            self.estimate = gr.Button("How long will it take?")
            self.start = gr.Button("Start training", variant="primary")
        self.estimated = gr.Markdown(elem_id="estimated")
        with gr.Accordion("Credit", open=False):
            self.credit = gr.Textbox(label="Who made the time-lapse", max_length=300)
            self.license = gr.Textbox(label="Its licence (SPDX)", max_length=60)
        with gr.Accordion("Advanced", open=False):
            self.advanced = advanced_fields()

    def _progress(self):
        self.runs = gr.Dropdown([], label="Your trainings", elem_id="trainings")
        self.status = gr.Markdown("No training yet.", elem_id="training-status")
        self.result = gr.Image(label="Exemplar above, result below", interactive=False, visible=False, buttons=["download"])
        self.plot = gr.LinePlot(None, x="iteration", y="loss", label="Loss", height=220, visible=False)
        with gr.Column(visible=False) as self.actions:
            with gr.Row():
                self.pause = gr.Button("Pause", min_width=80)
                self.resume = gr.Button("Resume", min_width=80)
                self.keep = gr.Button("Stop and keep", min_width=140)
            with gr.Row():
                self.open = gr.Button("Open in Explore", min_width=140)
                self.pack = gr.Button("Pack for download", min_width=140)
            self.own = OwnMaterial(self.library, self.owner, self.chosen)
        self.packed = gr.File(label="The material's checkpoint", visible=False, interactive=False)
        self.timer = gr.Timer(REFRESH_SECONDS, active=False)

    @property
    def views(self) -> list:
        """The components that show a run."""
        return [self.runs, self.status, self.result, self.plot, self.actions, self.chosen]

    def show(self, owner: str, key: str) -> tuple:
        """Values of `views`, for the training of that key, or the latest."""
        mine = self.trainings.of(owner)
        run = next((run for run in mine if run.key == key), mine[0] if mine else None)
        choices = [(f"{other.order.name} ({self.trainings.status(other)})", other.key) for other in mine]
        if run is None:
            hidden = gr.update(visible=False)
            return gr.update(choices=[], value=None), "No training yet.", hidden, hidden, hidden, ""
        points, result = _frame(curve(run)), run.result
        return (
            gr.update(choices=choices, value=run.key),
            as_text(summary(run, self.trainings.status(run))),
            gr.update(value=_picture(result), visible=result is not None),
            gr.update(value=points, visible=points is not None),
            gr.update(visible=True),
            run.key,
        )

    def _connect(self):
        private = {"api_visibility": "private"}
        looking = [self.upload, self.example, self.kind, self.preset, *self.advanced]
        seen = [self.frames, self.verdict, self.name]
        self.upload.change(self._look, looking, seen, **private)
        self.example.input(self._pick_example, [self.example], [self.upload, self.kind], **private).then(
            self._look, looking, seen, **private
        )
        for choice in (self.kind, self.preset):
            choice.change(self._fill, [self.preset, self.kind], self.advanced, **private)
        self.kind.input(self._look, looking, seen, **private)
        self.estimate.click(self._estimate, [self.kind, self.preset, *self.advanced], self.estimated, **private)
        asked = [self.owner, self.upload, self.example, self.name, self.kind, self.preset, self.init_from, self.credit]
        self.start.click(self._start, [*asked, self.license, *self.advanced], [self.owner, *self.views], **private)
        quiet = {**private, "show_progress": "hidden"}
        self.timer.tick(self.show, [self.owner, self.chosen], self.views, **quiet)
        self.runs.input(self.show, [self.owner, self.runs], self.views, **quiet)
        for button, act in ((self.pause, self.trainings.pause), (self.resume, self.trainings.resume)):
            self._on_run(button, act, private)
        self._on_run(self.keep, lambda run: self.trainings.pause(run, keep=True), private)
        self.own.connect(self.show, self.views)
        self.pack.click(self._pack, [self.owner, self.chosen], self.packed, **private)
        self.runs.change(lambda: gr.update(visible=False), None, self.packed, **quiet)

    def connect(self, here: gr.Tab, elsewhere: gr.Tab) -> None:
        """Keep the view up to date while the training tab is the one that is looked at."""
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        here.select(
            lambda owner, key: (gr.Timer(active=True), *self.show(owner, key)),
            [self.owner, self.chosen],
            [self.timer, *self.views],
            **quiet,
        )
        elsewhere.select(lambda: gr.Timer(active=False), None, self.timer, **quiet)

    def _on_run(self, button, act, options):
        def acted(owner, key):
            try:
                act(self.trainings.find(owner, key))
            except AppearanceError as error:
                raise refusal(error) from error
            return self.show(owner, key)

        button.click(acted, [self.owner, self.chosen], self.views, **options)

    def _fill(self, preset_name, kind):
        return shown_values(preset(preset_name, kind))

    def _pick_example(self, name):
        known = examples()
        return None, known[name][1] if name in known else gr.skip()

    async def _look(self, upload, example, kind, preset_name, *values):
        path = _exemplar_path(upload, example)
        if path is None:
            return gr.update(visible=False), "", gr.skip()
        name = Path(upload).stem[:60] if upload else example
        try:
            config = read_config(kind, preset_name, list(values))
            exemplar, row = await asyncio.to_thread(look_at, path, config, name)
        except AppearanceError as error:
            return gr.update(visible=False), f"**Not usable:** {as_text(str(error))}", name
        sentence = f"{len(exemplar)} frames of {exemplar.size}x{exemplar.size}, model time 0 to {exemplar.duration:g}."
        return gr.update(value=row, visible=True), sentence, name

    async def _estimate(self, kind, preset_name, *values):
        yield "Measuring ..."
        try:
            config = read_config(kind, preset_name, list(values))
            features = await asyncio.to_thread(load_features, config.features)
            seconds = await asyncio.to_thread(estimate_seconds, config, features)
        except AppearanceError as error:
            yield f"**Not possible:** {as_text(str(error))}"
            return
        yield f"About {duration(seconds)} on this machine, {as_text(features.name)} features, if it does nothing else."

    async def _start(self, owner, upload, example, name, kind, preset_name, init_from, credit, license, *values):
        owner = owner or secrets.token_urlsafe(16)
        path = _exemplar_path(upload, example)
        try:
            if path is None:
                raise TrainingError("Choose a time-lapse first.")
            config = read_config(kind, preset_name, list(values))
            await asyncio.to_thread(look_at, path, config, name)
            order = Order(owner, (name or "").strip() or path.stem, "", credit or "", license or "", init_from or "")
            run = await asyncio.to_thread(self.trainings.start, path, config, order)
        except AppearanceError as error:
            raise refusal(error) from error
        return owner, *await asyncio.to_thread(self.show, owner, run.key)

    def _pack(self, owner, key):
        try:
            return gr.update(value=str(self.library.pack_own(owner, key)), visible=True)
        except AppearanceError as error:
            raise refusal(error) from error


def _exemplar_path(upload, example):
    known = examples()
    return Path(upload) if upload else known[example][0] if example in known else None


def _picture(path):
    if path is None:
        return None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _frame(columns):
    import pandas

    return pandas.DataFrame(columns) if columns["iteration"] else None


def refusal(error: AppearanceError) -> gr.Error:
    """What the page shows of an error."""
    return gr.Error(as_text(str(error)), title="Not possible", print_exception=False)
