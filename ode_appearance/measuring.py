"""Measuring a material: its rollouts against its exemplar, against what should do worse, and under lights it never saw."""

import dataclasses
from pathlib import Path

import numpy as np
from jaxtyping import Float

from .config import Light, SolverConfig
from .errors import RequestError
from .evaluation import TIMES, Evaluator, Measures
from .exemplar import ExemplarFrames, load_exemplar
from .exemplar.dataset import RELIGHTS, relit_siblings
from .features import FeatureExtractor
from .material import Material
from .rendering import render
from .solve import solve

REFERENCE_SOLVER = SolverConfig("tsit5", 1e-4, 1e-4)


@dataclasses.dataclass(frozen=True)
class Report:
    """The measures of a material under its own solver and under `REFERENCE_SOLVER`.

    `relit` has, for each unseen light whose true pictures are known, the distance ratio of the relit material and that of
    the material left under its own light. All of these are of seed 0; `others` has the measures of the seeds 1, 2, ...
    """

    size: int
    own: Measures
    reference: Measures
    relit: dict[str, tuple[float, float]]
    others: tuple[Measures, ...] = ()

    def over_seeds(self) -> Measures:
        """The ratios averaged over the seeds, and the worst of all."""
        each = np.array([dataclasses.astuple(measures) for measures in (self.own, *self.others)])
        distance, worst_distance, change, worst_change = each.T
        values = distance.mean(), worst_distance.max(), change.mean(), worst_change.max()
        return Measures(*(round(float(value), 4) for value in values))

    def record(self) -> dict[str, float]:
        """What a checkpoint's config.json keeps under `measures`."""
        kept = dataclasses.asdict(self.own) | {
            "distance_ratio_tsit5_1e-4": self.reference.distance_ratio,
            "measured_at_size": self.size,
        }
        if self.others:
            kept |= {
                "seeds_measured": 1 + len(self.others),
                "mean_distance_ratio_of_seeds": self.over_seeds().distance_ratio,
                "worst_distance_ratio_of_seeds": self.over_seeds().worst_distance_ratio,
            }
        if self.relit:
            relit, ignored = (round(float(np.mean(values)), 4) for values in zip(*self.relit.values(), strict=True))
            kept |= {"relit_ratio": relit, "relit_ratio_ignoring_the_light": ignored}
        return kept


def measured_size(material: Material) -> int:
    """The side that the exemplar is brought to: that of its training, which set the scale of detail, or the published one."""
    published = 128 if material.config.kind == "rgb" else 256
    trained = material.config.training.get("exemplar_size")
    return trained if isinstance(trained, int) and 32 <= trained <= 4096 else published


def measure(
    material: Material, exemplar: Path, features: FeatureExtractor | None = None, *, seeds: int = 1
) -> tuple[Report, Evaluator]:
    """Measure a material against the exemplar at this path, and under the lights whose true pictures lie beside it.

    One rollout is one sample: with `seeds`, those of the seeds 0 to `seeds` - 1 tell how far samples differ.

    Raises FeatureError where VGG16's weights are not installed, ExemplarError and RequestError for what cannot be measured.
    """
    if seeds < 1:
        raise RequestError(f"A material is measured from at least one seed, not {seeds}.")
    size = measured_size(material)
    evaluator = Evaluator(load_exemplar(exemplar, material.config.kind, size=size), features)
    states = rollout(material, size)
    own = evaluator.measure(pictures_of(material, states))
    reference = evaluator.measure(pictures_of(material, rollout(material, size, REFERENCE_SOLVER)))
    relit = {}
    for name, (light, truth) in _ground_truth(exemplar, material, size).items():
        judge = Evaluator(truth, features)
        relit[name] = tuple(judge.measure(pictures_of(material, states, where)).distance_ratio for where in (light, None))
    others = tuple(evaluator.measure(pictures_of(material, rollout(material, size, seed=seed))) for seed in range(1, seeds))
    return Report(size, own, reference, relit, others), evaluator


def rollout(
    material: Material, size: int, solver: SolverConfig | None = None, seed: int = 0
) -> Float[np.ndarray, "times c s s"]:
    """The material's states at the evaluated times of its own span. Raises RequestError where its solve ends early."""
    times = material.config.times.duration * np.arange(TIMES) / TIMES
    trajectory = solve(material, seed=seed, size=(size, size), times=times, solver=solver)
    if trajectory.status != "complete":
        raise RequestError(f"{material.name} cannot be measured: its solve from seed {seed} ended early ({trajectory.status}).")
    return trajectory.states


def pictures_of(
    material: Material, states: Float[np.ndarray, "times c s s"], light: Light | None = None
) -> list[Float[np.ndarray, "3 s s"]]:
    """The pictures of a rollout, by default under the material's own light."""
    return [np.asarray(render(material, state, light=light)) for state in states]


def controls(evaluator: Evaluator, other: Material | None = None) -> dict[str, Measures]:
    """The measures of what a good material should rank above, and of two that it should not hope to beat.

    The exemplar itself has 1 by definition. Its mirror image is another sample of the same texture, as good as any: what it
    scores is what can be hoped for. Below come its first frame frozen, another material, and noise.
    """
    frames = [evaluator.exemplar.frame_at(time) for time in evaluator.times]
    noise = np.random.default_rng(0).random((TIMES, *frames[0].shape), np.float32)
    rows = {
        "exemplar": frames,
        "exemplar mirrored": [np.ascontiguousarray(frame[:, :, ::-1]) for frame in frames],
        "first frame frozen": [frames[0]] * TIMES,
    }
    if other is not None:
        rows[f"another material ({other.name})"] = pictures_of(other, rollout(other, evaluator.exemplar.size))
    return {name: evaluator.measure(pictures) for name, pictures in {**rows, "noise": list(noise)}.items()}


def _ground_truth(exemplar: Path, material: Material, size: int) -> dict[str, tuple[Light, ExemplarFrames]]:
    """The true pictures under other lights that lie beside an exemplar, with those lights as strong as the material's own."""
    config = material.config
    return {
        name: (Light(*RELIGHTS[name], config.light.log_intensity), load_exemplar(path, config.kind, size=size))
        for name, path in relit_siblings(exemplar).items()
    }
