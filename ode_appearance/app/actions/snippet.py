"""What is seen, as Python that makes the same picture with the library."""

import dataclasses
from typing import Any

from ...config.schema import Light, SolverConfig, Surface
from ...rendering.aov import LIT
from ...rendering.render import default_light
from ..materials.shipped_materials import Entry
from ..solving.requests import SolveRequest, number
from ..solving.view_state import Seen, read_seen

DIGITS = 6


def snippet(entry: Entry, request: SolveRequest, seen: Any, *, shipped: bool) -> str:
    """A program that draws what the viewer shows of a request: at its time, in its channel, under its lights.

    `seen` is what app/ui/export_panel.py takes from the viewer. A material of the Hub is loaded as it was when it was opened,
    one that is neither of the Hub nor `shipped` from the folder that it is packed into. Raises RequestError or ConfigError for
    what the viewer could not show.
    """
    config = entry.config
    seen = {"time": request.times[-1], **(seen if isinstance(seen, dict) else {})}
    source, note = _source(entry, shipped)
    solving = [f"seed={request.seed}", f"size={request.size}", f"times=[{_round(number(seen, 'time'))}]"]
    if request.start != config.start:
        solving.append(f"start={request.start!r}")
    if request.solver != config.solver:
        solving.append(f"solver={_call('oa.SolverConfig', request.solver, SolverConfig())}")
    lines = [
        "import ode_appearance as oa",
        "",
        f"material = oa.load({source!r}){note}",
        f"trajectory = oa.solve(material, {', '.join(solving)})",
    ]
    view = read_seen(seen, config, request.size, "png")
    options = ["material", "trajectory", *_shown(view, config)]
    lines.append(f"picture = oa.render({', '.join(options)})  # (3, height, width), from 0 to 1")
    if view.channel != LIT:
        lines.append(f"values = oa.decode(material, trajectory.states[0])[{view.channel!r}]  # of the map itself")
    lines += [f"# {view.left_out}"] if view.left_out else []
    lines += ["# What is painted is left out: `age=` takes it, as a picture of model times."] if view.ages is not None else []
    return "\n".join(lines) + "\n"


def _source(entry, shipped):
    """What `oa.load` is given, and a comment on it."""
    if entry.commit:
        return f"{entry.name.partition('@')[0]}@{entry.commit}", ""
    return (entry.name, "") if shipped or "/" in entry.name else (entry.config.name, "  # the folder of its package")


def _shown(view: Seen, config):
    """The arguments of `oa.render` that are not as usual."""
    shown = []
    lights = [dataclasses.replace(light, orbit=0.0) for light in view.lights]
    lit = view.channel == LIT and (config.brdf is not None or view.surface.kind != "flat")
    if lit and [_rounded(light) for light in lights] != [_rounded(default_light(config))]:
        lights = [_call("oa.Light", light, Light()) for light in lights]
        shown.append(f"light={lights[0]}" if len(lights) == 1 else f"light=[{', '.join(lights)}]")
    if view.exposure and view.channel == LIT:
        shown.append(f"exposure={_round(view.exposure)}")
    if view.tiles != (1, 1):
        shown.append(f"tiles={view.tiles}")
    if view.surface.kind != "flat":
        shown.append(f"surface={_call('oa.Surface', view.surface, Surface())}")
    if view.channel != LIT:
        shown.append(f"channel={view.channel!r}")
    return shown


def _call(name, value, usual):
    """The call that makes a dataclass, with the fields that are not as usual."""
    given, usual = _rounded(value), _rounded(usual)
    return f"{name}({', '.join(f'{field}={given[field]!r}' for field in given if given[field] != usual[field])})"


def _rounded(value):
    return {name: _round(field) for name, field in dataclasses.asdict(value).items()}


def _round(value):
    if isinstance(value, tuple | list):
        return tuple(map(_round, value))
    return round(value, DIGITS) if isinstance(value, float) else value
