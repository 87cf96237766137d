"""What the components of the studio are given to show: materials and jobs as plain data (see app/components/viewer.py and
app/components/gallery.py)."""

from typing import Any
from urllib.parse import quote

import gradio as gr
from gradio.route_utils import API_PREFIX

from ...checkpoints.keyframe_baking import SIZE
from ...keyframes.keyframe_times import usual_count
from ...models.material import Material
from ...runtime.device import description
from ...web.scene import describe, title
from ..materials.shipped_materials import BrokenEntry, Collection, Entry
from ..solving.exemplar_keyframes import Exemplars
from ..solving.jobs import Job
from ..solving.material_fields import solver_fields
from ..text_format import duration


def viewer_value(entry: Entry, job: Job, *, exemplar: bool = False) -> dict[str, Any]:
    """The viewer's value for a job of a material, of which the `exemplar` is at hand or not."""
    config = job.material.config  # its start is the one that was chosen
    request = job.request
    solver = {**solver_fields(request.solver), "count": len(request.times), "quality": request.quality}
    usual = {**solver_fields(config.solver), "count": usual_count(config.kind, request.size), "quality": "full"}
    return {
        "run": job.number,
        "material": {**describe(config, entry.name), "exemplar": exemplar},
        "preview": _file(entry.preview),
        "baked": _file(entry.baked),
        "seed": request.seed,
        "size": list(request.size),
        "times": list(request.times),
        "solver": None if solver == usual else solver,
        "start": None if request.start == entry.config.start else request.start,
        "keyframes": [{"time": time, "file": _file(path)} for time, path in list(job.keyframes)],
        "status": job.status,
        "text": progress_text(job),
        "message": job.notice or job.message,
    }


def opening_value(entry: Entry, exemplars: Exemplars, *, addressed: bool = False) -> dict[str, Any]:
    """The viewer's value for a material before it was asked for: what is baked of it can be looked at.

    `addressed` says that Gradio does not give its files their addresses, as it does those of a component's value.
    """
    config = entry.config
    return {
        "run": 0,
        "material": {**describe(config, entry.name), "exemplar": exemplars.find(entry) is not None},
        "preview": _file(entry.preview, addressed),
        "baked": _file(entry.baked, addressed),
        "seed": 0,
        "size": [SIZE, SIZE],
        "times": [config.first_time, config.times.duration],
        "solver": None,
        "start": None,
        "keyframes": [],
        "status": "asked",
        "text": "",
        "message": None,
    }


def start_choice(material: Material) -> dict[str, Any]:
    """Whether there is a choice of starts, and whether a solve from the present one has a warm-up."""
    return {
        "starts": gr.update(visible=material.start is not None),
        "with_warmup": gr.update(visible=material.config.first_time < 0),
    }


def progress_text(job: Job) -> str:
    """How far a job is, in a line."""
    done, planned = len(job.keyframes), len(job.request.times)
    spent = f"{job.steps} step{'s' * (job.steps > 1)}, {job.seconds:.1f} s on {description()}" if job.steps else "from memory"
    match job.status:
        case "waiting":
            return "Waiting until the solver is free"
        case "solving" if not done:
            return "Preparing the solver: this takes longer the first time at a size"
        case "solving":
            return f"Solving: {done} of {planned} keyframes, {spent}{_left(job.seconds_left)}"
        case "complete":
            return f"{done} keyframes, {spent}"
        case _:
            return f"{done} of {planned} keyframes, {spent}"


def _left(seconds):
    if seconds is None:
        return ""
    return f", about {duration(seconds)} left" if seconds >= 0.7 else ", less than a second left"


def empty_value(message: str) -> dict[str, Any]:
    """The viewer's value where there is nothing to show but a sentence."""
    return {"run": 0, "material": None, "message": message}


def gallery_value(collection: Collection, exemplars: Exemplars, selected: str | None, *, first: bool = False) -> dict[str, Any]:
    """The gallery's value; `first` says that it is of a page that opens."""
    return {"selected": selected, "first": first, "materials": [_card(entry, exemplars) for entry in collection.entries]}


def glimpse_value(collection: Collection) -> dict[str, Any]:
    """The gallery's value before the materials are read: their names and previews, in the page as it is sent."""
    cards = [{**_named(name), "label": "", "preview": _file(preview), "error": None} for name, preview in collection.glimpse()]
    return {"selected": None, "materials": cards}


def _named(name):
    return {"name": name, "title": title(name)}


def _card(entry, exemplars):
    names = _named(entry.name)
    if isinstance(entry, BrokenEntry):
        return {**names, "label": "cannot be opened", "preview": None, "error": entry.error}
    kind = "RGB texture" if entry.config.brdf is None else "SVBRDF"
    opening = opening_value(entry, exemplars)
    return {**names, "label": kind, "preview": _file(entry.preview), "opening": opening, "error": None}


def _file(path, addressed=False):
    if path is None or not path.exists():  # it may have been dropped meanwhile
        return None
    address = f"{API_PREFIX.lstrip('/')}/file={quote(str(path))}" if addressed else None
    return gr.FileData(path=str(path), url=address).model_dump()
