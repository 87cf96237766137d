"""The Gradio app in which materials are looked at, moved through time, lit, exported and trained.

ui/           the page: layout.py, its tabs and panels
components/   Gradio components with scripts of their own (their browser side is in web/)
api/          named endpoints for programs
actions/      what an event changes, without components
train_form/   the training form, without components
solving/      requests and the jobs that one thread works off
materials/    shipped materials and the library of others
trainings/    trainings, each a process with a folder of its own
storage/      temporary and stored files
"""

import threading
import time
from pathlib import Path

from .storage import uploads as uploads  # before Gradio, which reads where they go

# isort: split
import gradio as gr

from ..runtime import device
from ..runtime.folders import runs_folder
from .actions.handlers import Studio
from .materials.library import Library
from .materials.shipped_materials import Collection
from .settings import check, hub_allowed, training_allowed
from .storage.quotas import look_after_storage
from .trainings.supervisor import Trainings
from .ui.layout import LAUNCH, build

__all__ = ["LAUNCH", "create_app"]

_POLL_SECONDS, _LATEST_SECONDS = 0.1, 30.0


def create_app(folder: Path | str | None = None) -> gr.Blocks:
    """The app for the materials in a folder (by default the shipped ones), ready to be launched with LAUNCH.

    Raises DeviceError where there is nothing to compute on, and ConfigError for a setting that cannot be used.
    """
    check()
    device.configure()
    device.require()
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
