"""The half of the training tab in which a training is asked for: what is shown where, and what happens on an event."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import gradio as gr

from ...errors import AppearanceError, TrainingError
from ...training.train_config import PRESETS
from ..materials.library import Library
from ..text_format import as_text, duration
from ..train_form.exemplar_upload import UPLOADS, given, look_at, verdict
from ..train_form.form_choices import Choice, settle
from ..train_form.form_estimate import training_seconds
from ..train_form.form_fields import ADVANCED, advanced_fields, examples, read_config
from ..train_form.form_start import start_choices, start_training
from ..trainings.run_records import Order
from .error_message import refusal

KINDS = [("RGB texture", "rgb"), ("SVBRDF, lit by a flash", "svbrdf")]
ONLY_RGB = "Flow matching is for RGB textures."
SIZES = ("state_size", "exemplar_size")
"""Those under "advanced" on which it depends what the trainer sees."""


class Asking:
    """The fields, made where they are to be seen."""

    def __init__(self, library: Library, owner: gr.BrowserState):
        self.library, self.owner = library, owner
        self.settled = gr.JSON(Choice().kept, visible=False)
        gr.Markdown("### A new material from a time-lapse")
        self.uploads = gr.File(
            label="Time-lapse: video, zip or pictures", file_count="multiple", file_types=UPLOADS,
            height=130, elem_id="time-lapse",
        )  # fmt: skip
        self.example = gr.Dropdown(["", *examples()], value="", label="or one that comes with the app")
        self.frames = gr.Image(
            label="As the trainer sees it", interactive=False, visible=False, buttons=[], elem_id="as-trained"
        )
        self.verdict = gr.Markdown(elem_id="verdict")
        self.name = gr.Textbox(label="Name", max_length=60)
        self.kind = gr.Radio(KINDS, value="rgb", label="Kind")
        self.preset = gr.Radio(list(PRESETS), value="quick", label="Preset")
        self.start_from = gr.Dropdown(start_choices(library, ""), value="", label="Start from the weights of")
        with gr.Row():
            self.estimate = gr.Button("How long will it take?")
            self.start = gr.Button("Start training", variant="primary")
        self.estimated = gr.Markdown(elem_id="estimated")
        with gr.Accordion("Credit", open=False):
            self.credit = gr.Textbox(label="Who made the time-lapse", max_length=300)
            self.license = gr.Textbox(label="Its licence (SPDX)", max_length=60)
        with gr.Accordion("Advanced", open=False):
            self.advanced = advanced_fields()

    def connect(self, show: Callable[[str, str], tuple], views: list) -> None:
        """Let `show(owner, key)` give the values of `views` once a training was asked for."""
        private: dict[str, Any] = {"api_visibility": "private"}
        # One at a time, and the latest last: whatever else is changed meanwhile, the form ends as it was last asked to be.
        last = {**private, "trigger_mode": "always_last"}
        chosen = [self.uploads, self.example, self.kind, self.preset, self.start_from]
        config = [self.kind, self.preset, *self.advanced]
        changes = [self.uploads.change, *(field.input for field in chosen[1:])]
        filled = gr.on(
            changes,
            self._fill,
            [self.owner, self.settled, *chosen, *self.advanced],
            [self.settled, *chosen, self.name, *self.advanced],
            show_progress="hidden",
            **last,
        )
        # Only then: the frames are those of the numbers that were filled in.
        looking: dict[str, Any] = {
            "fn": self._look,
            "inputs": [self.uploads, self.example, *config],
            "outputs": [self.frames, self.verdict],
        }
        filled.then(**looking, **last)
        sizes = [field for field, option in zip(self.advanced, ADVANCED, strict=True) if option.name in SIZES]
        gr.on([event for field in sizes for event in (field.blur, field.submit)], **looking, **last)
        self.estimate.click(self._estimate, config, self.estimated, **private)
        asked = [self.owner, self.uploads, self.example, self.name, self.start_from, self.credit, self.license, *config]

        async def start(*values):
            owner, key = await self._start(*values)
            return owner, *await asyncio.to_thread(show, owner, key)

        self.start.click(start, asked, [self.owner, *views], **private)

    def choices(self, owner: str) -> dict[str, Any]:
        """What `start_from` offers now."""
        return gr.update(choices=start_choices(self.library, owner))

    def _fill(self, owner, before, uploads, example, kind, preset_name, start, *values):
        now = Choice(tuple(uploads or ()), example or "", kind, preset_name, start or "")
        now, name, filled = settle(self.library, owner, Choice.read(before), now, list(values))
        if now.preset != preset_name:
            gr.Warning(f"{ONLY_RGB} The preset is {now.preset}.", title="Not possible")
        shown = [
            gr.skip() if now.uploads == tuple(uploads or ()) else None,
            *(gr.skip() if new == old else new for new, old in ((now.example, example), (now.kind, kind))),
            *(gr.skip() if new == old else new for new, old in ((now.preset, preset_name), (now.start, start))),
        ]
        return now.kept, *shown, name or gr.skip(), *([gr.skip()] * len(values) if filled == list(values) else filled)

    async def _look(self, uploads, example, *values):
        try:
            return await asyncio.to_thread(_seen, uploads, example, *values)
        except AppearanceError as error:
            return gr.update(visible=False), f"**Not usable:** {as_text(str(error))}"

    async def _estimate(self, kind, preset_name, *values):
        yield "Measuring ..."
        try:
            config = read_config(kind, preset_name, list(values))
            seconds, features = await asyncio.to_thread(training_seconds, config)
        except AppearanceError as error:
            yield f"**Not possible:** {as_text(str(error))}"
            return
        compared = "" if features is None else f", {as_text(features.name)} features"
        yield f"About {duration(seconds)} on this machine{compared}, if it does nothing else."

    async def _start(self, owner, uploads, example, name, start, credit, license, kind, preset_name, *values):
        def begin():
            with given(uploads, example) as path:
                if path is None:
                    raise TrainingError("Choose a time-lapse first.")
                config = read_config(kind, preset_name, list(values))
                called = (name or "").strip() or path.stem
                order = Order(owner, called, "", credit or "", license or "", start or "")
                return start_training(self.library, path, config, order)

        owner = owner or secrets.token_urlsafe(16)
        try:
            run = await asyncio.to_thread(begin)
        except AppearanceError as error:
            raise refusal(error) from error
        return owner, run.key


def _seen(uploads, example, kind, preset_name, *values):
    with given(uploads, example) as path:
        if path is None:
            return gr.update(visible=False), ""
        exemplar, row = look_at(path, read_config(kind, preset_name, list(values)), path.stem)
    return gr.update(value=row, visible=True), verdict(exemplar)
