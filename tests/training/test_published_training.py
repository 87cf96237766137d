"""Where the `paper` preset has to be the published training, and the other presets depart from it on purpose."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.config.schema import Architecture, MaterialConfig, Times
from ode_appearance.data import ExemplarFrames
from ode_appearance.models.material import new_material
from ode_appearance.ode.trajectory import Trajectory
from ode_appearance.perceptual.features import load_features
from ode_appearance.training.run_dir.folder import read_request, write_request
from ode_appearance.training.texture import objective, rollout
from ode_appearance.training.texture.objective import Lit, initialisation_terms, lit_picture, svbrdf_terms
from ode_appearance.training.texture.targets import Targets
from ode_appearance.training.train_config import PRESETS, TrainConfig, preset

TEXTURE = [name for name in PRESETS if name != "flow"]
BRDF = "diffuse_iso_cook_torrance"
METADATA = MaterialConfig("m", "svbrdf", BRDF, Architecture(17, 16, (1,), None), Times(0.2, 1.0, 0.25, 4))
RGB_METADATA = MaterialConfig("m", "rgb", None, Architecture(12, 8, (1,), None), Times(0.2, 1.0, 0.25, 4))


def exemplar_of(kind):
    frames = np.random.default_rng(0).integers(0, 255, (4, 3, 32, 32), dtype=np.uint8)
    return ExemplarFrames("e", kind, frames, np.arange(4) / 4, 1.0, 0.25)


def lit(size=16):
    state = jax.random.normal(jax.random.PRNGKey(1), (17, size, size)) / 2
    target = jax.random.uniform(jax.random.PRNGKey(2), (3, 32, 32))
    return Lit(METADATA, jnp.float32(0.2), state, target)


@pytest.fixture(scope="module")
def features():
    return load_features("patch")


def test_the_paper_preset_is_the_published_training_and_the_others_say_where_they_are_not():

    def departures(config):
        return [config.loss.directions, config.rollout.evaluation, config.data.target_precision]

    for kind in ("rgb", "svbrdf"):
        values = {name: departures(preset(name, kind)) for name in TEXTURE}
        assert values["paper"] == ["iteration", "published", "float32"]
        assert values["standard"] == values["quick"] == ["crop", "repeatable", "float16"]
    assert [preset(name, "svbrdf").loss.initialisation_crops for name in TEXTURE] == [32, 1, 1]


@pytest.mark.parametrize("count", [1, 5])
def test_the_initialisation_compares_with_so_many_random_choices_of_pixels(count):
    config = TrainConfig().replace(kind="svbrdf", brdf=BRDF, initialisation_crops=count)
    key, material = jax.random.PRNGKey(3), lit()

    def ours(state, log_intensity):
        return initialisation_terms(config.loss, key, material._replace(state=state, log_intensity=log_intensity))[0]

    def plain(state, log_intensity):
        here = material._replace(state=state)
        maps = {**here.maps(), "normal": jnp.zeros((3, 16, 16)).at[2].set(1)}
        positions, target = (values.reshape(3, -1) for values in (here.positions(), here.target))
        differences = []
        for one in jax.random.split(key, count):
            chosen = jax.random.choice(one, 32 * 32, (16 * 16,), replace=False)
            picture = lit_picture(METADATA, log_intensity, maps, positions[:, chosen].reshape(3, 16, 16))
            differences.append(jnp.mean((picture - target[:, chosen].reshape(3, 16, 16)) ** 2))
        return sum(differences) / count + jnp.mean(maps["height"] ** 2)

    learnt = material.state, material.log_intensity
    (value, gradients), (wanted, expected) = (jax.value_and_grad(f, argnums=(0, 1))(*learnt) for f in (ours, plain))
    assert value == pytest.approx(float(wanted), rel=1e-5)
    for gradient, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-3, atol=1e-7)


def test_the_directions_are_the_same_for_all_crops_of_an_iteration(monkeypatch, features):
    """Told from the mean of what is drawn by each crop's key, and the mean of its square."""

    def mean_of(power, directions):
        def drawn(features, config, key, picture, target):
            return jax.random.uniform(key) ** power + 0 * jnp.sum(picture)

        monkeypatch.setattr(objective, "texture_distance", drawn)
        config = TrainConfig().replace(kind="svbrdf", brdf=BRDF, crops=6, directions=directions)
        return float(svbrdf_terms(features, config.loss, jax.random.PRNGKey(4), lit())[0])

    assert mean_of(2, "iteration") == pytest.approx(mean_of(1, "iteration") ** 2, rel=1e-5)
    assert mean_of(2, "crop") > 1.05 * mean_of(1, "crop") ** 2


@pytest.fixture
def solved(monkeypatch):
    """The (seed, times) that rollouts were solved at; their states are far out of range."""
    requests = []

    def solve(material, *, seed, size, times):
        requests.append((seed, list(times)))
        states = np.full((len(times), material.config.architecture.channels, *size), 3.0, np.float32)
        return Trajectory(np.asarray(times), states, "complete", {})

    monkeypatch.setattr(rollout, "solve", solve)
    return requests


def evaluated(features, iteration, **changes):
    config = TrainConfig().replace(state_size=32, exemplar_size=32, features="patch", evaluation_rollouts=2, **changes)
    return rollout.rollout_loss(config, new_material(RGB_METADATA), features, exemplar_of("rgb"), iteration)


def test_the_published_evaluation(solved, features):
    losses = [evaluated(features, iteration) for iteration in (0, 500)]
    assert len({seed for seed, _ in solved}) == 4  # fresh noise for each rollout of each evaluation
    assert all(times == pytest.approx([0, 1 / 3, 2 / 3, 1]) for _, times in solved)
    assert losses[0] != losses[1]  # of the same states, by other directions
    evaluated(features, 500)
    assert solved[4:] == solved[2:4]  # a resumed run repeats it


def test_the_repeatable_evaluation(solved, features):
    losses = [evaluated(features, iteration, evaluation="repeatable") for iteration in (0, 500)]
    assert losses[0] == losses[1]
    assert [seed for seed, _ in solved] == [0, 1, 0, 1] and solved[0][1] == [0, 0.25, 0.5, 0.75]


def test_only_the_repeatable_evaluation_has_the_overflow_penalty(solved, features):
    without, overflow = ({"overflow_weight": weight} for weight in (0.0, 100.0))
    assert evaluated(features, 0, **without) == evaluated(features, 0, **overflow)
    more = [evaluated(features, 0, evaluation="repeatable", **changes) for changes in (without, overflow)]
    assert more[1] - more[0] == pytest.approx(100.0)  # pictures of 2, clipped to 1


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_the_precision_of_the_targets(precision, features):
    target = Targets(exemplar_of("rgb"), features, precision).at(0.3)
    expected = features(jnp.asarray(exemplar_of("rgb").frame_at(0.3)))
    for values, wanted in zip(target, expected, strict=True):
        assert values.dtype == precision
        np.testing.assert_allclose(values, wanted.astype(precision), rtol=1e-3, atol=1e-6)


def test_a_run_without_these_options_keeps_its_behaviour(tmp_path):
    names = ("initialisation_crops", "directions", "evaluation", "target_precision")
    write_request(tmp_path, preset("paper", "svbrdf"), {})
    data = json.loads((tmp_path / "run.json").read_text())
    assert read_request(tmp_path)[0] == preset("paper", "svbrdf")
    data["config"] = {name: value for name, value in data["config"].items() if name not in names}
    (tmp_path / "run.json").write_text(json.dumps(data))
    began = dict(zip(names, (1, "crop", "repeatable", "float16"), strict=True))
    assert read_request(tmp_path)[0] == preset("paper", "svbrdf").replace(**began)
