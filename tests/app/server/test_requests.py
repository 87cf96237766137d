"""From the fields of the screen to a solve."""

import pytest

from ode_appearance.app.solving.requests import solve_request
from ode_appearance.config.schema import MaterialConfig, SolverConfig
from ode_appearance.errors import ConfigError, RequestError

CONFIG = MaterialConfig(name="moss", solver=SolverConfig(max_steps=500))
FIELDS = {
    "seed": 3, "width": 64, "height": 32, "start": -1, "end": 5, "count": 10,
    "method": "tsit5", "stepping": "adaptive", "tolerance": 0.01, "step": 0.1,
}  # fmt: skip


def test_fields_become_a_request():
    request = solve_request("moss", CONFIG, FIELDS)
    assert (request.material, request.seed, request.size, len(request.times)) == ("moss", 3, (64, 32), 10)
    assert request.solver == SolverConfig(method="tsit5", rtol=0.01, atol=0.01, step=None, max_steps=500)
    assert solve_request("moss", CONFIG, {**FIELDS, "stepping": "fixed"}).solver.step == 0.1


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"width": None}, "Width has to be a number"),
        ({"width": 63}, "63x32 is not possible, 64x32 is"),
        ({"width": 4096, "height": 4096, "count": 2}, "GB"),
        ({"seed": -1}, "-1 is not, 0 is"),
        ({"seed": 1.5}, "whole number"),
        ({"start": -3}, "nearest time is -1"),
        ({"end": -2}, "is empty"),
        ({"end": 1e6}, "nearest possible time"),
        ({"end": float("nan")}, "End has to be a number"),
        ({"count": 100_000}, "256 are"),
        ({"tolerance": 7}, "from 1e-09 to 1"),
        ({"stepping": "fixed", "step": 0}, "from 0.0001 to 10"),
        ({"method": "euler"}, "fixed steps"),
        ({"method": "guessing"}, "one of"),
    ],
)
def test_what_is_impossible_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(RequestError, match=sentence):
        solve_request("moss", CONFIG, {**FIELDS, **changes})


def test_a_shared_machine_has_limits_of_its_own(monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_MOST_PIXELS", "4096")
    assert solve_request("x", CONFIG, {**FIELDS, "width": 64, "height": 64}).size == (64, 64)
    with pytest.raises(RequestError, match="4,096 pixels are solved here: the largest of the shape of 256x128 is 92x44"):
        solve_request("x", CONFIG, {**FIELDS, "width": 256, "height": 128})
    monkeypatch.setenv("ODE_APPEARANCE_MOST_PIXELS", "many")
    with pytest.raises(ConfigError, match="ODE_APPEARANCE_MOST_PIXELS has to be a whole number"):
        solve_request("x", CONFIG, FIELDS)
