"""The README.md of a checkpoint: a Hugging Face model card."""

import json
import re

from ..config.schema import MaterialConfig
from ..models.material import map_channels, start_sentence
from ..models.unet_weights import count_parameters

TAG = "ode-appearance"
"""The tag by which materials are found on the Hub."""

# Licences for images and weights that the Hub knows; it rejects a card that names any other.
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
    """Model card of a material: metadata that the Hub indexes, a description, the training record and usage.

    Args:
        config: The material.
        source: Name for `oa.load`; default: the material's name.

    Returns:
        Markdown with a YAML front matter.
    """
    from huggingface_hub import ModelCardData

    tags = [TAG, "neural-ode", "texture-synthesis", config.kind]
    credit = {"credit": config.exemplar.credit} if config.exemplar.credit else {}
    # No `datasets`: it takes names of data sets on the Hub; exemplars come from elsewhere, and their credit has a DOI.
    data = ModelCardData(library_name="ode-appearance", tags=tags, **_license(config.exemplar.license), **credit)
    name = json.dumps(source or config.name, ensure_ascii=False)  # quoted and escaped: it may hold anything
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
    """The score in a sentence, if there is one, and a list of all measures."""
    score = config.measures.get("score")
    if not isinstance(score, int | float):  # not measured, or by an older measure
        return _list(config.measures)
    other = "cut and stitched anew" if config.brdf is None else "compared half against mirrored half"
    sentence = (
        f"By features that it was not trained with, this material is {score:.2g} times as far from its exemplar as the "
        f"exemplar itself is when {other} (its score; less is closer)."
    )
    return f"{sentence}\n\n{_list(config.measures)}"


def _list(values: dict) -> str:
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in values.items()) or "None recorded."
