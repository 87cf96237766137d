"""The trainer on tiny problems: it learns, it can be interrupted and resumed, and it refuses what it cannot learn from."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image
from raising import raises

import ode_appearance as oa
from benchmarks import training_step as bench
from ode_appearance.config.schema import Architecture, Attention, MaterialConfig, Times
from ode_appearance.data import ExemplarFrames
from ode_appearance.errors import TrainingError
from ode_appearance.models.material import new_material
from ode_appearance.models.unet import VectorField
from ode_appearance.perceptual.features import FeatureExtractor, load_features
from ode_appearance.perceptual.vgg import Vgg, layer_shapes
from ode_appearance.runtime import memory_budget
from ode_appearance.training.run_dir.journal import JOURNAL, RESULT, Journal, read_journal
from ode_appearance.training.schedule import annealing_factor, segment
from ode_appearance.training.texture import targets
from ode_appearance.training.texture.map_mean import mean_over
from ode_appearance.training.texture.objective import texture_distance
from ode_appearance.training.texture.segment import integrate
from ode_appearance.training.texture.step_config import step_config
from ode_appearance.training.texture.targets import Targets
from ode_appearance.training.texture.texture_run import begin_texture_run
from ode_appearance.training.train_config import TrainConfig, preset
from ode_appearance.training.trainer import train
from ode_appearance.training.training_memory import check_training_memory, training_bytes

TINY = dict(
    dim=8,
    dim_mults=(1,),
    attention=None,
    state_size=32,
    exemplar_size=32,
    runge_kutta="bosh3",
    first_step=0.5,
    tolerance=0.1,
    features="patch",
    learning_rate=1e-2,
    evaluation_frames=2,
    evaluation_rollouts=1,
    evaluate_every=1000,
    preview_every=1000,
    save_every=0,
)


def make_exemplar(kind: str, frames: int = 4) -> ExemplarFrames:
    """Stripes on a plain ground, which go from dark red to bright green."""
    rows = (np.arange(32) // 4 % 2)[None, :, None] * 0.3 + np.zeros((3, 32, 32))
    shares = np.arange(frames) / frames
    colours = [np.array([0.5 - 0.4 * share, 0.1 + 0.5 * share, 0.2])[:, None, None] for share in shares]
    pictures = np.stack([np.clip(colour + rows, 0, 1) * 255 for colour in colours]).astype(np.uint8)
    return ExemplarFrames("stripes", kind, pictures, shares, 1.0, 0.25)


def tiny(kind: str, **changes) -> TrainConfig:
    own = dict(brdf="diffuse_iso_cook_torrance", initialisation=6, crops=2) if kind == "svbrdf" else {}
    return TrainConfig().replace(kind=kind, **{**TINY, **own, **changes})


@pytest.fixture(scope="module")
def features():
    return load_features("patch")


def weights(material: oa.Material) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(material.vector_field)]


@pytest.mark.parametrize("kind, changes", [("rgb", {}), ("svbrdf", {}), ("rgb", {"coarsest_step": 0.2, "refining": 0.3})])
def test_the_loss_falls(kind, changes, features):
    config = tiny(kind, iterations=66, **changes)
    progresses = list(train(make_exemplar(kind), config, features=features))
    losses = [p.loss for p in progresses if not p.initialising]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-12:]) < np.mean(losses[:12]) / 1.5
    solver = progresses[-1].material.config.training["solver"]
    assert solver.startswith("bosh3, steps of 0.05 to 0.2, adaptive" if changes else "bosh3, adaptive")


def test_initialisation_finds_the_light(features):
    config = tiny("svbrdf", iterations=30, initialisation=30)
    progresses = list(train(make_exemplar("svbrdf"), config, features=features))
    assert all(p.initialising for p in progresses)
    assert progresses[-1].log_intensity != 0
    assert progresses[-1].distance < progresses[1].distance
    assert progresses[-1].material.config.light.log_intensity == pytest.approx(progresses[-1].log_intensity)


def test_an_interrupted_run_comes_to_the_same_weights(tmp_path, features):
    config, exemplar = tiny("rgb", iterations=13, evaluate_every=5), make_exemplar("rgb")
    *_, whole = train(exemplar, config, features=features)
    # Abandoned in the middle of a cycle; then stopped; then left to finish.
    run = train(exemplar, config, out=tmp_path, features=features)
    assert next(itertools.islice(run, 3, None)).iteration == 4
    run.close()
    *_, stopped = train(exemplar, config, out=tmp_path, resume=True, features=features, max_minutes=0)
    assert (stopped.status, stopped.iteration) == ("stopped", 5)
    *_, resumed = train(exemplar, config, out=tmp_path, resume=True, features=features)
    assert (resumed.status, resumed.iteration) == ("finished", 13)
    for ours, theirs in zip(weights(resumed.material), weights(whole.material), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert list(train(exemplar, config, out=tmp_path, resume=True, features=features)) == []


def test_the_folder_holds_a_material_that_loads(tmp_path, features):
    *_, last = train(make_exemplar("rgb"), tiny("rgb", iterations=2), out=tmp_path, features=features)
    loaded = oa.load(tmp_path / "material")
    for ours, theirs in zip(weights(loaded), weights(last.material), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert loaded.config.training["iterations"] == 2
    assert loaded.config.times == Times(0.2, 1.0, 0.25, 4)
    assert loaded.config.solver == tiny("rgb").solver.solver_config


def test_a_damaged_state_is_refused_and_kept(tmp_path, features):
    exemplar, config = make_exemplar("rgb"), tiny("rgb", iterations=2)
    list(train(exemplar, config, out=tmp_path, features=features))
    state = tmp_path / "state.eqx"
    damaged = state.read_bytes()[:-100]
    state.write_bytes(damaged)
    with raises(TrainingError, code="damaged"):
        train(exemplar, config, out=tmp_path, resume=True, features=features)
    assert state.read_bytes() == damaged


def test_losses_that_are_never_finite_end_the_run_and_change_nothing(tmp_path, features):
    config = tiny("rgb", iterations=12, most_skipped=3, max_steps=16)
    untrained = new_material(MaterialConfig(architecture=config.architecture))
    wild = oa.Material(jax.tree.map(lambda leaf: leaf + 1e25, untrained.vector_field), untrained.config)
    *_, last = train(make_exemplar("rgb"), config, out=tmp_path, init_from=wild, features=features)
    assert (last.status, last.iteration, last.skipped) == ("not finite", 3, 3)
    for ours, theirs in zip(weights(last.material), weights(wild), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not (tmp_path / "material").exists()
    assert (tmp_path / "state.eqx").exists()


def test_starting_from_another_material(features):
    exemplar = make_exemplar("rgb")
    progresses = list(train(exemplar, tiny("rgb", iterations=36), features=features))
    taught = progresses[-1]
    warm = next(train(exemplar, tiny("rgb", iterations=36), features=features, init_from=taught.material, max_minutes=0))
    assert warm.loss < progresses[0].loss
    assert warm.material.config.training["started_from"] == "stripes"
    with raises(TrainingError, code="architecture"):
        train(exemplar, tiny("rgb", dim=16), features=features, init_from=taught.material)


@pytest.mark.nightly
def test_the_material_is_made_of_the_mean_weights(features):
    """With a decay of 0.5: the plain mean of the first two, then half of the mean and half of the new ones."""
    exemplar = make_exemplar("rgb")

    def trained(iterations, averaging):
        config = tiny("rgb", iterations=iterations, averaging=averaging)
        return weights(list(train(exemplar, config, features=features))[-1].material)

    lasts = [trained(iterations, 0.0) for iterations in (1, 2, 3)]
    for one, two, three, mean in zip(*lasts, trained(3, 0.5), strict=True):
        np.testing.assert_allclose(mean, ((one + two) / 2 + three) / 2, rtol=1e-5, atol=1e-6)


def test_the_learning_rate_falls_to_nothing():
    config = tiny("rgb", iterations=10, annealing=0.4)
    factors = [annealing_factor(config, iteration) for iteration in range(10)]
    assert factors == pytest.approx([1] * 7 + [0.75, 0.5, 0.25])
    assert annealing_factor(tiny("rgb", iterations=10), 9) == 1


def test_a_mean_found_piece_by_piece_has_the_gradient_of_the_mean():
    points = jnp.linspace(0, 2, 5)

    def wave(learnt, fixed, point):
        return jnp.sum(jnp.sin(learnt["a"] * point) * fixed) + learnt["b"] ** 2

    learnt, fixed = {"a": jnp.array([1.0, 2.0]), "b": jnp.float32(3)}, jnp.array([0.5, -1.0])
    plain = jax.value_and_grad(lambda learnt: 2 * jnp.mean(jax.vmap(lambda p: wave(learnt, fixed, p))(points)))(learnt)
    ours = jax.value_and_grad(lambda learnt: 2 * mean_over(wave, learnt, fixed, points))(learnt)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5), ours, plain)
    np.testing.assert_allclose(mean_over(wave, learnt, fixed, points) * 2, plain[0], rtol=1e-6)


def test_the_journal_tells_where_a_run_stands(tmp_path, features):
    exemplar = make_exemplar("rgb")
    config = tiny("rgb", iterations=3, preview_every=2)
    with Journal(tmp_path, exemplar, every=0) as journal:
        for progress in train(exemplar, config, out=tmp_path, features=features):
            journal.write(progress)
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"iteration": 4, "lo')  # killed while it wrote
    with Journal(tmp_path, exemplar, every=0) as journal:
        journal.write(progress)
    lines = read_journal(tmp_path)
    assert [line["iteration"] for line in lines] == [1, 2, 3, 3]
    assert [line["status"] for line in lines] == ["running", "running", "finished", "finished"]
    assert lines[1]["loss"] > 0
    picture = np.asarray(Image.open(tmp_path / RESULT), np.float32) / 255
    assert picture.shape == (64, 5 * 32, 3)
    first = np.moveaxis(exemplar.frame_at(0.0), 0, 2)
    assert np.abs(picture[:32, :32] - first).mean() < 0.05
    assert read_journal(tmp_path / "nowhere") == []


@pytest.mark.nightly
@pytest.mark.parametrize("changes", [{"kinetic_weight": 1.0, "jacobian_weight": 1.0}, {"batch": 2}, {"loss": "gram"}])
def test_regularisers_batches_and_gram_matrices(changes, features):
    exemplar = make_exemplar("rgb")
    plain = [p.loss for p in train(exemplar, tiny("rgb", iterations=8), features=features)]
    progresses = list(train(exemplar, tiny("rgb", iterations=8, **changes), features=features))
    assert progresses[-1].status == "finished"
    assert [p.loss for p in progresses] != plain
    assert (progresses[-1].regularisers > 0) == ("kinetic_weight" in changes)


@pytest.mark.nightly
def test_both_adjoints_give_the_same_gradient():
    field = VectorField(Architecture(4, 8, (1,), None), key=jax.random.PRNGKey(0))
    field = eqx.tree_at(lambda f: f.final_conv[1].weight, field, replace_fn=lambda w: w + 0.1)
    state = jax.random.normal(jax.random.PRNGKey(1), (4, 8, 8))

    def gradient(adjoint):
        config = step_config(tiny("rgb", adjoint=adjoint, tolerance=1e-4), 0)

        @eqx.filter_jit
        @eqx.filter_grad
        def energy(field):
            return jnp.mean(integrate(field, config, jax.random.PRNGKey(0), jnp.zeros(()), jnp.ones(()), state)[0] ** 2)

        return jnp.concatenate([leaf.ravel() for leaf in jax.tree.leaves(energy(field))])

    ours, theirs = gradient("recursive_checkpoint"), gradient("backsolve")
    difference = jnp.linalg.norm(ours - theirs) / jnp.linalg.norm(ours)
    assert 0 < difference < 1e-2


@pytest.mark.nightly
def test_the_step_and_its_straightforward_formulation_agree():
    blocks, random = ((4, 4), (8,)), np.random.default_rng(0)
    kernels = [random.standard_normal((3, 3, *shape), np.float32) / 6 for shape in layer_shapes(blocks)]
    network = Vgg(blocks, kernels, [np.full(k.shape[3], 0.1, np.float32) for k in kernels], (0.5,) * 3, (0.2,) * 3)
    config = tiny("rgb", tolerance=0.01, runge_kutta="heun")
    ours, theirs = bench.steps(FeatureExtractor(network, "vgg19", "made up"), config)
    (loss, gradient), (other, other_gradient) = ours(), theirs()
    assert loss == pytest.approx(float(other), rel=1e-4)
    flat, other_flat = (jnp.concatenate([leaf.ravel() for leaf in jax.tree.leaves(g)]) for g in (gradient, other_gradient))
    assert jnp.linalg.norm(flat - other_flat) < 1e-2 * jnp.linalg.norm(other_flat)


def test_maps_are_divided_by_their_size_in_the_frame_or_in_the_exemplar(features):
    exemplar = make_exemplar("rgb", 12)
    over = {name: tiny("rgb", normalise_maps=True, normalise_over=name) for name in ("frame", "exemplar")}
    begun = {name: begin_texture_run(exemplar, config, None, False, None, features, None) for name, config in over.items()}
    pictures = exemplar.frames[np.linspace(0, 11, 10).round().astype(int)].astype(np.float32) / 255
    maps = zip(*(begun["exemplar"].features(jnp.asarray(picture))[1:] for picture in pictures), strict=True)
    np.testing.assert_allclose([np.sqrt(np.mean(np.square(of_frames))) for of_frames in maps], 1, rtol=1e-4)
    key, picture, frame = jax.random.PRNGKey(0), *map(jnp.asarray, pictures[:2])

    def distance(name, **changes):
        extractor = begun[name].features
        return texture_distance(extractor, over[name].replace(**changes).loss, key, picture, extractor(frame))

    assert distance("exemplar") == distance("exemplar", normalise_maps=False)
    assert distance("frame") != distance("frame", normalise_maps=False)


def test_the_schedule_is_the_published_one():
    config, times = preset("paper", "svbrdf"), Times(2.0, 10.0, 0.1, 100)
    assert (config.schedule.iterations, config.schedule.initialisation, config.loss.crops) == (60_000, 20_000, 32)
    initial = [segment(config, times, iteration) for iteration in range(4)]
    assert [piece.fresh for piece in initial] == [True, False, True, False]
    assert all(piece.initialising for piece in initial)
    cycle = [segment(config, times, 20_000 + iteration) for iteration in range(7)]
    assert [piece.fresh for piece in cycle] == [True, *[False] * 5, True]
    assert (cycle[0].start, cycle[0].end) == (-2.0, 0.0)
    for number, (before, piece) in enumerate(itertools.pairwise(cycle[:6])):
        assert piece.start == before.end
        assert 2.0 * number <= piece.end <= 2.0 * (number + 1)
    assert preset("paper", "rgb") == TrainConfig()


def test_a_frame_that_is_larger_than_the_cache_is_compared_with(monkeypatch, features):
    exemplar = make_exemplar("rgb")
    cache = Targets(exemplar, features, "float16")
    monkeypatch.setattr(targets, "CACHE_BYTES", 1000)
    small = [cache.at(time) for time in (0.0, 0.5, 0.0)]
    for ours, again, other in zip(small[0], small[2], small[1], strict=True):
        assert np.array_equal(ours, again) and not np.array_equal(ours, other)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"kind": "svbrdf"}, "kind"),
        ({"state_size": 64}, "state-size"),
        ({"state_size": 31, "dim_mults": (1, 2)}, "state-size"),
        ({"state_size": 16, "map_weights": (0.0, 0.0, 0.0, 1.0)}, "map-weights"),
        ({"map_weights": (0.0, 0.0)}, "map-weights"),
        ({"crops": 3}, "crops"),
        ({"brdf": "iso_cook_torrance"}, "brdf"),
    ],
)
def test_options_that_do_not_fit_are_refused(changes, code, features):
    with raises(TrainingError, code=code):
        train(make_exemplar("rgb"), tiny(**{"kind": "rgb", **changes}), features=features)


def test_too_large_states_are_refused_with_the_largest_that_fit(monkeypatch, features):
    config = preset("standard", "rgb")
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: training_bytes(config.replace(state_size=96)))
    with pytest.raises(TrainingError, match=r"states of 128x128 takes about .* GB free; states of 96x96 fit"):
        check_training_memory(config)
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: training_bytes(config))
    check_training_memory(config)
    with pytest.raises(TrainingError, match=r"Training 2 together on states of 128x128 takes"):
        check_training_memory(config, together=2)
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: 1)
    with pytest.raises(TrainingError, match="a smaller network or exemplar takes less"):
        train(make_exemplar("rgb"), tiny(kind="rgb"), features=features)


@pytest.mark.parametrize("name, kind, reported", [("quick", "rgb", 81), ("standard", "rgb", 547), ("standard", "svbrdf", 741)])
def test_the_memory_estimate_covers_the_memory_of_xla(name, kind, reported):
    config = preset(name, kind)
    assert 1 < training_bytes(config) / (1e6 * reported) < 6
    wide = config.replace(attention=Attention(64, 256))
    assert training_bytes(wide) > 2 * training_bytes(config)
