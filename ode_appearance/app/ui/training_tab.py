"""The training tab: beside the form, how a training goes on, and what can be done with it."""

from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from ...errors import AppearanceError
from ..actions.training_view import curve, summary
from ..materials.library import Library
from ..text_format import as_text
from .error_message import refusal
from .train_form_ui import Asking
from .user_material import OwnMaterial

REFRESH_SECONDS = 2.0
# By a link of its own: a browser lets a page do that for the click that packing followed.
DOWNLOAD = """(file) => {
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""


class TrainingTab:
    """The tab for one app; made within its `gr.Blocks`."""

    def __init__(self, library: Library, owner: gr.BrowserState):
        self.library, self.trainings, self.owner = library, library.trainings, owner
        self.chosen = gr.State("")
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                self.asking = Asking(library, owner)
            with gr.Column(scale=3, min_width=320):
                self._progress()
        self._connect()

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
                self.pack = gr.Button("Download", min_width=140)
            self.own = OwnMaterial(self.library, self.owner, self.chosen)
        self.packed = gr.File(label="The material's checkpoint", visible=False, interactive=False, elem_id="packed")
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

    def _refreshed(self, owner, key):
        """The same training as it is now. Which one that is stays untouched: a slow answer comes after another was chosen."""
        runs, *seen, chosen = self.show(owner, key)
        if chosen != key:
            return runs, *seen, chosen
        return gr.update(choices=runs["choices"]), *seen, gr.skip()

    def _connect(self):
        private: dict[str, Any] = {"api_visibility": "private"}
        quiet = {**private, "show_progress": "hidden"}
        self.asking.connect(self.show, self.views)
        self.timer.tick(self._refreshed, [self.owner, self.chosen], self.views, **quiet)
        self.runs.input(self.show, [self.owner, self.runs], self.views, **quiet)
        for button, act in ((self.pause, self.trainings.pause), (self.resume, self.trainings.resume)):
            self._on_run(button, act, private)
        self._on_run(self.keep, lambda run: self.trainings.pause(run, keep=True), private)
        self.own.connect(self.show, self.views)
        packed = self.pack.click(self._pack, [self.owner, self.chosen], self.packed, **private)
        packed.success(None, self.packed, None, js=DOWNLOAD, **private)
        self.chosen.change(lambda: gr.update(visible=False), None, self.packed, **quiet)

    def connect(self, here: gr.Tab, elsewhere: gr.Tab) -> None:
        """Keep the view up to date while the training tab is the one that is looked at."""
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        here.select(
            lambda owner, key: (gr.Timer(active=True), self.asking.choices(owner), *self.show(owner, key)),
            [self.owner, self.chosen],
            [self.timer, self.asking.start_from, *self.views],
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

    def _pack(self, owner, key):
        try:
            return gr.update(value=str(self.library.pack_own(owner, key)), visible=True)
        except AppearanceError as error:
            raise refusal(error) from error


def _picture(path):
    if path is None:
        return None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _frame(columns):
    import pandas

    return pandas.DataFrame(columns) if columns["iteration"] else None
