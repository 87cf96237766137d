"""The README.md of a checkpoint: a Hugging Face model card."""

from .checkpoint import count_parameters
from .material import Material, map_channels

_USE = """```python
import ode_appearance as oa

material = oa.load("{name}")
trajectory = oa.solve(material, seed=0, size=(256, 256), times=[0.0, {middle:g}, {end:g}])
picture = oa.render(material, trajectory, time={middle:g})
```"""


def model_card(material: Material) -> str:
    """The model card: metadata that the Hub indexes, then what the material is, how it was trained and how to use it."""
    from huggingface_hub import ModelCardData

    config = material.config
    tags = ["ode-appearance", "neural-ode", "texture-synthesis", config.kind]
    data = ModelCardData(library_name="ode-appearance", tags=tags, license=(config.exemplar.license or "unknown").lower())
    times = config.times
    solver = config.solver
    how = f"fixed step {solver.fixed_step:g}" if solver.fixed_step else f"rtol {solver.rtol:g}, atol {solver.atol:g}"
    what = "An RGB texture" if config.brdf is None else f"An SVBRDF (`{config.brdf}`)"
    lines = [
        f"---\n{data.to_yaml()}\n---",
        f"# {config.name.replace('_', ' ')}",
        f"{what} that changes with time: a neural ordinary differential equation trained on one time-lapse.",
        f"- Maps: {', '.join(name for name, _ in map_channels(config))}\n"
        f"- Model time: warm-up [{-times.warmup:g}, 0], exemplar [0, {times.duration:g}]\n"
        f"- Solver it was trained for: {solver.method}, {how}\n"
        f"- Parameters: {count_parameters(config.architecture):,}",
        "## Use\n\n" + _USE.format(name=config.name, middle=times.duration / 2, end=times.duration),
        "## Training record\n\n" + _list(config.training),
        "## Measures\n\n" + _list(config.measures),
        "## Credit\n\n" + (config.exemplar.credit or "Not given."),
        'Method: C. Liu and T. Ritschel, "Neural Differential Appearance Equations", ACM Transactions on Graphics 43(6), '
        "2024, doi 10.1145/3687900.",
    ]
    return "\n\n".join(lines) + "\n"


def _list(facts: dict) -> str:
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in facts.items()) or "None recorded."
