"""The studio: a Gradio app in which materials are looked at, moved through time and lit.

layout.py is the page, explore.py and training_tab.py say what is shown where on its tabs, handlers.py what happens on an
event; jobs.py solves, with worker.py and files.py under it; trainings.py looks after trainings, each a process of its own in
a folder of its own; viewer.py, gallery.py and facts.py are the components, whose scripts and shaders lie in web/.
"""

import threading
from pathlib import Path

import gradio as gr

from .. import device
from .handlers import Studio
from .layout import LAUNCH, build
from .materials import Collection
from .settings import runs_folder, training_allowed
from .trainings import Trainings

__all__ = ["LAUNCH", "create_app"]


def create_app(folder: Path | str | None = None) -> gr.Blocks:
    """The app for the materials in a folder (by default the shipped ones), ready to be launched with LAUNCH."""
    device.prepare()
    studio = Studio(Collection(folder))
    # While Gradio starts, so that the first visitor waits less.
    threading.Thread(target=studio.warm_up, name="warm-up", daemon=True).start()
    trainings = Trainings(runs_folder(), busy=lambda: not studio.worker.idle) if training_allowed() else None
    return build(studio, trainings)
