"""The README.md of a checkpoint: a Hugging Face model card."""

import json
import re

from ..config.schema import MaterialConfig
from ..models.material import map_channels, start_sentence
from ..models.unet_weights import count_parameters

TAG = "ode-appearance"
"""By which materials are found on the Hub."""

# Those that the Hub knows by name, of what pictures and weights come under; it refuses a card that names any other.
_LICENSES = re.compile(
    r"cc0-1\.0|cc-by(-nc)?(-sa|-nd)?-4\.0|cc-by(-sa|-nc|-nc-nd|-nc-sa)?-3\.0|cc-by(-nc|-nc-sa)?-2\.0|cc-by-2\.5|mit|isc|zlib|"
    r"apache-2\.0|bsd-[23]-clause|mpl-2\.0|a?gpl-3\.0|gpl-2\.0|lgpl-(2\.1|3\.0)|openrail|odbl|odc-by|unlicense|unknown"
)

_USE = """```python
import ode_appearance as oa

material = oa.load({name})
trajectory = oa.solve(material, seed=0, size=(256, 256), times=[0.0, {middle:g}, {end:g}])
picture = oa.render(material, trajectory, time={middle:g})
```"""


def model_card(config: MaterialConfig, *, source: str | None = None) -> str:
    """A material's card: metadata that the Hub indexes, then what the material is, how it was trained and how to use it.

    `source` is what `oa.load` finds it by, where that is not its name.
    """
    from huggingface_hub import ModelCardData

    tags = [TAG, "neural-ode", "texture-synthesis", config.kind]
    credit = {"credit": config.exemplar.credit} if config.exemplar.credit else {}
    # No `datasets`: the Hub takes names of its own data sets, and exemplars are from elsewhere, by a DOI in their credit.
    data = ModelCardData(library_name="ode-appearance", tags=tags, **_license(config.exemplar.license), **credit)
    name = json.dumps(source or config.name, ensure_ascii=False)  # whatever it is, it ends no text and no line
    times, start = config.times, start_sentence(config)
    solver = config.solver
    how = f"fixed step {solver.fixed_step:g}" if solver.fixed_step else f"rtol {solver.rtol:g}, atol {solver.atol:g}"
    took = " ".join(config.exemplar.real_duration.split())
    what = "An RGB texture" if config.brdf is None else f"An SVBRDF (`{config.brdf}`)"
    lines = [
        f"---\n{data.to_yaml()}\n---",
        f"# {config.name.replace('_', ' ')}",
        f"{what} that changes with time: a neural ordinary differential equation trained on one time-lapse.",
        f"- Maps: {', '.join(name for name, _ in map_channels(config))}\n"
        f"- Model time: warm-up [{-times.warmup:g}, 0], exemplar [0, {times.duration:g}]\n"
        + (f"- Start: {start}\n" if start else "")
        + (f"- In reality it took {took}\n" if took else "")
        + f"- Solver: {solver.method}, {how}\n"
        f"- Parameters: {count_parameters(config.architecture):,}",
        "## Use\n\n" + _USE.format(name=name, middle=times.duration / 2, end=times.duration),
        "## Training record\n\n" + _list(config.training),
        "## Measures\n\n" + _measures(config),
        "## Credit\n\n" + (config.exemplar.credit or "Not given."),
        'Method: C. Liu and T. Ritschel, "Neural Differential Appearance Equations", ACM Transactions on Graphics 43(6), '
        "2024, doi 10.1145/3687900.",
    ]
    return "\n\n".join(lines) + "\n"


def _license(name: str) -> dict[str, str]:
    known = (name or "unknown").lower()
    return {"license": known} if _LICENSES.fullmatch(known) else {"license": "other", "license_name": name}


def _measures(config: MaterialConfig) -> str:
    """What the judge's score says, where there is one, and the record of all measures."""
    score = config.measures.get("score")
    if not isinstance(score, int | float):  # none yet, or measures of an earlier kind
        return _list(config.measures)
    other = "cut and stitched anew" if config.brdf is None else "compared half against mirrored half"
    sentence = (
        f"By features that it was not trained with, this material is {score:.2g} times as far from its exemplar as the "
        f"exemplar itself is when {other} (its score; less is closer)."
    )
    return f"{sentence}\n\n{_list(config.measures)}"


def _list(facts: dict) -> str:
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in facts.items()) or "None recorded."
