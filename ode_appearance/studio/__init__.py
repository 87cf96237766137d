"""The studio: a Gradio app in which materials are looked at, moved through time and lit.

layout.py is the page, explore.py and training_tab.py say what is shown where on its tabs, handlers.py what happens on an
event; jobs.py solves, with worker.py and files.py under it; trainings.py looks after trainings, each a process of its own in
a folder of its own; library.py finds and opens what is not shipped; viewer.py, gallery.py, shelf.py and facts.py are the
components, whose scripts and shaders lie in web/.
"""

import threading
import time
from pathlib import Path

from . import uploads as uploads  # before Gradio, which reads where they go

# isort: split
import gradio as gr

from .. import device
from .handlers import Studio
from .layout import LAUNCH, build
from .library import Library
from .materials import Collection
from .settings import check, hub_allowed, runs_folder, training_allowed
from .storage import look_after_storage
from .trainings import Trainings

__all__ = ["LAUNCH", "create_app"]

_POLL_SECONDS, _LATEST_SECONDS = 0.1, 30.0


def create_app(folder: Path | str | None = None) -> gr.Blocks:
    """The app for the materials in a folder (by default the shipped ones), ready to be launched with LAUNCH.

    Raises DeviceError where there is nothing to compute on, and ConfigError for a setting that cannot be used.
    """
    check()
    device.prepare()
    device.check()
    studio = Studio(Collection(folder))
    trainings = Trainings(runs_folder(), busy=lambda: not studio.worker.idle) if training_allowed() else None
    app = build(studio, Library(studio.collection, studio.files, trainings, hub=hub_allowed()))
    look_after_storage()
    threading.Thread(target=_warm_up, args=(app, studio), name="warm-up", daemon=True).start()
    return app


def _warm_up(app, studio):
    """Compile what the first visitor needs: not before the page is served, for it would take from Gradio's own start."""
    deadline = time.monotonic() + _LATEST_SECONDS
    while not app.is_running and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    studio.warm_up()
