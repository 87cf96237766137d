"""The benchmark: its table, its counting, and that all formulations that it compares compute the same."""

import dataclasses
import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from figures import PUBLISHED, formula_field, random_weights, relative_error
from materials import SVBRDF, little_material

import ode_appearance as oa
from benchmarks import fresh_process, pytorch, suite, timing, trajectories
from benchmarks.__main__ import main
from benchmarks.arithmetic import multiply_adds
from benchmarks.baseline import baseline
from benchmarks.figure import Figure, heading, row, write_json
from benchmarks.network import evaluations, ours
from benchmarks.training_times import iterations_per_second
from ode_appearance.errors import AppearanceError
from ode_appearance.models.unet import VectorField
from ode_appearance.training.train_config import TrainConfig

KEYS = ["work", "figure", "unit", "baseline", "ratio", "goal_ratio", "limit"]


# The table


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 1.0, "s"), None),
        (Figure("a", 1.0, "s", 6.0, 6.0, 6.0), True),
        (Figure("a", 1.0, "s", 5.0, 5.0, 6.0), False),
        (Figure("a", 1.0, "s", limit=1.0), True),
        (Figure("a", 1.0, "s", 7.0, 7.0, 6.0, limit=0.5), False),
    ],
)
def test_goals_and_limits(figure, met):
    assert figure.met is met
    assert row(figure).split()[-1] == {None: "s", True: "yes", False: "no"}[met]


def test_rows_stand_under_their_headings():
    shown = row(Figure("some work", 0.5, "ms", 4.0, 8.0, 6.0, 2.0))
    assert len(shown) >= len(heading()) - 3
    for name, value in (("figure", "0.5 ms"), ("baseline", "4 ms"), ("ratio", "8"), ("goal", "6"), ("limit", "2")):
        end = heading().index(name) + len(name)
        assert shown[:end].endswith(value)


def test_json_has_these_keys_and_no_others(tmp_path):
    write_json([Figure("a", 1.5, "s", 3.0, 2.0)], tmp_path / "figures.json")
    (read,) = json.loads((tmp_path / "figures.json").read_text())
    assert list(read) == KEYS
    assert read == dict(zip(KEYS, ["a", 1.5, "s", 3.0, 2.0, None, None], strict=True))


def test_the_command(monkeypatch, capsys, tmp_path):
    asked = []

    def figures(quick):
        asked.append(quick)
        yield Figure("the work", 2.0, "s")

    monkeypatch.setattr("benchmarks.__main__.GROUPS", dict.fromkeys(suite.GROUPS, figures))
    assert main(["--quick", "--only", "memory", "app", "--json", str(tmp_path / "a.json")]) == 0
    assert asked == [True, True]
    assert capsys.readouterr().out.count("the work") == 2
    assert len(json.loads((tmp_path / "a.json").read_text())) == 2
    assert main(["--only", "memory", "--json", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


# Timing and counting


def test_ratios_are_those_within_rounds(monkeypatch):
    seconds = iter([1.0, 4.0, 10.0, 20.0, 1.0, 3.0])
    monkeypatch.setattr(timing, "_seconds", lambda function: next(seconds))
    assert timing.compare([int, int], 3) == [(1.0, 1.0), (4.0, 3.0)]


def test_multiply_adds_in_closed_form():
    field = eqx.filter_eval_shape(VectorField, PUBLISHED["svbrdf"], key=jax.random.PRNGKey(0))
    fine = 18 * 64 + 9 * 64 * 64 + 9 * 128 * 64 + 9 * 128 * 64 + 128 * 64 + 64 * 18
    coarse = 9 * 64 * 128 + 9 * 128 * 128
    assert multiply_adds(field, (32, 16)) == 32 * 16 * fine + 16 * 8 * coarse


@pytest.mark.parametrize("name", ["rgb", "svbrdf"])
def test_multiply_adds_are_those_that_xla_counts(name):
    field = random_weights(VectorField, PUBLISHED[name])
    state = jnp.zeros((PUBLISHED[name].channels, 32, 48))
    operations = jax.jit(lambda z: baseline(field, jnp.float32(0), z)).lower(state).cost_analysis()["flops"]
    # What is not counted: norms, activations, resampling, and the padding's own pixels.
    assert 0.9 < 2 * multiply_adds(field, (48, 32)) / operations <= 1


# All formulations


@pytest.mark.parametrize("name", ["rgb_tiny", "svbrdf_tiny"])
def test_the_straightforward_formulation_agrees(name):
    field = formula_field(PUBLISHED[name])
    z = jax.random.normal(jax.random.PRNGKey(0), (field.architecture.channels, 16, 24))
    both = [evaluations(formulation, field, z, count)() for count in (1, 3) for formulation in (ours, baseline)]
    assert relative_error(both[0], both[1]) < 1e-5
    assert relative_error(both[2], both[3]) < 1e-5


@pytest.mark.skipif(not pytorch.available(), reason="PyTorch is not installed")
@pytest.mark.parametrize("name", ["rgb", "svbrdf", "rgb_tiny"])
def test_pytorch_agrees(name):
    field = random_weights(VectorField, PUBLISHED[name])
    z = jax.random.normal(jax.random.PRNGKey(0), (field.architecture.channels, 24, 32))
    torch_field = pytorch.TorchField(field)
    theirs = torch_field(0.3, torch_field.state(z))[0].numpy()
    assert relative_error(eqx.filter_jit(field)(jnp.float32(0.3), z), theirs) < 1e-4


def test_the_published_solve_agrees():
    material = little_material(SVBRDF)
    material = dataclasses.replace(material, config=dataclasses.replace(material.config, solver=trajectories.PUBLISHED))
    times = np.linspace(-0.5, 2, 7).astype(np.float32)
    theirs = trajectories.published_solve(material, 8, times)()
    assert relative_error(oa.solve(material, size=(8, 8), times=times).states, theirs) < 1e-3


@pytest.mark.nightly
def test_the_rate_of_a_training():
    config = TrainConfig().replace(dim=8, state_size=16, exemplar_size=16, features="patch", attention=None)
    assert 0 < iterations_per_second(config, 4) < 1e4


# Processes


def test_a_process_of_its_own():
    assert fresh_process.run_python("import ode_appearance.errors; print(6 * 7)") == "42\n"
    with pytest.raises(AppearanceError, match="no luck"):
        fresh_process.run_python("raise SystemExit('no luck')")


def test_a_server_is_waited_for_and_ended():
    code = (
        "import http.server, os; port = int(os.environ['GRADIO_SERVER_PORT']); "
        "http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()"
    )
    with fresh_process.server("-c", code) as (address, seconds):
        assert 0 < seconds < 60 and fresh_process._answers(address)
    assert not fresh_process._answers(address)
    with pytest.raises(AppearanceError, match="does not serve"), fresh_process.server("-c", "pass"):
        pass
