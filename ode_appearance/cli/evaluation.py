"""`evaluate`: how close a material is to its exemplar."""

import dataclasses
import sys
from pathlib import Path

from ..checkpoint import PREVIEW, checked_file, save
from ..collection import find_folder, list_materials, load
from ..config import SolverConfig
from ..errors import CheckpointError
from ..material import Material

REFERENCE_SOLVER = SolverConfig("tsit5", 1e-4, 1e-4)


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("evaluate", help="measure how close a material is to its exemplar")
    parser.add_argument("name", help="a name in checkpoints/, or a folder")
    parser.add_argument("exemplar", type=Path, help="its exemplar: an animation, a video, a folder or zip of pictures")
    parser.add_argument("--controls", action="store_true", help="measure what should do worse, too")
    parser.add_argument("--record", action="store_true", help="write the measures into the material's config.json")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Print a table of the measures, the material's own solver first."""
    from ..evaluation import Evaluator, controls, pictures_of, relit_ratios, rollout
    from ..exemplar import load_exemplar

    material = load(options.name)
    kind = material.config.kind
    evaluator = Evaluator(load_exemplar(options.exemplar, kind, size=128 if kind == "rgb" else 256))
    size = evaluator.exemplar.size
    print(f"{'':40} distance (worst)      change (worst)")
    states = rollout(material, size)
    own = evaluator.measure(pictures_of(material, states))
    _print(f"{material.name}, own solver", own)
    reference = evaluator.measure(pictures_of(material, rollout(material, size, REFERENCE_SOLVER)))
    _print("tsit5, tolerance 1e-4", reference)
    measures = dataclasses.asdict(own) | {"distance_ratio_tsit5_1e-4": reference.distance_ratio}
    truths = _ground_truth(options.exemplar, kind, size)
    if truths:
        ratios = relit_ratios(material, states, truths)
        for light, (relit, ignored) in ratios.items():
            print(f"relit, {light:33} {relit:8.3f}         ignoring the light {ignored:8.3f}", flush=True)
        relit, ignored = (round(sum(values) / len(ratios), 4) for values in zip(*ratios.values(), strict=True))
        measures |= {"relit_ratio": relit, "relit_ratio_ignoring_the_light": ignored}
    if options.controls:
        for name, measures in controls(evaluator, _another(material)).items():
            _print(name, measures)
    if options.record:
        folder = find_folder(options.name)
        measured = Material(material.vector_field, dataclasses.replace(material.config, measures=measures))
        save(measured, folder, preview=checked_file(folder, PREVIEW).read_bytes())


def _ground_truth(exemplar: Path, kind: str, size: int):
    """The pictures under other lights that lie beside an exemplar, by the light's name."""
    from ..config import Light
    from ..exemplar import load_exemplar
    from ..exemplar.dataset import RELIGHTS

    found = {name: exemplar.with_name(f"{exemplar.stem}_relit_{name}{exemplar.suffix}") for name in RELIGHTS}
    return {
        name: (Light(*RELIGHTS[name]), load_exemplar(path, kind, size=size)) for name, path in found.items() if path.exists()
    }


def _print(name, measures) -> None:
    values = dataclasses.astuple(measures)
    print(f"{name:40} {values[0]:8.3f} ({values[1]:.3f}) {values[2]:12.3f} ({values[3]:.3f})", flush=True)


def _another(material):
    """Some other material, of the same kind if there is one."""
    for same_kind in (True, False):
        for name in list_materials():
            try:
                other = load(name)
            except CheckpointError as error:
                print(error, file=sys.stderr)
                continue
            if other.name != material.name and (other.config.kind == material.config.kind) == same_kind:
                return other
    return None
